//! [`Timestamp`] and [`Timeframe`]: text forms, and where bars begin and end.

use std::time::Duration;

use mda::domain::{Timeframe, Timestamp};
use proptest::prelude::*;
use rstest::rstest;

use super::naive;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Times of the years 0 to 9999, which RFC 3339 can write.
fn calendar_time() -> impl Strategy<Value = Timestamp> {
    let first = at("0000-01-01T00:00:00Z").micros();
    let last = at("9999-12-31T23:59:59.999999Z").micros();
    // By chance alone nearly no time has whole seconds.
    (
        first..=last,
        prop::sample::select(vec![1, 1_000, 1_000_000, naive::DAY]),
    )
        .prop_map(move |(micros, grain)| {
            Timestamp::from_micros((micros.div_euclid(grain) * grain).max(first))
        })
}

fn any_timeframe() -> impl Strategy<Value = Timeframe> {
    prop::sample::select(Timeframe::ALL.to_vec())
}

fn whole_pair() -> impl Strategy<Value = (Timeframe, Timeframe)> {
    (any_timeframe(), any_timeframe()).prop_filter(
        "a coarser one made of whole finer ones",
        |(finer, coarser)| coarser.is_multiple_of(*finer),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn prop_bars_begin_where_the_specification_says(
        time in calendar_time(),
        timeframe in any_timeframe(),
    ) {
        prop_assert_eq!(timeframe.open_of(time), naive::open_of(timeframe, time));
    }

    #[test]
    fn prop_bars_cover_time_without_gap_or_overlap(
        micros in -8_000_000_000_000_000_000i64..8_000_000_000_000_000_000,
        timeframe in any_timeframe(),
    ) {
        let time = Timestamp::from_micros(micros);
        let (open, close) = (timeframe.open_of(time), timeframe.close_of(time));
        let last = Timestamp::from_micros(close.micros() - 1);
        prop_assert!(open <= time && time < close);
        prop_assert_eq!(timeframe.open_of(open), open);
        prop_assert_eq!(timeframe.open_of(last), open);
        prop_assert_eq!(timeframe.open_of(close), close);
        prop_assert_eq!(timeframe.close_of(open), close);
    }

    #[test]
    fn prop_a_coarser_bar_is_made_of_whole_finer_bars(
        time in calendar_time(),
        (finer, coarser) in whole_pair(),
    ) {
        let (open, close) = (coarser.open_of(time), coarser.close_of(time));
        prop_assert_eq!(finer.open_of(open), open);
        prop_assert_eq!(finer.open_of(close), close);
    }

    #[test]
    fn prop_no_time_makes_a_timeframe_panic(micros in any::<i64>(), timeframe in any_timeframe()) {
        let time = Timestamp::from_micros(micros);
        prop_assert!(timeframe.open_of(time) <= time);
        prop_assert!(timeframe.close_of(time) >= time);
    }

    #[test]
    fn prop_every_moment_prints_and_parses(micros in any::<i64>(), near in calendar_time()) {
        for time in [Timestamp::from_micros(micros), near] {
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }
        prop_assert!(near.to_string().ends_with('Z'));
    }

    #[test]
    fn prop_no_text_makes_a_parser_panic(text in any::<String>()) {
        drop(Timestamp::parse(&text).map(|time| time.to_string()));
        drop(text.parse::<Timeframe>());
    }

    #[test]
    fn prop_moving_and_measuring_agree(micros in -1i64 << 60..1 << 60, by in 0u64..1 << 60) {
        let (time, by) = (Timestamp::from_micros(micros), Duration::from_micros(by));
        prop_assert_eq!(time.plus(by).since(time), by);
        prop_assert_eq!(time.plus(by).minus(by), time);
        prop_assert_eq!(time.since(time.plus(by)), Duration::ZERO);
    }
}

#[rstest]
#[case::leap_day(
    "1mo",
    "2024-02-29T12:00:00Z",
    "2024-02-01T00:00:00Z",
    "2024-03-01T00:00:00Z"
)]
#[case::no_leap_year_1900(
    "1mo",
    "1900-02-28T23:59:59Z",
    "1900-02-01T00:00:00Z",
    "1900-03-01T00:00:00Z"
)]
#[case::leap_year_2000(
    "1d",
    "2000-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z",
    "2000-03-01T00:00:00Z"
)]
#[case::december(
    "1mo",
    "2023-12-31T23:59:59.999999Z",
    "2023-12-01T00:00:00Z",
    "2024-01-01T00:00:00Z"
)]
#[case::week_over_new_year(
    "1w",
    "2025-01-01T00:00:00Z",
    "2024-12-30T00:00:00Z",
    "2025-01-06T00:00:00Z"
)]
#[case::sunday_ends_the_week(
    "1w",
    "2024-06-09T23:59:59Z",
    "2024-06-03T00:00:00Z",
    "2024-06-10T00:00:00Z"
)]
#[case::monday_begins_it(
    "1w",
    "2024-06-10T00:00:00Z",
    "2024-06-10T00:00:00Z",
    "2024-06-17T00:00:00Z"
)]
#[case::epoch_week(
    "1w",
    "1970-01-01T00:00:00Z",
    "1969-12-29T00:00:00Z",
    "1970-01-05T00:00:00Z"
)]
#[case::before_the_epoch(
    "1h",
    "1969-12-31T23:30:00Z",
    "1969-12-31T23:00:00Z",
    "1970-01-01T00:00:00Z"
)]
#[case::month_before_it(
    "1mo",
    "1969-12-31T23:30:00Z",
    "1969-12-01T00:00:00Z",
    "1970-01-01T00:00:00Z"
)]
#[case::second_before_it(
    "15s",
    "1969-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:45Z",
    "1970-01-01T00:00:00Z"
)]
#[case::three_days(
    "3d",
    "1970-01-03T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "1970-01-04T00:00:00Z"
)]
#[case::half_day(
    "12h",
    "2024-03-10T12:00:00Z",
    "2024-03-10T12:00:00Z",
    "2024-03-11T00:00:00Z"
)]
fn bars_open_and_close(
    #[case] timeframe: Timeframe,
    #[case] time: Timestamp,
    #[case] open: Timestamp,
    #[case] close: Timestamp,
) {
    assert_eq!(timeframe.open_of(time).to_string(), open.to_string());
    assert_eq!(timeframe.close_of(time).to_string(), close.to_string());
}

#[rstest]
fn at_the_ends_of_time_bars_are_cut(
    #[values(i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX)] micros: i64,
) {
    for timeframe in Timeframe::ALL {
        let time = Timestamp::from_micros(micros);
        assert!(timeframe.open_of(time) <= time, "{timeframe}");
        assert!(timeframe.close_of(time) >= time, "{timeframe}");
    }
}

#[test]
fn timeframes_print_parse_and_are_ordered_by_length() {
    let listed = "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1mo";
    let printed = Timeframe::ALL.map(|timeframe| timeframe.to_string());
    assert_eq!(printed.join(" "), listed);
    for timeframe in Timeframe::ALL {
        assert_eq!(timeframe.to_string().parse(), Ok(timeframe));
        assert_eq!(format!(" {timeframe} ").parse(), Ok(timeframe));
    }
    assert!(Timeframe::ALL.is_sorted_by(|a, b| a < b && a.duration() < b.duration()));
}

#[rstest]
#[case("")]
#[case("1M")]
#[case("2m")]
#[case("60m")]
#[case("1month")]
fn an_unknown_timeframe_is_refused_with_those_there_are(#[case] text: &str) {
    assert_eq!(
        text.parse::<Timeframe>().unwrap_err().to_string(),
        format!(
            "unknown timeframe `{text}`: expected one of \
             1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1mo"
        )
    );
}

/// The whole table: which finer timeframes each one can be put together from.
#[rstest]
#[case("1s", "")]
#[case("5s", "1s")]
#[case("15s", "1s 5s")]
#[case("30s", "1s 5s 15s")]
#[case("1m", "1s 5s 15s 30s")]
#[case("3m", "1s 5s 15s 30s 1m")]
#[case("5m", "1s 5s 15s 30s 1m")]
#[case("15m", "1s 5s 15s 30s 1m 3m 5m")]
#[case("30m", "1s 5s 15s 30s 1m 3m 5m 15m")]
#[case("1h", "1s 5s 15s 30s 1m 3m 5m 15m 30m")]
#[case("2h", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h")]
#[case("4h", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h")]
#[case("6h", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h")]
#[case("8h", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h")]
#[case("12h", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h")]
#[case("1d", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h")]
#[case("3d", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d")]
#[case("1w", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d")]
#[case("1mo", "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d")]
fn multiples_are_as_listed(#[case] coarser: Timeframe, #[case] finer: &str) {
    let found: Vec<String> = Timeframe::ALL
        .into_iter()
        .filter(|finer| *finer != coarser && coarser.is_multiple_of(*finer))
        .map(|finer| finer.to_string())
        .collect();
    assert_eq!(found.join(" "), finer);
    assert!(coarser.is_multiple_of(coarser));
    assert_eq!(
        coarser.is_daily_or_longer(),
        coarser.duration() >= Duration::from_hours(24)
    );
}

#[rstest]
#[case::offset("2024-01-31T09:30:00+09:30", "2024-01-31T00:00:00Z")]
#[case::millis("2024-01-31T09:30:00.250Z", "2024-01-31T09:30:00.250Z")]
#[case::micros("2024-01-31T09:30:00.000001Z", "2024-01-31T09:30:00.000001Z")]
#[case::nanos_are_cut("2024-01-31T09:30:00.0000019Z", "2024-01-31T09:30:00.000001Z")]
#[case::nanos_before_the_epoch_are_cut_down(
    "1969-12-31T23:59:59.9999999Z",
    "1969-12-31T23:59:59.999999Z"
)]
#[case::first_year("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z")]
#[case::last_year("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z")]
#[case::after_the_last_year("253402300800000000us", "253402300800000000us")]
#[case::micros_form_within_the_calendar("1000000us", "1970-01-01T00:00:01Z")]
fn times_are_read_and_written(#[case] text: &str, #[case] written: &str) {
    assert_eq!(at(text).to_string(), written);
}

#[rstest]
#[case("")]
#[case("2024-01-31")]
#[case("2024-01-31T09:30:00")]
#[case("2024-02-30T00:00:00Z")]
#[case("1706693400")]
#[case("us")]
#[case("99999999999999999999us")]
fn what_is_no_time_is_refused_with_an_example(#[case] text: &str) {
    assert_eq!(
        Timestamp::parse(text).unwrap_err().to_string(),
        format!("invalid time `{text}`: expected RFC 3339, for example 2024-01-31T09:30:00Z")
    );
}

#[test]
fn times_stop_at_the_ends_of_time() {
    let forever = Duration::MAX;
    assert_eq!(Timestamp::EPOCH.plus(forever).micros(), i64::MAX);
    assert_eq!(Timestamp::from_micros(-2).minus(forever).micros(), i64::MIN);
    assert_eq!(Timestamp::from_secs(i64::MAX).micros(), i64::MAX);
    let (first, last) = (
        Timestamp::from_micros(i64::MIN),
        Timestamp::from_micros(i64::MAX),
    );
    assert_eq!(last.since(first), Duration::from_micros(i64::MAX as u64));
    assert_eq!(first.since(last), Duration::ZERO);
    assert_eq!(first.to_utc(), None);
}
