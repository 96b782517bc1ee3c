//! [`Volume`]: an exact, never negative decimal of eight places in an `i128`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimal::{self, DecimalError, Parsed};

/// An exact traded quantity: a count of 10⁻⁸, 0 to 10¹⁸ whole units.
///
/// `NUMERIC(28,8)` in PostgreSQL: crypto volumes are fractional, so a whole-number type would lose
/// them. Prints, parses and serialises as decimal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Volume(i128);

impl Volume {
    /// Nothing traded.
    pub const ZERO: Self = Self(0);
    /// The largest volume that can be held: 10¹⁸ whole units.
    pub const MAX: Self = Self(1_000_000_000_000_000_000 * decimal::ONE);

    /// Makes a volume of `scaled` steps of 10⁻⁸; `None` when negative or above [`Volume::MAX`].
    pub const fn from_scaled(scaled: i128) -> Option<Self> {
        if scaled < 0 || scaled > Self::MAX.0 {
            None
        } else {
            Some(Self(scaled))
        }
    }

    /// Returns the number of 10⁻⁸ steps.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// Reads decimal text; more than eight decimals are rounded half to even and flagged.
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no number, is negative, or is above [`Volume::MAX`].
    pub fn parse(text: &str) -> Result<Parsed<Self>, DecimalError> {
        let out_of_range = || DecimalError::out_of_range("volume", "0 to 10^18", text);
        let parsed = decimal::parse_scaled(text)?.ok_or_else(out_of_range)?;
        let value = Self::from_scaled(parsed.value).ok_or_else(out_of_range)?;
        Ok(Parsed {
            value,
            is_rounded: parsed.is_rounded,
        })
    }

    /// Adds, or returns `None` above [`Volume::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_scaled(self.0 + other.0)
    }

    /// Adds, stopping at [`Volume::MAX`].
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        self.checked_add(other).unwrap_or(Self::MAX)
    }

    /// Returns true for zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns the value as a float, for the geometry of a drawing only.
    pub fn to_plot(self) -> f64 {
        self.0 as f64 / decimal::ONE as f64
    }
}

impl fmt::Display for Volume {
    /// Writes the exact value, or as many decimals as the formatter's precision asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_scaled(f, self.0)
    }
}

impl FromStr for Volume {
    type Err = DecimalError;

    /// Reads as [`Volume::parse`] does, for those who need not know whether it rounded.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::parse(text).map(|parsed| parsed.value)
    }
}

impl Serialize for Volume {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Volume {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
