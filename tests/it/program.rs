//! The program without a screen: `--once`, `serve`, and what holds a data directory.

use std::process::Output;

use mda::api::{AgentPhase, AgentState};
use mda::domain::{DataKind, FeedMode};
use mda::runtime::socket_path;
use rustix::process::Signal;

use crate::support::served::{Served, mda};

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
    let output = mda(served.home()).arg("--once").output().unwrap();
    let state = state_of(&output);
    assert_eq!(state.agent.pid, served.pid());
    assert_eq!(state.feeds[0].data_kind, DataKind::Simulated);
}

/// As scripts do. One owns the directory for a moment, the others attach, and it is gone before all
/// of them were answered.
#[test]
fn commands_of_the_same_moment_are_all_answered() {
    let home = tempfile::tempdir().unwrap();
    let start = |_: usize| {
        let mut command = mda(home.path());
        command.args(["--once", "--feed", "simulated:A"]);
        command.spawn().unwrap()
    };
    let started: Vec<_> = (0..8).map(start).collect();
    for child in started {
        let state = state_of(&child.wait_with_output().unwrap());
        assert_eq!(state.instruments.len(), 1);
    }
}

/// The state was there in time; that a feed hangs is said beside it.
#[test]
fn a_feed_that_never_speaks_does_not_take_the_state_along() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut command = mda(home.path());
    command.arg("--once");
    command.args(["--feed", &format!("replay:{}", pipe.display())]);
    let state = state_of(&command.output().unwrap());
    assert_eq!(state.feeds[0].mode, FeedMode::Connecting);
}

#[test]
fn a_directory_that_is_served_is_not_served_twice() {
    let served = Served::start("none");
    let output = mda(served.home())
        .args(["serve", "--feed", "none"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains(&format!("process {}", served.pid())),
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
    let output = mda(served.home())
        .args(["--once", "--feed", "none"])
        .output()
        .unwrap();
    assert_ne!(state_of(&output).agent.pid, served.pid());
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

/// A socket's path has room for about a hundred bytes; the socket then lies elsewhere, and everyone
/// knows where.
#[test]
fn a_data_directory_with_a_long_name_is_served_and_attached_to() {
    let long = format!("{}/{}", "d".repeat(90), "e".repeat(90));
    let served = Served::start_in(&long, "simulated");
    let socket = socket_path(&served.data_dir());
    assert!(!socket.starts_with(served.data_dir()));

    let output = served.command().arg("--once").output().unwrap();
    assert_eq!(state_of(&output).agent.pid, served.pid());

    let output = served.command().args(["config", "path"]).output().unwrap();
    let paths = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = paths.lines().find(|line| line.starts_with("socket"));
    let told = told.unwrap_or_default();
    assert!(told.contains(&*socket.to_string_lossy()), "{paths}");
    assert!(!told.contains("missing"), "{paths}");

    let output = served.command().arg("doctor").output().unwrap();
    let checks = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        checks.contains(&format!("process {} answers", served.pid())),
        "{checks}"
    );
}
