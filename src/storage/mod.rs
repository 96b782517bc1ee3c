//! Where bars are kept: one contract, [`MarketStore`], and the stores behind it.
//!
//! A store keeps closed bars exactly, answers ranges and newest values out of one source, and says
//! what it holds. It decodes no venue, reads no file and caches nothing. [`SqliteStore`] is the
//! store that needs no set-up. Every failure is a [`StoreError`] that names the operation, the
//! store and what to do; a failed write changed nothing.

mod base;
mod error;
mod gate;
mod hash;
mod import;
mod model;
mod precedence;
mod sqlite;
mod store;
mod writer;

pub use error::{Fault, StoreError};
pub use gate::Priority;
pub use hash::{SegmentHash, bar_bytes};
pub use import::{ImportChunk, ImportRecord, LedgerLine, UndoCounts};
pub use model::{
    BackupReport, BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, Lineage,
    SegmentKey, SeriesKey, SeriesStatistics, StoreHealth, StoreStatistics, UpsertCounts,
    VerifyReport,
};
pub use precedence::Precedence;
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{MarketStore, StoreFuture};
pub use writer::{BarWriter, WriterConfig, WriterPhase, WriterState};
