//! The board against hand-made events.

use super::*;
use crate::domain::{FeedGap, QualityScore, Volume};

const MINUTE: i64 = 60;

fn symbol() -> Symbol {
    Symbol::parse("BTC-USD").unwrap()
}

fn spec(timeframe: Option<Timeframe>, bars_max: u32) -> ChartSpec {
    ChartSpec {
        symbol: symbol(),
        feed: None,
        timeframe,
        bars_max,
    }
}

fn event(kind: EventKind, recv_secs: i64) -> MarketEvent {
    let ts_recv = Timestamp::from_secs(recv_secs);
    MarketEvent {
        source: Source::parse("coinbase").unwrap(),
        ts_recv,
        kind,
    }
}

fn trade(secs: i64, price: &str) -> Trade {
    Trade {
        symbol: symbol(),
        ts_event: Timestamp::from_secs(secs),
        ts_recv: Timestamp::from_secs(secs),
        price: price.parse().unwrap(),
        size: "0.5".parse().unwrap(),
        aggressor_side: AggressorSide::Buy,
        trade_id: None,
        is_snapshot: false,
    }
}

fn bar(minute: i64, close: &str) -> Bar {
    let close: Price = close.parse().unwrap();
    Bar {
        symbol: symbol(),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(minute * MINUTE),
        open: close,
        high: close,
        low: close,
        close,
        volume: Volume::ZERO,
        trade_count: None,
        vwap: None,
        source: Source::parse("coinbase.trades").unwrap(),
        quality_score: QualityScore::MAX,
    }
}

fn board_of(events: &[MarketEvent]) -> Board {
    let mut board = Board::default();
    for event in events {
        board.apply("coinbase", DataKind::Live, event);
    }
    board
}

fn closed(minutes: impl IntoIterator<Item = i64>) -> Vec<MarketEvent> {
    let close = |minute: i64| format!("{}", 100 + minute);
    minutes
        .into_iter()
        .map(|m| event(EventKind::BarClosed(bar(m, &close(m))), m * MINUTE))
        .collect()
}

#[test]
fn registered_symbols_show_before_their_first_event() {
    let mut board = Board::default();
    board.register("coinbase", DataKind::Live, &[symbol()]);
    let rows = board.instruments();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].last_recv, rows[0].last.as_ref()), (None, None));
}

#[test]
fn unchanged_rows_are_shared_between_states() {
    let mut board = board_of(&[event(EventKind::Trade(trade(1, "10.25")), 1)]);
    let (first, second) = (board.instruments(), board.instruments());
    assert!(Arc::ptr_eq(&first[0], &second[0]));
    board.apply(
        "coinbase",
        DataKind::Live,
        &event(EventKind::Trade(trade(2, "10.5")), 2),
    );
    assert!(!Arc::ptr_eq(&first[0], &board.instruments()[0]));
}

#[test]
fn decimals_are_those_of_the_newest_prices() {
    let mut board = board_of(&[
        event(EventKind::Trade(trade(1, "10.125")), 1),
        event(EventKind::Trade(trade(2, "10.5")), 2),
    ]);
    assert_eq!(board.instruments()[0].decimals, 3);
    for second in 3..=(3 + DECIMALS_OF as i64) {
        board.apply(
            "coinbase",
            DataKind::Live,
            &event(EventKind::Trade(trade(second, "10.5")), second),
        );
    }
    assert_eq!(board.instruments()[0].decimals, 1);
}

#[test]
fn change_is_counted_from_the_venue_day_when_it_is_told() {
    let mut board = board_of(&[event(EventKind::Trade(trade(1, "10")), 1)]);
    assert_eq!(
        board.instruments()[0].change_basis,
        Some(ChangeBasis::FirstSeen("10".parse().unwrap()))
    );
    let day = DayStats {
        symbol: symbol(),
        open: "8".parse().unwrap(),
        high: "11".parse().unwrap(),
        low: "7".parse().unwrap(),
        volume: Volume::ZERO,
    };
    board.apply("coinbase", DataKind::Live, &event(EventKind::Stats(day), 2));
    assert_eq!(
        board.instruments()[0].change_basis,
        Some(ChangeBasis::Venue24h("8".parse().unwrap()))
    );
}

#[test]
fn replayed_bars_tell_the_last_price_and_the_close_before_it() {
    let mut board = board_of(&closed(0..3));
    let row = Arc::clone(&board.instruments()[0]);
    assert_eq!(row.last.as_ref().unwrap().price, "102".parse().unwrap());
    assert_eq!(
        row.change_basis,
        Some(ChangeBasis::PreviousClose("101".parse().unwrap()))
    );
}

#[test]
fn gaps_count_what_is_missing_and_are_no_news() {
    let gap = FeedGap {
        symbol: symbol(),
        from: 5,
        to: 9,
    };
    let mut board = board_of(&[event(EventKind::Gap(gap), 7)]);
    let row = Arc::clone(&board.instruments()[0]);
    assert_eq!(row.missing_events, 5);
    // A gap alone must not make an old price look fresh.
    assert_eq!(row.last_recv, None);
}

#[test]
fn late_trades_replace_their_bar() {
    let mut board = board_of(&closed(0..3));
    board.apply(
        "coinbase",
        DataKind::Live,
        &event(EventKind::BarClosed(bar(1, "555")), 200),
    );
    let chart = board
        .chart(&spec(None, 10), &mut ChartCache::default())
        .unwrap();
    let closes: Vec<String> = chart.bars.iter().map(|bar| bar.close.to_string()).collect();
    assert_eq!(closes, ["100", "555", "102"]);
}

#[test]
fn charts_keep_the_newest_bars_asked_for() {
    let board = board_of(&closed(0..30));
    let chart = board
        .chart(&spec(None, 4), &mut ChartCache::default())
        .unwrap();
    assert_eq!(chart.bars.len(), 4);
    assert_eq!(chart.bars[3].close, "129".parse().unwrap());
}

#[test]
fn coarser_charts_hold_the_open_bar_apart() {
    let mut board = board_of(&closed(0..7));
    board.apply(
        "coinbase",
        DataKind::Live,
        &event(EventKind::BarForming(bar(7, "999")), 430),
    );
    let chart = board
        .chart(&spec(Some(Timeframe::M5), 10), &mut ChartCache::default())
        .unwrap();
    assert_eq!(chart.bars.len(), 1);
    let forming = chart.forming.unwrap();
    assert_eq!(forming.time, Timestamp::from_secs(5 * MINUTE));
    assert_eq!(
        (forming.open, forming.close),
        ("105".parse().unwrap(), "999".parse().unwrap())
    );
}

#[test]
fn a_complete_coarser_bar_is_closed() {
    let board = board_of(&closed(0..5));
    let chart = board
        .chart(&spec(Some(Timeframe::M5), 10), &mut ChartCache::default())
        .unwrap();
    assert_eq!((chart.bars.len(), chart.forming), (1, None));
}

#[test]
fn timeframes_that_the_bars_cannot_make_fall_back_to_their_own() {
    let board = board_of(&closed(0..5));
    let chart = board
        .chart(&spec(Some(Timeframe::S5), 10), &mut ChartCache::default())
        .unwrap();
    assert_eq!(chart.timeframe, Timeframe::M1);
    assert!(
        chart.timeframes.contains(&Timeframe::H1) && !chart.timeframes.contains(&Timeframe::S5)
    );
}

#[test]
fn memory_is_bounded_by_bars_and_trades() {
    let bars_max = i64::try_from(BARS_MAX).unwrap();
    let mut board = board_of(&closed(0..bars_max + 10));
    for second in 0..200 {
        board.apply(
            "coinbase",
            DataKind::Live,
            &event(EventKind::Trade(trade(second, "1")), second),
        );
    }
    let chart = board
        .chart(&spec(None, u32::MAX), &mut ChartCache::default())
        .unwrap();
    assert_eq!(
        (chart.bars.len(), chart.trades.len()),
        (BARS_MAX, TRADES_MAX)
    );
}

#[test]
fn a_replay_that_begins_anew_begins_a_new_chart() {
    let mut board = Board::default();
    for event in closed(0..20).iter().chain(&closed(0..3)) {
        board.apply("replay", DataKind::Replay, event);
    }
    let chart = board
        .chart(&spec(None, 50), &mut ChartCache::default())
        .unwrap();
    assert_eq!(chart.bars.len(), 3);
    assert_eq!(
        board.instruments()[0].last.as_ref().unwrap().price,
        "102".parse().unwrap()
    );
}

#[test]
fn a_chart_is_of_the_feed_that_was_asked_for() {
    let mut board = board_of(&closed(0..3));
    for event in closed(10..12) {
        board.apply("other", DataKind::Live, &event);
    }
    let of_feed = |feed: &str| {
        let spec = ChartSpec {
            feed: Some(feed.to_owned()),
            ..spec(None, 50)
        };
        board
            .chart(&spec, &mut ChartCache::default())
            .map(|chart| chart.bars.len())
    };
    assert_eq!(
        (of_feed("coinbase"), of_feed("other"), of_feed("third")),
        (Some(3), Some(2), None)
    );
}

#[test]
fn a_cache_keeps_the_charts_of_two_feeds_apart() {
    let mut board = board_of(&closed(0..3));
    for event in closed(10..13) {
        board.apply("other", DataKind::Live, &event);
    }
    let mut cache = ChartCache::default();
    let first_bar = |feed: &str, cache: &mut ChartCache| {
        let spec = ChartSpec {
            feed: Some(feed.to_owned()),
            ..spec(None, 50)
        };
        board.chart(&spec, cache).unwrap().bars[0].time
    };
    let minute = |minute: i64| Timestamp::from_secs(minute * MINUTE);
    assert_eq!(first_bar("coinbase", &mut cache), minute(0));
    assert_eq!(first_bar("other", &mut cache), minute(10));
}

#[test]
fn a_bar_that_closes_by_the_clock_does_not_make_its_trades_fresh() {
    let mut board = board_of(&[event(EventKind::Trade(trade(30, "10")), 30)]);
    let closed = event(EventKind::BarClosed(bar(0, "10")), 62);
    board.apply("coinbase", DataKind::Live, &closed);
    let row = Arc::clone(&board.instruments()[0]);
    assert_eq!(row.last_recv, Some(Timestamp::from_secs(30)));
    assert_eq!(row.events, 1);
}

#[test]
fn a_late_trade_of_a_replays_first_bar_keeps_the_others() {
    let mut board = Board::default();
    let late = [event(EventKind::BarClosed(bar(0, "555")), 200)];
    for event in closed(0..4).iter().chain(&late) {
        board.apply("replay", DataKind::Replay, event);
    }
    let chart = board
        .chart(&spec(None, 50), &mut ChartCache::default())
        .unwrap();
    assert_eq!(chart.bars.len(), 4);
    assert_eq!(chart.bars[0].close, "555".parse().unwrap());
}
