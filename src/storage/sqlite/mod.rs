//! [`SqliteStore`]: bars in one SQLite file, with no set-up.
//!
//! One connection writes, behind a gate of four classes; a few read-only ones read beside it, each
//! in a snapshot of its own (write-ahead log). Values are kept as integers, so nothing is ever
//! rounded. The file belongs to one process; a second one may read it, and waits five seconds to
//! write before it is told that the file is locked.

mod backup;
mod care;
mod chunk;
mod compare;
mod fault;
mod imports;
mod log;
mod maintain;
mod names;
mod open;
mod read;
mod resample;
mod row;
mod schema;
mod store;
mod turn;
mod undo;
mod write;

pub use open::SqliteOptions;
pub use store::SqliteStore;
