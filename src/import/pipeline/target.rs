//! [`Target`]: where chunks go: the sink, or a dry run that only compares.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::Reject;
use crate::import::job::DryOutcome;
use crate::import::{Commit, CommitLine, ImportSink, SinkResult};

/// Rejects that a dry run keeps.
const DRY_REJECTS_MAX: usize = 200;

/// Where chunks go.
#[derive(Debug, Clone)]
pub enum Target {
    /// Into the store.
    Store(Arc<dyn ImportSink>),
    /// Nowhere.
    Dry(Arc<DryRun>),
}

impl Target {
    /// Commits a chunk, or tells what committing it would do.
    ///
    /// # Errors
    /// The sink's.
    pub async fn commit(&self, commit: Commit) -> SinkResult<CommitLine> {
        match self {
            Self::Store(sink) => sink.commit(commit).await,
            Self::Dry(dry) => dry.commit(commit).await,
        }
    }
}

/// A ledger in memory: a dry run can be paused and resumed while the process lives, and begins anew
/// in the next one. It keeps the first rejects, not all.
#[derive(Debug)]
pub struct DryRun {
    sink: Arc<dyn ImportSink>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    ledger: Vec<CommitLine>,
    outcome: DryOutcome,
}

impl DryRun {
    /// Begins with nothing.
    pub fn new(sink: Arc<dyn ImportSink>) -> Self {
        Self {
            sink,
            kept: Mutex::default(),
        }
    }

    /// Returns what was compared so far, in the order of chunks.
    pub fn ledger(&self) -> Vec<CommitLine> {
        self.kept().ledger.clone()
    }

    /// Returns what would become of the rows so far.
    pub fn outcome(&self) -> DryOutcome {
        self.kept().outcome.clone()
    }

    async fn commit(&self, commit: Commit) -> SinkResult<CommitLine> {
        let compared = self.sink.compare(commit.bars).await?;
        let mut line = commit.line;
        line.counts.inserted = compared.inserted;
        line.counts.updated = compared.updated;
        line.counts.unchanged = compared.unchanged;
        self.keep(line.clone(), commit.rejects);
        Ok(line)
    }

    fn keep(&self, line: CommitLine, rejects: Vec<Reject>) {
        let mut kept = self.kept();
        kept.outcome.counts += line.counts;
        let room = DRY_REJECTS_MAX.saturating_sub(kept.outcome.rejects.len());
        kept.outcome.rejects.extend(rejects.into_iter().take(room));
        kept.ledger.push(line);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
