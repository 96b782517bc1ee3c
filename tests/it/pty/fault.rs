//! What happens when something panics. Needs the feature `faults`.

#![cfg(feature = "faults")]

use super::{PRICES, started};
use crate::support::pty::{Seen, Session, Start};

/// A task of the agent, by the supervisor's name.
const TASK: &str = "feed simulated";

#[test]
fn a_panic_of_the_dashboard_is_told_on_a_clean_terminal() {
    let mut session = Session::start(&Start {
        env: &[("MDA_FAULT", "panic-dashboard")],
        ..Start::default()
    });

    assert_eq!(session.wait_for_exit().exit_code(), 101);

    session.assert_restored();
    session.wait_for("mda: the dashboard failed: ");
    let raw = session.look(Seen::raw);
    let (_, after) = raw.split_once("\x1b[?1049l").unwrap();
    assert!(after.contains("asked for by MDA_FAULT"), "{after:?}");
    assert_eq!(
        after.matches("panicked").count(),
        0,
        "told twice: {after:?}"
    );
}

#[test]
fn a_panic_of_a_task_is_shown_and_the_dashboard_lives() {
    let fault = format!("panic-task:{TASK}");
    let mut session = started(&Start {
        env: &[("MDA_FAULT", &fault)],
        ..Start::default()
    });

    session.press("l");
    session.wait_for("panic");
    session.press("1");
    session.wait_for(PRICES);

    session.look(|seen| assert!(seen.is_entered()));
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}
