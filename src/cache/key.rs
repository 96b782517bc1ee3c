//! [`Key`]: the name of a cached value, and how it is printed.
//!
//! ```text
//!   mda : version : kind : symbol : …        a colon in a name is printed as %3A
//! ```
//!
//! Equal keys print alike and different keys differently, so a printed key can name the value in
//! another process too. The version rises when a kind changes what it holds.

use std::fmt;

use super::Slot;
use crate::domain::{Source, Symbol, Timeframe, Timestamp};

/// What a cached value answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Stored bars of a range.
    Bars(RangeKey),
    /// Bars put together from shorter ones.
    Resampled {
        /// Which bars.
        range: RangeKey,
        /// The timeframe they are made of; `None`: the store chooses.
        base: Option<Timeframe>,
    },
    /// The newest bar of a symbol and timeframe.
    Latest {
        /// What is traded.
        symbol: Symbol,
        /// How long the bar lasts.
        timeframe: Timeframe,
    },
    /// The last bar that opens at or before a moment.
    Point {
        /// What is traded.
        symbol: Symbol,
        /// How long the bar lasts.
        timeframe: Timeframe,
        /// `None`: any source.
        source: Option<Source>,
        /// The moment.
        time: Timestamp,
    },
    /// The sources of a symbol.
    Sources {
        /// What is traded.
        symbol: Symbol,
    },
    /// All symbols.
    Symbols,
    /// What the store holds.
    Statistics,
}

/// Which bars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RangeKey {
    /// What is traded.
    pub symbol: Symbol,
    /// How long a bar lasts.
    pub timeframe: Timeframe,
    /// `None`: any source.
    pub source: Option<Source>,
    /// First open; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// First open no longer wanted; `None`: to the end.
    pub to: Option<Timestamp>,
    /// The most bars.
    pub limit: Option<u32>,
}

impl Key {
    /// The version of all keys.
    pub const VERSION: u32 = 1;

    /// Every kind, as it is printed.
    pub const KINDS: [&'static str; 7] = [
        "bars",
        "resampled",
        "latest",
        "point",
        "sources",
        "symbols",
        "statistics",
    ];

    /// Returns the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Bars(_) => "bars",
            Self::Resampled { .. } => "resampled",
            Self::Latest { .. } => "latest",
            Self::Point { .. } => "point",
            Self::Sources { .. } => "sources",
            Self::Symbols => "symbols",
            Self::Statistics => "statistics",
        }
    }

    /// Returns the part of the store whose writes make the value old.
    ///
    /// What is put together may come from any shorter timeframe, and which one depends on what all
    /// of them hold: every write of the symbol counts.
    pub fn slot(&self) -> Slot {
        match self {
            Self::Bars(range) => Slot::of_series(&range.symbol, range.timeframe),
            Self::Latest { symbol, timeframe }
            | Self::Point {
                symbol, timeframe, ..
            } => Slot::of_series(symbol, *timeframe),
            Self::Resampled { range, .. } => Slot::of_symbol(&range.symbol),
            Self::Sources { symbol } => Slot::of_symbol(symbol),
            Self::Symbols | Self::Statistics => Slot::WHOLE,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mda:{}:{}", Self::VERSION, self.kind())?;
        match self {
            Self::Bars(range) => write_range(f, range),
            Self::Resampled { range, base } => {
                write_range(f, range)?;
                match base {
                    Some(base) => write!(f, ":{base}"),
                    None => f.write_str(":*"),
                }
            }
            Self::Latest { symbol, timeframe } => {
                name(f, symbol.as_str())?;
                write!(f, ":{timeframe}")
            }
            Self::Point {
                symbol,
                timeframe,
                source: of,
                time,
            } => {
                name(f, symbol.as_str())?;
                write!(f, ":{timeframe}")?;
                source(f, of.as_ref())?;
                number(f, Some(time.micros()))
            }
            Self::Sources { symbol } => name(f, symbol.as_str()),
            Self::Symbols | Self::Statistics => Ok(()),
        }
    }
}

fn write_range(f: &mut fmt::Formatter<'_>, range: &RangeKey) -> fmt::Result {
    name(f, range.symbol.as_str())?;
    write!(f, ":{}", range.timeframe)?;
    source(f, range.source.as_ref())?;
    number(f, range.from.map(Timestamp::micros))?;
    number(f, range.to.map(Timestamp::micros))?;
    number(f, range.limit.map(i64::from))
}

fn source(f: &mut fmt::Formatter<'_>, source: Option<&Source>) -> fmt::Result {
    match source {
        Some(source) => name(f, source.as_str()),
        None => f.write_str(":*"),
    }
}

fn number(f: &mut fmt::Formatter<'_>, number: Option<i64>) -> fmt::Result {
    match number {
        Some(number) => write!(f, ":{number}"),
        None => f.write_str(":-"),
    }
}

/// Writes a name so that it holds neither the separator nor what stands for any source.
fn name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    f.write_str(":")?;
    for byte in name.bytes() {
        match byte {
            b':' | b'%' | b'*' => write!(f, "%{byte:02X}")?,
            _ => write!(f, "{}", char::from(byte))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let names = ("[:%*A-]{1,3}", prop::option::of("[:%*a-]{1,2}"));
        let times = prop::option::of(-2_i64..2).prop_map(|at| at.map(Timestamp::from_micros));
        let range = (times.clone(), times, prop::option::of(0_u32..2));
        (0..7_usize, names, 0..2_usize, range).prop_map(|(kind, names, timeframe, range)| {
            let symbol = Symbol::parse(&names.0).unwrap();
            let source = names.1.map(|name| Source::parse(&name).unwrap());
            let timeframe = [Timeframe::M1, Timeframe::Mo1][timeframe];
            let (from, to, limit) = range;
            let range = RangeKey {
                symbol: symbol.clone(),
                timeframe,
                source: source.clone(),
                from,
                to,
                limit,
            };
            match kind {
                0 => Key::Bars(range),
                1 => Key::Resampled {
                    base: range.from.map(|_| timeframe),
                    range,
                },
                2 => Key::Latest { symbol, timeframe },
                3 => Key::Point {
                    symbol,
                    timeframe,
                    source,
                    time: from.unwrap_or_default(),
                },
                4 => Key::Sources { symbol },
                5 => Key::Symbols,
                _ => Key::Statistics,
            }
        })
    }

    proptest! {
        #[test]
        fn prop_keys_are_equal_exactly_when_they_print_alike(a in any_key(), b in any_key()) {
            prop_assert_eq!(a == b, a.to_string() == b.to_string());
        }

        #[test]
        fn prop_the_kind_is_listed_and_printed(key in any_key()) {
            prop_assert!(Key::KINDS.contains(&key.kind()));
            let text = key.to_string();
            prop_assert_eq!(text.split(':').nth(2), Some(key.kind()));
        }
    }
}
