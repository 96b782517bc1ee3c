//! [`StoreSink`]: the user's store as imports see it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::depot::Depot;
use crate::api::{ImportCounts, ImportState, Refusal, Reject};
use crate::domain::{Bar, ImportId};
use crate::hybrid::CachedStore;
use crate::import::{Commit, CommitLine, ImportSink, SavedImport, SinkError, SinkResult, Undone};
use crate::runtime::error_chain;
use crate::storage::{
    ImportChunk, ImportRecord, LedgerLine, MarketStore, Priority, StoreError, UndoCounts,
    UpsertCounts,
};

/// Writes imports into the store, once it is open.
#[derive(Debug, Clone)]
pub(super) struct StoreSink(pub(super) Depot);

impl StoreSink {
    async fn store(&self) -> SinkResult<Arc<CachedStore>> {
        self.0.store().await.map_err(no_store)
    }
}

impl ImportSink for StoreSink {
    fn create(&self, state: ImportState, body: String) -> BoxFuture<'_, SinkResult<SavedImport>> {
        Box::pin(async move {
            let created = self.store().await?.create_import(state, body).await;
            created.map(saved).map_err(|error| refused(&error))
        })
    }

    fn claim(&self, id: ImportId) -> BoxFuture<'_, SinkResult<SavedImport>> {
        Box::pin(async move {
            let claimed = self.store().await?.claim_import(id).await;
            claimed.map(saved).map_err(|error| refused(&error))
        })
    }

    fn save(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> BoxFuture<'_, SinkResult<()>> {
        Box::pin(async move {
            let store = self.store().await?;
            let done = store.save_import(id, epoch, state, body).await;
            done.map_err(|error| refused(&error))
        })
    }

    fn import(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Option<SavedImport>>> {
        Box::pin(async move {
            let found = self.store().await?.import(id).await;
            found
                .map(|record| record.map(saved))
                .map_err(|error| refused(&error))
        })
    }

    fn imports(&self, limit: u32) -> BoxFuture<'_, SinkResult<Vec<SavedImport>>> {
        Box::pin(async move {
            let found = self.store().await?.imports(limit).await;
            found
                .map(|records| records.into_iter().map(saved).collect())
                .map_err(|error| refused(&error))
        })
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, SinkResult<CommitLine>> {
        Box::pin(async move {
            let store = self.store().await?;
            let written = store.write_chunk(Priority::Low, chunk(commit)).await;
            written.map(line_out).map_err(|error| refused(&error))
        })
    }

    fn ledger(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Vec<CommitLine>>> {
        Box::pin(async move {
            let lines = self.store().await?.ledger(id).await;
            lines
                .map(|lines| lines.into_iter().map(line_out).collect())
                .map_err(|error| refused(&error))
        })
    }

    fn rejects(
        &self,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> BoxFuture<'_, SinkResult<Vec<Reject>>> {
        Box::pin(async move {
            let found = self.store().await?.rejects(id, offset, limit).await;
            found.map_err(|error| refused(&error))
        })
    }

    fn compare(&self, bars: Arc<[Bar]>) -> BoxFuture<'_, SinkResult<ImportCounts>> {
        Box::pin(async move {
            let compared = self.store().await?.compare_bars(bars).await;
            compared.map(counts).map_err(|error| refused(&error))
        })
    }

    fn undo(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Undone>> {
        Box::pin(async move {
            let undone = self.store().await?.undo_import(id).await;
            undone.map(undone_out).map_err(|error| refused(&error))
        })
    }
}

fn saved(record: ImportRecord) -> SavedImport {
    SavedImport {
        id: record.id,
        epoch: record.epoch,
        state: record.state,
        created: record.created,
        body: record.body,
        undone: record.undone,
        counts: record.counts,
        bytes_done: record.bytes_done,
    }
}

fn chunk(commit: Commit) -> ImportChunk {
    let line = commit.line;
    ImportChunk {
        import: commit.import,
        epoch: commit.epoch,
        bars: commit.bars,
        duplicates: commit.duplicates,
        rejects: commit.rejects,
        line: LedgerLine {
            chunk: line.chunk,
            file: line.file,
            byte_from: line.byte_from,
            byte_to: line.byte_to,
            line_to: line.line_to,
            hash: line.hash,
            counts: line.counts,
            state: line.state,
        },
    }
}

fn line_out(line: LedgerLine) -> CommitLine {
    CommitLine {
        chunk: line.chunk,
        file: line.file,
        byte_from: line.byte_from,
        byte_to: line.byte_to,
        line_to: line.line_to,
        hash: line.hash,
        counts: line.counts,
        state: line.state,
    }
}

fn counts(counts: UpsertCounts) -> ImportCounts {
    ImportCounts {
        inserted: counts.inserted,
        updated: counts.updated,
        unchanged: counts.unchanged,
        ..ImportCounts::default()
    }
}

fn undone_out(counts: UndoCounts) -> Undone {
    Undone {
        deleted: counts.deleted,
        restored: counts.restored,
        kept: counts.kept,
    }
}

fn no_store(refusal: Refusal) -> SinkError {
    SinkError {
        reason: refusal.message,
        is_retryable: false,
        is_fenced: false,
    }
}

fn refused(error: &StoreError) -> SinkError {
    SinkError {
        reason: error_chain(error),
        is_retryable: error.is_retryable(),
        is_fenced: matches!(error, StoreError::Fenced { .. }),
    }
}
