//! To the background and back.

#![cfg(target_os = "linux")]

use rustix::process::{Pid, Signal, kill_process};

use super::{PRICES, started};
use crate::support::pty::{PATIENCE, Session, Start};

/// A shell with job control that says when its job has stopped, and brings it back when told to.
const JOB_SHELL: &str = r#"
    set -m
    "$MDA" "$@"
    echo "code:$?"
    read -r _
    fg
    echo "end:$?"
"#;

#[test]
fn control_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let mut session = started(&Start {
        script: Some(JOB_SHELL),
        ..Start::default()
    });
    let program = program_of(&session);

    session.press("\x1a");

    wait_for_state(&session, program, 'T');
    // 128 + SIGSTOP.
    session.wait_for("code:147");
    session.assert_restored();

    let before = session.look(|seen| seen.bytes.len());
    session.press("\n");
    session.wait_until("the dashboard again, painted whole", |seen| {
        let new = String::from_utf8_lossy(&seen.bytes[before..]).into_owned();
        seen.is_entered() && new.contains("\x1b[2J") && seen.text().contains(PRICES)
    });
    assert_ne!(session.modes(), session.modes_before());
    session.press("q");
    session.wait_for("end:0");
    session.wait_for_exit();
    session.assert_restored();
}

#[test]
fn a_stop_from_outside_is_mended_when_it_continues() {
    let mut session = started(&Start::default());
    let program = session.pid().as_raw_nonzero().get().unsigned_abs();

    session.signal(Signal::STOP);
    wait_for_state(&session, program, 'T');
    let before = session.look(|seen| seen.bytes.len());
    session.signal(Signal::CONT);

    session.wait_until("painted whole", |seen| {
        let new = String::from_utf8_lossy(&seen.bytes[before..]).into_owned();
        new.contains("\x1b[2J") && seen.text().contains(PRICES)
    });
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

/// Alone on its terminal, nobody could bring it back.
#[test]
fn without_a_shell_control_z_does_nothing() {
    let mut session = started(&Start::default());

    session.press("\x1a");
    session.press("q");

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[test]
fn sigtstp_is_control_z() {
    let session = started(&Start {
        script: Some(JOB_SHELL),
        ..Start::default()
    });
    let program = program_of(&session);

    kill_process(Pid::from_raw(program.cast_signed()).unwrap(), Signal::TSTP).unwrap();

    wait_for_state(&session, program, 'T');
    session.wait_for("code:147");
    session.assert_restored();
}

/// Returns the process the shell of a session runs.
pub(super) fn program_of(session: &Session) -> u32 {
    let shell = session.pid().as_raw_nonzero();
    let path = format!("/proc/{shell}/task/{shell}/children");
    let children = std::fs::read_to_string(path).unwrap();
    let first = children.split_whitespace().next();
    first.expect("the shell has a child").parse().unwrap()
}

fn wait_for_state(session: &Session, program: u32, wanted: char) {
    let begin = session.elapsed();
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{program}/stat")).unwrap();
        let state = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.chars().next());
        if state == Some(wanted) {
            return;
        }
        assert!(
            session.since(begin) < PATIENCE,
            "state {state:?}, not {wanted}"
        );
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}
