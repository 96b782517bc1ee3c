//! Bulk import: files of history into the store, exactly once, with every record accounted for.
//!
//! ```text
//!   files ─▶ probe: structure, meaning ─▶ Layout (or questions)
//!   file ─▶ cut into chunks of whole records ─▶ parse, convert, judge (several threads)
//!                                                      ▼ in the order of the file
//!                              duplicates out ─▶ ImportSink::commit (rows + rejects + ledger)
//! ```
//!
//! It knows no database: the agent gives it an [`ImportSink`]. It never guesses: what the file does
//! not prove becomes a question. A job that is killed goes on behind its last committed chunk.

mod config;
pub mod convert;
pub mod csv;
mod error;
pub mod job;
pub mod keys;
mod layout;
pub mod mapping;
pub mod pipeline;
pub mod progress;
mod service;
mod sink;

pub use config::ImportConfig;
pub use error::ImportError;
pub use layout::{
    Columns, Dialect, Layout, NumberRule, TextEncoding, TimeColumns, TimeFormat, TimeRule,
};
pub use service::{ImportRunner, ImportService};
pub use sink::{Commit, CommitLine, ImportSink, SavedImport, SinkError, SinkResult, Undone};
