//! The dashboard's life on a real terminal: it opens, it moves, it leaves the terminal clean.
//!
//! What the screens show is tested by the screens; here a screen is only something that is there.
//! Names of keys and words that are looked for are constants below.

mod attached;
mod exit;
mod fault;
mod fuzz;
mod screen;
mod stalled;
mod suspend;

use crate::support::pty::{Session, Start};

/// A word that the first screen shows once the simulated feed has brought prices.
const PRICES: &str = "-USD";
/// A line of the help.
const HELP: &str = "Move one row down.";

/// Starts on the simulated feed and waits until prices are shown.
fn started(start: &Start<'_>) -> Session {
    let session = Session::start(start);
    session.wait_for(PRICES);
    session
}
