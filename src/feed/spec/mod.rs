//! [`FeedSpec`]: which feed, as one line of text on the command line and in the settings.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::speed::{ReplaySpeed, SpeedError};
use crate::domain::{NameError, Symbol};

/// What works in this version, for whoever asked for something else.
const FORMS: &str = "coinbase[:BTC-USD,ETH-USD], replay:FILE[@SPEED], replay:bundled[@SPEED], \
                     simulated[:SYMBOLS[@TICKS_PER_SEC]], none";

/// The feeds of this version.
const BUILT: [&str; 4] = ["coinbase", "replay", "simulated", "none"];

/// Feeds the product will have; asked for by name, they are not a typing error.
const NOT_BUILT: [&str; 4] = ["kraken", "binance", "alpaca", "mda"];

/// Two words this near are taken as a typing error of one another.
const NEAR: f64 = 0.75;

/// What is looked at when `coinbase` is asked for without symbols.
pub const DEFAULT_COINBASE_SYMBOLS: [&str; 10] = [
    "BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "DOGE-USD", "LTC-USD", "ADA-USD", "AVAX-USD",
    "LINK-USD", "DOT-USD",
];

/// What is invented when `simulated` is asked for without symbols.
pub const DEFAULT_SIMULATED_SYMBOLS: [&str; 8] = [
    "BTC-USD", "ETH-USD", "SOL-USD", "AAPL", "MSFT", "GOOG", "EURUSD", "USDJPY",
];

/// Quotes and trades a second, all symbols together, unless told otherwise.
const SIMULATED_TICKS_PER_SEC: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// Most quotes and trades a second that can be asked for.
const SIMULATED_TICKS_PER_SEC_MAX: u32 = 1_000_000;

/// Most symbols that can be generated.
const GENERATED_SYMBOLS_MAX: u32 = 10_000;

/// Why a text is not a feed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeedSpecError {
    /// No feed has this name.
    #[error("unknown feed `{name}`{}; expected one of {FORMS}", hint(*.near))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        near: Option<&'static str>,
    },
    /// The venue is planned.
    #[error("feed `{name}` is not built yet in this version; what works: {FORMS}")]
    NotBuilt {
        /// The venue.
        name: &'static str,
    },
    /// `none` and bare words take nothing after them.
    #[error("feed `none` takes nothing after it, but `{rest}` follows")]
    NothingExpected {
        /// What follows.
        rest: String,
    },
    /// A replay without anything to play.
    #[error(
        "feed `replay` needs a file: `replay:FILE[@SPEED]`, or `replay:bundled` for built-in data"
    )]
    NoFile,
    /// A list without a symbol.
    #[error("feed `{feed}:` lists no symbol: name some, or leave the colon out")]
    NoSymbols {
        /// The feed.
        feed: &'static str,
    },
    /// A text that is no symbol at all.
    #[error("feed `{feed}`: bad symbol")]
    Symbol {
        /// The feed.
        feed: &'static str,
        /// Why.
        #[source]
        source: NameError,
    },
    /// A symbol the venue does not spell so.
    #[error("feed `coinbase` spells its products BASE-QUOTE, as in `BTC-USD`; `{symbol}` is not")]
    CoinbaseProduct {
        /// The symbol.
        symbol: Symbol,
    },
    /// The text after the last `@` of a replay is no speed.
    #[error("feed `replay`: a file whose name holds `@` is written with its speed, as `NAME@1`")]
    Speed(#[source] SpeedError),
    /// The text after the last `@` of a simulation is no rate.
    #[error(
        "feed `simulated`: `{text}` ticks a second are not possible; expected 1 to {SIMULATED_TICKS_PER_SEC_MAX}"
    )]
    TicksPerSec {
        /// What was asked for.
        text: String,
    },
    /// A number of symbols that cannot be generated.
    #[error(
        "feed `simulated`: `{text}` symbols are not possible; expected 1 to {GENERATED_SYMBOLS_MAX}"
    )]
    SymbolCount {
        /// What was asked for.
        text: String,
    },
}

fn hint(near: Option<&'static str>) -> String {
    near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Which feed to open. Prints and parses one way: `coinbase:BTC-USD,ETH-USD`, `replay:FILE[@SPEED]`,
/// `replay:bundled[@SPEED]`, `simulated[:SYMBOLS[@TICKS_PER_SEC]]`, `none`.
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

impl FromStr for FeedSpec {
    type Err = FeedSpecError;

    fn from_str(text: &str) -> Result<Self, FeedSpecError> {
        let text = text.trim();
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        match name.to_ascii_lowercase().as_str() {
            "coinbase" => parse_coinbase(rest),
            "replay" => parse_replay(rest),
            "simulated" => parse_simulated(rest),
            "none" => rest.map_or(Ok(Self::None), |rest| {
                Err(FeedSpecError::NothingExpected {
                    rest: rest.to_owned(),
                })
            }),
            other => Err(unknown(other)),
        }
    }
}

fn unknown(name: &str) -> FeedSpecError {
    if let Some(name) = NOT_BUILT.into_iter().find(|planned| *planned == name) {
        return FeedSpecError::NotBuilt { name };
    }
    let near = BUILT
        .into_iter()
        .map(|built| (built, strsim::jaro_winkler(name, built)))
        .filter(|(_, nearness)| *nearness >= NEAR)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(built, _)| built);
    FeedSpecError::Unknown {
        name: name.chars().take(40).collect(),
        near,
    }
}

fn parse_symbols(feed: &'static str, list: &str) -> Result<Vec<Symbol>, FeedSpecError> {
    let mut symbols = Vec::new();
    for name in list.split(',').filter(|name| !name.trim().is_empty()) {
        let symbol =
            Symbol::parse(name).map_err(|source| FeedSpecError::Symbol { feed, source })?;
        if !symbols.contains(&symbol) {
            symbols.push(symbol);
        }
    }
    if symbols.is_empty() {
        return Err(FeedSpecError::NoSymbols { feed });
    }
    Ok(symbols)
}

fn parse_coinbase(rest: Option<&str>) -> Result<FeedSpec, FeedSpecError> {
    let defaults = DEFAULT_COINBASE_SYMBOLS.join(",");
    let symbols = parse_symbols("coinbase", rest.unwrap_or(&defaults))?;
    match symbols.iter().find(|symbol| !is_product(symbol)) {
        Some(symbol) => Err(FeedSpecError::CoinbaseProduct {
            symbol: symbol.clone(),
        }),
        None => Ok(FeedSpec::Coinbase { symbols }),
    }
}

fn is_product(symbol: &Symbol) -> bool {
    let is_currency =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    symbol
        .as_str()
        .split_once('-')
        .is_some_and(|(base, quote)| is_currency(base) && is_currency(quote))
}

fn parse_replay(rest: Option<&str>) -> Result<FeedSpec, FeedSpecError> {
    let rest = rest.unwrap_or_default();
    let (file, speed) = match rest.rsplit_once('@') {
        Some((file, speed)) => (file, speed.parse().map_err(FeedSpecError::Speed)?),
        None => (rest, ReplaySpeed::REAL_TIME),
    };
    let from = match file {
        "" => return Err(FeedSpecError::NoFile),
        "bundled" => ReplayFrom::Bundled,
        file => ReplayFrom::File(PathBuf::from(file)),
    };
    Ok(FeedSpec::Replay { from, speed })
}

fn parse_simulated(rest: Option<&str>) -> Result<FeedSpec, FeedSpecError> {
    let defaults = DEFAULT_SIMULATED_SYMBOLS.join(",");
    let rest = rest.unwrap_or(&defaults);
    let (list, ticks_per_sec) = match rest.rsplit_once('@') {
        Some((list, rate)) => (list, parse_rate(rate)?),
        None => (rest, SIMULATED_TICKS_PER_SEC),
    };
    let is_count = !list.is_empty() && list.bytes().all(|byte| byte.is_ascii_digit());
    let symbols = if is_count {
        SimulatedSymbols::Generated(parse_count(list)?)
    } else {
        SimulatedSymbols::Listed(parse_symbols("simulated", list)?)
    };
    Ok(FeedSpec::Simulated {
        symbols,
        ticks_per_sec,
    })
}

fn parse_within(text: &str, max: u32) -> Option<NonZeroU32> {
    text.trim()
        .parse::<NonZeroU32>()
        .ok()
        .filter(|number| number.get() <= max)
}

fn parse_rate(text: &str) -> Result<NonZeroU32, FeedSpecError> {
    parse_within(text, SIMULATED_TICKS_PER_SEC_MAX).ok_or_else(|| FeedSpecError::TicksPerSec {
        text: text.to_owned(),
    })
}

fn parse_count(text: &str) -> Result<NonZeroU32, FeedSpecError> {
    parse_within(text, GENERATED_SYMBOLS_MAX).ok_or_else(|| FeedSpecError::SymbolCount {
        text: text.to_owned(),
    })
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

#[cfg(test)]
mod tests;
