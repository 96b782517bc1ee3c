//! What the venue says to a subscription: yes, partly, no, nothing.

use std::time::Duration;

use mda::domain::FeedMode;

use super::rig::{Rig, patient};
use crate::support::venue_server::{Step, VenueServer, coinbase};

const SPEC: &str = "coinbase:BTC-USD,FOO-USD";

fn heartbeats() -> Step {
    let message = coinbase::heartbeat("BTC-USD", 1);
    Step::Repeat(message, Duration::from_millis(50))
}

fn products_of(frame: &str) -> Vec<String> {
    let sent: serde_json::Value = serde_json::from_str(frame).unwrap();
    serde_json::from_value(sent["product_ids"].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_answer_degrades_the_feed_and_names_the_rest() {
    let server = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        heartbeats(),
    ]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Degraded).await;
    let unanswered = "FOO-USD: not confirmed within 0.4 s";
    assert_eq!(
        state.reason,
        format!("1 of 2 symbols rejected: {unanswered}")
    );
    assert_eq!(
        (state.symbols, state.rejected),
        (1, vec![unanswered.to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_at_all_is_a_lost_connection() {
    let server = VenueServer::start(vec![vec![Step::Receive, heartbeats()]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    assert_eq!(
        state.reason,
        "the venue did not confirm the subscription within 0.4 s"
    );
    assert_eq!(state.rejected.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_symbol_is_left_out_and_the_others_are_asked_for_again() {
    let server = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::error(
            "Failed to subscribe",
            "FOO-USD is not a valid product",
        )),
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        heartbeats(),
    ]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Degraded).await;
    let words = "FOO-USD: Failed to subscribe: FOO-USD is not a valid product";
    assert_eq!(state.reason, format!("1 of 2 symbols rejected: {words}"));
    assert_eq!(state.rejected, [words]);
    assert_eq!(state.symbols, 1);
    let asked: Vec<Vec<String>> = server.received().iter().map(|f| products_of(f)).collect();
    assert_eq!(asked, [vec!["BTC-USD", "FOO-USD"], vec!["BTC-USD"]]);
    let symbols: Vec<String> = rig.feed.symbols().iter().map(ToString::to_string).collect();
    assert_eq!(symbols, ["BTC-USD", "FOO-USD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_everything_closes_the_feed_until_somebody_asks_again() {
    let refusal = coinbase::error("Failed to subscribe", "authentication required");
    let server = VenueServer::start(vec![
        vec![Step::Receive, Step::Send(refusal)],
        vec![
            Step::Receive,
            Step::Send(coinbase::subscriptions(&["BTC-USD", "FOO-USD"])),
            heartbeats(),
        ],
    ]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Closed).await;
    let expected =
        "the venue refused the subscription: Failed to subscribe: authentication required";
    assert_eq!(state.reason, expected);
    assert_eq!(server.connections(), 1);
    rig.feed.reconnect();
    let state = rig.until_mode(FeedMode::Live).await;
    assert_eq!(state.reason, "2 symbols confirmed");
    assert!(state.rejected.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_what_once_worked_is_tried_again() {
    let refusal = coinbase::error("Failed to subscribe", "internal error");
    let works = vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD", "FOO-USD"])),
        heartbeats(),
    ];
    let server = VenueServer::start(vec![works, vec![Step::Receive, Step::Send(refusal)]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    rig.until_mode(FeedMode::Live).await;
    rig.feed.reconnect();
    let state = rig
        .until(|state| state.mode == FeedMode::Reconnecting && state.next_attempt.is_some())
        .await;
    let expected = "the venue refused the subscription: Failed to subscribe: internal error";
    assert!(state.reason.starts_with(expected), "{}", state.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_while_live_degrades_and_is_forgiven_after_a_while() {
    let server = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD", "FOO-USD"])),
        Step::Send(coinbase::error("rate limit exceeded", "slow down")),
        heartbeats(),
    ]]);
    let mut config = patient(&server.url());
    config.gap_notice = Duration::from_millis(500);
    let rig = Rig::start(SPEC, config);
    let state = rig.until_mode(FeedMode::Degraded).await;
    assert_eq!(
        state.reason,
        "the venue says: rate limit exceeded: slow down"
    );
    rig.until_mode(FeedMode::Live).await;
}
