//! [`SqliteStore`]: who may use which connection, and the contract on top of it.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use sqlx::sqlite::SqlitePool;
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use super::fault::{self, Failure};
use super::names::Names;
use super::{SqliteOptions, maintain, open, read, resample, schema, write};
use crate::domain::{Bar, Source, Symbol, Timeframe, Timestamp};
use crate::runtime::Clock;
use crate::storage::gate::{Gate, Turn};
use crate::storage::{
    BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, MarketStore, Priority,
    SegmentHash, SegmentKey, StoreError, StoreFuture, StoreHealth, StoreStatistics, UpsertCounts,
};

/// A store in one SQLite file.
pub struct SqliteStore {
    options: SqliteOptions,
    /// The path, as errors name it.
    name: String,
    clock: Arc<dyn Clock>,
    gate: Gate,
    /// `None` before the first write after the connection was lost, and after the end.
    writer: Mutex<Option<Writer>>,
    readers: SqlitePool,
    is_closed: AtomicBool,
    last_checkpoint: StdMutex<Option<Checkpoint>>,
}

struct Writer {
    connection: SqliteConnection,
    names: Names,
}

/// The writing connection, for as long as a turn lasts. Given back before the turn goes on.
struct WriterTurn<'a> {
    slot: MutexGuard<'a, Option<Writer>>,
    _turn: Turn,
}

impl SqliteStore {
    /// Opens the store, makes its file when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the file is no database, of another program, of a newer one, locked, or
    /// may not be written. A file that is not ours stays as it was.
    pub async fn open(options: SqliteOptions, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        open::check(&options).await?;
        let name = options.path.display().to_string();
        let failed = |error| Failure::Sql(error).during("open the store", &name);
        let mut connection = open::writer(&options).await.map_err(failed)?;
        schema::migrate(&mut connection, clock.unix_micros())
            .await
            .map_err(failed)?;
        let writer = Writer {
            connection,
            names: Names::default(),
        };
        Ok(Self {
            readers: open::readers(&options),
            name,
            options,
            clock,
            gate: Gate::default(),
            writer: Mutex::new(Some(writer)),
            is_closed: AtomicBool::new(false),
            last_checkpoint: StdMutex::new(None),
        })
    }

    /// Waits for its turn to write.
    async fn writer(
        &self,
        class: Priority,
        operation: &'static str,
    ) -> Result<WriterTurn<'_>, StoreError> {
        let too_many = |waiting| StoreError::QueueFull { class, waiting };
        let turn = self.gate.turn(class).await.map_err(too_many)?;
        let mut slot = self.writer.lock().await;
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed { operation });
        }
        if slot.is_none() {
            let opened = open::writer(&self.options).await;
            let connection = opened.map_err(|error| self.failed(operation, error))?;
            let names = Names::default();
            *slot = Some(Writer { connection, names });
        }
        Ok(WriterTurn { slot, _turn: turn })
    }

    /// Begins a read: everything it sees is of one moment.
    async fn reader(
        &self,
        operation: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        let begun = self.readers.begin().await;
        begun.map_err(|error| self.failed(operation, error))
    }

    fn failed(&self, operation: &'static str, failure: impl Into<Failure>) -> StoreError {
        failure.into().during(operation, &self.name)
    }

    fn wal_size(&self) -> u64 {
        let mut path = self.options.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(PathBuf::from(path)).map_or(0, |file| file.len())
    }

    async fn write_batch(
        &self,
        class: Priority,
        batch: &BarBatch,
    ) -> Result<UpsertCounts, StoreError> {
        const OPERATION: &str = "write bars";
        let rows = batch.bars.len();
        if rows > BarBatch::ROWS_MAX {
            return Err(StoreError::BatchTooLarge {
                rows,
                rows_max: BarBatch::ROWS_MAX,
            });
        }
        let mut turn = self.writer(class, OPERATION).await?;
        let now = self.clock.unix_micros();
        let written = match turn.slot.as_mut() {
            Some(Writer { connection, names }) => {
                write::upsert(connection, names, batch, now).await
            }
            None => {
                return Err(StoreError::Closed {
                    operation: OPERATION,
                });
            }
        };
        if let Err(Failure::Sql(error)) = &written
            && fault::is_lost(error)
        {
            *turn.slot = None;
        }
        written.map_err(|failure| self.failed(OPERATION, failure))
    }

    async fn delete_old(&self, timeframe: Timeframe, time: Timestamp) -> Result<u64, StoreError> {
        const OPERATION: &str = "delete old bars";
        let mut deleted = 0;
        loop {
            // A turn for each piece, so that whoever is more urgent goes in between.
            let mut turn = self.writer(Priority::Low, OPERATION).await?;
            let connection = connection_of(&mut turn, OPERATION)?;
            let piece = maintain::delete_piece(connection, timeframe, time).await;
            match piece.map_err(|failure| self.failed(OPERATION, failure))? {
                Some(rows) => deleted += rows,
                None => return Ok(deleted),
            }
        }
    }

    async fn run_checkpoint(&self, turn: &mut WriterTurn<'_>) -> Result<Checkpoint, StoreError> {
        const OPERATION: &str = "checkpoint";
        let began = self.clock.monotonic();
        let connection = connection_of(turn, OPERATION)?;
        let done = maintain::checkpoint(connection).await;
        let is_complete = done.map_err(|failure| self.failed(OPERATION, failure))?;
        let checkpoint = Checkpoint {
            time: Timestamp::from_micros(self.clock.unix_micros()),
            elapsed: self.clock.monotonic().saturating_sub(began),
            is_complete,
        };
        *self.last_checkpoint() = Some(checkpoint);
        Ok(checkpoint)
    }

    fn last_checkpoint(&self) -> std::sync::MutexGuard<'_, Option<Checkpoint>> {
        let lock = self.last_checkpoint.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }

    async fn end(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "close the store";
        let mut turn = self.writer(Priority::Critical, OPERATION).await?;
        self.is_closed.store(true, Ordering::Release);
        // Readers first: a checkpoint empties the log only when nobody reads.
        self.readers.close().await;
        self.run_checkpoint(&mut turn).await?;
        let Some(mut writer) = turn.slot.take() else {
            return Ok(());
        };
        let failed = |error| self.failed(OPERATION, error);
        sqlx::query("PRAGMA optimize")
            .execute(&mut writer.connection)
            .await
            .map_err(failed)?;
        writer.connection.close().await.map_err(failed)
    }

    async fn read_health(&self) -> Result<StoreHealth, StoreError> {
        const OPERATION: &str = "read the health";
        let mut reader = self.reader(OPERATION).await?;
        let facts = async {
            let version = schema::version(&mut reader).await?;
            let (journal_mode, engine) = maintain::engine(&mut reader).await?;
            let size = maintain::size(&mut reader).await?;
            Ok::<_, Failure>((version, journal_mode, engine, size))
        };
        let facts = facts
            .await
            .map_err(|failure| self.failed(OPERATION, failure))?;
        let (schema_version, journal_mode, engine, size) = facts;
        Ok(StoreHealth {
            schema_version,
            journal_mode,
            engine,
            size,
            wal_size: self.wal_size(),
            last_checkpoint: *self.last_checkpoint(),
        })
    }
}

fn connection_of<'a>(
    turn: &'a mut WriterTurn<'_>,
    operation: &'static str,
) -> Result<&'a mut SqliteConnection, StoreError> {
    match turn.slot.as_mut() {
        Some(writer) => Ok(&mut writer.connection),
        None => Err(StoreError::Closed { operation }),
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.options.path)
            .finish_non_exhaustive()
    }
}

/// Runs a read of one of the sibling modules in a snapshot.
macro_rules! in_snapshot {
    ($store:expr, $operation:literal, $reader:ident => $work:expr) => {
        Box::pin(async move {
            let mut $reader = $store.reader($operation).await?;
            let answer = $work.await;
            answer.map_err(|failure| $store.failed($operation, failure))
        })
    };
}

impl MarketStore for SqliteStore {
    fn upsert_bars(&self, class: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts> {
        Box::pin(async move { self.write_batch(class, &batch).await })
    }

    fn bars(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        in_snapshot!(self, "read bars", reader =>
            read::bars(&mut reader, &query, &self.options.precedence))
    }

    fn latest_bars(&self, symbols: Vec<Symbol>, timeframe: Timeframe) -> StoreFuture<'_, Vec<Bar>> {
        in_snapshot!(self, "read the latest bars", reader =>
            read::latest_bars(&mut reader, &symbols, timeframe, &self.options.precedence))
    }

    fn last_bar_at_or_before(&self, point: BarPoint) -> StoreFuture<'_, Option<Bar>> {
        in_snapshot!(self, "read a bar", reader =>
            read::last_bar_at_or_before(&mut reader, &point, &self.options.precedence))
    }

    fn resampled(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        in_snapshot!(self, "resample bars", reader =>
            resample::resampled(&mut reader, &query, &self.options.precedence))
    }

    fn sources(&self, symbol: Symbol) -> StoreFuture<'_, Vec<Source>> {
        in_snapshot!(self, "read the sources", reader =>
            read::sources(&mut reader, &symbol, &self.options.precedence))
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
                bytes: size + self.wal_size(),
                series,
            })
        })
    }

    fn segment_hash(&self, segment: SegmentKey) -> StoreFuture<'_, SegmentHash> {
        in_snapshot!(self, "hash a segment", reader =>
            maintain::segment_hash(&mut reader, &segment))
    }

    fn delete_before(&self, timeframe: Timeframe, time: Timestamp) -> StoreFuture<'_, u64> {
        Box::pin(self.delete_old(timeframe, time))
    }

    fn dirty_ranges(&self, limit: u32) -> StoreFuture<'_, Vec<DirtyRange>> {
        in_snapshot!(self, "read the dirty ranges", reader =>
            maintain::dirty_ranges(&mut reader, limit))
    }

    fn clear_dirty(&self, ranges: Vec<DirtyRange>) -> StoreFuture<'_, ()> {
        const OPERATION: &str = "clear dirty ranges";
        Box::pin(async move {
            let mut turn = self.writer(Priority::Low, OPERATION).await?;
            let connection = connection_of(&mut turn, OPERATION)?;
            let cleared = maintain::clear_dirty(connection, &ranges).await;
            cleared.map_err(|failure| self.failed(OPERATION, failure))
        })
    }

    fn health(&self) -> StoreFuture<'_, StoreHealth> {
        Box::pin(self.read_health())
    }

    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint> {
        Box::pin(async move {
            let mut turn = self.writer(Priority::Low, "checkpoint").await?;
            self.run_checkpoint(&mut turn).await
        })
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.end())
    }
}
