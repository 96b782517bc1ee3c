//! The facts of this process and machine, gathered without judging them.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Access, access, statvfs};
use rustix::termios::tcgetwinsize;

use crate::api::ClientMessage;
use crate::cli::paths::Paths;
use crate::runtime::{Lease, LeaseError};

/// How long an agent may take to greet.
const GREETING_MAX: Duration = Duration::from_secs(2);

/// The terminal of this process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TerminalFacts {
    /// True when one of stdin, stdout and stderr is a terminal.
    pub(super) is_terminal: bool,
    /// Columns and rows, where known.
    pub(super) size: Option<(u16, u16)>,
}

/// A folder, or where it would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FolderFacts {
    /// The folder itself, or the nearest one above it that exists.
    pub(super) existing: PathBuf,
    /// True when `existing` is a folder.
    pub(super) is_folder: bool,
    /// Why files cannot be made in it.
    pub(super) refusal: Option<String>,
    /// Bytes that we may still write, where known.
    pub(super) free_bytes: Option<u64>,
}

/// Who owns the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AgentFacts {
    /// Nobody.
    None,
    /// A process, and its socket answers.
    Answers {
        /// Its id; 0 when unknown.
        pid: u32,
    },
    /// A process, and its socket does not answer.
    Mute {
        /// Its id; 0 when unknown.
        pid: u32,
        /// What the socket says.
        reason: String,
    },
    /// The lock cannot be read.
    Unknown {
        /// Why.
        reason: String,
    },
}

pub(super) fn terminal() -> TerminalFacts {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let size = tcgetwinsize(stdout.as_fd())
        .or_else(|_| tcgetwinsize(stdin.as_fd()))
        .or_else(|_| tcgetwinsize(stderr.as_fd()));
    TerminalFacts {
        is_terminal: stdin.is_terminal() || stdout.is_terminal() || stderr.is_terminal(),
        // A serial line says 0x0 when it does not know.
        size: size
            .ok()
            .map(|size| (size.ws_col, size.ws_row))
            .filter(|(columns, rows)| *columns > 0 && *rows > 0),
    }
}

pub(super) fn folder(path: &Path) -> FolderFacts {
    let existing = path.ancestors().find(|folder| folder.exists());
    let existing = existing.unwrap_or(Path::new("/"));
    let allowed = access(existing, Access::WRITE_OK | Access::EXEC_OK);
    let space = statvfs(existing).ok();
    FolderFacts {
        existing: existing.to_owned(),
        is_folder: fs::metadata(existing).is_ok_and(|metadata| metadata.is_dir()),
        refusal: allowed
            .err()
            .map(|error| io::Error::from(error).to_string()),
        free_bytes: space.map(|space| space.f_bavail.saturating_mul(space.f_frsize)),
    }
}

pub(super) fn agent(paths: &Paths) -> AgentFacts {
    if !paths.lock_file.exists() {
        return AgentFacts::None;
    }
    match Lease::acquire(&paths.data_dir) {
        Ok(lease) => {
            drop(lease);
            AgentFacts::None
        }
        Err(LeaseError::Held { pid, .. }) => match greet(&paths.socket) {
            Ok(()) => AgentFacts::Answers { pid },
            Err(reason) => AgentFacts::Mute { pid, reason },
        },
        Err(LeaseError::Io { source, .. }) => AgentFacts::Unknown {
            reason: source.to_string(),
        },
    }
}

/// Exchanges greetings with the agent behind a socket. The system takes a connection in the name of
/// a process that hangs or is stopped, so only an answer tells that it lives.
fn greet(socket: &Path) -> Result<(), String> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!("no greeting within {} s", GREETING_MAX.as_secs())
        }
        _ => error.to_string(),
    };
    // The agent greets whoever comes, and takes no viewer of another protocol.
    let hello = ClientMessage::Hello { protocol: 0 };
    let hello = serde_json::to_string(&hello).map_err(|error| error.to_string())?;
    let mut stream = UnixStream::connect(socket).map_err(told)?;
    stream.set_read_timeout(Some(GREETING_MAX)).map_err(told)?;
    stream.set_write_timeout(Some(GREETING_MAX)).map_err(told)?;
    writeln!(stream, "{hello}").map_err(told)?;
    match stream.read(&mut [0]).map_err(told)? {
        0 => Err("it closed the connection".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_folder_to_come_is_seen_by_its_nearest_parent() {
        let root = tempfile::tempdir().unwrap();
        let facts = folder(&root.path().join("not/yet"));
        assert_eq!(facts.existing, root.path());
        assert!(facts.is_folder);
        assert_eq!(facts.refusal, None);
        assert!(facts.free_bytes.is_some());
    }

    #[test]
    fn a_file_is_no_folder() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(!folder(&file.join("data")).is_folder);
    }

    #[test]
    fn a_free_folder_has_no_agent_and_stays_untouched() {
        let root = tempfile::tempdir().unwrap();
        let paths = Paths::within(root.path(), None);
        assert_eq!(agent(&paths), AgentFacts::None);
        assert!(!paths.lock_file.exists());
    }

    #[test]
    fn the_holder_of_the_lease_is_asked_over_its_socket() {
        let root = tempfile::tempdir().unwrap();
        let paths = Paths::within(root.path(), None);
        let lease = Lease::acquire(root.path()).unwrap();
        let pid = std::process::id();
        let facts = agent(&paths);
        assert!(matches!(facts, AgentFacts::Mute { pid: p, .. } if p == pid));

        // A stopped process: the system connects, nobody speaks.
        let listener = UnixListener::bind(&paths.socket).unwrap();
        let facts = agent(&paths);
        assert!(matches!(facts, AgentFacts::Mute { pid: p, .. } if p == pid));

        let _stale = listener.accept().unwrap();
        let greeter = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0]).unwrap();
            stream.write_all(b"{}\n").unwrap();
        });
        assert_eq!(agent(&paths), AgentFacts::Answers { pid });
        greeter.join().unwrap();

        drop(lease);
        assert_eq!(agent(&paths), AgentFacts::None);
    }
}
