//! Opening a store: is the file ours, is its schema known, and which settings each connection has.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::fault::Failure;
use super::schema::{self, Found};
use crate::storage::{Precedence, StoreError};

/// Size of a page of the database and of its log.
pub(super) const PAGE_BYTES: u32 = 8_192;

/// Memory of the connection that writes, for pages: the ends of a few thousand series.
const WRITER_CACHE_KIB: u32 = 16_384;

/// How long a read waits for a free connection.
const READER_WAIT: Duration = Duration::from_secs(30);

/// Where a store is, and how it works.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The database file; made when it is not there. Its folder must be.
    pub path: PathBuf,
    /// Connections that read, at least 1.
    pub readers: u32,
    /// Memory of each connection that reads, for pages, in KiB.
    pub cache_kib: u32,
    /// Bytes of the file that each of them maps into memory.
    pub mapped_bytes: u64,
    /// The most pages of 8 KiB the file may have; a write beyond is refused as a full disk.
    pub pages_max: Option<u32>,
    /// Pages of the log after which they are moved into the database, beside the writers.
    pub checkpoint_pages: u32,
    /// Bytes of the log above which a writer moves what is left before the next may write. Urgent
    /// ones only at four times as much.
    pub log_bytes_max: u64,
    /// How long a connection waits for another process to end its write.
    pub lock_wait: Duration,
    /// Which source answers when none is asked for.
    pub precedence: Precedence,
}

impl SqliteOptions {
    /// A store at `path`: four readers, 64 MiB of pages each, 1 GiB mapped, a checkpoint each
    /// 8 MiB, a log of 64 MiB at most.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: 4,
            cache_kib: 65_536,
            mapped_bytes: 1 << 30,
            pages_max: None,
            checkpoint_pages: 1_000,
            log_bytes_max: 64 << 20,
            lock_wait: Duration::from_secs(5),
            precedence: Precedence::default(),
        }
    }
}

/// Makes sure that the file is ours, or new, before anything in it is changed.
pub(super) async fn check(options: &SqliteOptions) -> Result<(), StoreError> {
    let path = &options.path;
    if std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        return Ok(());
    }
    let store = path.display().to_string();
    let failed = |error: sqlx::Error| Failure::Sql(error).during("open the store", &store);
    let settings = common(options).read_only(true);
    let mut connection = SqliteConnection::connect_with(&settings)
        .await
        .map_err(failed)?;
    let found = schema::inspect(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    match found {
        Found::Empty => Ok(()),
        Found::Ours { version } if version <= schema::VERSION => Ok(()),
        Found::Ours { version } => Err(StoreError::NewerSchema {
            store,
            found: version,
            known: schema::VERSION,
        }),
        Found::Foreign => Err(StoreError::Foreign { store }),
    }
}

/// Opens the connection that writes.
pub(super) async fn writer(options: &SqliteOptions) -> Result<SqliteConnection, sqlx::Error> {
    let settings = common(options)
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // Checkpoints are made beside; a log that begins anew is cut, so its length says how much
        // it holds.
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", "0");
    let settings = match options.pages_max {
        Some(pages) => settings.pragma("max_page_count", pages.to_string()),
        None => settings,
    };
    // Not mapped: an import would count the whole file as memory of the process.
    let settings = settings
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        .pragma("temp_store", "MEMORY")
        .thread_name(|id| format!("store-write-{id}"));
    SqliteConnection::connect_with(&settings).await
}

/// Opens the connection that moves the log into the database.
pub(super) async fn mover(options: &SqliteOptions) -> Result<SqliteConnection, sqlx::Error> {
    let settings = common(options).thread_name(|id| format!("store-log-{id}"));
    SqliteConnection::connect_with(&settings).await
}

/// Opens a connection that reads and is nobody else's.
pub(super) async fn reader(options: &SqliteOptions) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect_with(&common(options).read_only(true)).await
}

/// Makes the pool of connections that read; each is opened when it is first needed.
pub(super) fn readers(options: &SqliteOptions) -> SqlitePool {
    let settings = memory(common(options).read_only(true), options)
        .row_buffer_size(256)
        .thread_name(|id| format!("store-read-{id}"));
    SqlitePoolOptions::new()
        .max_connections(options.readers.max(1))
        .acquire_timeout(READER_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(settings)
}

fn common(options: &SqliteOptions) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(&options.path)
        .busy_timeout(options.lock_wait)
        .disable_statement_logging()
}

fn memory(settings: SqliteConnectOptions, options: &SqliteOptions) -> SqliteConnectOptions {
    settings
        .pragma("cache_size", format!("-{}", options.cache_kib))
        .pragma("mmap_size", options.mapped_bytes.to_string())
        .pragma("temp_store", "MEMORY")
}
