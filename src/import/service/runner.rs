//! [`ImportRunner`]: the one task that works on imports.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::cell::Cell;
use super::drive::drive;
use super::shared::Shared;
use super::undo::{is_to_undo, undo};
use crate::api::ImportState;
use crate::import::job::Event;
use crate::import::pipeline::policy;
use crate::runtime::{Backoff, ShutdownToken, TaskResult};

/// How often records are saved again that could not be saved.
const SAVED_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// Works on imports, a few at once, those of higher priority first. Clones are the same runner; run
/// one of them.
#[derive(Debug, Clone)]
pub struct ImportRunner {
    shared: Arc<Shared>,
}

impl ImportRunner {
    /// Works for a service.
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Works until told to stop: what is under way is written then, and every import that ran is
    /// found again at the next start. May be run again after a panic.
    ///
    /// # Errors
    /// The sink's, when it does not even tell which imports there are.
    pub async fn run(self, token: ShutdownToken) -> TaskResult {
        if !self.load(&token).await? {
            return Ok(());
        }
        for cell in self.shared.all() {
            self.find(&cell);
        }
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        let mut at_work: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
        loop {
            while at_work.len() < self.shared.config.jobs_at_once.max(1) as usize
                && let Some(work) = self.pick(&stop)
            {
                at_work.push(work);
            }
            let is_unsaved = self.is_unsaved();
            tokio::select! {
                biased;
                () = token.cancelled() => break,
                Some(()) = at_work.next(), if !at_work.is_empty() => {}
                () = self.shared.wake.notified() => {}
                () = sleep(SAVED_AGAIN_EVERY), if is_unsaved => self.save_again().await,
            }
        }
        stop.cancel();
        while at_work.next().await.is_some() {}
        self.save_again().await;
        Ok(())
    }

    /// Learns which imports there are; false when told to stop before.
    async fn load(&self, token: &ShutdownToken) -> Result<bool, crate::import::ImportError> {
        let mut backoff = Backoff::with_random_seed(policy());
        loop {
            match self.shared.load().await {
                Ok(()) => return Ok(true),
                Err(error) if !error.is_retryable() => return Err(error),
                Err(error) => {
                    tracing::warn!(reason = %error, "failed to list imports, trying again");
                }
            }
            tokio::select! {
                biased;
                () = token.cancelled() => return Ok(false),
                () = sleep(backoff.next_wait()) => {}
            }
        }
    }

    /// An import at work without a worker was left by a runner that is no more.
    fn find(&self, cell: &Cell) {
        let state = {
            let mut live = cell.live();
            live.is_driven = false;
            live.meter.stop();
            live.state
        };
        if matches!(
            state,
            ImportState::Probing
                | ImportState::Running
                | ImportState::Pausing
                | ImportState::Cancelling
        ) {
            self.shared.adopt(cell);
        }
        self.shared.show(cell);
    }

    /// Begins the import whose turn it is: the highest priority, then the oldest.
    fn pick(&self, stop: &CancellationToken) -> Option<BoxFuture<'static, ()>> {
        let all = self.shared.all();
        if let Some(cell) = all.iter().find(|cell| is_to_undo(cell)) {
            cell.live().is_driven = true;
            let (shared, cell) = (Arc::clone(&self.shared), Arc::clone(cell));
            return Some(Box::pin(undo(shared, cell, stop.child_token())));
        }
        let waiting = all.iter().filter(|cell| {
            let live = cell.live();
            live.state == ImportState::Queued && !live.is_driven && live.foreign.is_none()
        });
        let next = waiting.min_by_key(|cell| (cell.live().body.spec.priority, cell.id))?;
        let token = stop.child_token();
        {
            let mut live = next.live();
            live.is_driven = true;
            live.forgive();
            live.stop = token.clone();
        }
        // It was queued a moment ago; whoever was faster has settled it, and it is looked at again.
        if next.change(Event::Picked).is_err() {
            next.live().is_driven = false;
            return None;
        }
        self.shared.show(next);
        Some(Box::pin(drive(
            Arc::clone(&self.shared),
            Arc::clone(next),
            token,
        )))
    }

    fn is_unsaved(&self) -> bool {
        self.shared
            .all()
            .iter()
            .any(|cell| cell.live().is_unsaved && !cell.live().is_driven)
    }

    async fn save_again(&self) {
        for cell in self.shared.all() {
            let is_unsaved = cell.live().is_unsaved;
            if is_unsaved && let Err(error) = self.shared.save(&cell).await {
                tracing::warn!(import = %cell.id, reason = %error, "failed to save a record again");
            }
        }
    }
}
