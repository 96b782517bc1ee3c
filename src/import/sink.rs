//! [`ImportSink`]: the store, as an import needs it. The agent implements it over its store.
//!
//! What is written together is acknowledged together; a chunk given twice is written once.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::api::{ImportCounts, ImportState, Reject};
use crate::domain::{Bar, ImportId, Timestamp};

/// What a sink answers, or why it does not.
pub type SinkResult<T> = Result<T, SinkError>;

/// Why a sink did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SinkError {
    /// What failed, on what, and what to do, with the whole chain.
    pub reason: String,
    /// True when the same call may succeed later.
    pub is_retryable: bool,
    /// True when somebody else claimed the import since.
    pub is_fenced: bool,
}

/// An import, as the sink keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedImport {
    /// Its number.
    pub id: ImportId,
    /// The claim under which it may be written.
    pub epoch: u64,
    /// Where it stands.
    pub state: ImportState,
    /// When it was created.
    pub created: Timestamp,
    /// Everything else, as the import service wrote it (JSON).
    pub body: String,
    /// When it was undone.
    pub undone: Option<Timestamp>,
    /// Sums of its ledger.
    pub counts: ImportCounts,
    /// Bytes of its committed chunks.
    pub bytes_done: u64,
}

/// A chunk to be committed.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Of which import.
    pub import: ImportId,
    /// Under which claim.
    pub epoch: u64,
    /// Its rows, each key once.
    pub bars: Arc<[Bar]>,
    /// Rows whose key came earlier in the import, and what is told of each that differs.
    pub duplicates: Vec<(Bar, Reject)>,
    /// Records that are no acceptable bar.
    pub rejects: Vec<Reject>,
    /// Its line of the ledger.
    pub line: CommitLine,
}

/// The ledger's line of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitLine {
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
    /// What became of its records; `inserted`, `updated` and `unchanged` come from the sink.
    pub counts: ImportCounts,
    /// What is needed to go on after it.
    pub state: Vec<u8>,
}

/// What taking back an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undone {
    /// Rows that were new with it, now gone.
    pub deleted: u64,
    /// Rows it had replaced, now as before.
    pub restored: u64,
    /// Rows of it that somebody replaced since; they stay.
    pub kept: u64,
}

/// Where imports write and are remembered.
pub trait ImportSink: Send + Sync + fmt::Debug {
    /// Makes the record of a new import.
    fn create(&self, state: ImportState, body: String) -> BoxFuture<'_, SinkResult<SavedImport>>;

    /// Claims an import; whoever claimed it before can write nothing more of it.
    fn claim(&self, id: ImportId) -> BoxFuture<'_, SinkResult<SavedImport>>;

    /// Replaces state and body, under a claim.
    fn save(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> BoxFuture<'_, SinkResult<()>>;

    /// Returns one import.
    fn import(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Option<SavedImport>>>;

    /// Returns imports, newest first.
    fn imports(&self, limit: u32) -> BoxFuture<'_, SinkResult<Vec<SavedImport>>>;

    /// Commits a chunk in one transaction and returns its line with all counts; one that is
    /// committed already changes nothing.
    fn commit(&self, commit: Commit) -> BoxFuture<'_, SinkResult<CommitLine>>;

    /// Returns the ledger of an import, in the order of its chunks.
    fn ledger(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Vec<CommitLine>>>;

    /// Returns rejected records, in the order of files and lines.
    fn rejects(
        &self,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> BoxFuture<'_, SinkResult<Vec<Reject>>>;

    /// Tells what committing rows would do, and writes nothing: inserted, updated, unchanged.
    fn compare(&self, bars: Arc<[Bar]>) -> BoxFuture<'_, SinkResult<ImportCounts>>;

    /// Takes back what an import wrote.
    fn undo(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Undone>>;
}
