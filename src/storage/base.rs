//! Which timeframe an aggregate is made of: pure choice, no reading.

use crate::domain::{Timeframe, Timestamp};

/// What a series holds within the range that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) timeframe: Timeframe,
    /// Open of the first bar in the range.
    pub(super) oldest: Timestamp,
    /// Open of the last bar in the range.
    pub(super) newest: Timestamp,
}

impl Held {
    fn end(self) -> Timestamp {
        self.timeframe.close_of(self.newest)
    }

    fn covered_micros(self) -> i64 {
        self.end().micros().saturating_sub(self.oldest.micros())
    }
}

/// Returns the finest complete timeframe among `held`, which all divide `to`; the one that covers
/// the most when none is complete. [`super::BarSeries::base`] says what complete means.
pub(super) fn choose(held: &[Held], to: Timeframe) -> Option<Held> {
    let oldest = held.iter().map(|series| series.oldest).min()?;
    let end = held.iter().map(|series| series.end()).max()?;
    let is_complete = |series: &&Held| {
        let is_begun = to.open_of(series.oldest) == to.open_of(oldest);
        is_begun && series.timeframe.close_of(series.end()) > end
    };
    let finest = held
        .iter()
        .filter(is_complete)
        .min_by_key(|series| series.timeframe);
    let widest = || {
        held.iter()
            .max_by_key(|series| (series.covered_micros(), std::cmp::Reverse(series.timeframe)))
    };
    finest.or_else(widest).copied()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const DAY: i64 = 86_400;

    fn held(timeframe: Timeframe, oldest_secs: i64, newest_secs: i64) -> Held {
        Held {
            timeframe,
            oldest: Timestamp::from_secs(oldest_secs),
            newest: Timestamp::from_secs(newest_secs),
        }
    }

    #[rstest]
    #[case::both_complete(&[held(Timeframe::M1, 0, 10 * DAY), held(Timeframe::D1, 0, 9 * DAY)], Timeframe::M1)]
    #[case::minutes_begin_late(&[held(Timeframe::M1, 5 * DAY, 10 * DAY), held(Timeframe::D1, 0, 9 * DAY)], Timeframe::D1)]
    #[case::minutes_end_early(&[held(Timeframe::M1, 0, 3 * DAY), held(Timeframe::D1, 0, 9 * DAY)], Timeframe::D1)]
    #[case::none_complete_the_widest(&[held(Timeframe::M1, 8 * DAY, 12 * DAY), held(Timeframe::H1, 0, 9 * DAY)], Timeframe::H1)]
    fn the_finest_complete_timeframe_is_the_base(#[case] series: &[Held], #[case] base: Timeframe) {
        assert_eq!(choose(series, Timeframe::D1).unwrap().timeframe, base);
    }

    #[test]
    fn nothing_held_is_no_base() {
        assert_eq!(choose(&[], Timeframe::D1), None);
    }
}
