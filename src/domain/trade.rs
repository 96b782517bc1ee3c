//! [`Trade`]: one execution.

use serde::{Deserialize, Serialize};

use super::{Price, Symbol, Timestamp, Volume};

/// Who crossed the spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AggressorSide {
    /// The buyer took the ask.
    Buy,
    /// The seller hit the bid.
    Sell,
    /// The venue does not say.
    Unknown,
}

/// One execution at a venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// What was traded.
    pub symbol: Symbol,
    /// Venue time.
    pub ts_event: Timestamp,
    /// When we received it.
    pub ts_recv: Timestamp,
    /// Price of the execution.
    pub price: Price,
    /// Quantity executed.
    pub size: Volume,
    /// Who crossed the spread.
    pub aggressor_side: AggressorSide,
    /// The venue's own number of the trade, rising by symbol, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_id: Option<u64>,
    /// True for the last trade before we subscribed: it tells the last price, but belongs to no bar
    /// of ours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_snapshot: bool,
}
