//! [`Price`]: an exact decimal of eight places in an `i64`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimal::{self, DecimalError, Parsed};

/// An exact price: an `i64` count of 10⁻⁸, so ±92,233,720,368.54775807.
///
/// `NUMERIC(20,8)` in PostgreSQL. Prints and parses as plain decimal text (`190.25`); serialises as
/// that text, never as a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i64);

impl Price {
    /// The lowest price that can be held.
    pub const MIN: Self = Self(-i64::MAX);
    /// The highest price that can be held.
    pub const MAX: Self = Self(i64::MAX);
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Makes a price of `scaled` steps of 10⁻⁸; `i64::MIN`, one step too low, is [`Price::MIN`].
    pub const fn from_scaled(scaled: i64) -> Self {
        if scaled == i64::MIN {
            Self::MIN
        } else {
            Self(scaled)
        }
    }

    /// Returns the number of 10⁻⁸ steps.
    pub const fn scaled(self) -> i64 {
        self.0
    }

    /// Reads decimal text; more than eight decimals are rounded half to even and flagged.
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no number, or lies outside ±92,233,720,368.54775807.
    pub fn parse(text: &str) -> Result<Parsed<Self>, DecimalError> {
        let out_of_range = || DecimalError::out_of_range("price", "±92233720368.54775807", text);
        let parsed = decimal::parse_scaled(text)?.ok_or_else(out_of_range)?;
        let value = Self::try_from_scaled(parsed.value).ok_or_else(out_of_range)?;
        Ok(Parsed {
            value,
            is_rounded: parsed.is_rounded,
        })
    }

    /// Makes a price of `scaled` steps of 10⁻⁸, or returns `None` when it does not fit.
    pub(super) fn try_from_scaled(scaled: i128) -> Option<Self> {
        let scaled = i64::try_from(scaled).ok()?;
        (scaled != i64::MIN).then_some(Self(scaled))
    }

    /// Adds, or returns `None` when the sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::try_from_scaled(i128::from(self.0) + i128::from(other.0))
    }

    /// Subtracts, or returns `None` when the difference does not fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::try_from_scaled(i128::from(self.0) - i128::from(other.0))
    }

    /// Returns the number of decimals needed to write this price exactly (0–8).
    pub fn decimals(self) -> u32 {
        decimal::decimals_of(i128::from(self.0))
    }

    /// Returns the change from `base` in basis points (hundredths of a percent).
    ///
    /// Rounded towards zero, so that a price below its basis never shows a rise; counted from the
    /// size of a negative base. `None` for a base of zero, and for a change beyond an `i64`.
    pub fn change_bps(self, base: Self) -> Option<i64> {
        if base.0 == 0 {
            return None;
        }
        let change = i128::from(self.0) - i128::from(base.0);
        i64::try_from(change * 10_000 / i128::from(base.0).abs()).ok()
    }

    /// Returns the value as a float, for the geometry of a drawing only: never to reckon prices.
    pub fn to_plot(self) -> f64 {
        self.0 as f64 / decimal::ONE as f64
    }
}

impl fmt::Display for Price {
    /// Writes the exact value, or as many decimals as the formatter's precision asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_scaled(f, i128::from(self.0))
    }
}

impl FromStr for Price {
    type Err = DecimalError;

    /// Reads as [`Price::parse`] does, for those who need not know whether it rounded.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::parse(text).map(|parsed| parsed.value)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
