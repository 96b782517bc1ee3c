//! What breaks is said to be broken, why, and when it is tried again; and it heals.

use std::time::Duration;

use rstest::rstest;

use super::{SYMBOLS, Watched, busy, busy_until, confirmed};
use crate::support::venue_server::{Gate, Step, coinbase};

#[rstest]
#[case::mute(vec![], "no message for 1 s")]
#[case::mute_but_pinging(
    vec![Step::PingOnly(Duration::from_millis(50))],
    "no message for 1 s"
)]
#[case::half_a_frame(vec![Step::HalfFrame], "the connection was cut")]
#[case::cut(vec![Step::Cut], "the connection was cut")]
#[case::closed_in_order(
    vec![Step::Close(1012, "service restart")],
    "the venue closed the connection: service restart (code 1012)"
)]
fn a_feed_that_breaks_is_told_with_its_reason_and_heals(
    #[case] breaks: Vec<Step>,
    #[case] reason: &str,
) {
    let gate = Gate::default();
    let mut first = busy_until(&gate);
    first.extend(breaks);
    let scripts = vec![confirmed(&SYMBOLS, first), confirmed(&SYMBOLS, busy())];
    let mut watched = Watched::start(scripts);
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);

    gate.open();

    // The wait is shortened at random: its first second may be gone at once.
    watched.feed_says(&["○ coinbase", "RECONNECTING", "in ", beginning(reason)]);
    watched.assert_no_row_is_live();
    watched.top_says("○ RECONNECTING in ");
    watched.row_says("BTC-USD", &["100.25", "○ STALE"]);
    watched.row_says("ETH-USD", &["200.25", "○ STALE"]);
    watched.feed_says(&["RECONNECTING", "in 1s"]);

    watched.top_says("● LIVE");
    watched.row_says("BTC-USD", &["● LIVE"]);
    watched.row_says("ETH-USD", &["● LIVE"]);
    watched.feed_says(&["● coinbase", "LIVE", "reconnects 1"]);
    assert_eq!(watched.venue.connections(), 2);
    watched.session.press("l");
    watched.session.wait_for(reason);
}

/// A long reason is cut beside the list; the log has it in full.
fn beginning(reason: &str) -> &str {
    &reason[..reason.len().min(45)]
}

#[rstest]
#[case::refused_by_http(
    vec![Step::RefuseHttp("429 Too Many Requests", "slow down")],
    "the venue refused the connection: HTTP 429 Too Many Requests: slow down"
)]
#[case::never_confirmed(
    vec![Step::Receive],
    "the venue did not confirm the subscription within 0.5 s"
)]
fn a_venue_that_does_not_begin_is_told_with_its_reason_and_heals(
    #[case] first: Vec<Step>,
    #[case] reason: &str,
) {
    let mut watched = Watched::start(vec![first, confirmed(&SYMBOLS, busy())]);

    watched.feed_says(&["RECONNECTING", "in ", beginning(reason)]);
    watched.top_says("○ RECONNECTING in ");

    watched.top_says("● LIVE");
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
    watched.session.press("l");
    watched.session.wait_for(reason);
}

#[test]
fn a_venue_that_refuses_all_is_asked_again_only_by_hand() {
    let refusal = coinbase::error("Failed to subscribe", "authentication required");
    let scripts = vec![
        vec![Step::Receive, Step::Send(refusal)],
        confirmed(&SYMBOLS, busy()),
    ];
    let mut watched = Watched::start(scripts);
    watched.feed_says(&["× coinbase", "CLOSED", "the venue refused the subscription"]);
    watched.top_says("× CLOSED");
    assert_eq!(watched.venue.connections(), 1);

    watched.session.press("r");

    watched.top_says("● LIVE");
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
}

#[test]
fn trades_missed_between_two_connections_are_counted() {
    let gate = Gate::default();
    let mut first = busy_until(&gate);
    first.push(Step::Cut);
    let second = vec![super::trade("BTC-USD", 10, "100.75"), super::tickers()];
    let scripts = vec![confirmed(&SYMBOLS, first), confirmed(&SYMBOLS, second)];
    let watched = Watched::start(scripts);
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);

    gate.open();

    watched.feed_says(&["DEGRADED", "2 trades of BTC-USD missing", "missing 2"]);
    watched.row_says("BTC-USD", &["100.75"]);
}
