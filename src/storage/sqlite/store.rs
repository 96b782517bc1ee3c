//! [`SqliteStore`]: the contract, each method handed to the module that does it.

use std::path::PathBuf;
use std::sync::Arc;

use super::fault::Failure;
use super::turn::Connections;
use super::{
    SqliteOptions, backup, care, chunk, compare, imports, maintain, read, resample, undo, write,
};
use crate::api::{ImportState, Reject};
use crate::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};
use crate::runtime::Clock;
use crate::storage::{
    BackupReport, BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, ImportChunk,
    ImportRecord, LedgerLine, MarketStore, Priority, SegmentHash, SegmentKey, StoreError,
    StoreFuture, StoreHealth, StoreStatistics, UndoCounts, UpsertCounts, VerifyReport,
};

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore(Connections);

impl SqliteStore {
    /// Opens the store, makes its file when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the file is no database, of another program, of a newer one, locked, or
    /// may not be written. A file that is not ours stays as it was.
    pub async fn open(options: SqliteOptions, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Connections::open(options, clock).await.map(Self)
    }
}

/// Refuses more rows than one transaction takes.
fn check_rows(rows: usize) -> Result<(), StoreError> {
    let rows_max = BarBatch::ROWS_MAX;
    if rows > rows_max {
        return Err(StoreError::BatchTooLarge { rows, rows_max });
    }
    Ok(())
}

/// Runs a read of one of the sibling modules in a snapshot.
macro_rules! in_snapshot {
    ($store:expr, $operation:literal, $reader:ident => $work:expr) => {
        Box::pin(async move {
            let mut $reader = $store.0.reader($operation).await?;
            let answer = $work.await;
            answer.map_err(|failure| $store.0.failed($operation, failure))
        })
    };
}

/// Runs a write of one of the sibling modules when it is its turn.
macro_rules! in_turn {
    ($store:expr, $class:expr, $operation:literal, $writer:ident => $work:expr) => {
        async {
            let mut turn = $store.0.writer($class, $operation).await?;
            let $writer = turn.writer($operation)?;
            let done = $work.await;
            let done = $store.0.after(&mut turn, done).await;
            done.map_err(|failure| $store.0.failed($operation, failure))
        }
    };
}

impl MarketStore for SqliteStore {
    fn upsert_bars(&self, class: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts> {
        let now = self.0.now();
        Box::pin(async move {
            check_rows(batch.bars.len())?;
            in_turn!(self, class, "write bars", writer =>
                write::upsert(&mut writer.connection, &mut writer.names, &batch, now))
            .await
        })
    }

    fn bars(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        in_snapshot!(self, "read bars", reader =>
            read::bars(&mut reader, &query, self.0.precedence()))
    }

    fn latest_bars(&self, symbols: Vec<Symbol>, timeframe: Timeframe) -> StoreFuture<'_, Vec<Bar>> {
        in_snapshot!(self, "read the latest bars", reader =>
            read::latest_bars(&mut reader, &symbols, timeframe, self.0.precedence()))
    }

    fn last_bar_at_or_before(&self, point: BarPoint) -> StoreFuture<'_, Option<Bar>> {
        in_snapshot!(self, "read a bar", reader =>
            read::last_bar_at_or_before(&mut reader, &point, self.0.precedence()))
    }

    fn resampled(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        in_snapshot!(self, "resample bars", reader =>
            resample::resampled(&mut reader, &query, self.0.precedence()))
    }

    fn sources(&self, symbol: Symbol) -> StoreFuture<'_, Vec<Source>> {
        in_snapshot!(self, "read the sources", reader =>
            read::sources(&mut reader, &symbol, self.0.precedence()))
    }

    fn symbols(&self) -> StoreFuture<'_, Vec<Symbol>> {
        in_snapshot!(self, "read the symbols", reader => read::symbols(&mut reader))
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        in_snapshot!(self, "read the statistics", reader => async {
            let series = maintain::series(&mut reader).await?;
            let size = maintain::size(&mut reader).await?;
            Ok::<_, Failure>(StoreStatistics {
                rows: series.iter().map(|one| one.rows).sum(),
                bytes: size + self.0.log_size(),
                series,
            })
        })
    }

    fn segment_hash(&self, segment: SegmentKey) -> StoreFuture<'_, SegmentHash> {
        in_snapshot!(self, "hash a segment", reader =>
            maintain::segment_hash(&mut reader, &segment))
    }

    fn delete_before(&self, timeframe: Timeframe, time: Timestamp) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let mut deleted = 0;
            loop {
                // A turn for each piece, so that whoever is more urgent goes in between.
                let piece = in_turn!(self, Priority::Low, "delete old bars", writer =>
                    maintain::delete_piece(&mut writer.connection, timeframe, time));
                match piece.await? {
                    Some(rows) => deleted += rows,
                    None => return Ok(deleted),
                }
            }
        })
    }

    fn dirty_ranges(&self, limit: u32) -> StoreFuture<'_, Vec<DirtyRange>> {
        in_snapshot!(self, "read the dirty ranges", reader =>
            maintain::dirty_ranges(&mut reader, limit))
    }

    fn clear_dirty(&self, ranges: Vec<DirtyRange>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            in_turn!(self, Priority::Low, "clear dirty ranges", writer =>
                maintain::clear_dirty(&mut writer.connection, &ranges))
            .await
        })
    }

    fn health(&self) -> StoreFuture<'_, StoreHealth> {
        Box::pin(self.0.health())
    }

    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint> {
        Box::pin(self.0.checkpoint())
    }

    fn create_import(&self, state: ImportState, body: String) -> StoreFuture<'_, ImportRecord> {
        let now = self.0.now();
        Box::pin(async move {
            in_turn!(self, Priority::Normal, "create an import", writer =>
                imports::create(&mut writer.connection, state, &body, now))
            .await
        })
    }

    fn claim_import(&self, id: ImportId) -> StoreFuture<'_, ImportRecord> {
        let now = self.0.now();
        Box::pin(async move {
            in_turn!(self, Priority::Normal, "claim an import", writer =>
                imports::claim(&mut writer.connection, id, now))
            .await
        })
    }

    fn save_import(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> StoreFuture<'_, ()> {
        let now = self.0.now();
        Box::pin(async move {
            let claim = (id, epoch);
            in_turn!(self, Priority::Normal, "save an import", writer =>
                imports::save(&mut writer.connection, claim, (state, &body), now))
            .await
        })
    }

    fn import(&self, id: ImportId) -> StoreFuture<'_, Option<ImportRecord>> {
        in_snapshot!(self, "read an import", reader => async {
            let found = imports::records(&mut reader, Some(id), 1).await?;
            Ok::<_, Failure>(found.into_iter().next())
        })
    }

    fn imports(&self, limit: u32) -> StoreFuture<'_, Vec<ImportRecord>> {
        in_snapshot!(self, "read the imports", reader =>
            imports::records(&mut reader, None, limit))
    }

    fn write_chunk(&self, class: Priority, chunk: ImportChunk) -> StoreFuture<'_, LedgerLine> {
        let now = self.0.now();
        Box::pin(async move {
            check_rows(chunk.bars.len())?;
            in_turn!(self, class, "write a chunk", writer =>
                chunk::write(&mut writer.connection, &mut writer.names, &chunk, now))
            .await
        })
    }

    fn ledger(&self, id: ImportId) -> StoreFuture<'_, Vec<LedgerLine>> {
        in_snapshot!(self, "read a ledger", reader => imports::lines(&mut reader, id, None))
    }

    fn rejects(&self, id: ImportId, offset: u64, limit: u32) -> StoreFuture<'_, Vec<Reject>> {
        in_snapshot!(self, "read rejects", reader =>
            imports::rejects(&mut reader, id, offset, limit))
    }

    fn compare_bars(&self, bars: Arc<[Bar]>) -> StoreFuture<'_, UpsertCounts> {
        in_snapshot!(self, "compare bars", reader => compare::counts(&mut reader, &bars))
    }

    fn undo_import(&self, id: ImportId) -> StoreFuture<'_, UndoCounts> {
        Box::pin(async move {
            loop {
                let now = self.0.now();
                let piece = in_turn!(self, Priority::Low, "undo an import", writer =>
                    undo::take_back(&mut writer.connection, id, now));
                if let Some(counts) = piece.await? {
                    return Ok(counts);
                }
            }
        })
    }

    fn backup(&self, path: PathBuf) -> StoreFuture<'_, BackupReport> {
        Box::pin(async move {
            const OPERATION: &str = "back up";
            let mut reader = self.0.own_reader(OPERATION).await?;
            let written = backup::write(&mut reader, path).await;
            written.map_err(|failure| self.0.failed(OPERATION, failure))
        })
    }

    fn verify(&self) -> StoreFuture<'_, VerifyReport> {
        in_snapshot!(self, "verify", reader => care::verify(&mut reader))
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.0.end())
    }
}
