//! Every way out gives the terminal back.

use std::time::Duration;

use rstest::rstest;
use rustix::process::Signal;

use super::started;
use crate::support::pty::{Seen, Session, Start};

#[rstest]
#[case::quit_key("q")]
#[case::control_c("\x03")]
fn a_key_quits_and_gives_the_terminal_back(#[case] key: &str) {
    let mut session = started(&Start::default());
    assert_ne!(session.modes(), session.modes_before());

    session.press(key);

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[rstest]
#[case::terminate(Signal::TERM, 143)]
#[case::interrupt(Signal::INT, 130)]
#[case::quit(Signal::QUIT, 131)]
#[case::hangup(Signal::HUP, 129)]
fn a_signal_ends_it_in_order(#[case] signal: Signal, #[case] code: u32) {
    let mut session = started(&Start::default());

    session.signal(signal);

    assert_eq!(session.wait_for_exit().exit_code(), code);
    session.assert_restored();
}

#[test]
fn a_quit_at_once_gives_the_terminal_back_too() {
    let mut session = Session::start(&Start::default());
    session.wait_until("a frame", Seen::is_entered);

    session.press("q");

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[test]
fn a_closed_terminal_ends_it_within_two_seconds() {
    let mut session = started(&Start::default());
    let begin = session.elapsed();

    session.hang_up();

    assert_eq!(session.wait_for_exit().exit_code(), 129);
    assert!(session.since(begin) < Duration::from_secs(2));
}

/// As when a shell was told `trap "" HUP`: nobody sends the program a signal, the terminal is just
/// gone. crossterm's reader takes a whole core then (crossterm#793).
#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_without_a_signal_ends_it_without_burning_a_core() {
    let script = r#"trap "" HUP; "$MDA" "$@"; code=$?; exit $code"#;
    let mut session = started(&Start {
        script: Some(script),
        ..Start::default()
    });
    let program = super::suspend::program_of(&session);
    let used_before = cpu_ticks(program).expect("it runs");
    let begin = session.elapsed();

    session.hang_up();

    let mut used = used_before;
    while let Some(ticks) = cpu_ticks(program) {
        used = ticks;
        assert!(
            session.since(begin) < Duration::from_secs(2),
            "still running"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(session.wait_for_exit().exit_code(), 129);
    // A tick is 10 ms.
    assert!(used - used_before < 40, "{} ticks", used - used_before);
}

/// Returns the processor time a process has used, in ticks; `None` when it has ended.
#[cfg(target_os = "linux")]
fn cpu_ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (state, user, system) = (fields.first()?, fields.get(11)?, fields.get(12)?);
    if *state == "Z" {
        return None;
    }
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
}

#[rstest]
#[case::stdin(r#""$MDA" "$@" < /dev/null"#)]
#[case::stdout(r#""$MDA" "$@" | cat; exit "${PIPESTATUS[0]}""#)]
fn without_a_terminal_it_says_what_to_do_instead(#[case] script: &str) {
    let mut session = Session::start(&Start {
        script: Some(script),
        ..Start::default()
    });

    assert_ne!(session.wait_for_exit().exit_code(), 0);

    session.wait_until("the advice", |seen| {
        let text = seen.text().replace('\n', " ");
        text.contains("--once") && text.contains("mda serve")
    });
    session.look(|seen| assert!(!seen.raw().contains("\x1b[?1049h")));
    assert_eq!(session.modes(), session.modes_before());
}
