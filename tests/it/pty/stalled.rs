//! A terminal that takes nothing for a while, as over a link that stalls (`S3`).

use std::time::Duration;

use super::started;
use crate::support::pty::{Session, Start};

/// How long nothing is taken.
const STALL: Duration = Duration::from_secs(3);
/// More than a terminal's own buffer and two whole frames of this size; far less than what would
/// have been painted meanwhile.
const BACKLOG_MAX: usize = 160 * 1024;
/// Whole repaints asked for while nothing is taken.
const REPAINTS: usize = 60;
/// A line that only the log screen shows.
const LOG: &str = "agent started";

fn stalled() -> Session {
    let mut session = started(&Start {
        size: (200, 60),
        ..Start::default()
    });
    // Else the terminal's buffer would hold it all, and nothing would be stalled.
    let before = session.look(|seen| seen.bytes.len());
    session.press("\x0c");
    session.wait_until("a whole frame", |seen| {
        let new = String::from_utf8_lossy(&seen.bytes[before..]);
        new.split_once("\x1b[2J")
            .is_some_and(|(_, frame)| frame.contains("\x1b[?2026l"))
    });
    let whole = session.look(|seen| seen.bytes.len()) - before;
    assert!(
        whole * REPAINTS > 2 * BACKLOG_MAX,
        "a frame of {whole} bytes"
    );
    session.stall();
    let begin = session.elapsed();
    for number in 1..=REPAINTS {
        session.press("\x0c");
        // The time of the stall is what is tested: repaints are spread over it.
        while session.since(begin) < STALL * number as u32 / REPAINTS as u32 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    session
}

#[test]
fn after_a_stall_the_newest_picture_comes_at_once_and_nothing_of_before() {
    let mut session = stalled();
    let before = session.look(|seen| seen.bytes.len());
    session.press("l");

    let begin = session.elapsed();
    session.flow();
    session.wait_for(LOG);

    assert!(session.since(begin) < Duration::from_secs(5));
    let taken = session.look(|seen| seen.bytes.len()) - before;
    assert!(taken < BACKLOG_MAX, "{taken} bytes of old frames");
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[test]
fn a_stalled_terminal_can_be_left() {
    let mut session = stalled();

    let begin = session.elapsed();
    session.press("q");

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    assert!(session.since(begin) < Duration::from_secs(2));
}
