//! [`Timeframe`]: the length of a bar, and where bars begin.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::Timestamp;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// 1970-01-01 was a Thursday: the first Monday came four days later.
const FIRST_MONDAY: i64 = 4 * DAY;

/// Why a text is not a timeframe.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown timeframe `{text}`: expected one of {}", Timeframe::list())]
pub struct TimeframeError {
    text: String,
}

/// The length of a bar, all in UTC: weeks begin on Monday, months go by the calendar, all others
/// are cut from the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeframe {
    /// One second.
    S1,
    /// Five seconds.
    S5,
    /// Fifteen seconds.
    S15,
    /// Thirty seconds.
    S30,
    /// One minute.
    M1,
    /// Three minutes.
    M3,
    /// Five minutes.
    M5,
    /// Fifteen minutes.
    M15,
    /// Thirty minutes.
    M30,
    /// One hour.
    H1,
    /// Two hours.
    H2,
    /// Four hours.
    H4,
    /// Six hours.
    H6,
    /// Eight hours.
    H8,
    /// Twelve hours.
    H12,
    /// One day, labelled 00:00 UTC of the trading date.
    D1,
    /// Three days, counted from 1970-01-01.
    D3,
    /// One week, from Monday.
    W1,
    /// One calendar month.
    Mo1,
}

impl Timeframe {
    /// Every timeframe, finest first.
    pub const ALL: [Self; 19] = [
        Self::S1,
        Self::S5,
        Self::S15,
        Self::S30,
        Self::M1,
        Self::M3,
        Self::M5,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H2,
        Self::H4,
        Self::H6,
        Self::H8,
        Self::H12,
        Self::D1,
        Self::D3,
        Self::W1,
        Self::Mo1,
    ];

    /// Returns the text form (`1m`, `4h`, `1mo`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::S5 => "5s",
            Self::S15 => "15s",
            Self::S30 => "30s",
            Self::M1 => "1m",
            Self::M3 => "3m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H2 => "2h",
            Self::H4 => "4h",
            Self::H6 => "6h",
            Self::H8 => "8h",
            Self::H12 => "12h",
            Self::D1 => "1d",
            Self::D3 => "3d",
            Self::W1 => "1w",
            Self::Mo1 => "1mo",
        }
    }

    /// Returns the length in microseconds; a month counts as 30 days (its exact end:
    /// [`Timeframe::close_of`]).
    pub const fn nominal_micros(self) -> i64 {
        match self {
            Self::S1 => SECOND,
            Self::S5 => 5 * SECOND,
            Self::S15 => 15 * SECOND,
            Self::S30 => 30 * SECOND,
            Self::M1 => MINUTE,
            Self::M3 => 3 * MINUTE,
            Self::M5 => 5 * MINUTE,
            Self::M15 => 15 * MINUTE,
            Self::M30 => 30 * MINUTE,
            Self::H1 => HOUR,
            Self::H2 => 2 * HOUR,
            Self::H4 => 4 * HOUR,
            Self::H6 => 6 * HOUR,
            Self::H8 => 8 * HOUR,
            Self::H12 => 12 * HOUR,
            Self::D1 => DAY,
            Self::D3 => 3 * DAY,
            Self::W1 => 7 * DAY,
            Self::Mo1 => 30 * DAY,
        }
    }

    /// Returns the nominal length as a duration.
    pub const fn duration(self) -> Duration {
        Duration::from_micros(self.nominal_micros() as u64)
    }

    /// Returns the open of the bar that holds `time`.
    ///
    /// Times 262,000 years away, which no calendar covers, fall into months of 30 days.
    pub fn open_of(self, time: Timestamp) -> Timestamp {
        self.calendar_month_open(time, 0)
            .unwrap_or_else(|| floor(time, self.nominal_micros(), self.origin()))
    }

    /// Returns the end of the bar that holds `time`: the open of the next one.
    pub fn close_of(self, time: Timestamp) -> Timestamp {
        self.calendar_month_open(time, 1)
            .unwrap_or_else(|| self.open_of(time).plus(self.duration()))
    }

    /// Returns true when bars of `self` can be put together from whole bars of `finer`.
    pub fn is_multiple_of(self, finer: Self) -> bool {
        let finer_micros = finer.nominal_micros();
        let is_cut_from_days = self == Self::W1 || self == Self::Mo1;
        self == finer
            || is_cut_from_days && DAY % finer_micros == 0
            || !is_cut_from_days && self > finer && self.nominal_micros() % finer_micros == 0
    }

    /// Returns true for one day and longer: labelled by trading date, not by time.
    pub fn is_daily_or_longer(self) -> bool {
        self >= Self::D1
    }

    /// Returns where bars of a fixed length are counted from.
    fn origin(self) -> i64 {
        if self == Self::W1 { FIRST_MONDAY } else { 0 }
    }

    fn calendar_month_open(self, time: Timestamp, months_later: u32) -> Option<Timestamp> {
        if self == Self::Mo1 {
            month_open(time, months_later)
        } else {
            None
        }
    }

    fn list() -> String {
        Self::ALL.map(Self::as_str).join(" ")
    }
}

/// Returns the last of the moments `origin` + n × `step` that is not after `time`.
fn floor(time: Timestamp, step: i64, origin: i64) -> Timestamp {
    let micros = time.micros();
    let past_open = (micros.rem_euclid(step) - origin).rem_euclid(step);
    Timestamp::from_micros(micros.saturating_sub(past_open))
}

fn month_open(time: Timestamp, months_later: u32) -> Option<Timestamp> {
    let date = time.to_utc()?.date_naive();
    let first = NaiveDate::from_ymd_opt(date.year(), date.month(), 1)?;
    let open = first
        .checked_add_months(Months::new(months_later))?
        .and_hms_opt(0, 0, 0)?;
    Some(Timestamp::from_micros(open.and_utc().timestamp_micros()))
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Timeframe {
    type Err = TimeframeError;

    fn from_str(text: &str) -> Result<Self, TimeframeError> {
        let wanted = text.trim();
        Self::ALL
            .into_iter()
            .find(|timeframe| timeframe.as_str() == wanted)
            .ok_or_else(|| TimeframeError {
                text: wanted.chars().take(32).collect(),
            })
    }
}

impl Serialize for Timeframe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Timeframe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
