//! [`ImportId`]: the number by which an import is named everywhere.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of an import, from 1. Stored with each bar it brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportId(pub i64);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for ImportId {
    type Err = ParseIntError;

    /// Reads `7` and `#7`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        digits.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_named_by_its_number() {
        assert_eq!("#7".parse::<ImportId>().unwrap(), ImportId(7));
        assert_eq!("7".parse::<ImportId>().unwrap().to_string(), "7");
        assert!("seven".parse::<ImportId>().is_err());
    }
}
