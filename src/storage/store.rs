//! [`MarketStore`]: what every store promises, whichever database is behind it.
//!
//! The contract names no SQL, no connection and no file; `tests/it/storage/conformance.rs` holds
//! every store to it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::domain::{Bar, Source, Symbol, Timeframe, Timestamp};

use super::{
    BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, Priority, SegmentHash,
    SegmentKey, StoreError, StoreHealth, StoreStatistics, UpsertCounts,
};

/// The answer of a store, to come.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of closed bars.
///
/// Every method may be called from many tasks at once. A read sees one moment of the store. A write
/// is seen whole or not at all, and once it is acknowledged it survives the death of the process.
/// Dropping a future is safe: its write happened whole or not at all.
pub trait MarketStore: Send + Sync + fmt::Debug {
    /// Writes a batch in one transaction, as if its rows came one by one, in their order.
    ///
    /// A row whose key is new is *inserted*; one that differs from the stored row in a price, the
    /// volume, the trade count, the VWAP or the score replaces it and is *updated*; any other is
    /// *unchanged*, and the stored row keeps its lineage. The three counts add up to the rows of
    /// the batch, so a key that comes twice counts twice and the last of its rows stays.
    fn upsert_bars(&self, class: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts>;

    /// Returns bars of one symbol, timeframe and source, in rising order of time.
    ///
    /// Without a source: of the first source of the precedence list that has one in the range.
    fn bars(&self, query: BarQuery) -> StoreFuture<'_, BarSeries>;

    /// Returns the newest bar of each symbol that has one, in the order asked; each of the first
    /// source of its precedence list.
    fn latest_bars(&self, symbols: Vec<Symbol>, timeframe: Timeframe) -> StoreFuture<'_, Vec<Bar>>;

    /// Returns the last bar that opens at or before a moment.
    fn last_bar_at_or_before(&self, point: BarPoint) -> StoreFuture<'_, Option<Bar>>;

    /// Returns bars of `query.timeframe` put together from stored ones, and of which timeframe.
    ///
    /// One source and one base timeframe: the finest that divides and is complete (see
    /// [`BarSeries::base`]). The newest bar may still miss bars that are not stored yet.
    fn resampled(&self, query: BarQuery) -> StoreFuture<'_, BarSeries>;

    /// Returns the sources that hold bars of a symbol, in the order of precedence.
    fn sources(&self, symbol: Symbol) -> StoreFuture<'_, Vec<Source>>;

    /// Returns every symbol that has a bar, in alphabetical order.
    fn symbols(&self) -> StoreFuture<'_, Vec<Symbol>>;

    /// Returns what the store holds. Costs no scan of the bars.
    fn statistics(&self) -> StoreFuture<'_, StoreStatistics>;

    /// Returns the hash of one month of one series; every store computes the same.
    fn segment_hash(&self, segment: SegmentKey) -> StoreFuture<'_, SegmentHash>;

    /// Deletes bars of a timeframe that open before a moment, and returns how many.
    ///
    /// Cut into short transactions of class [`Priority::Low`]; what was deleted stays deleted when
    /// it fails in between. It marks nothing dirty: a rollup outlives the bars it was made of.
    fn delete_before(&self, timeframe: Timeframe, time: Timestamp) -> StoreFuture<'_, u64>;

    /// Returns up to `limit` buckets that changed and were not yet cleared, oldest change first.
    fn dirty_ranges(&self, limit: u32) -> StoreFuture<'_, Vec<DirtyRange>>;

    /// Clears buckets that did not change again since they were read.
    fn clear_dirty(&self, ranges: Vec<DirtyRange>) -> StoreFuture<'_, ()>;

    /// Returns how the store itself is.
    fn health(&self) -> StoreFuture<'_, StoreHealth>;

    /// Moves what the write-ahead log holds into the database and truncates the log.
    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint>;

    /// Ends the store in good order; every later call fails with [`StoreError::Closed`].
    fn close(&self) -> StoreFuture<'_, ()>;
}
