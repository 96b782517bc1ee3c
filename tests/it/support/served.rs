//! [`Served`]: `mda serve` in a process of its own, and the program without a screen beside it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mda::runtime::{Clock, SystemClock, socket_path};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Nothing waited for here takes a tenth of it on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running `mda serve`; killed when dropped.
pub(crate) struct Served {
    child: Child,
    home: TempDir,
    data_dir: PathBuf,
}

impl Served {
    /// Serves a directory of its own, and waits until it can be attached to.
    pub(crate) fn start(feed: &str) -> Self {
        Self::start_in("data", feed)
    }

    /// Serves the directory of this name within a home of its own.
    pub(crate) fn start_in(name: &str, feed: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join(name);
        let child = spawn(home.path(), &data_dir, feed);
        let served = Self {
            child,
            home,
            data_dir,
        };
        served.wait_until_open();
        served
    }

    /// Kills it, without a chance to say goodbye.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Serves the same directory in a new process, once the old one has ended.
    pub(crate) fn start_again(&mut self, feed: &str) {
        self.child.wait().unwrap();
        // What a killed process left would look like an open door.
        drop(std::fs::remove_file(socket_path(&self.data_dir)));
        self.child = spawn(self.home.path(), &self.data_dir, feed);
        self.wait_until_open();
    }

    /// The home of its user.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The directory it owns.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The program, to be run on the same directory.
    pub(crate) fn command(&self) -> Command {
        command(self.home.path(), &self.data_dir)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end; `None` when a signal ended it.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("mda serve ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }

    fn wait_until_open(&self) {
        let socket = socket_path(&self.data_dir);
        until("the socket opens", || socket.exists());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        // A long name's socket lies outside the home.
        drop(std::fs::remove_file(socket_path(&self.data_dir)));
    }
}

fn spawn(home: &Path, data_dir: &Path, feed: &str) -> Child {
    command(home, data_dir)
        .args(["serve", "--feed", feed])
        // A pipe that nobody reads would end it.
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Returns the program with a home and a data directory of its own, its output kept.
pub(crate) fn mda(home: &Path) -> Command {
    command(home, &home.join("data"))
}

fn command(home: &Path, data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mda"));
    command
        .env_clear()
        .env("HOME", home)
        .arg("--data-dir")
        .arg(data_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Both ends must look for a long name's socket in the same place.
    if let Some(folder) = std::env::var_os("TMPDIR") {
        command.env("TMPDIR", folder);
    }
    command
}

/// Waits for a condition; `what` names it when it is never met.
pub(crate) fn until(what: &str, mut is_met: impl FnMut() -> bool) {
    let clock = SystemClock::new();
    while !is_met() {
        assert!(
            clock.monotonic() < DEADLINE,
            "not met within {DEADLINE:?}: {what}"
        );
        std::thread::sleep(LOOK_EVERY);
    }
}
