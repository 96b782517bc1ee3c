//! From files to the sink: threads that cut and parse, and one that commits in their order.
//!
//! ```text
//!   Crew: reader ─▶ parsers ─▶ reorder ─▶ Committer: keys ─▶ Target (the sink, or a dry run)
//! ```
//!
//! Chunk numbers run over the whole import, so what is committed is always a beginning of it, and
//! its last ledger line says where to go on. It decides nothing about the import: it runs until it
//! is done, is told to stop, or cannot go on ([`RunError`]).

mod commit;
mod crew;
mod parse;
mod run;
mod source;
mod state;
mod target;

pub use crew::CrewError;
pub(super) use parse::{read, reject};
pub(super) use run::policy;
pub use run::{Committed, Run, RunEnd, RunError, run};
pub use source::{FilePlan, Place};
pub use state::{ChunkState, ChunkStateError};
pub use target::{DryRun, Target};
