//! Captured frames, played through the whole feed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bigdecimal::{BigDecimal, RoundingMode};
use mda::domain::{AggressorSide, Bar, DataKind, EventKind, FeedMode, MarketEvent, Timestamp};
use mda::feed::FeedConfig;

use super::rig::{DEADLINE, Rig, shared_data, trade_ids};
use crate::support::venue_server::coinbase;

const CAPTURE: &str = "frames/coinbase/COINBASE.ws.28.0";
const MINUTE: i64 = 60_000_000;

/// One trade: symbol, id, price, size, venue time in microseconds, did the buyer cross.
type TradeRow = (String, u64, BigDecimal, BigDecimal, i64, bool);

/// One bar: open-high-low-close, volume, count, VWAP, is it closed.
type BarRow = ([BigDecimal; 4], BigDecimal, u64, BigDecimal, bool);

/// Bars by symbol and open time.
type Bars = BTreeMap<(String, i64), BarRow>;

fn spec_of(path: &Path, speed: &str) -> String {
    format!("replay:{}@{speed}", path.display())
}

fn decimal(text: &str) -> BigDecimal {
    text.parse().unwrap()
}

fn micros(rfc3339: &str) -> i64 {
    rfc3339.parse::<Timestamp>().unwrap().micros()
}

/// The received frames of a capture with their times in seconds, read without any code of the feed.
fn frames(path: &Path) -> Vec<(f64, serde_json::Value)> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| {
            let (at, json) = line.split_once(": ").unwrap();
            (at.parse().unwrap(), serde_json::from_str(json).unwrap())
        })
        .collect()
}

fn naive_trades(path: &Path) -> Vec<TradeRow> {
    frames(path)
        .into_iter()
        .filter(|(_, frame)| frame["type"] == "match")
        .map(|(_, frame)| {
            let text = |field: &str| frame[field].as_str().unwrap().to_owned();
            (
                text("product_id"),
                frame["trade_id"].as_u64().unwrap(),
                decimal(&text("price")),
                decimal(&text("size")),
                micros(&text("time")),
                text("side") == "sell",
            )
        })
        .collect()
}

/// Groups all trades by minute at once. A bar is closed when the capture goes on for two seconds
/// after its end.
fn naive_bars(path: &Path) -> Bars {
    let last_frame = frames(path).last().unwrap().0;
    let mut groups: BTreeMap<(String, i64), Vec<TradeRow>> = BTreeMap::new();
    for trade in naive_trades(path) {
        let open = trade.4.div_euclid(MINUTE) * MINUTE;
        groups
            .entry((trade.0.clone(), open))
            .or_default()
            .push(trade);
    }
    groups
        .into_iter()
        .map(|((symbol, open), mut trades)| {
            trades.sort_by_key(|trade| (trade.4, trade.1));
            let price = |trade: &TradeRow| trade.2.clone();
            let ohlc = [
                price(&trades[0]),
                trades.iter().map(price).max().unwrap(),
                trades.iter().map(price).min().unwrap(),
                price(trades.last().unwrap()),
            ];
            let volume: BigDecimal = trades.iter().map(|trade| trade.3.clone()).sum();
            let notional: BigDecimal = trades.iter().map(|trade| &trade.2 * &trade.3).sum();
            let vwap = (notional / &volume).with_scale_round(8, RoundingMode::HalfUp);
            let ends_after = (open + MINUTE) as f64 / 1e6 + 2.0;
            let is_closed = ends_after <= last_frame;
            let count = trades.len() as u64;
            ((symbol, open), (ohlc, volume, count, vwap, is_closed))
        })
        .collect()
}

fn played_trades(events: &[Arc<MarketEvent>]) -> Vec<TradeRow> {
    events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Trade(trade) if !trade.is_snapshot => Some((
                trade.symbol.to_string(),
                trade.trade_id.unwrap(),
                decimal(&trade.price.to_string()),
                decimal(&trade.size.to_string()),
                trade.ts_event.micros(),
                trade.aggressor_side == AggressorSide::Buy,
            )),
            _ => None,
        })
        .collect()
}

fn row_of(bar: &Bar, is_closed: bool) -> BarRow {
    let ohlc = [bar.open, bar.high, bar.low, bar.close].map(|price| decimal(&price.to_string()));
    (
        ohlc,
        decimal(&bar.volume.to_string()),
        bar.trade_count.unwrap(),
        decimal(&bar.vwap.unwrap().to_string()),
        is_closed,
    )
}

fn played_bars(events: &[Arc<MarketEvent>]) -> Bars {
    let mut newest = Bars::new();
    for event in events {
        let (bar, is_closed) = match &event.kind {
            EventKind::BarForming(bar) => (bar, false),
            EventKind::BarClosed(bar) => (bar, true),
            _ => continue,
        };
        assert_eq!(event.source.as_str(), "replay.coinbase.trades");
        let key = (bar.symbol.to_string(), bar.time.micros());
        newest.insert(key, row_of(bar, is_closed));
    }
    newest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_capture_gives_the_trades_and_bars_of_an_independent_computation() {
    let Some(path) = shared_data(CAPTURE) else {
        return;
    };
    let mut rig = Rig::start(&spec_of(&path, "max"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    let events = rig.events_now();
    assert_eq!(state.reason, "end of file: 9,946 frames, 97 trades");
    assert_eq!((state.messages, state.undecodable), (9_946, 0));
    assert_eq!((state.missing_events, state.symbols), (0, 10));
    assert_eq!(state.data_kind, DataKind::Replay);
    assert_eq!(state.venue_lag_micros, None);
    assert_eq!(
        state.replay_time.unwrap().to_string(),
        "2021-04-17T16:44:07.846469Z"
    );
    assert_eq!(played_trades(&events), naive_trades(&path));
    let bars = played_bars(&events);
    assert_eq!(bars, naive_bars(&path));
    let closed = bars.values().filter(|(.., is_closed)| *is_closed).count();
    assert!(
        closed > 0 && closed < bars.len(),
        "{closed} of {} closed",
        bars.len()
    );
    let count =
        |wanted: fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).count();
    assert_eq!(count(|kind| matches!(kind, EventKind::Quote(_))), 107);
    assert_eq!(
        count(|kind| matches!(kind, EventKind::Trade(trade) if trade.is_snapshot)),
        10
    );
    assert_eq!(rig.feed.symbols().len(), 10);
}

/// A capture of these messages, the first at one second, then this far apart.
fn capture(host: &str, messages: &[String], apart: Duration) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "wss://{host} <-> 1618677816.5").unwrap();
    writeln!(file, "wss://{host} <- 1618677816.6: {{}}").unwrap();
    for (at, message) in (0u32..).zip(messages) {
        let at = Duration::from_secs(1_618_677_817) + apart * at;
        writeln!(
            file,
            "{}.{:06}: {message}",
            at.as_secs(),
            at.subsec_micros()
        )
        .unwrap();
    }
    writeln!(file).unwrap();
    file
}

fn trades(ids: &[u64]) -> Vec<String> {
    ids.iter()
        .map(|id| coinbase::trade("match", "BTC-USD", *id, "100", "2021-04-17T16:43:38Z"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_keeps_its_time_differences_at_its_speed() {
    let file = capture(
        "x.coinbase.com",
        &trades(&[1, 2, 3]),
        Duration::from_secs(4),
    );
    let mut rig = Rig::start(&spec_of(file.path(), "20"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert_eq!(state.reason, "end of file: 3 frames, 3 trades");
    assert_eq!(state.replay_speed, Some(20.0));
    let at: Vec<Timestamp> = rig
        .events_now()
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Trade(_)))
        .map(|event| event.ts_recv)
        .collect();
    // Four seconds at ×20 are 200 ms; a busy machine makes them longer, never shorter in sum.
    assert!(at[2].since(at[0]) >= Duration::from_millis(395), "{at:?}");
    assert!(at[1].since(at[0]) >= Duration::from_millis(195), "{at:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_reconnect_a_replay_plays_from_the_beginning() {
    let file = capture("x.coinbase.com", &trades(&[1, 2, 3]), Duration::ZERO);
    let mut rig = Rig::start(&spec_of(file.path(), "max"), FeedConfig::default());
    rig.until_mode(FeedMode::Closed).await;
    rig.feed.reconnect();
    let state = rig
        .until(|state| state.messages == 6 && state.mode == FeedMode::Closed)
        .await;
    assert_eq!(trade_ids(&rig.events_now()), [1, 2, 3, 1, 2, 3]);
    assert_eq!(state.missing_events, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_replay_does_not_wait_for_its_next_frame() {
    let file = capture(
        "x.coinbase.com",
        &trades(&[1, 2]),
        Duration::from_secs(100_000),
    );
    let mut rig = Rig::start(&spec_of(file.path(), "1"), FeedConfig::default());
    rig.events_until(|kind| matches!(kind, EventKind::Trade(_)))
        .await;
    let state = rig.feed.state();
    assert_eq!(
        (state.mode, state.reason.as_str()),
        (FeedMode::Live, "playing at ×1")
    );
    rig.feed.stop();
    rig.feed.stopped().await;
    assert_eq!(rig.feed.state().reason, "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_played_closes_the_feed_with_the_reason() {
    let rig = Rig::start("replay:/no/such/file", FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert!(
        state.reason.starts_with("cannot open the file: "),
        "{}",
        state.reason
    );

    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::start(&spec_of(folder.path(), "1"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert!(
        state.reason.starts_with("cannot open the file: "),
        "{}",
        state.reason
    );

    let file = capture("api.kraken.com", &trades(&[1]), Duration::ZERO);
    let rig = Rig::start(&spec_of(file.path(), "1"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert!(
        state.reason.starts_with("captured from `api.kraken.com`, "),
        "{}",
        state.reason
    );

    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "1618677817.5: {{}}").unwrap();
    let rig = Rig::start(&spec_of(file.path(), "1"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert!(
        state.reason.starts_with("not a capture: "),
        "{}",
        state.reason
    );
}

/// What a stranger gives by mistake.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_connection_is_told_for_what_it_is() {
    let answers = "https://api.binance.com/api/v3/depth?limit=9 -> 1633998512.32: {}\n".repeat(3);
    let endless = "{\"a\": 1}\n".repeat(5_000);
    for (text, wanted) in [
        ("", "the file is empty"),
        (
            "hello\n",
            "not a capture: its first line does not name the venue",
        ),
        (
            &endless,
            "not a capture: its first line does not name the venue",
        ),
        (
            &answers,
            "holds nothing but HTTP answers of `api.binance.com`",
        ),
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let rig = Rig::start(&spec_of(file.path(), "max"), FeedConfig::default());
        let state = rig.until_mode(FeedMode::Closed).await;
        assert!(state.reason.starts_with(wanted), "{}", state.reason);
        assert!(state.undecodable <= 100, "{}", state.undecodable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_nobody_writes_to_does_not_hold_up_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let rig = Rig::start(&spec_of(&pipe, "1"), FeedConfig::default());
    rig.until(|state| state.reason == "opening the file").await;
    rig.feed.stop();
    let stopped = tokio::time::timeout(DEADLINE, rig.feed.stopped()).await;
    // Lets the thread that waits for the pipe go, or the test would wait for it.
    drop(
        std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&pipe),
    );
    stopped.expect("the feed stops while its file does not open");
    assert_eq!(rig.feed.state().reason, "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_lines_are_counted_and_the_rest_is_played() {
    let mut messages = trades(&[1, 2]);
    messages.insert(1, "{broken".to_owned());
    let mut file = capture("x.coinbase.com", &messages, Duration::ZERO);
    writeln!(file, "not a line of a capture").unwrap();
    let mut rig = Rig::start(&spec_of(file.path(), "max"), FeedConfig::default());
    let state = rig.until_mode(FeedMode::Closed).await;
    assert_eq!(trade_ids(&rig.events_now()), [1, 2]);
    assert_eq!((state.undecodable, state.messages), (2, 3));
}
