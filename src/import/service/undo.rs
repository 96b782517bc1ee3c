//! [`undo`]: taking back what an import wrote.

use std::sync::Arc;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::cell::Cell;
use super::shared::Shared;
use crate::import::pipeline::policy;
use crate::import::{SinkError, SinkResult, Undone};
use crate::runtime::Backoff;

/// Attempts before it is given up.
const ATTEMPTS_MAX: u32 = 8;

/// Returns true when somebody ordered it, and nobody works on it.
pub(super) fn is_to_undo(cell: &Cell) -> bool {
    let live = cell.live();
    live.body.is_undoing && !live.is_driven && live.foreign.is_none()
}

/// Takes back what an import wrote. Stopped or killed in between, it goes on at the next start.
pub(super) async fn undo(shared: Arc<Shared>, cell: Arc<Cell>, stop: CancellationToken) {
    let done = tokio::select! {
        biased;
        () = stop.cancelled() => None,
        done = take_back(&shared, &cell) => Some(done),
    };
    let marked = match &done {
        Some(Ok(_)) => marked(&shared, &cell).await,
        Some(Err(_)) | None => None,
    };
    {
        let mut live = cell.live();
        live.is_driven = false;
        match done {
            Some(Ok(undone)) => {
                live.undone = marked.or(Some(shared.now()));
                live.body.is_undoing = false;
                live.body.note(words(undone));
            }
            Some(Err(error)) => {
                live.body.is_undoing = false;
                live.body.problem = Some(format!("failed to undo: {error}; undo it again"));
            }
            None => return,
        }
    }
    shared.show(&cell);
    if let Err(error) = shared.save(&cell).await {
        tracing::warn!(import = %cell.id, reason = %error, "failed to save an import's record");
    }
}

async fn take_back(shared: &Shared, cell: &Cell) -> SinkResult<Undone> {
    let mut backoff = Backoff::with_random_seed(policy());
    loop {
        let error: SinkError = match shared.sink.undo(cell.id).await {
            Ok(undone) => return Ok(undone),
            Err(error) => error,
        };
        if !error.is_retryable || backoff.attempts() + 1 >= ATTEMPTS_MAX {
            return Err(error);
        }
        sleep(backoff.next_wait()).await;
    }
}

/// Returns when the sink says that it was undone.
async fn marked(shared: &Shared, cell: &Cell) -> Option<crate::domain::Timestamp> {
    let saved = shared.sink.import(cell.id).await.ok().flatten()?;
    saved.undone
}

fn words(undone: Undone) -> String {
    let Undone {
        deleted,
        restored,
        kept,
    } = undone;
    format!("undone: {deleted} rows taken out, {restored} restored, {kept} changed since and kept")
}
