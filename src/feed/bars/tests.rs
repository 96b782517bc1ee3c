//! Bars against scripted trades, and against all trades at once in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::BarBuilder;
use crate::domain::{
    AggressorSide, Bar, EventKind, Price, Source, Symbol, Timeframe, Timestamp, Trade, Volume,
};

fn trade(symbol: &str, at_ms: i64, id: u64, price: i64, size: i128) -> Trade {
    Trade {
        symbol: Symbol::parse(symbol).unwrap(),
        ts_event: Timestamp::from_micros(at_ms * 1_000),
        ts_recv: Timestamp::from_micros(at_ms * 1_000),
        price: Price::from_scaled(price),
        size: Volume::from_scaled(size).unwrap(),
        aggressor_side: AggressorSide::Buy,
        trade_id: Some(id),
        is_snapshot: false,
    }
}

fn builder(kept: u32) -> BarBuilder {
    BarBuilder::new(Timeframe::M1, Source::parse("test.trades").unwrap(), kept)
}

fn add(builder: &mut BarBuilder, trade: &Trade) -> Vec<EventKind> {
    let mut changes = Vec::new();
    builder.add(trade, &mut changes);
    changes
}

fn advance(builder: &mut BarBuilder, to_ms: i64) -> Vec<EventKind> {
    let mut changes = Vec::new();
    builder.advance(Timestamp::from_micros(to_ms * 1_000), &mut changes);
    changes
}

fn closed(change: &EventKind) -> &Bar {
    match change {
        EventKind::BarClosed(bar) => bar,
        other => panic!("not a closed bar: {other:?}"),
    }
}

fn forming(change: &EventKind) -> &Bar {
    match change {
        EventKind::BarForming(bar) => bar,
        other => panic!("not a forming bar: {other:?}"),
    }
}

#[test]
fn each_trade_tells_the_newest_state_of_its_bar() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 1_000, 1, 100, 10));
    add(&mut builder, &trade("A", 2_000, 2, 130, 10));
    let changes = add(&mut builder, &trade("A", 3_000, 3, 90, 20));
    let bar = forming(&changes[0]);
    let prices = [bar.open, bar.high, bar.low, bar.close].map(Price::scaled);
    assert_eq!(prices, [100, 130, 90, 90]);
    assert_eq!(bar.volume.scaled(), 40);
    assert_eq!(bar.trade_count, Some(3));
    // (100·10 + 130·10 + 90·20) ÷ 40 = 102.5, half away from zero.
    assert_eq!(bar.vwap, Some(Price::from_scaled(103)));
    assert_eq!(bar.time, Timestamp::EPOCH);
    assert_eq!(bar.source.as_str(), "test.trades");
}

#[test]
fn a_trade_of_the_next_bar_closes_the_one_before() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 59_999, 1, 100, 10));
    let changes = add(&mut builder, &trade("A", 60_000, 2, 110, 10));
    assert_eq!(changes.len(), 2);
    assert_eq!(closed(&changes[0]).close.scaled(), 100);
    assert_eq!(forming(&changes[1]).open.scaled(), 110);
}

#[test]
fn the_clock_closes_a_bar_once_and_only_after_its_end() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 30_000, 1, 100, 10));
    assert!(advance(&mut builder, 59_999).is_empty());
    assert_eq!(
        closed(&advance(&mut builder, 60_000)[0]).close.scaled(),
        100
    );
    assert!(advance(&mut builder, 120_000).is_empty());
}

#[test]
fn a_minute_without_trades_makes_no_bar() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 0, 1, 100, 10));
    advance(&mut builder, 180_000);
    let changes = add(&mut builder, &trade("A", 240_000, 2, 110, 10));
    assert_eq!(changes.len(), 1);
    assert_eq!(forming(&changes[0]).time, Timestamp::from_secs(240));
}

#[test]
fn a_late_trade_rewrites_its_closed_bar() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 30_000, 2, 100, 10));
    advance(&mut builder, 62_000);
    let changes = add(&mut builder, &trade("A", 20_000, 1, 90, 30));
    let bar = closed(&changes[0]);
    assert_eq!(bar.open.scaled(), 90);
    assert_eq!(bar.close.scaled(), 100);
    assert_eq!(bar.volume.scaled(), 40);
}

#[test]
fn a_late_trade_makes_the_bar_that_was_missing() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 150_000, 2, 100, 10));
    let changes = add(&mut builder, &trade("A", 70_000, 1, 90, 30));
    assert_eq!(closed(&changes[0]).time, Timestamp::from_secs(60));
}

#[test]
fn a_trade_older_than_the_kept_bars_is_counted_and_left_out() {
    let mut builder = builder(2);
    add(&mut builder, &trade("A", 120_000, 3, 100, 10));
    assert!(add(&mut builder, &trade("A", 59_999, 1, 90, 30)).is_empty());
    assert_eq!(builder.too_late(), 1);
    assert_eq!(add(&mut builder, &trade("A", 60_000, 2, 90, 30)).len(), 1);
}

#[test]
fn a_trade_from_before_we_subscribed_belongs_to_no_bar() {
    let mut builder = builder(5);
    let before = Trade {
        is_snapshot: true,
        ..trade("A", 1_000, 1, 100, 10)
    };
    assert!(add(&mut builder, &before).is_empty());
    assert!(advance(&mut builder, 120_000).is_empty());
}

#[test]
fn symbols_do_not_close_one_another() {
    let mut builder = builder(5);
    add(&mut builder, &trade("A", 0, 1, 100, 10));
    let changes = add(&mut builder, &trade("B", 60_000, 1, 110, 10));
    assert_eq!(changes.len(), 1);
    assert_eq!(advance(&mut builder, 120_000).len(), 2);
}

#[test]
fn sums_beyond_128_bits_leave_the_vwap_out_and_the_bar_whole() {
    let mut builder = builder(5);
    let huge = Volume::MAX.scaled();
    add(&mut builder, &trade("A", 0, 1, i64::MAX, huge));
    let changes = add(&mut builder, &trade("A", 1, 2, 5, 1));
    let bar = forming(&changes[0]);
    assert_eq!(bar.vwap, None);
    assert_eq!(bar.volume, Volume::MAX);
    assert_eq!(bar.trade_count, Some(2));
}

/// Symbol, open time, open-high-low-close, volume, count and VWAP.
type Row = (String, i64, [i64; 4], i128, u64, Option<i64>);

/// Every bar, from all trades at once: sorted by time and id, nothing incremental.
fn naive(trades: &[Trade]) -> Vec<Row> {
    let mut sorted: Vec<&Trade> = trades.iter().collect();
    sorted.sort_by_key(|trade| (trade.ts_event, trade.trade_id));
    let mut buckets: BTreeMap<(String, i64), Vec<&Trade>> = BTreeMap::new();
    for trade in sorted {
        let minute = trade.ts_event.micros().div_euclid(60_000_000) * 60_000_000;
        buckets
            .entry((trade.symbol.to_string(), minute))
            .or_default()
            .push(trade);
    }
    buckets
        .into_iter()
        .map(|((symbol, minute), trades)| {
            let prices: Vec<i64> = trades.iter().map(|trade| trade.price.scaled()).collect();
            let volume: i128 = trades.iter().map(|trade| trade.size.scaled()).sum();
            let notional: i128 = trades
                .iter()
                .map(|trade| i128::from(trade.price.scaled()) * trade.size.scaled())
                .sum();
            let vwap = (volume > 0).then(|| ((notional * 2 + volume) / (volume * 2)) as i64);
            let ohlc = [
                prices[0],
                *prices.iter().max().unwrap(),
                *prices.iter().min().unwrap(),
                *prices.last().unwrap(),
            ];
            (symbol, minute, ohlc, volume, trades.len() as u64, vwap)
        })
        .collect()
}

fn any_trades() -> impl Strategy<Value = Vec<Trade>> {
    let one = (
        prop::sample::select(vec!["A", "B"]),
        0i64..8 * 60_000,
        1i64..1_000_000,
        0i128..1_000_000,
    );
    prop::collection::vec(one, 1..60)
        .prop_map(|rows| {
            let with_ids = rows.into_iter().zip(1u64..);
            with_ids
                .map(|((symbol, at_ms, price, size), id)| trade(symbol, at_ms, id, price, size))
                .collect::<Vec<Trade>>()
        })
        .prop_shuffle()
}

proptest! {
    #[test]
    fn prop_bars_are_those_of_all_trades_in_any_order_of_arrival(
        trades in any_trades(),
        clock_at in prop::collection::vec(0usize..60, 0..4),
    ) {
        let mut builder = builder(8);
        let mut newest: BTreeMap<(String, i64), Bar> = BTreeMap::new();
        let mut changes = Vec::new();
        for (at, trade) in trades.iter().enumerate() {
            builder.add(trade, &mut changes);
            if clock_at.contains(&at) {
                builder.advance(trade.ts_event, &mut changes);
            }
        }
        builder.advance(Timestamp::from_secs(8 * 60), &mut changes);
        for change in changes {
            let (EventKind::BarForming(bar) | EventKind::BarClosed(bar)) = &change else {
                panic!("not a bar: {change:?}");
            };
            bar.check().unwrap();
            newest.insert((bar.symbol.to_string(), bar.time.micros()), bar.clone());
        }
        let built: Vec<Row> = newest
            .into_iter()
            .map(|((symbol, minute), bar)| {
                let ohlc = [bar.open, bar.high, bar.low, bar.close].map(Price::scaled);
                let count = bar.trade_count.unwrap();
                (symbol, minute, ohlc, bar.volume.scaled(), count, bar.vwap.map(Price::scaled))
            })
            .collect();
        prop_assert_eq!(built, naive(&trades));
        prop_assert_eq!(builder.too_late(), 0);
    }
}
