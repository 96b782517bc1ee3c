//! A connection that works, breaks and comes back.

use std::io::Write;
use std::time::Duration;

use mda::domain::{AggressorSide, DataKind, EventKind, FeedMode};
use mda::runtime::{Clock, ShutdownReport, SystemClock};

use super::rig::{DEADLINE, Rig, backoff, hasty, patient, trade_ids};
use crate::support::venue_server::{Gate, Step, VenueServer, coinbase};

const SPEC: &str = "coinbase:BTC-USD";
const AT: &str = "2026-04-17T16:43:30.5Z";

fn confirmed(then: Vec<Step>) -> Vec<Step> {
    let mut script = vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
    ];
    script.extend(then);
    script
}

fn trade(id: u64) -> Step {
    Step::Send(coinbase::trade("match", "BTC-USD", id, "100.25", AT))
}

fn last_trade(id: u64) -> Step {
    Step::Send(coinbase::trade("last_match", "BTC-USD", id, "100.25", AT))
}

fn heartbeats(last_trade_id: u64) -> Step {
    let message = coinbase::heartbeat("BTC-USD", last_trade_id);
    Step::Repeat(message, Duration::from_millis(50))
}

fn is_trade(number: u64) -> impl Fn(&EventKind) -> bool {
    move |kind| matches!(kind, EventKind::Trade(trade) if trade.trade_id == Some(number))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_feed_is_live_and_brings_quotes_trades_statistics_and_bars() {
    let server = VenueServer::start(vec![confirmed(vec![
        last_trade(6),
        Step::Send(coinbase::ticker("BTC-USD", "100.1", "100.3", AT)),
        trade(7),
        trade(8),
        heartbeats(8),
    ])]);
    let mut rig = Rig::start(SPEC, hasty(&server.url()));
    // The clock is years past the bar's end, so it closes at once.
    let events = rig
        .events_until(|kind| matches!(kind, EventKind::BarClosed(_)))
        .await;
    let state = rig.until_mode(FeedMode::Live).await;
    assert_eq!(trade_ids(&events), [6, 7, 8]);
    let snapshot = events
        .iter()
        .find(|event| is_trade(6)(&event.kind))
        .unwrap();
    assert!(matches!(&snapshot.kind, EventKind::Trade(trade) if trade.is_snapshot));
    for event in &events {
        match &event.kind {
            EventKind::Quote(quote) => assert_eq!(quote.bid.to_string(), "100.1"),
            EventKind::Stats(day) => assert_eq!(day.open.to_string(), "90"),
            EventKind::Trade(trade) => assert_eq!(trade.aggressor_side, AggressorSide::Buy),
            EventKind::BarForming(bar) | EventKind::BarClosed(bar) => {
                assert_eq!(event.source.as_str(), "coinbase.trades");
                assert_eq!(bar.open.to_string(), "100.25");
                continue;
            }
            EventKind::Gap(gap) => panic!("nothing is missing: {gap:?}"),
        }
        assert_eq!(event.source.as_str(), "coinbase");
    }
    let EventKind::BarClosed(bar) = &events.last().unwrap().kind else {
        panic!("not a closed bar");
    };
    assert_eq!(
        (bar.trade_count, bar.volume.to_string()),
        (Some(2), "1".to_owned())
    );
    assert_eq!(state.name, "coinbase");
    assert_eq!(state.endpoint, server.url());
    assert_eq!(state.data_kind, DataKind::Live);
    assert_eq!(state.reason, "1 symbol confirmed");
    assert_eq!((state.symbols, state.reconnects, state.attempt), (1, 0, 0));
    assert_eq!((state.undecodable, state.missing_events), (0, 0));
    assert!(
        state.messages >= 5 && state.messages_per_sec > 0.0,
        "{state:?}"
    );
    assert!(state.last_message.is_some());
    // The trades are of April 2026: whatever the machine's clock says, it is not within a second of
    // that.
    assert!(state.venue_lag_micros.unwrap().abs() > 1_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_venue_is_given_up_and_the_reason_says_so() {
    let server = VenueServer::start(vec![confirmed(vec![])]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    assert_eq!(state.reason, "no message for 0.6 s");
    assert_eq!(state.attempt, 1);
    assert!(state.next_attempt.unwrap() > state.since);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_only_pings_is_mute_although_its_pings_are_answered() {
    let pings = Step::PingOnly(Duration::from_millis(20));
    let server = VenueServer::start(vec![confirmed(vec![pings])]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    assert_eq!(state.reason, "no message for 0.6 s");
    assert!(server.pongs() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_and_the_end_of_the_stream_is_a_cut() {
    let server = VenueServer::start(vec![confirmed(vec![trade(1), Step::HalfFrame])]);
    let mut rig = Rig::start(SPEC, patient(&server.url()));
    rig.events_until(is_trade(1)).await;
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    assert!(
        state.reason.starts_with("the connection was cut"),
        "{}",
        state.reason
    );
    assert_eq!(state.undecodable, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_close_is_told_in_the_venues_words() {
    let close = Step::Close(1012, "service restart, back in 5 minutes");
    let server = VenueServer::start(vec![confirmed(vec![close])]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected =
        "the venue closed the connection: service restart, back in 5 minutes (code 1012)";
    assert!(state.reason.starts_with(expected), "{}", state.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_refuses_the_handshake_is_quoted() {
    let refusal = Step::RefuseHttp("403 Forbidden", "not from your country");
    let server = VenueServer::start(vec![vec![refusal]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected = "the venue refused the connection: HTTP 403 Forbidden: not from your country";
    assert!(state.reason.starts_with(expected), "{}", state.reason);
    assert_eq!(state.reconnects, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_never_ends_is_given_up() {
    let server = VenueServer::start(vec![vec![Step::NeverUpgrade]]);
    let mut config = patient(&server.url());
    config.connect_timeout = Duration::from_millis(300);
    let rig = Rig::start(SPEC, config);
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected = format!("no answer from {} within 0.3 s", &server.url()[5..]);
    assert!(state.reason.starts_with(&expected), "{}", state.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_is_told_with_the_address() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let rig = Rig::start(SPEC, patient(&format!("ws://{address}")));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected = format!("cannot reach {address}: ");
    assert!(state.reason.starts_with(&expected), "{}", state.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_without_tls_and_an_address_that_is_none_are_told_apart() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let venue = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 this is a mail server\r\n").unwrap();
        // The other end closes once it has read enough.
        std::io::copy(&mut stream, &mut std::io::sink()).ok();
    });
    let rig = Rig::start(SPEC, patient(&format!("wss://{address}")));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected = format!("TLS with {address} failed: ");
    assert!(state.reason.starts_with(&expected), "{}", state.reason);
    venue.join().unwrap();

    let rig = Rig::start(SPEC, patient("coinbase dot com"));
    let state = rig.until_mode(FeedMode::Reconnecting).await;
    let expected = "bad address `coinbase dot com`: ";
    assert!(state.reason.starts_with(expected), "{}", state.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_it_subscribes_anew_and_tells_what_was_missed() {
    let server = VenueServer::start(vec![
        confirmed(vec![last_trade(4), trade(5), Step::Cut]),
        confirmed(vec![last_trade(8), trade(9), heartbeats(9)]),
    ]);
    let mut rig = Rig::start(SPEC, hasty(&server.url()));
    let events = rig.events_until(is_trade(9)).await;
    assert_eq!(trade_ids(&events), [4, 5, 8, 9]);
    let gaps: Vec<(u64, u64)> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Gap(gap) => Some((gap.from, gap.to)),
            _ => None,
        })
        .collect();
    assert_eq!(gaps, [(6, 8)]);
    let state = rig.until_mode(FeedMode::Degraded).await;
    assert_eq!(state.reason, "3 trades of BTC-USD missing");
    assert_eq!((state.reconnects, state.missing_events), (1, 3));
    assert_eq!(state.attempt, 0);
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_in_the_numbers_is_a_gap_and_is_forgiven_after_a_while() {
    let server = VenueServer::start(vec![confirmed(vec![
        trade(5),
        trade(9),
        trade(8),
        trade(9),
        trade(10),
        heartbeats(10),
    ])]);
    let mut config = patient(&server.url());
    config.gap_notice = Duration::from_millis(500);
    let mut rig = Rig::start(SPEC, config);
    let events = rig.events_until(is_trade(10)).await;
    assert_eq!(trade_ids(&events), [5, 9, 10]);
    let state = rig.until_mode(FeedMode::Degraded).await;
    assert_eq!(state.reason, "3 trades of BTC-USD missing");
    assert_eq!(state.missing_events, 3);
    assert_eq!(state.repeated_trades, 2);
    let state = rig.until_mode(FeedMode::Live).await;
    assert_eq!(state.missing_events, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn corrupt_messages_are_counted_and_the_others_go_on() {
    let corrupt_size = coinbase::trade("match", "BTC-USD", 6, "100", AT).replace("0.5", "0.-10000");
    let no_time = "0001-01-01T00:00:00.000000Z";
    let corrupt_time = coinbase::trade("match", "BTC-USD", 6, "100", no_time);
    let server = VenueServer::start(vec![confirmed(vec![
        trade(5),
        Step::Send(corrupt_size),
        Step::Send(corrupt_time),
        Step::Send("<html>".to_owned()),
        trade(6),
        heartbeats(6),
    ])]);
    let mut rig = Rig::start(SPEC, patient(&server.url()));
    let events = rig.events_until(is_trade(6)).await;
    assert_eq!(trade_ids(&events), [5, 6]);
    let state = rig.until_mode(FeedMode::Live).await;
    assert_eq!((state.undecodable, state.missing_events), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_symbol_gone_silent_degrades_the_feed_and_is_named() {
    let gate = Gate::default();
    let server = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD", "ETH-USD"])),
        Step::Send(coinbase::heartbeat("ETH-USD", 1)),
        Step::Await(gate.clone()),
        Step::Repeat(coinbase::heartbeat("BTC-USD", 1), Duration::from_millis(20)),
    ]]);
    let rig = Rig::start("coinbase:BTC-USD,ETH-USD", patient(&server.url()));
    rig.until_mode(FeedMode::Live).await;
    gate.open();
    let state = rig.until_mode(FeedMode::Degraded).await;
    assert_eq!(state.reason, "no word of ETH-USD for more than 0.6 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_drops_us_at_once_is_not_stormed() {
    let server = VenueServer::start(vec![confirmed(vec![Step::Cut])]);
    let mut config = patient(&server.url());
    config.backoff = backoff(50, 400);
    let clock = SystemClock::new();
    let rig = Rig::start(SPEC, config);
    rig.until(|state| state.reconnects >= 4).await;
    // 50 + 100 + 200 + 400 ms, each shortened by half at most: being live for a moment does not
    // make the waits short again.
    assert!(
        clock.monotonic() >= Duration::from_millis(375),
        "{:?}",
        clock.monotonic()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_reconnect_it_does_so_at_once() {
    let server = VenueServer::start(vec![confirmed(vec![heartbeats(1)])]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    rig.until_mode(FeedMode::Live).await;
    rig.feed.reconnect();
    let state = rig
        .until(|state| state.reconnects == 1 && state.mode == FeedMode::Live)
        .await;
    assert_eq!(state.attempt, 0);
    assert_eq!(server.goodbyes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_reconnect_it_does_not_wait_for_the_next_attempt() {
    let server = VenueServer::start(vec![
        confirmed(vec![Step::Cut]),
        confirmed(vec![heartbeats(1)]),
    ]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    rig.until_mode(FeedMode::Reconnecting).await;
    rig.feed.reconnect();
    let state = rig.until_mode(FeedMode::Live).await;
    assert_eq!(state.next_attempt, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_feed_says_goodbye_and_stays_closed() {
    let server = VenueServer::start(vec![confirmed(vec![heartbeats(1)])]);
    let rig = Rig::start(SPEC, hasty(&server.url()));
    rig.until_mode(FeedMode::Live).await;
    rig.feed.stop();
    tokio::time::timeout(DEADLINE, rig.feed.stopped())
        .await
        .unwrap();
    let state = rig.feed.state();
    assert_eq!(
        (state.mode, state.reason.as_str()),
        (FeedMode::Closed, "stopped")
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shutdown_ends_a_feed_that_waits_for_its_next_attempt() {
    let server = VenueServer::start(vec![vec![Step::Cut]]);
    let rig = Rig::start(SPEC, patient(&server.url()));
    rig.until_mode(FeedMode::Reconnecting).await;
    let ShutdownReport { late, .. } = rig.shutdown.run(DEADLINE).await;
    assert_eq!(late, Vec::<String>::new());
    assert_eq!(rig.feed.state().mode, FeedMode::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_mode_is_told() {
    let server = VenueServer::start(vec![confirmed(vec![heartbeats(1)])]);
    let rig = Rig::start(SPEC, hasty(&server.url()));
    let mut changes = rig.feed.changes();
    let live = async {
        while rig.feed.state().mode != FeedMode::Live {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(DEADLINE, live).await.unwrap();
}

#[cfg(feature = "faults")]
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_inside_is_not_shown_as_live_and_the_feed_comes_back() {
    let server = VenueServer::start(vec![confirmed(vec![heartbeats(1)])]);
    let rig = Rig::start(SPEC, hasty(&server.url()));
    rig.until_mode(FeedMode::Live).await;
    let mut changes = rig.feed.changes();
    changes.mark_unchanged();
    assert!(rig.supervisor.panic_task("feed coinbase"));
    tokio::time::timeout(DEADLINE, changes.changed())
        .await
        .unwrap()
        .unwrap();
    rig.until(|state| state.reconnects == 1 && state.mode == FeedMode::Live)
        .await;
    assert_eq!(rig.supervisor.tasks()[0].restarts, 1);
}
