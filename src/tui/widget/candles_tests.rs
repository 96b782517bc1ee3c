//! Tests of the candle chart: small pictures, drawn by hand.

use super::*;
use crate::domain::{QualityScore, Source, Symbol};
use crate::tui::theme::ThemeName;

fn price(value: i64) -> Price {
    Price::from_scaled(value * 100_000_000)
}

fn bar(minute: i64, ohlc: [i64; 4]) -> Bar {
    let [open, high, low, close] = ohlc.map(price);
    Bar {
        symbol: Symbol::parse("X").unwrap(),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(minute * 60),
        open,
        high,
        low,
        close,
        volume: "10".parse().unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse("test").unwrap(),
        quality_score: QualityScore::MAX,
    }
}

fn drawn(bars: &[Bar], width: u16, height: u16) -> Vec<String> {
    let chart = Candles {
        bars,
        forming: None,
        timeframe: Timeframe::M1,
        decimals: 0,
        reference: None,
        is_fresh: true,
        theme: ThemeName::Dark.theme(),
    };
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    chart.draw(area, &mut buffer);
    let row = |y: u16| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height).map(|y| row(y).trim_end().to_owned()).collect()
}

#[test]
fn bodies_and_wicks_are_never_torn_apart() {
    let picture = drawn(&[bar(0, [20, 40, 10, 30]), bar(1, [30, 30, 10, 10])], 9, 5);
    let left: Vec<char> = picture
        .iter()
        .filter_map(|row| row.chars().nth(3))
        .collect();
    assert_eq!(left, ['│', '█', '█', '█', '│'], "{picture:#?}");
}

#[test]
fn a_single_flat_bar_is_a_line_with_its_price() {
    let picture = drawn(&[bar(0, [10, 10, 10, 10])], 12, 5);
    assert!(
        picture
            .iter()
            .any(|row| row.contains("━━━") && row.ends_with("10")),
        "{picture:#?}"
    );
}

#[test]
fn a_short_gap_is_blank_and_a_long_pause_is_marked() {
    let bars = [
        bar(0, [10, 20, 10, 20]),
        bar(2, [10, 20, 10, 20]),
        bar(600, [10, 20, 10, 20]),
    ];
    let picture = drawn(&bars, 13, 5);
    let middle = &picture[2];
    assert!(middle.contains("█   █ ┊ █"), "{picture:#?}");
}

#[test]
fn weekends_of_daily_bars_are_no_pause() {
    let daily = |day: i64| Bar {
        timeframe: Timeframe::D1,
        time: Timestamp::from_secs(day * 86_400),
        ..bar(0, [10, 20, 10, 20])
    };
    assert_eq!(pause(&daily(1), &daily(4)), Pause::None);
    assert_eq!(pause(&daily(1), &daily(12)), Pause::Long);
}

#[test]
fn without_room_only_the_last_price_is_told() {
    assert_eq!(drawn(&[bar(0, [10, 20, 10, 15])], 5, 2), ["   15", ""]);
}

#[test]
fn a_bar_that_closed_is_not_drawn_again_as_forming() {
    let closed = [bar(0, [10, 20, 10, 15])];
    let forming = bar(0, [10, 20, 10, 12]);
    let chart = Candles {
        bars: &closed,
        forming: Some(&forming),
        timeframe: Timeframe::M1,
        decimals: 0,
        reference: None,
        is_fresh: true,
        theme: ThemeName::Dark.theme(),
    };
    assert_eq!(chart.newest_first().count(), 1);
}

#[test]
fn many_bars_take_one_column_each_and_stay_apart() {
    let bars: Vec<Bar> = (0..20).map(|n| bar(n, [20, 40, 10, 30])).collect();
    let picture = drawn(&bars, 20, 5);
    assert!(
        picture.iter().any(|row| row.contains("┃┃┃┃┃┃┃┃┃┃┃┃┃┃┃┃")),
        "{picture:#?}"
    );
}

#[test]
fn volume_never_touches_the_candle_above_it() {
    let picture = drawn(&[bar(0, [40, 40, 10, 10])], 9, 12);
    let blank = picture.iter().rposition(|row| !row.contains('█'));
    let last_body = picture.iter().position(|row| row.contains('█')).unwrap();
    let rows = &picture[last_body..blank.unwrap()];
    assert!(
        rows.iter().any(|row| !row.contains(['█', '▀', '▄'])),
        "{picture:#?}"
    );
}

#[test]
fn needless_zeros_of_round_prices_are_left_out() {
    let chart = Candles {
        bars: &[],
        forming: None,
        timeframe: Timeframe::M1,
        decimals: 5,
        reference: None,
        is_fresh: true,
        theme: ThemeName::Dark.theme(),
    };
    assert_eq!(chart.needless_zeros(&[1.065, 1.066]), 2);
    assert_eq!(chart.needless_zeros(&[1.0, 2.0]), 3);
    assert_eq!(chart.needless_zeros(&[1.06501, 1.06502]), 0);
}
