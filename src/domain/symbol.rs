//! [`Symbol`] and [`Source`]: the names of what is traded and of where a value came from.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid {what} `{text}`: expected 1 to {len_max} visible ASCII characters")]
pub struct NameError {
    what: &'static str,
    len_max: usize,
    text: String,
}

/// What is traded: 1–40 visible ASCII characters, upper-cased (`AAPL`, `BTC-USD`, `ESZ5`).
///
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

impl Symbol {
    /// The longest symbol, in characters.
    pub const LEN_MAX: usize = 40;

    /// Checks and upper-cases `text`; surrounding white space is dropped.
    ///
    /// # Errors
    /// [`NameError`] when it is empty, longer than 40 characters, or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        check("symbol", text, Self::LEN_MAX)?;
        Ok(Self(Arc::from(text.to_ascii_uppercase())))
    }
}

/// Where a value came from: a feed's venue, `<venue>.trades`, or an import's layout.
///
/// 1–50 visible ASCII characters. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(Arc<str>);

impl Source {
    /// The longest source, in characters.
    pub const LEN_MAX: usize = 50;

    /// Checks `text`; surrounding white space is dropped and the case is kept.
    ///
    /// # Errors
    /// [`NameError`] when it is empty, longer than 50 characters, or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        check("source", text, Self::LEN_MAX)?;
        Ok(Self(Arc::from(text)))
    }
}

/// Checks length and alphabet of a name.
fn check(what: &'static str, text: &str, len_max: usize) -> Result<(), NameError> {
    let is_valid =
        (1..=len_max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_valid {
        return Ok(());
    }
    let text = text.chars().take(len_max + 1).collect();
    Err(NameError {
        what,
        len_max,
        text,
    })
}

macro_rules! name_traits {
    ($name:ident) => {
        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

name_traits!(Symbol);
name_traits!(Source);
