//! [`Quote`]: the best bid and ask.

use serde::{Deserialize, Serialize};

use super::{Price, Symbol, Timestamp, Volume};

/// The best bid and ask of one symbol at one venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What is quoted.
    pub symbol: Symbol,
    /// Venue time; equals `ts_recv` where the venue sends none.
    pub ts_event: Timestamp,
    /// When we received it.
    pub ts_recv: Timestamp,
    /// Highest price somebody buys at.
    pub bid: Price,
    /// Lowest price somebody sells at.
    pub ask: Price,
    /// Quantity wanted at the bid, where the venue tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid_size: Option<Volume>,
    /// Quantity offered at the ask, where the venue tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_size: Option<Volume>,
}

impl Quote {
    /// Returns ask − bid; negative when the market is crossed.
    pub fn spread(&self) -> Option<Price> {
        self.ask.checked_sub(self.bid)
    }
}
