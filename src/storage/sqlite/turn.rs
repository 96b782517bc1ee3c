//! [`Connections`]: who may use which connection, and what is done behind each write.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use sqlx::sqlite::SqlitePool;
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use super::fault::{self, Failure};
use super::log::Log;
use super::names::Names;
use super::{SqliteOptions, maintain, open, schema};
use crate::domain::Timestamp;
use crate::runtime::Clock;
use crate::storage::gate::{Gate, Turn};
use crate::storage::{Checkpoint, Precedence, Priority, StoreError, StoreHealth};

/// Urgent writers leave a log that is too long to the others, up to this many times its limit.
const URGENT_PATIENCE: u64 = 4;

/// All connections to one file.
pub(super) struct Connections {
    options: SqliteOptions,
    /// The path, as errors name it.
    name: String,
    clock: Arc<dyn Clock>,
    gate: Gate,
    /// `None` before the first write after the connection was lost, and after the end.
    writer: Mutex<Option<Writer>>,
    log: Log,
    readers: SqlitePool,
    is_closed: AtomicBool,
    last_checkpoint: StdMutex<Option<Checkpoint>>,
}

/// The writing connection and what it knows.
pub(super) struct Writer {
    pub(super) connection: SqliteConnection,
    pub(super) names: Names,
}

/// The writing connection, for as long as a turn lasts. Given back before the turn goes on.
pub(super) struct WriterTurn<'a> {
    slot: MutexGuard<'a, Option<Writer>>,
    class: Priority,
    _turn: Turn,
}

impl WriterTurn<'_> {
    pub(super) fn writer(&mut self, operation: &'static str) -> Result<&mut Writer, StoreError> {
        self.slot.as_mut().ok_or(StoreError::Closed { operation })
    }
}

impl Connections {
    pub(super) async fn open(
        options: SqliteOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        open::check(&options).await?;
        let name = options.path.display().to_string();
        let failed = |error| Failure::Sql(error).during("open the store", &name);
        let mut connection = open::writer(&options).await.map_err(failed)?;
        schema::migrate(&mut connection, clock.unix_micros())
            .await
            .map_err(failed)?;
        let mover = open::mover(&options).await.map_err(failed)?;
        let step = u64::from(options.checkpoint_pages) * u64::from(open::PAGE_BYTES);
        let writer = Writer {
            connection,
            names: Names::default(),
        };
        Ok(Self {
            readers: open::readers(&options),
            name,
            options,
            gate: Gate::new(Arc::clone(&clock)),
            clock,
            writer: Mutex::new(Some(writer)),
            log: Log::new(mover, step),
            is_closed: AtomicBool::new(false),
            last_checkpoint: StdMutex::new(None),
        })
    }

    pub(super) const fn precedence(&self) -> &Precedence {
        &self.options.precedence
    }

    /// Returns the time of day, in µs.
    pub(super) fn now(&self) -> i64 {
        self.clock.unix_micros()
    }

    pub(super) fn failed(
        &self,
        operation: &'static str,
        failure: impl Into<Failure>,
    ) -> StoreError {
        failure.into().during(operation, &self.name)
    }

    /// Waits for its turn to write.
    pub(super) async fn writer(
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
        Ok(WriterTurn {
            slot,
            class,
            _turn: turn,
        })
    }

    /// Ends a write: lets go of a lost connection, and looks after the log.
    pub(super) async fn after<T>(
        &self,
        turn: &mut WriterTurn<'_>,
        done: Result<T, Failure>,
    ) -> Result<T, Failure> {
        match &done {
            Ok(_) => {
                let length = self.log_size();
                if self.log.nudge(length, self.log_limit(turn.class)) {
                    self.log.drain(length).await;
                }
            }
            Err(Failure::Sql(error)) if fault::is_lost(error) => *turn.slot = None,
            Err(_) => {}
        }
        done
    }

    const fn log_limit(&self, class: Priority) -> u64 {
        let limit = self.options.log_bytes_max;
        match class {
            Priority::Critical | Priority::High => limit.saturating_mul(URGENT_PATIENCE),
            Priority::Normal | Priority::Low => limit,
        }
    }

    /// Returns the bytes of the write-ahead log.
    pub(super) fn log_size(&self) -> u64 {
        let mut path = self.options.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(PathBuf::from(path)).map_or(0, |file| file.len())
    }

    /// Begins a read: everything it sees is of one moment.
    pub(super) async fn reader(
        &self,
        operation: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        let begun = self.readers.begin().await;
        begun.map_err(|error| self.failed(operation, error))
    }

    /// Opens a connection for a long read that begins its snapshot itself.
    pub(super) async fn own_reader(
        &self,
        operation: &'static str,
    ) -> Result<SqliteConnection, StoreError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed { operation });
        }
        let opened = open::reader(&self.options).await;
        opened.map_err(|error| self.failed(operation, error))
    }

    /// Empties the log.
    pub(super) async fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        let mut turn = self.writer(Priority::Low, "checkpoint").await?;
        self.run_checkpoint(&mut turn).await
    }

    async fn run_checkpoint(&self, turn: &mut WriterTurn<'_>) -> Result<Checkpoint, StoreError> {
        const OPERATION: &str = "checkpoint";
        self.log.settle().await;
        let began = self.clock.monotonic();
        let connection = &mut turn.writer(OPERATION)?.connection;
        let done = maintain::checkpoint(connection).await;
        let is_complete = done.map_err(|failure| self.failed(OPERATION, failure))?;
        let checkpoint = Checkpoint {
            time: Timestamp::from_micros(self.now()),
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

    /// Ends the store: the log is empty and gone.
    pub(super) async fn end(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "close the store";
        let mut turn = self.writer(Priority::Critical, OPERATION).await?;
        self.is_closed.store(true, Ordering::Release);
        // Readers first: a checkpoint empties the log only when nobody reads.
        self.readers.close().await;
        let failed = |error| self.failed(OPERATION, error);
        if let Some(mover) = self.log.end().await {
            mover.close().await.map_err(failed)?;
        }
        self.run_checkpoint(&mut turn).await?;
        let Some(mut writer) = turn.slot.take() else {
            return Ok(());
        };
        sqlx::query("PRAGMA optimize")
            .execute(&mut writer.connection)
            .await
            .map_err(failed)?;
        writer.connection.close().await.map_err(failed)
    }

    /// Returns how the store is.
    pub(super) async fn health(&self) -> Result<StoreHealth, StoreError> {
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
            wal_size: self.log_size(),
            last_checkpoint: *self.last_checkpoint(),
        })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("path", &self.options.path)
            .finish_non_exhaustive()
    }
}
