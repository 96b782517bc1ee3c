//! [`Bar`]: open, high, low, close and volume of one symbol over one timeframe.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Trade, Volume};

/// Why prices do not make a bar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BarError {
    /// The high is below, or the low above, another price of the bar.
    #[error(
        "bar of `{symbol}` at {time}: open {open}, high {high}, low {low}, close {close} \
         do not fit together"
    )]
    PricesOutOfOrder {
        /// Whose bar.
        symbol: Symbol,
        /// Its open time.
        time: Timestamp,
        /// Open price.
        open: Price,
        /// High price.
        high: Price,
        /// Low price.
        low: Price,
        /// Close price.
        close: Price,
    },
}

/// An OHLCV bar. Its identity is (symbol, timeframe, time, source); its time is its open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// What was traded.
    pub symbol: Symbol,
    /// How long the bar lasts.
    pub timeframe: Timeframe,
    /// When it opens, UTC; one day and longer: 00:00 of the trading date.
    pub time: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Quantity traded.
    pub volume: Volume,
    /// Number of trades, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_count: Option<u64>,
    /// Volume-weighted average price, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vwap: Option<Price>,
    /// Where it came from.
    pub source: Source,
    /// 0–100, 100 = nothing found against it.
    pub quality_score: QualityScore,
}

impl Bar {
    /// Checks that low ≤ open, close ≤ high.
    ///
    /// # Errors
    /// [`BarError::PricesOutOfOrder`] otherwise.
    pub fn check(&self) -> Result<(), BarError> {
        let top = self.open.max(self.close);
        let bottom = self.open.min(self.close);
        if self.low <= bottom && top <= self.high {
            return Ok(());
        }
        Err(BarError::PricesOutOfOrder {
            symbol: self.symbol.clone(),
            time: self.time,
            open: self.open,
            high: self.high,
            low: self.low,
            close: self.close,
        })
    }

    /// Returns the end of the bar: the open of the next one.
    pub fn close_time(&self) -> Timestamp {
        self.timeframe.close_of(self.time)
    }

    /// Starts the bar that holds `trade`.
    pub fn of_trade(trade: &Trade, timeframe: Timeframe, source: Source) -> Self {
        Self {
            symbol: trade.symbol.clone(),
            timeframe,
            time: timeframe.open_of(trade.ts_event),
            open: trade.price,
            high: trade.price,
            low: trade.price,
            close: trade.price,
            volume: trade.size,
            trade_count: Some(1),
            vwap: Some(trade.price),
            source,
            quality_score: QualityScore::MAX,
        }
    }
}
