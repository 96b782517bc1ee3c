//! [`Class`]: which values are alike, and how long each kind is kept at most.
//!
//! Within one process generations keep values true whatever their age; a lifetime bounds how long
//! one may differ from a store that somebody else changed.

use std::fmt;
use std::time::Duration;

use crate::domain::{Timeframe, Timestamp};

/// A range that ended this long ago is closed history.
const CLOSED_AFTER: Duration = Duration::from_hours(24);

/// Values that are counted together and kept equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The newest bar of a series.
    Latest,
    /// Bars shorter than a day, up to now.
    Intraday,
    /// Bars of a day and longer, up to now.
    Daily,
    /// Bars of any length whose range ended a day ago or earlier.
    History,
    /// What the store holds: its series, symbols and sources.
    Statistics,
}

impl Class {
    /// Every class, in the order they are shown.
    pub const ALL: [Self; 5] = [
        Self::Latest,
        Self::Intraday,
        Self::Daily,
        Self::History,
        Self::Statistics,
    ];

    /// Returns the class of bars that end before `to`; `None`: up to now.
    pub fn of_bars(timeframe: Timeframe, to: Option<Timestamp>, now: Timestamp) -> Self {
        if to.is_some_and(|to| to.plus(CLOSED_AFTER) <= now) {
            Self::History
        } else if timeframe.is_daily_or_longer() {
            Self::Daily
        } else {
            Self::Intraday
        }
    }

    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Intraday => "intraday",
            Self::Daily => "daily",
            Self::History => "history",
            Self::Statistics => "statistics",
        }
    }

    /// Returns how long a value is kept; `None`: for ever.
    pub const fn lifetime(self) -> Option<Duration> {
        match self {
            Self::Latest => None,
            Self::Intraday => Some(Duration::from_mins(1)),
            Self::Daily => Some(Duration::from_hours(1)),
            Self::History => Some(Duration::from_hours(24)),
            Self::Statistics => Some(Duration::from_secs(30)),
        }
    }

    /// Returns by how many hundredths a lifetime may be longer or shorter, so that what was filled
    /// together does not expire together.
    pub const fn jitter_percent(self) -> u32 {
        match self {
            Self::History => 10,
            Self::Latest | Self::Intraday | Self::Daily | Self::Statistics => 0,
        }
    }

    /// Returns the lifetime of one value, `chance` choosing within the jitter.
    pub fn lifetime_of(self, chance: u64) -> Option<Duration> {
        let nominal = self.lifetime()?;
        let spread = nominal * self.jitter_percent() / 100;
        let steps = spread.as_secs() * 2 + 1;
        Some(nominal.saturating_sub(spread) + Duration::from_secs(chance % steps))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    const fn ago(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 - secs)
    }

    #[rstest]
    #[case::open(Timeframe::M1, None, Class::Intraday)]
    #[case::open_days(Timeframe::D1, None, Class::Daily)]
    #[case::ended_today(Timeframe::H12, Some(ago(86_399)), Class::Intraday)]
    #[case::ended_a_day_ago(Timeframe::M1, Some(ago(86_400)), Class::History)]
    #[case::days_ended_long_ago(Timeframe::W1, Some(ago(9_000_000)), Class::History)]
    #[case::ends_in_the_future(Timeframe::D1, Some(ago(-5)), Class::Daily)]
    fn bars_have_the_class_of_their_end_and_length(
        #[case] timeframe: Timeframe,
        #[case] to: Option<Timestamp>,
        #[case] class: Class,
    ) {
        assert_eq!(Class::of_bars(timeframe, to, NOW), class);
    }

    #[test]
    fn only_history_is_spread_and_by_a_tenth() {
        for class in Class::ALL {
            let lifetimes = [0, 1, 8_640, 17_280, u64::MAX].map(|chance| class.lifetime_of(chance));
            let Some(nominal) = class.lifetime() else {
                assert_eq!(lifetimes, [None; 5]);
                continue;
            };
            let spread = if class == Class::History {
                nominal / 10
            } else {
                Duration::ZERO
            };
            assert_eq!(lifetimes[0], Some(nominal.saturating_sub(spread)));
            assert_eq!(lifetimes[2], Some(nominal));
            assert_eq!(lifetimes[3], Some(nominal + spread));
        }
    }
}
