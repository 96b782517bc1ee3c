//! [`Timestamp`]: microseconds since the epoch, UTC.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Why a text is not a timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid time `{text}`: expected RFC 3339, for example 2024-01-31T09:30:00Z")]
pub struct TimeError {
    text: String,
}

/// A moment: `i64` microseconds since 1970-01-01T00:00:00Z.
///
/// Prints and parses as RFC 3339 in UTC, with as many decimals of a second as it needs (0, 3 or 6).
/// Outside the years 0–9999, which RFC 3339 cannot write, as a number of microseconds
/// (`253402300800000000us`): a venue's wrong clock must not make a state unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Makes a timestamp of microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Makes a timestamp of seconds since the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Returns microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns how long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// Returns this moment moved `duration` later, stopping at the end of time.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Returns this moment moved `duration` earlier, stopping at the beginning of time.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// Reads RFC 3339 text with any offset, or microseconds (`12us`); finer digits are cut.
    ///
    /// # Errors
    /// [`TimeError`] when the text is neither.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let body = text.trim();
        let micros = match body.strip_suffix("us") {
            Some(number) => number.parse().ok(),
            None => DateTime::parse_from_rfc3339(body)
                .ok()
                .map(|time| time.timestamp_micros()),
        };
        micros.map(Self).ok_or_else(|| TimeError {
            text: body.chars().take(64).collect(),
        })
    }

    /// Returns the calendar form, for labels; `None` beyond 262,000 years from now.
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_utc() {
            Some(time) if (0..=9999).contains(&time.year()) => {
                f.pad(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            }
            _ => f.pad(&format!("{}us", self.0)),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
