//! Ticks of a chart: round prices, and times as a calendar tells them.

use crate::domain::{Timeframe, Timestamp};

use crate::tui::format;

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Returns round values between `low` and `high`, at most about `count`, lowest first.
pub(crate) fn price_ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || count == 0 {
        return vec![low];
    }
    let step = round_step(span / count as f64);
    let first = (low / step).ceil();
    let ticks = (0..=count * 2).map(|n| (first + n as f64) * step);
    ticks.take_while(|tick| *tick <= high).collect()
}

/// Returns the smallest of 1, 2, 2.5 and 5 × 10ⁿ that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power);
    steps
        .into_iter()
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// A label of the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeTick {
    /// Which of the times it belongs to.
    pub(crate) at: usize,
    pub(crate) text: String,
    /// True where a day, month or year begins.
    pub(crate) is_major: bool,
}

/// Chooses times to label so that labels stand at least `apart` columns from each other. `columns`
/// are the columns of `times`.
pub(crate) fn time_ticks(
    times: &[Timestamp],
    columns: &[u16],
    timeframe: Timeframe,
    apart: u16,
) -> Vec<TimeTick> {
    let unit = (0..UNITS.len()).find(|unit| is_roomy(times, columns, (*unit, apart)));
    let Some(unit) = unit.filter(|_| !times.is_empty()) else {
        return Vec::new();
    };
    let is_daily = timeframe.is_daily_or_longer();
    let mut ticks: Vec<TimeTick> = Vec::new();
    let mut last: Option<u16> = None;
    for at in 0..times.len() {
        let before = at.checked_sub(1).map(|at| times[at]);
        let is_new = before.is_none_or(|before| cell(before, unit) != cell(times[at], unit));
        let is_apart = last.is_none_or(|last| columns[at] >= last.saturating_add(apart));
        if is_new && is_apart {
            let (text, is_major) =
                label(times[at], ticks.last().map(|tick| times[tick.at]), is_daily);
            ticks.push(TimeTick { at, text, is_major });
            last = Some(columns[at]);
        }
    }
    ticks
}

/// Lengths between labels, shortest first; the last three are a month, a quarter and a year.
const UNITS: [i64; 22] = [
    MINUTE / 12,
    MINUTE / 6,
    MINUTE / 4,
    MINUTE / 2,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    91 * DAY,
    365 * DAY,
];

/// Returns the number of the unit that `time` lies in.
fn cell(time: Timestamp, unit: usize) -> i64 {
    use chrono::Datelike;
    let months = |per: i64| {
        time.to_utc().map_or(0, |utc| {
            (i64::from(utc.year()) * 12 + i64::from(utc.month0())).div_euclid(per)
        })
    };
    match UNITS.len() - unit {
        1 => months(12),
        2 => months(3),
        3 => months(1),
        _ => time.micros().div_euclid(UNITS[unit]),
    }
}

/// True when the labels of a unit would stand, in the middle, far enough apart.
fn is_roomy(times: &[Timestamp], columns: &[u16], unit: (usize, u16)) -> bool {
    let (unit, apart) = unit;
    let starts = times
        .windows(2)
        .zip(columns.iter().skip(1))
        .filter(|(pair, _)| cell(pair[0], unit) != cell(pair[1], unit))
        .map(|(_, column)| *column);
    let starts: Vec<u16> = starts.collect();
    let close = starts
        .windows(2)
        .filter(|pair| pair[1] - pair[0] < apart)
        .count();
    close * 4 <= starts.len()
}

/// Returns the shortest words that tell `time` after the label before it.
fn label(time: Timestamp, before: Option<Timestamp>, is_daily: bool) -> (String, bool) {
    let is_same = |pattern: &str| {
        before.is_some_and(|before| {
            format::formatted(before, pattern) == format::formatted(time, pattern)
        })
    };
    let (pattern, is_major) = match (is_daily, before.is_some()) {
        (true, _) if !is_same("%Y") => ("%Y", true),
        (true, _) if !is_same("%Y %m") => ("%b", false),
        (true, _) => ("%b %d", false),
        (false, true) if !is_same("%F") => ("%b %d", true),
        (false, _) if time.micros().rem_euclid(MINUTE) != 0 => ("%H:%M:%S", false),
        (false, _) => ("%H:%M", false),
    };
    (format::formatted(time, pattern), is_major)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0.0, 10.0, 5, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0])]
    #[case(67_101.0, 67_149.0, 5, &[67_110.0, 67_120.0, 67_130.0, 67_140.0])]
    #[case(1.0, 1.0, 5, &[1.0])]
    fn price_ticks_are_round(
        #[case] low: f64,
        #[case] high: f64,
        #[case] count: usize,
        #[case] ticks: &[f64],
    ) {
        let found = price_ticks(low, high, count);
        assert_eq!(found.len(), ticks.len(), "{found:?}");
        assert!(
            found.iter().zip(ticks).all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
    }

    fn labels(start: &str, timeframe: Timeframe, bars: usize) -> Vec<String> {
        let start: Timestamp = start.parse().unwrap();
        let step = timeframe.duration();
        let times: Vec<_> = (0..bars as u32).map(|n| start.plus(step * n)).collect();
        let columns: Vec<u16> = (0..bars as u16).collect();
        let ticks = time_ticks(&times, &columns, timeframe, 9);
        ticks.into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn minutes_are_labelled_by_the_clock_and_midnight_by_the_date() {
        let found = labels("2024-01-31T23:35:00Z", Timeframe::M1, 50);
        assert_eq!(found, ["23:35", "23:50", "Feb 01", "00:10", "00:20"]);
    }

    #[test]
    fn days_are_labelled_by_month_and_year() {
        let found = labels("2023-11-20T00:00:00Z", Timeframe::D1, 80);
        assert_eq!(found, ["2023", "Dec", "2024", "Feb"]);
    }

    #[test]
    fn nothing_to_label_gives_no_labels() {
        assert!(labels("2024-01-31T00:00:00Z", Timeframe::S1, 0).is_empty());
        assert_eq!(labels("2024-01-31T00:00:00Z", Timeframe::S1, 1).len(), 1);
    }
}
