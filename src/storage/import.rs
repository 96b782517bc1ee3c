//! What a store keeps of imports: their records, a ledger of what each wrote, the records it
//! refused, and what is needed to take it back.
//!
//! ```text
//!   one transaction = rows of one chunk + its rejects + its ledger line (+ the rows they replaced)
//! ```
//!
//! A chunk is written once: given again, it answers what it answered the first time.

use std::sync::Arc;

use crate::api::{ImportCounts, ImportState, Reject};
use crate::domain::{Bar, ImportId, Timestamp};

/// An import, as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Its number, given by the store.
    pub id: ImportId,
    /// Rises with each claim; what an older claimant writes is refused.
    pub epoch: u64,
    /// Where it stands.
    pub state: ImportState,
    /// When it was created.
    pub created: Timestamp,
    /// When this record was last written.
    pub updated: Timestamp,
    /// Everything else, in the words of the import service (JSON).
    pub body: String,
    /// When it was undone.
    pub undone: Option<Timestamp>,
    /// Sums of its ledger.
    pub counts: ImportCounts,
    /// Bytes of its committed chunks.
    pub bytes_done: u64,
}

/// One chunk of an import, to be written in one transaction.
#[derive(Debug, Clone)]
pub struct ImportChunk {
    /// Of which import.
    pub import: ImportId,
    /// Under which claim.
    pub epoch: u64,
    /// Its rows, each key once, at most [`super::BarBatch::ROWS_MAX`].
    pub bars: Arc<[Bar]>,
    /// Rows whose key came earlier in the import, each with what is kept of it when it differs from
    /// the row that is stored.
    pub duplicates: Vec<(Bar, Reject)>,
    /// Records that are no acceptable bar.
    pub rejects: Vec<Reject>,
    /// Its line of the ledger; `inserted`, `updated` and `unchanged` are filled in by the store.
    pub line: LedgerLine,
}

/// What the ledger says of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its number, from 0, in the order in which chunks are written.
    pub chunk: u64,
    /// The file, by its place in the job.
    pub file: u32,
    /// Its first byte.
    pub byte_from: u64,
    /// The byte after its last.
    pub byte_to: u64,
    /// Lines of the file up to `byte_to`.
    pub line_to: u64,
    /// Hash of its bytes.
    pub hash: u64,
    /// What became of its records.
    pub counts: ImportCounts,
    /// What the import service needs to go on after it: its own bytes.
    pub state: Vec<u8>,
}

/// What taking back an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UndoCounts {
    /// Rows that were new with it, now gone.
    pub deleted: u64,
    /// Rows it had replaced, now as before.
    pub restored: u64,
    /// Rows of it that somebody replaced since; they stay.
    pub kept: u64,
}
