//! [`FeedSpecError`]: why a text is not a feed, and what to write instead.

use thiserror::Error;

use super::speed::SpeedError;
use crate::domain::{NameError, Symbol};

/// What works in this version, for whoever asked for something else.
const FORMS: &str = "coinbase[:BTC-USD,ETH-USD], replay:FILE[@SPEED], replay:bundled[@SPEED], \
                     simulated[:SYMBOLS[@TICKS_PER_SEC]], none";

/// Most quotes and trades a second that can be asked for.
pub(super) const SIMULATED_TICKS_PER_SEC_MAX: u32 = 1_000_000;

/// Most symbols that can be generated.
pub(super) const GENERATED_SYMBOLS_MAX: u32 = 10_000;

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
        "feed `simulated`: `{text}` ticks a second are not possible; expected 1 to \
         {SIMULATED_TICKS_PER_SEC_MAX}"
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
