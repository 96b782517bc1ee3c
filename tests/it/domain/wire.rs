//! The JSON forms: what goes over the local socket comes back as the same value.

use mda::domain::{
    AggressorSide, Bar, DataKind, DayStats, EventKind, FeedGap, FeedMode, MarketEvent, Price,
    Quote, Source, Symbol, Timeframe, Timestamp, Trade, Volume,
};
use proptest::prelude::*;
use rstest::rstest;

use super::naive;

fn price() -> impl Strategy<Value = Price> {
    any::<i64>().prop_map(Price::from_scaled)
}

fn volume() -> impl Strategy<Value = Volume> {
    (0..=Volume::MAX.scaled()).prop_map(|scaled| Volume::from_scaled(scaled).unwrap())
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_micros)
}

fn symbol() -> impl Strategy<Value = Symbol> {
    "[!-~]{1,40}".prop_map(|text| Symbol::parse(&text).unwrap())
}

fn quote() -> impl Strategy<Value = Quote> {
    let sizes = (prop::option::of(volume()), prop::option::of(volume()));
    (symbol(), time(), time(), price(), price(), sizes).prop_map(
        |(symbol, ts_event, ts_recv, bid, ask, (bid_size, ask_size))| Quote {
            symbol,
            ts_event,
            ts_recv,
            bid,
            ask,
            bid_size,
            ask_size,
        },
    )
}

fn trade() -> impl Strategy<Value = Trade> {
    use AggressorSide::{Buy, Sell, Unknown};
    let side = prop::sample::select(vec![Buy, Sell, Unknown]);
    let flags = (side, prop::option::of(any::<u64>()), any::<bool>());
    (symbol(), time(), time(), price(), volume(), flags).prop_map(
        |(symbol, ts_event, ts_recv, price, size, (aggressor_side, trade_id, is_snapshot))| Trade {
            symbol,
            ts_event,
            ts_recv,
            price,
            size,
            aggressor_side,
            trade_id,
            is_snapshot,
        },
    )
}

fn bar() -> impl Strategy<Value = Bar> {
    let timeframe = prop::sample::select(Timeframe::ALL.to_vec());
    let told = (prop::option::of(any::<u64>()), prop::option::of(price()));
    (timeframe, time(), any::<[i64; 4]>(), volume(), told).prop_map(
        |(timeframe, time, prices, volume, (trade_count, vwap))| Bar {
            volume,
            trade_count,
            vwap,
            ..naive::bar(timeframe, time, prices, 0)
        },
    )
}

fn event() -> impl Strategy<Value = MarketEvent> {
    let stats = (symbol(), [price(), price(), price()], volume()).prop_map(
        |(symbol, [open, high, low], volume)| DayStats {
            symbol,
            open,
            high,
            low,
            volume,
        },
    );
    let gap = (symbol(), any::<u64>(), any::<u64>()).prop_map(|(symbol, from, to)| FeedGap {
        symbol,
        from,
        to,
    });
    let kind = prop_oneof![
        quote().prop_map(EventKind::Quote),
        trade().prop_map(EventKind::Trade),
        bar().prop_map(EventKind::BarForming),
        bar().prop_map(EventKind::BarClosed),
        stats.prop_map(EventKind::Stats),
        gap.prop_map(EventKind::Gap),
    ];
    (kind, time()).prop_map(|(kind, ts_recv)| MarketEvent {
        source: Source::parse("coinbase.trades").unwrap(),
        ts_recv,
        kind,
    })
}

proptest! {
    #[test]
    fn prop_events_come_back_as_they_went(event in event()) {
        let json = serde_json::to_string(&event).unwrap();
        let back: MarketEvent = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back.kind.symbol(), event.kind.symbol());
        prop_assert_eq!(back, event);
    }
}

#[test]
fn a_bar_is_written_with_exact_text_and_without_what_is_not_told() {
    let bar = Bar {
        volume: "0.00000001".parse().unwrap(),
        ..naive::bar(
            Timeframe::M1,
            Timestamp::from_secs(60),
            [150_000_000, 1, 0, 0],
            0,
        )
    };
    assert_eq!(
        serde_json::to_string(&bar).unwrap(),
        concat!(
            r#"{"symbol":"EURUSD","timeframe":"1m","time":"1970-01-01T00:01:00Z","open":"1.5","#,
            r#""high":"1.5","low":"0.00000001","close":"0.00000001","volume":"0.00000001","#,
            r#""source":"test","quality_score":100}"#
        )
    );
}

#[test]
fn a_trade_says_snapshot_only_when_it_is_one() {
    let json = r#"{"symbol":"btc-usd","ts_event":"2024-01-01T00:00:00Z",
        "ts_recv":"2024-01-01T00:00:00.5Z","price":"1","size":"2","aggressor_side":"buy"}"#;
    let trade: Trade = serde_json::from_str(json).unwrap();
    assert_eq!(trade.symbol.as_str(), "BTC-USD");
    assert!(!trade.is_snapshot);
    let written = serde_json::to_string(&trade).unwrap();
    assert!(
        !written.contains("is_snapshot") && !written.contains("trade_id"),
        "{written}"
    );
}

#[test]
fn the_first_bar_of_a_trade_is_the_trade() {
    let json = r#"{"symbol":"BTC-USD","ts_event":"2024-01-01T00:01:59.9Z",
        "ts_recv":"2024-01-01T00:02:00Z","price":"42.5","size":"0.1","aggressor_side":"sell"}"#;
    let trade: Trade = serde_json::from_str(json).unwrap();
    let source = Source::parse("coinbase.trades").unwrap();
    let bar = Bar::of_trade(&trade, Timeframe::M1, source);
    assert_eq!(bar.time.to_string(), "2024-01-01T00:01:00Z");
    assert_eq!([bar.open, bar.high, bar.low, bar.close], [trade.price; 4]);
    assert_eq!((bar.volume, bar.trade_count), (trade.size, Some(1)));
    assert_eq!((bar.vwap, bar.check()), (Some(trade.price), Ok(())));
}

#[rstest]
#[case("10", "10.5", Some("0.5"))]
#[case("10.5", "10", Some("-0.5"))]
#[case("-92233720368", "92233720368", None)]
fn the_spread_is_ask_less_bid(
    #[case] bid: Price,
    #[case] ask: Price,
    #[case] spread: Option<&str>,
) {
    let quote = Quote {
        symbol: Symbol::parse("BTC-USD").unwrap(),
        ts_event: Timestamp::EPOCH,
        ts_recv: Timestamp::EPOCH,
        bid,
        ask,
        bid_size: None,
        ask_size: None,
    };
    assert_eq!(quote.spread(), spread.map(|text| text.parse().unwrap()));
}

#[rstest]
#[case::float_price("invalid type: floating point", r#"{"Price":1.5}"#)]
#[case::price_text("not a decimal number: `x`", r#"{"Price":"x"}"#)]
#[case::volume("volume out of range (0 to 10^18): `-1`", r#"{"Volume":"-1"}"#)]
#[case::symbol("invalid symbol", r#"{"Symbol":""}"#)]
#[case::source("invalid source", r#"{"Source":"a b"}"#)]
#[case::time("invalid time `yesterday`", r#"{"Timestamp":"yesterday"}"#)]
#[case::timeframe("unknown timeframe `2m`", r#"{"Timeframe":"2m"}"#)]
#[case::score("quality score `101` is above 100", r#"{"Score":101}"#)]
fn what_a_constructor_refuses_json_cannot_smuggle_in(#[case] expected: &str, #[case] json: &str) {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    enum Value {
        Price(Price),
        Volume(Volume),
        Symbol(Symbol),
        Source(Source),
        Timestamp(Timestamp),
        Timeframe(Timeframe),
        Score(mda::domain::QualityScore),
    }
    let error = serde_json::from_str::<Value>(json).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn modes_and_kinds_have_one_word_each() {
    use FeedMode::{Closed, Connecting, Degraded, Live, Reconnecting};
    let modes = [Connecting, Live, Degraded, Reconnecting, Closed];
    for mode in modes {
        let json = serde_json::to_string(&mode).unwrap();
        assert_eq!(json, format!("\"{}\"", mode.as_str().to_lowercase()));
        assert_eq!(serde_json::from_str::<FeedMode>(&json).unwrap(), mode);
    }
    for kind in [DataKind::Live, DataKind::Replay, DataKind::Simulated] {
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, format!("\"{}\"", kind.as_str().to_lowercase()));
        assert_eq!(serde_json::from_str::<DataKind>(&json).unwrap(), kind);
    }
}
