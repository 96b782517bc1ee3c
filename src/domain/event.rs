//! [`MarketEvent`]: the one envelope that every feed speaks.

use serde::{Deserialize, Serialize};

use super::{Bar, Price, Quote, Source, Symbol, Timestamp, Trade, Volume};

/// Statistics of the venue's own trading day (Coinbase: the last 24 hours).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayStats {
    /// What they are about.
    pub symbol: Symbol,
    /// Price at the beginning: the basis of change %.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Quantity traded.
    pub volume: Volume,
}

/// Events that never arrived: the venue's sequence jumped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedGap {
    /// Whose events are missing.
    pub symbol: Symbol,
    /// First missing number.
    pub from: u64,
    /// Last missing number.
    pub to: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A new best bid or ask.
    Quote(Quote),
    /// An execution.
    Trade(Trade),
    /// A bar that still changes: the newest state of it.
    BarForming(Bar),
    /// A bar that is complete, or was rewritten by a late trade.
    BarClosed(Bar),
    /// Statistics of the day.
    Stats(DayStats),
    /// Events are missing.
    Gap(FeedGap),
}

impl EventKind {
    /// Returns whom the event is about.
    pub fn symbol(&self) -> &Symbol {
        match self {
            Self::Quote(quote) => &quote.symbol,
            Self::Trade(trade) => &trade.symbol,
            Self::BarForming(bar) | Self::BarClosed(bar) => &bar.symbol,
            Self::Stats(stats) => &stats.symbol,
            Self::Gap(gap) => &gap.symbol,
        }
    }
}

/// Something that happened on a market, in the words of no venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketEvent {
    /// The venue that said it (`coinbase`), or what we made of its words (`coinbase.trades`).
    pub source: Source,
    /// When we received it.
    pub ts_recv: Timestamp,
    /// What happened.
    pub kind: EventKind,
}
