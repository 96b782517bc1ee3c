//! [`FeedSpec`]: which feed, and how it is written.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::speed::ReplaySpeed;
use crate::domain::Symbol;

/// Quotes and trades a second, all symbols together, unless told otherwise.
pub(super) const SIMULATED_TICKS_PER_SEC: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// Which feed to open. Prints and parses one way: `coinbase:BTC-USD,ETH-USD`,
/// `replay:FILE[@SPEED]`, `replay:bundled[@SPEED]`, `simulated[:SYMBOLS[@TICKS_PER_SEC]]`, `none`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedSpec {
    /// Coinbase Exchange, live.
    Coinbase {
        /// Products; never empty, none twice.
        symbols: Vec<Symbol>,
    },
    /// Real values of the past, played again.
    Replay {
        /// What is played.
        from: ReplayFrom,
        /// How fast.
        speed: ReplaySpeed,
    },
    /// Invented values.
    Simulated {
        /// Of what.
        symbols: SimulatedSymbols,
        /// Quotes and trades a second, all symbols together.
        ticks_per_sec: NonZeroU32,
    },
    /// No feed.
    None,
}

/// What a replay plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayFrom {
    /// The bars inside the program.
    Bundled,
    /// A file of captured frames.
    File(PathBuf),
}

/// What a simulation invents values of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulatedSymbols {
    /// These; never empty, none twice.
    Listed(Vec<Symbol>),
    /// This many, named `SIM001` and on.
    Generated(NonZeroU32),
}

impl SimulatedSymbols {
    /// Returns the symbols themselves.
    pub fn to_vec(&self) -> Vec<Symbol> {
        match self {
            Self::Listed(symbols) => symbols.clone(),
            Self::Generated(count) => (1..=count.get())
                .filter_map(|number| Symbol::parse(&format!("SIM{number:03}")).ok())
                .collect(),
        }
    }
}

impl FeedSpec {
    /// Returns the name that the feed goes by: the venue, `replay`, `simulated` or `none`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Coinbase { .. } => "coinbase",
            Self::Replay { .. } => "replay",
            Self::Simulated { .. } => "simulated",
            Self::None => "none",
        }
    }
}

impl fmt::Display for FeedSpec {
    /// Leaves out what is the default, unless the text would then be read in another way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coinbase { symbols } => write!(f, "coinbase:{}", join(symbols)),
            Self::Replay { from, speed } => {
                let file = match from {
                    ReplayFrom::Bundled => "bundled".to_owned(),
                    ReplayFrom::File(path) => path.display().to_string(),
                };
                let is_default = *speed == ReplaySpeed::REAL_TIME;
                write!(f, "replay:{file}")?;
                write_after_at(f, &file, is_default, speed)
            }
            Self::Simulated {
                symbols,
                ticks_per_sec,
            } => {
                let list = match symbols {
                    SimulatedSymbols::Listed(symbols) => join(symbols),
                    SimulatedSymbols::Generated(count) => count.to_string(),
                };
                let is_default = *ticks_per_sec == SIMULATED_TICKS_PER_SEC;
                write!(f, "simulated:{list}")?;
                write_after_at(f, &list, is_default, ticks_per_sec)
            }
            Self::None => f.write_str("none"),
        }
    }
}

fn write_after_at(
    f: &mut fmt::Formatter<'_>,
    before: &str,
    is_default: bool,
    value: &dyn fmt::Display,
) -> fmt::Result {
    if is_default && !before.contains('@') {
        return Ok(());
    }
    write!(f, "@{value}")
}

fn join(symbols: &[Symbol]) -> String {
    let names: Vec<&str> = symbols.iter().map(Symbol::as_str).collect();
    names.join(",")
}

impl Serialize for FeedSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FeedSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
