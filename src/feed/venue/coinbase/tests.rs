//! Messages of Coinbase, whole, corrupt and mutated.

use proptest::prelude::*;
use rstest::rstest;

use serde_json::json;

use super::Coinbase;
use crate::domain::{AggressorSide, EventKind, Price, Symbol, Timestamp};
use crate::feed::venue::{Answer, DecodeError, Decoded, Venue};

const TICKER: &str = r#"{"type":"ticker","sequence":1,"product_id":"BTC-USD","price":"64000.12",
    "open_24h":"63000","volume_24h":"1234.50000000","low_24h":"62000.5","high_24h":"65000",
    "volume_30d":"9","best_bid":"64000.10","best_bid_size":"0.25","best_ask":"64000.12",
    "best_ask_size":"1.5","side":"buy","time":"2026-04-17T16:43:30.244075Z","trade_id":7,
    "last_size":"0.04"}"#;
const MATCH: &str = r#"{"type":"match","trade_id":8,"maker_order_id":"a","taker_order_id":"b",
    "side":"sell","size":"0.04","price":"14.7775","product_id":"BAND-GBP","sequence":3,
    "time":"2026-04-17T16:43:30.244075Z"}"#;
const HEARTBEAT: &str = r#"{"type":"heartbeat","sequence":90,"last_trade_id":20,
    "product_id":"BTC-USD","time":"2026-11-07T08:19:28.464459Z"}"#;
const SUBSCRIPTIONS: &str = r#"{"type":"subscriptions","channels":[
    {"name":"ticker","product_ids":["BTC-USD","ETH-USD"],"account_ids":null},
    {"name":"matches","product_ids":["ETH-USD","BTC-USD","SOL-USD"]},
    {"name":"heartbeat","product_ids":["BTC-USD"]}]}"#;

fn ts_recv() -> Timestamp {
    Timestamp::parse("2026-04-17T16:43:31Z").unwrap()
}

fn decode(text: &str) -> (Result<Decoded, DecodeError>, Vec<EventKind>) {
    let mut events = Vec::new();
    let decoded = Coinbase::new("").decode(text, ts_recv(), &mut events);
    (decoded, events)
}

fn why_not(text: &str) -> String {
    let (outcome, events) = decode(text);
    assert_eq!(events, [], "nothing may be appended");
    crate::runtime::error_chain(&outcome.unwrap_err())
}

#[test]
fn a_ticker_is_a_quote_and_statistics_of_the_day() {
    let (decoded, events) = decode(TICKER);
    assert_eq!(decoded.unwrap(), Decoded::Market);
    let [EventKind::Quote(quote), EventKind::Stats(stats)] = &events[..] else {
        panic!("not a quote and statistics: {events:?}");
    };
    assert_eq!(quote.bid.to_string(), "64000.1");
    assert_eq!(quote.ask.to_string(), "64000.12");
    assert_eq!(quote.bid_size.unwrap().to_string(), "0.25");
    assert_eq!(quote.ask_size.unwrap().to_string(), "1.5");
    assert_eq!(quote.ts_event.to_string(), "2026-04-17T16:43:30.244075Z");
    assert_eq!(quote.ts_recv, ts_recv());
    let prices = [stats.open, stats.high, stats.low].map(|price| price.to_string());
    assert_eq!(prices, ["63000", "65000", "62000.5"]);
    assert_eq!(stats.volume.to_string(), "1234.5");
}

#[test]
fn sizes_are_absent_where_the_ticker_does_not_tell_them() {
    let old = TICKER
        .replace(r#""best_bid_size":"0.25","#, "")
        .replace(r#""best_ask_size":"1.5","#, "");
    let (_, events) = decode(&old);
    let EventKind::Quote(quote) = &events[0] else {
        panic!("not a quote: {events:?}");
    };
    assert_eq!((quote.bid_size, quote.ask_size), (None, None));
}

#[test]
fn an_empty_side_of_the_book_makes_no_quote() {
    let (_, events) = decode(&TICKER.replace("64000.10", "0"));
    assert!(matches!(events[..], [EventKind::Stats(_)]), "{events:?}");
}

#[rstest]
#[case("match", "sell", AggressorSide::Buy, false)]
#[case("match", "buy", AggressorSide::Sell, false)]
#[case("match", "?", AggressorSide::Unknown, false)]
#[case("last_match", "sell", AggressorSide::Buy, true)]
fn a_match_is_a_trade_by_the_side_that_did_not_make_it(
    #[case] kind: &str,
    #[case] maker: &str,
    #[case] aggressor: AggressorSide,
    #[case] is_snapshot: bool,
) {
    let text = MATCH
        .replace("\"match\"", &format!("\"{kind}\""))
        .replace("\"sell\"", &format!("\"{maker}\""));
    let (decoded, events) = decode(&text);
    assert_eq!(decoded.unwrap(), Decoded::Market);
    let [EventKind::Trade(trade)] = &events[..] else {
        panic!("not a trade: {events:?}");
    };
    assert_eq!(trade.aggressor_side, aggressor);
    assert_eq!(trade.is_snapshot, is_snapshot);
    assert_eq!(trade.trade_id, Some(8));
    assert_eq!(trade.symbol.as_str(), "BAND-GBP");
    assert_eq!(trade.price.to_string(), "14.7775");
    assert_eq!(trade.size.to_string(), "0.04");
}

#[test]
fn a_heartbeat_tells_the_newest_trade_of_its_product() {
    let symbol = Symbol::parse("BTC-USD").unwrap();
    let heartbeat = Decoded::Heartbeat {
        symbol,
        last_trade_id: 20,
    };
    assert_eq!(decode(HEARTBEAT).0.unwrap(), heartbeat);
}

#[test]
fn a_product_is_confirmed_in_every_channel_we_need() {
    let confirmed = ["BTC-USD", "ETH-USD"].map(|name| Symbol::parse(name).unwrap());
    let decoded = decode(SUBSCRIPTIONS).0.unwrap();
    assert_eq!(
        decoded,
        Decoded::Answer(Answer::Subscribed(confirmed.to_vec()))
    );
}

#[test]
fn an_error_is_told_in_the_venues_words() {
    let text =
        r#"{"type":"error","message":"Failed to subscribe","reason":"FOO-USD is not valid"}"#;
    let words = "Failed to subscribe: FOO-USD is not valid".to_owned();
    assert_eq!(
        decode(text).0.unwrap(),
        Decoded::Answer(Answer::Refused(words))
    );
    let text = r#"{"type":"error","message":"slow down"}"#;
    assert_eq!(
        decode(text).0.unwrap(),
        Decoded::Answer(Answer::Refused("slow down".to_owned()))
    );
}

#[rstest]
#[case(r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","1","2"]]}"#)]
#[case(r#"{"type":"snapshot","product_id":"BTC-USD","asks":[],"bids":[]}"#)]
#[case(r#"{"type":"status","products":[]}"#)]
fn what_has_no_use_here_is_passed_over_quietly(#[case] text: &str) {
    let (decoded, events) = decode(text);
    assert_eq!((decoded.unwrap(), events), (Decoded::Ignored, vec![]));
}

#[rstest]
#[case(MATCH.replace("0.04", "0.-10000"), "bad size: not a decimal number: `0.-10000`")]
#[case(MATCH.replace("0.04", "0"), "size `0` is not above zero")]
#[case(MATCH.replace("0.04", "-1"), "bad size: volume out of range (0 to 10^18): `-1`")]
#[case(MATCH.replace("14.7775", "-1"), "price `-1` is not above zero")]
#[case(MATCH.replace("14.7775", "92233720369"), "bad price: price out of range")]
#[case(
    MATCH.replace("2026-04-17T16:43:30.244075Z", "0001-01-01T00:00:00.000000Z"),
    "time `0001-01-01T00:00:00.000000Z` cannot be true"
)]
#[case(
    MATCH.replace("2026-04-17", "2026-04-19"),
    "time `2026-04-19T16:43:30.244075Z` cannot be true"
)]
#[case(MATCH.replace("2026-04-17", "yesterday "), "time `yesterday ")]
#[case(MATCH.replace("BAND-GBP", ""), "bad symbol: invalid symbol ``")]
#[case(MATCH.replace("\"trade_id\":8", "\"trade_id\":-8"), "not a message of this venue: ")]
#[case(TICKER.replace("64000.10", "-64000.10"), "best_bid `-64000.10` is not above zero")]
#[case(TICKER.replace("64000.12\",\n", "-1\",\n"), "best_ask `-1` is not above zero")]
#[case(TICKER.replace("62000.5", "0"), "low_24h `0` is not above zero")]
#[case(r#"{"type":"teapot"}"#.to_owned(), "unknown message type `teapot`")]
#[case("{".to_owned(), "not a message of this venue: ")]
#[case("[]".to_owned(), "not a message of this venue: ")]
fn a_corrupt_message_is_refused_as_a_whole(#[case] text: String, #[case] expected: &str) {
    let why = why_not(&text);
    assert!(why.starts_with(expected), "{why}");
}

#[test]
fn the_subscribe_frame_asks_for_what_we_read() {
    let symbols = ["BTC-USD", "ETH-USD"].map(|name| Symbol::parse(name).unwrap());
    let frames = Coinbase::new("wss://x").subscribe_frames(&symbols);
    let sent: serde_json::Value = serde_json::from_str(&frames[0]).unwrap();
    assert_eq!(frames.len(), 1);
    assert_eq!(
        sent,
        json!({
            "type": "subscribe",
            "product_ids": ["BTC-USD", "ETH-USD"],
            "channels": ["ticker", "matches", "heartbeat"],
        })
    );
}

fn mutated() -> impl Strategy<Value = String> {
    let frame = prop::sample::select(vec![TICKER, MATCH, HEARTBEAT, SUBSCRIPTIONS]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0u8..3), 0..8);
    (frame, edits).prop_map(|(frame, edits)| {
        let mut chars: Vec<char> = frame.chars().collect();
        for (index, with, how) in edits {
            let at = index.index(chars.len());
            match how {
                0 => chars[at] = with,
                1 => chars.insert(at, with),
                _ => chars.truncate(at.max(1)),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn prop_a_mutated_message_is_read_or_refused_but_never_half(text in mutated()) {
        let (outcome, events) = decode(&text);
        if outcome.is_err() {
            prop_assert!(events.is_empty());
        }
        for event in &events {
            let holds = match event {
                EventKind::Trade(trade) => trade.price > Price::ZERO && !trade.size.is_zero(),
                EventKind::Quote(quote) => quote.bid > Price::ZERO && quote.ask > Price::ZERO,
                EventKind::Stats(stats) => stats.open > Price::ZERO,
                EventKind::BarForming(_) | EventKind::BarClosed(_) | EventKind::Gap(_) => false,
            };
            prop_assert!(holds, "{:?}", event);
        }
    }
}
