//! The program without a screen: `--once`, `serve`, and what holds a data directory.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mda::api::{AgentPhase, AgentState};
use mda::client::socket_path;
use mda::domain::DataKind;
use mda::runtime::{Clock, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Nothing waited for here takes a tenth of it on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running `mda serve`; killed when dropped.
struct Served {
    child: Child,
    home: TempDir,
}

impl Served {
    fn start(feed: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let child = mda(home.path())
            .args(["serve", "--feed", feed])
            .spawn()
            .unwrap();
        let served = Self { child, home };
        let socket = socket_path(&served.data_dir());
        until("the socket opens", || socket.exists());
        served
    }

    fn data_dir(&self) -> std::path::PathBuf {
        self.home.path().join("data")
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("mda serve ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns the program with a home of its own, its output kept.
fn mda(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mda"));
    command
        .env_clear()
        .env("HOME", home)
        .arg("--data-dir")
        .arg(home.join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn until(what: &str, mut is_met: impl FnMut() -> bool) {
    let clock = SystemClock::new();
    while !is_met() {
        assert!(
            clock.monotonic() < DEADLINE,
            "not met within {DEADLINE:?}: {what}"
        );
        std::thread::sleep(LOOK_EVERY);
    }
}

fn state_of(output: &Output) -> AgentState {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert_eq!(text.lines().count(), 1, "one JSON object on one line");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn once_prints_the_state_of_one_refresh() {
    let home = tempfile::tempdir().unwrap();
    let output = mda(home.path())
        .args(["--once", "--format", "json", "--feed", "replay:bundled"])
        .output()
        .unwrap();
    let state = state_of(&output);
    assert_eq!(state.agent.phase, AgentPhase::Running);
    let symbols: Vec<&str> = state
        .instruments
        .iter()
        .map(|row| row.symbol.as_str())
        .collect();
    assert_eq!(symbols.len(), mda::feed::BUNDLED_SYMBOLS.len());
    assert!(
        state
            .instruments
            .iter()
            .all(|row| row.last.is_some() && row.last_recv.is_some())
    );
    assert!(
        state
            .instruments
            .iter()
            .all(|row| row.data_kind == DataKind::Replay)
    );
    assert!(!socket_path(&home.path().join("data")).exists());
}

#[test]
fn once_asks_the_agent_that_runs() {
    let served = Served::start("simulated");
    let output = mda(served.home.path()).arg("--once").output().unwrap();
    let state = state_of(&output);
    assert_eq!(state.agent.pid, served.child.id());
    assert_eq!(state.feeds[0].data_kind, DataKind::Simulated);
}

#[test]
fn a_directory_that_is_served_is_not_served_twice() {
    let served = Served::start("none");
    let output = mda(served.home.path())
        .args(["serve", "--feed", "none"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains(&format!("process {}", served.child.id())),
        "{errors}"
    );
}

#[test]
fn serve_stops_in_order_on_every_signal_that_asks_for_it() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let mut served = Served::start("simulated");
        served.signal(signal);
        assert_eq!(served.exit_code(), Some(0), "{signal:?}");
        assert!(!socket_path(&served.data_dir()).exists(), "{signal:?}");
    }
}

#[test]
fn a_killed_agent_leaves_its_directory_to_the_next() {
    let mut served = Served::start("none");
    served.signal(Signal::KILL);
    assert_eq!(served.exit_code(), None);
    // Its socket file is still there, and nobody listens behind it.
    assert!(socket_path(&served.data_dir()).exists());
    let output = mda(served.home.path())
        .args(["--once", "--feed", "none"])
        .output()
        .unwrap();
    assert_ne!(state_of(&output).agent.pid, served.child.id());
}

#[test]
fn the_dashboard_without_a_terminal_says_what_works_there() {
    let home = tempfile::tempdir().unwrap();
    let output = mda(home.path()).args(["--feed", "none"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("--once") && errors.contains("mda serve"),
        "{errors}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn nothing_but_results_goes_to_stdout() {
    let home = tempfile::tempdir().unwrap();
    let output = mda(home.path())
        .args(["--feed", "nasdaq"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
