//! Without a feed of the user's choice: the market if it answers, else a replay that says so.

use std::net::TcpListener;

use super::watched::{feed_says, start_on, top_says};
use super::{Watched, busy, confirmed};
use crate::support::pty::Session;
use crate::support::venue_server::Step;

/// What is read of the replay, and of the market that is not there.
fn assert_replay(session: &Session, reason: &str) {
    feed_says(session, "coinbase", &["× coinbase", "CLOSED", reason]);
    feed_says(session, "replay", &["REPLAY"]);
    session.wait_until("rows of the replay only", |seen| {
        let text = seen.text();
        let row = super::watched::row_of(&text, "IBM");
        row.is_some_and(|row| row.contains("REPLAY")) && !text.contains("LIVE")
    });
    top_says(session, "REPLAY");
}

#[test]
fn a_venue_out_of_reach_gives_a_replay_that_says_why() {
    // A port that was just free refuses connections.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    drop(listener);

    let session = start_on(&url, &[], &[]);

    assert_replay(&session, "cannot reach 127.0.0.1");
}

#[test]
fn a_mute_venue_gives_a_replay_and_r_tries_again() {
    let scripts = vec![vec![Step::NeverUpgrade], confirmed(&super::SYMBOLS, busy())];
    let symbols = [("MDA_FEED_COINBASE_SYMBOLS", "BTC-USD,ETH-USD")];
    let mut watched = Watched::start_with(scripts, &[], &symbols);
    assert_replay(&watched.session, "no answer within 500ms");
    assert_eq!(watched.venue.connections(), 1);

    watched.session.press("r");

    watched.feed_says(&["● coinbase", "LIVE"]);
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
    assert_eq!(watched.venue.connections(), 2);
}

#[test]
fn a_venue_that_answers_is_shown_and_nothing_else() {
    let symbols = [("MDA_FEED_COINBASE_SYMBOLS", "BTC-USD,ETH-USD")];
    let scripts = vec![confirmed(&super::SYMBOLS, busy())];
    let watched = Watched::start_with(scripts, &[], &symbols);

    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
    watched.top_says("● LIVE");
    watched
        .session
        .look(|seen| assert!(!seen.text().contains("REPLAY")));
}
