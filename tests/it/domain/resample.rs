//! [`resample`]: every pair of timeframes against the naive recomputation, and a real year of
//! hours.

use mda::domain::{
    Bar, BarError, Price, QualityScore, ResampleError, Source, Symbol, Timeframe, Timestamp,
    Volume, resample,
};
use proptest::prelude::*;

use super::naive;
use crate::support::skip::shared_data;

/// One random bar without its place in time: bars skipped before it, prices, volume, the rest.
type Draft = (u8, [i64; 4], i128, Option<u64>, Option<i64>, u8);

fn draft() -> impl Strategy<Value = Draft> {
    let price = -1_000_000_000_000i64..1_000_000_000_000;
    let extra = 0i64..1_000_000_000;
    let prices = (price.clone(), price.clone(), extra.clone(), extra)
        .prop_map(|(open, close, above, below)| [open, close, above, below]);
    let volume = prop_oneof![1 => Just(0), 4 => 1i128..1_000_000_000_000_000];
    let trade_count = prop::option::weighted(0.97, 0u64..1_000_000);
    let vwap = prop::option::weighted(0.97, price);
    (0u8..12, prices, volume, trade_count, vwap, 0u8..=100)
}

fn series(timeframe: Timeframe, start: Timestamp, drafts: &[Draft]) -> Vec<Bar> {
    let mut time = timeframe.open_of(start);
    let mut bars = Vec::new();
    for (skipped, prices, volume, trade_count, vwap, score) in drafts {
        for _ in 0..*skipped {
            time = timeframe.close_of(time);
        }
        bars.push(Bar {
            trade_count: *trade_count,
            vwap: vwap.map(Price::from_scaled),
            quality_score: QualityScore::new(*score).unwrap(),
            ..naive::bar(timeframe, time, *prices, *volume)
        });
        time = timeframe.close_of(time);
    }
    bars
}

fn without_vwap(bars: Vec<Bar>) -> Vec<Bar> {
    bars.into_iter()
        .map(|bar| Bar { vwap: None, ..bar })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn prop_every_pair_equals_the_naive_recomputation(
        drafts in prop::collection::vec(draft(), 1..40),
        start in -4_000_000_000i64..4_000_000_000,
    ) {
        for from in Timeframe::ALL {
            let bars = series(from, Timestamp::from_secs(start), &drafts);
            for to in Timeframe::ALL {
                if to.is_multiple_of(from) {
                    prop_assert_eq!(resample(&bars, to).unwrap(), naive::resample(&bars, to));
                } else {
                    let refusal = ResampleError::NotAMultiple { from, to };
                    prop_assert_eq!(resample(&bars, to), Err(refusal));
                }
            }
        }
    }

    #[test]
    fn prop_two_steps_equal_one_but_for_the_last_digit_of_vwap(
        drafts in prop::collection::vec(draft(), 1..200),
        start in -4_000_000_000i64..4_000_000_000,
    ) {
        let minutes = series(Timeframe::M1, Timestamp::from_secs(start), &drafts);
        let fives = resample(&minutes, Timeframe::M5).unwrap();
        let twice = resample(&fives, Timeframe::H1).unwrap();
        let once = resample(&minutes, Timeframe::H1).unwrap();
        for (a, b) in twice.iter().zip(&once) {
            let distance = a.vwap.zip(b.vwap).map(|(a, b)| a.scaled().abs_diff(b.scaled()));
            prop_assert!(distance.unwrap_or(0) <= 1, "{a:?} {b:?}");
            prop_assert_eq!(a.vwap.is_some(), b.vwap.is_some());
        }
        prop_assert_eq!(without_vwap(twice), without_vwap(once));
    }

    #[test]
    fn prop_two_steps_equal_one_bit_for_bit_where_vwap_is_exact(
        drafts in prop::collection::vec(draft(), 1..200),
        start in -4_000_000_000i64..4_000_000_000,
    ) {
        // One VWAP for the bars of five minutes: their average needs no rounding.
        let mut minutes = series(Timeframe::M1, Timestamp::from_secs(start), &drafts);
        for bar in &mut minutes {
            let five = Timeframe::M5.open_of(bar.time).micros() / 60_000_000;
            bar.vwap = Some(Price::from_scaled(five));
        }
        let fives = resample(&minutes, Timeframe::M5).unwrap();
        let twice = resample(&fives, Timeframe::H1).unwrap();
        prop_assert_eq!(twice, resample(&minutes, Timeframe::H1).unwrap());
    }
}

/// The example behind the documented limit: the first step rounds 1/3 of a step away.
#[test]
fn two_steps_may_end_one_step_of_vwap_away() {
    let minute = |number: i64, vwap: i64, volume: i128| Bar {
        vwap: Some(Price::from_scaled(vwap)),
        ..naive::bar(
            Timeframe::M1,
            Timestamp::from_secs(60 * number),
            [1, 1, 0, 0],
            volume,
        )
    };
    let bars = [minute(0, 0, 2), minute(1, 1, 3), minute(5, 0, 1)];
    let once = resample(&bars, Timeframe::H1).unwrap();
    let fives = resample(&bars, Timeframe::M5).unwrap();
    let twice = resample(&fives, Timeframe::H1).unwrap();
    assert_eq!(
        once[0].vwap,
        Some(Price::from_scaled(0)),
        "3/6 is a tie, to even"
    );
    assert_eq!(
        twice[0].vwap,
        Some(Price::from_scaled(1)),
        "3/5 became 1 first"
    );
}

#[test]
fn nothing_in_gives_nothing_out() {
    assert_eq!(resample(&[], Timeframe::H1), Ok(Vec::new()));
}

#[test]
fn a_series_at_its_own_timeframe_stays_as_it_is_but_for_vwap_of_nothing() {
    let drafts = [(1, [5, 7, 1, 1], 10, Some(2), Some(6), 90); 3];
    let bars = series(Timeframe::M1, Timestamp::EPOCH, &drafts);
    assert_eq!(resample(&bars, Timeframe::M1), Ok(bars.clone()));
    let silent = Bar {
        volume: Volume::ZERO,
        ..bars[0].clone()
    };
    assert_eq!(resample(&[silent], Timeframe::M1).unwrap()[0].vwap, None);
}

#[test]
fn a_mix_of_series_is_refused() {
    let drafts = [(0, [1, 1, 0, 0], 1, None, None, 100); 3];
    let bars = series(Timeframe::M1, Timestamp::EPOCH, &drafts);
    let refused = |change: &dyn Fn(&mut Bar)| {
        let mut mixed = bars.clone();
        change(&mut mixed[2]);
        let expected = ResampleError::MixedSeries {
            symbol: mixed[2].symbol.clone(),
            time: mixed[2].time,
        };
        assert_eq!(resample(&mixed, Timeframe::M5), Err(expected));
    };
    refused(&|bar| bar.symbol = Symbol::parse("GBPUSD").unwrap());
    refused(&|bar| bar.source = Source::parse("elsewhere").unwrap());
    refused(&|bar| bar.timeframe = Timeframe::S30);
}

#[test]
fn bars_out_of_order_or_twice_are_refused() {
    let drafts = [(0, [1, 1, 0, 0], 1, None, None, 100); 3];
    let mut bars = series(Timeframe::M1, Timestamp::EPOCH, &drafts);
    let expected = |time| {
        Err(ResampleError::OutOfOrder {
            symbol: Symbol::parse("EURUSD").unwrap(),
            time,
        })
    };
    bars.swap(1, 2);
    assert_eq!(
        resample(&bars, Timeframe::M5),
        expected(Timestamp::from_secs(60))
    );
    bars[1] = bars[2].clone();
    assert_eq!(
        resample(&bars, Timeframe::M5),
        expected(Timestamp::from_secs(60))
    );
}

#[test]
fn errors_name_the_subject() {
    let from_hours = resample(
        &series(
            Timeframe::H1,
            Timestamp::EPOCH,
            &[(0, [1; 4], 1, None, None, 100)],
        ),
        Timeframe::M1,
    );
    assert_eq!(
        from_hours.unwrap_err().to_string(),
        "cannot make 1m bars out of 1h bars"
    );
    let symbol = Symbol::parse("EURUSD").unwrap();
    let time = Timestamp::EPOCH;
    let mixed = ResampleError::MixedSeries {
        symbol: symbol.clone(),
        time,
    };
    assert_eq!(
        mixed.to_string(),
        "bars of more than one series: `EURUSD` at 1970-01-01T00:00:00Z differs from the first in \
         symbol, timeframe or source"
    );
    assert_eq!(
        ResampleError::OutOfOrder { symbol, time }.to_string(),
        "bars of `EURUSD` are out of order at 1970-01-01T00:00:00Z"
    );
}

#[test]
fn volumes_and_counts_stop_at_their_limits() {
    let drafts = [(
        0,
        [1, 1, 0, 0],
        Volume::MAX.scaled(),
        Some(u64::MAX),
        Some(1),
        100,
    ); 2];
    let bars = series(Timeframe::M1, Timestamp::EPOCH, &drafts);
    let hour = resample(&bars, Timeframe::H1).unwrap().remove(0);
    assert_eq!(hour.volume, Volume::MAX);
    assert_eq!(hour.trade_count, Some(u64::MAX));
    assert_eq!(hour.vwap, Some(Price::from_scaled(1)));
}

#[test]
fn a_vwap_that_does_not_fit_is_not_told() {
    let drafts = [(
        0,
        [1, 1, 0, 0],
        Volume::MAX.scaled(),
        None,
        Some(i64::MAX),
        100,
    )];
    let bars = series(Timeframe::M1, Timestamp::EPOCH, &drafts);
    assert_eq!(resample(&bars, Timeframe::H1).unwrap()[0].vwap, None);
}

#[test]
fn a_bar_knows_whether_its_prices_fit_together() {
    let bar = naive::bar(Timeframe::M1, Timestamp::EPOCH, [10, 20, 5, 5], 1);
    assert_eq!(bar.check(), Ok(()));
    assert_eq!(bar.close_time(), Timestamp::from_secs(60));
    let broken = |change: fn(&mut Bar)| {
        let mut bar = bar.clone();
        change(&mut bar);
        bar.check().is_err()
    };
    assert!(broken(|bar| bar.high = Price::from_scaled(19)));
    assert!(broken(|bar| bar.low = Price::from_scaled(11)));
    assert!(broken(|bar| bar.open = Price::from_scaled(26)));
    assert!(broken(|bar| bar.close = Price::from_scaled(4)));
    assert!(!broken(|bar| bar.high = bar.close));
    let error = BarError::PricesOutOfOrder {
        symbol: bar.symbol.clone(),
        time: bar.time,
        open: "3".parse().unwrap(),
        high: "2".parse().unwrap(),
        low: "1".parse().unwrap(),
        close: "2".parse().unwrap(),
    };
    assert_eq!(
        error.to_string(),
        "bar of `EURUSD` at 1970-01-01T00:00:00Z: open 3, high 2, low 1, close 2 \
         do not fit together"
    );
}

/// Reads `dd.mm.yyyy HH:MM:SS.mmm,open,high,low,close,volume` as a bar.
fn dukascopy_hour(line: &str) -> Bar {
    let fields: Vec<&str> = line.split(',').collect();
    let (date, clock) = fields[0].split_once(' ').unwrap();
    let parts: Vec<&str> = date.split('.').collect();
    let time = format!("{}-{}-{}T{clock}Z", parts[2], parts[1], parts[0]);
    let price = |column: usize| fields[column].parse::<Price>().unwrap();
    Bar {
        symbol: Symbol::parse("EURUSD").unwrap(),
        timeframe: Timeframe::H1,
        time: Timestamp::parse(&time).unwrap(),
        open: price(1),
        high: price(2),
        low: price(3),
        close: price(4),
        volume: fields[5].parse().unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse("dukascopy").unwrap(),
        quality_score: QualityScore::MAX,
    }
}

#[test]
fn a_real_year_of_hours_equals_the_naive_recomputation() {
    let Some(path) = shared_data("ohlcv/dukascopy-csv/FOREX_EURUSD_1H_ASK.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let hours: Vec<Bar> = text.lines().skip(1).map(dukascopy_hour).collect();
    assert_eq!(hours.len(), 6_225);
    assert!(hours.iter().all(|bar| bar.check().is_ok()));

    for to in [Timeframe::H4, Timeframe::D1, Timeframe::W1, Timeframe::Mo1] {
        let bars = resample(&hours, to).unwrap();
        assert_eq!(bars, naive::resample(&hours, to), "{to}");
        assert!(bars.iter().all(|bar| bar.check().is_ok()), "{to}");
    }

    let months = resample(&hours, Timeframe::Mo1).unwrap();
    assert_eq!(months.len(), 12);
    assert_eq!(months[1].time.to_string(), "2017-02-01T00:00:00Z");
    let weeks = resample(&hours, Timeframe::W1).unwrap();
    assert_eq!(
        weeks[0].time.to_string(),
        "2016-12-26T00:00:00Z",
        "it begins on a Sunday evening"
    );
    assert_eq!(weeks[1].time.to_string(), "2017-01-02T00:00:00Z");
    let days = resample(&hours, Timeframe::D1).unwrap();
    for coarser in [Timeframe::W1, Timeframe::Mo1] {
        assert_eq!(
            resample(&days, coarser),
            resample(&hours, coarser),
            "by days, {coarser}"
        );
    }
}
