//! What goes into a store and what comes out of it: plain values, of no database.

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};

use super::SegmentHash;

/// Where the rows of a batch came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lineage {
    /// A feed; which one, each bar's source says.
    Feed,
    /// An import.
    Import(ImportId),
}

/// Bars to be written in one transaction. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BarBatch {
    /// The bars, of any series and in any order.
    pub bars: Arc<[Bar]>,
    /// Where they came from.
    pub lineage: Lineage,
}

impl BarBatch {
    /// The most rows of a batch: what is written in about 50 ms, so that nobody waits longer.
    pub const ROWS_MAX: usize = 20_000;

    /// Makes a batch.
    pub fn new(bars: impl Into<Arc<[Bar]>>, lineage: Lineage) -> Self {
        let bars = bars.into();
        Self { bars, lineage }
    }
}

/// What became of the rows of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UpsertCounts {
    /// Rows whose key was new.
    pub inserted: u64,
    /// Rows that replaced a different one.
    pub updated: u64,
    /// Rows that were there already, alike.
    pub unchanged: u64,
}

impl UpsertCounts {
    /// Returns the rows of the batch.
    pub const fn rows(self) -> u64 {
        self.inserted + self.updated + self.unchanged
    }
}

impl AddAssign for UpsertCounts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// The name of a series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// What is traded.
    pub symbol: Symbol,
    /// How long a bar lasts.
    pub timeframe: Timeframe,
    /// Where the bars came from.
    pub source: Source,
}

/// A question for bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarQuery {
    /// What is traded.
    pub symbol: Symbol,
    /// How long a bar lasts.
    pub timeframe: Timeframe,
    /// First open that is wanted; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// First open that is no longer wanted; `None`: to the end.
    pub to: Option<Timestamp>,
    /// The most bars: the oldest of the range when `from` is given, else the newest.
    pub limit: Option<u32>,
    /// `None`: the first of the precedence list that has bars in the range.
    pub source: Option<Source>,
    /// The timeframe an aggregate is made of, and no other; `None`: the store chooses. Says
    /// nothing where bars are read as they are stored.
    pub base: Option<Timeframe>,
}

impl BarQuery {
    /// The most bars one answer holds; a longer range is asked for in pieces.
    pub const BARS_MAX: u32 = 1_000_000;

    /// Asks for every bar of a symbol and timeframe; the fields narrow it.
    pub const fn all(symbol: Symbol, timeframe: Timeframe) -> Self {
        Self {
            symbol,
            timeframe,
            from: None,
            to: None,
            limit: None,
            source: None,
            base: None,
        }
    }
}

/// A question for one bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarPoint {
    /// What is traded.
    pub symbol: Symbol,
    /// How long the bar lasts.
    pub timeframe: Timeframe,
    /// The bar opens at this moment or before.
    pub time: Timestamp,
    /// `None`: the first of the precedence list that has one.
    pub source: Option<Source>,
}

/// Bars of one source, in rising order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarSeries {
    /// Whose they are; `None` when no source was asked for and none has any.
    pub source: Option<Source>,
    /// The timeframe that was read: of a resampled series the base.
    ///
    /// The finest timeframe that divides the one asked for and is complete: it begins in the same
    /// bar of the range as the longest series does, and its last bar ends less than one of its own
    /// lengths before the latest end. When none is: the one that covers the most of the range.
    /// [`BarQuery::base`] names another.
    pub base: Timeframe,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// Everything of one calendar month (UTC) in one series.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SegmentKey {
    /// Which series.
    pub series: SeriesKey,
    /// Any moment of the month.
    pub month: Timestamp,
}

/// What a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatistics {
    /// Bars in all.
    pub rows: u64,
    /// Bytes on disk, the write-ahead log included.
    pub bytes: u64,
    /// Each series, by symbol, timeframe and source.
    pub series: Vec<SeriesStatistics>,
}

/// What one series holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesStatistics {
    /// Which.
    pub key: SeriesKey,
    /// Bars in it.
    pub rows: u64,
    /// Open of the first.
    pub oldest: Timestamp,
    /// Open of the last.
    pub newest: Timestamp,
}

/// A bucket of a series in which something changed.
///
/// A UTC day of intraday bars, a calendar month of longer ones. A bucket that changed is always
/// named; one that is named may be as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DirtyRange {
    /// Which series.
    pub series: SeriesKey,
    /// Open of the bucket.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// The number of the write that changed it last.
    pub generation: u64,
}

/// How a store itself is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreHealth {
    /// Number of the newest migration.
    pub schema_version: u32,
    /// How the database keeps its log (`wal`).
    pub journal_mode: String,
    /// Version of the database.
    pub engine: String,
    /// Bytes of the database.
    pub size: u64,
    /// Bytes of its write-ahead log.
    pub wal_size: u64,
    /// The last checkpoint that was asked for since the store was opened; those beside the
    /// writers are not told.
    pub last_checkpoint: Option<Checkpoint>,
}

/// What a checkpoint did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it ended.
    pub time: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
    /// False when a reader kept it from emptying the log; a later one does.
    pub is_complete: bool,
}

/// What a backup wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupReport {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bars in it.
    pub rows: u64,
    /// Hash of them all, read back from the file.
    pub hash: SegmentHash,
}

/// What reading everything found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Bars that could be read.
    pub rows: u64,
    /// Hash of them all.
    pub hash: SegmentHash,
    /// What is wrong, at most [`VerifyReport::FAULTS_MAX`] lines and one that counts the rest;
    /// empty when nothing is.
    pub faults: Vec<String>,
}

impl VerifyReport {
    /// The most faults that are told one by one.
    pub const FAULTS_MAX: usize = 100;
}
