//! [`MarketStore`]: what every store promises, whichever database is behind it.
//!
//! The contract names no SQL, no connection and no file; `tests/it/storage/conformance.rs` holds
//! every store to it.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use crate::api::{ImportState, Reject};
use crate::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};

use super::{
    BackupReport, BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, ImportChunk,
    ImportRecord, LedgerLine, Priority, SegmentHash, SegmentKey, StoreError, StoreHealth,
    StoreStatistics, UndoCounts, UpsertCounts, VerifyReport,
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
    /// [`BarSeries::base`]), or the one that `query.base` names. The newest bar may still miss bars
    /// that are not stored yet.
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

    /// Makes the record of a new import and gives it its number; whoever makes it has claimed it.
    fn create_import(&self, state: ImportState, body: String) -> StoreFuture<'_, ImportRecord>;

    /// Claims an import: whoever claimed it before can write nothing more of it.
    ///
    /// Fails with [`StoreError::NoImport`] when there is none of this number.
    fn claim_import(&self, id: ImportId) -> StoreFuture<'_, ImportRecord>;

    /// Replaces state and body of a record, under a claim.
    ///
    /// Fails with [`StoreError::Fenced`] when `epoch` is not of the newest claim.
    fn save_import(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> StoreFuture<'_, ()>;

    /// Returns one import.
    fn import(&self, id: ImportId) -> StoreFuture<'_, Option<ImportRecord>>;

    /// Returns imports, newest first.
    fn imports(&self, limit: u32) -> StoreFuture<'_, Vec<ImportRecord>>;

    /// Writes a chunk in one transaction: its rows as [`MarketStore::upsert_bars`] does, what they
    /// replaced, its rejects, and its line of the ledger, which is returned with all counts.
    ///
    /// A chunk whose number is in the ledger already changes nothing; the line that is there is
    /// returned. A duplicate that says what is stored by now is only counted, any other leaves its
    /// reject too. Fails with [`StoreError::Fenced`] when its epoch is not of the newest claim, or
    /// once an undo has begun.
    fn write_chunk(&self, class: Priority, chunk: ImportChunk) -> StoreFuture<'_, LedgerLine>;

    /// Returns the ledger of an import, in the order of its chunks.
    fn ledger(&self, id: ImportId) -> StoreFuture<'_, Vec<LedgerLine>>;

    /// Returns what an import refused, in the order of files and lines.
    fn rejects(&self, id: ImportId, offset: u64, limit: u32) -> StoreFuture<'_, Vec<Reject>>;

    /// Returns what [`MarketStore::upsert_bars`] would answer, and writes nothing. Any number of
    /// bars.
    fn compare_bars(&self, bars: Arc<[Bar]>) -> StoreFuture<'_, UpsertCounts>;

    /// Takes back what an import wrote, in short transactions of class [`Priority::Low`].
    ///
    /// Rows that still are its own are deleted when they were new and become what they were when
    /// they were replaced; rows that somebody replaced since stay, and undoing that import later
    /// no longer brings them back. May be called again after a failure, and then goes on. Marks
    /// the import undone at the end. A row that the import found alike belongs to who wrote it.
    fn undo_import(&self, id: ImportId) -> StoreFuture<'_, UndoCounts>;

    /// Writes a consistent copy to a new file while others go on writing, and reads it back.
    ///
    /// Fails with [`StoreError::FileExists`] when there is one.
    fn backup(&self, path: PathBuf) -> StoreFuture<'_, BackupReport>;

    /// Reads everything: the engine's own check, what each series says against its rows, and
    /// every value. What is wrong is told in the report.
    fn verify(&self) -> StoreFuture<'_, VerifyReport>;

    /// Ends the store in good order; every later call fails with [`StoreError::Closed`].
    fn close(&self) -> StoreFuture<'_, ()>;
}
