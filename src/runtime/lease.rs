//! [`Lease`]: the exclusive right to a data directory.
//!
//! It keeps two processes from writing the same stores. It does not guard against a process that
//! never asks, nor across machines on a network file system that does not lock. It fails when
//! another process holds it, and says which.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;

const LOCK_FILE: &str = "mda.lock";

/// Why a directory is not ours.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// Another process holds it.
    #[error("data directory `{path}` is in use by {}; stop it or choose another", holder(*.pid))]
    Held {
        /// The directory.
        path: PathBuf,
        /// Who holds it, as its lock file tells (0 when unreadable).
        pid: u32,
    },
    /// The lock file cannot be made or read.
    #[error(
        "failed to lock data directory `{path}` with its file `{LOCK_FILE}`: check who owns them"
    )]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

fn holder(pid: u32) -> String {
    match pid {
        0 => "another process".to_owned(),
        pid => format!("process {pid}"),
    }
}

/// The exclusive right to a data directory, held by an advisory lock on `<dir>/mda.lock`: it ends
/// with the process, however that ends.
#[derive(Debug)]
pub struct Lease {
    /// The lock lives as long as this file is open. The file stays when it is closed: removing it
    /// would let two processes lock two different files of the same name.
    _file: File,
}

impl Lease {
    /// Returns the file that is locked; it stays when the lease ends.
    pub fn lock_file(directory: &Path) -> PathBuf {
        directory.join(LOCK_FILE)
    }

    /// Takes the lease on `directory`, making the directory (mode 0700) when it is missing; writes
    /// our pid into the lock file.
    ///
    /// # Errors
    /// [`LeaseError::Held`] when another process has it, [`LeaseError::Io`] when the directory or
    /// file cannot be used.
    pub fn acquire(directory: &Path) -> Result<Self, LeaseError> {
        let failed = |source| LeaseError::Io {
            path: directory.to_owned(),
            source,
        };
        let mut file = open_lock_file(directory).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LeaseError::Held {
                    path: directory.to_owned(),
                    pid: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_pid(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn open_lock_file(directory: &Path) -> io::Result<File> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(Lease::lock_file(directory))
}

/// A holder that has the lock but has not written yet, or wrote nonsense, is process 0.
fn read_pid(file: &mut File) -> u32 {
    let mut text = String::new();
    match file.take(32).read_to_string(&mut text) {
        Ok(_) => text.trim().parse().unwrap_or(0),
        Err(_) => 0,
    }
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())?;
    file.flush()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::runtime::{Clock, SystemClock};

    /// Takes a lease that was given back. A child that another test starts in this process has our
    /// files open between its fork and its exec, so the lock can outlive its holder for a moment.
    fn take_when_free(directory: &Path) -> Lease {
        let clock = SystemClock::new();
        loop {
            match Lease::acquire(directory) {
                Ok(lease) => return lease,
                Err(error) => assert!(clock.monotonic().as_secs() < 20, "{error}"),
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_second_holder_is_refused_and_told_the_first_ones_pid() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("deep/data");
        let _lease = Lease::acquire(&directory).unwrap();
        let error = Lease::acquire(&directory).unwrap_err();
        let pid = std::process::id();
        assert!(matches!(&error, LeaseError::Held { pid: held, .. } if *held == pid));
        let text = error.to_string();
        assert!(text.contains(&format!("in use by process {pid}")), "{text}");
        assert!(text.contains("deep/data"), "{text}");
    }

    #[test]
    fn the_directory_and_its_lock_are_for_the_owner_only() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("data");
        let _lease = Lease::acquire(&directory).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&directory.join(LOCK_FILE)), 0o600);
    }

    #[test]
    fn a_lease_that_ended_can_be_taken_again_over_a_longer_pid() {
        let root = tempfile::tempdir().unwrap();
        drop(Lease::acquire(root.path()).unwrap());
        let path = root.path().join(LOCK_FILE);
        fs::write(&path, "4294967295 and what else was left\n").unwrap();
        let _lease = take_when_free(root.path());
        let expected = format!("{}\n", std::process::id());
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }

    #[test]
    fn a_holder_that_has_not_written_its_pid_is_another_process() {
        let root = tempfile::tempdir().unwrap();
        let _lease = Lease::acquire(root.path()).unwrap();
        fs::write(root.path().join(LOCK_FILE), "no number").unwrap();
        let error = Lease::acquire(root.path()).unwrap_err();
        assert!(matches!(error, LeaseError::Held { pid: 0, .. }));
        assert!(error.to_string().contains("another process"), "{error}");
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Lease::acquire(&file.join("data")).unwrap_err();
        assert!(matches!(error, LeaseError::Io { .. }));
        assert!(error.to_string().contains("file/data"), "{error}");
    }
}
