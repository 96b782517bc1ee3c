//! Reading a [`FeedSpec`] from its text.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use super::error::{FeedSpecError, GENERATED_SYMBOLS_MAX, SIMULATED_TICKS_PER_SEC_MAX};
use super::feed_spec::{FeedSpec, ReplayFrom, SIMULATED_TICKS_PER_SEC, SimulatedSymbols};
use super::speed::ReplaySpeed;
use crate::domain::Symbol;

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
    let listed = parse_symbols("simulated", list)?;
    let symbols = match &listed[..] {
        [number] if number.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
            SimulatedSymbols::Generated(parse_count(number.as_str())?)
        }
        _ => SimulatedSymbols::Listed(listed),
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
