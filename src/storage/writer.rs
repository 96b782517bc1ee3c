//! [`BarWriter`]: closed bars out of a queue into a store, in batches.
//!
//! ```text
//!   queue ─▶ gather (1,000 rows or 250 ms) ─▶ upsert at High ─▶ gather …
//!                                                │ fails, may succeed later
//!                                                ▼
//!                                  wait, longer each time ─▶ upsert again
//! ```
//!
//! It subscribes to nothing: whoever makes the queue chooses what it does when it is full, and a
//! queue that drops keeps the bus from ever waiting for a disk. What the disk refuses is tried
//! again until it is taken or the writer is asked to stop; what can never be written is counted
//! and let go. Both are told in [`WriterState`], and neither ends the task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::{error, info, warn};

use crate::domain::{Bar, EventKind, MarketEvent, Timestamp};
use crate::runtime::queue::Receiver;
use crate::runtime::{Backoff, BackoffPolicy, Clock, ShutdownToken, error_chain};

use super::{BarBatch, Lineage, MarketStore, Priority, StoreError, UpsertCounts};

/// How batches are cut and retried.
#[derive(Debug, Clone, Copy)]
pub struct WriterConfig {
    /// The most rows of a batch.
    pub batch_rows: usize,
    /// How long the first row of a batch waits for others.
    pub batch_wait: Duration,
    /// How long a refused batch waits before it is tried again.
    pub retry: BackoffPolicy,
}

/// How the writer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriterPhase {
    /// Everything was taken so far, or there was nothing yet.
    Working,
    /// The store refuses; the batch is tried again.
    Degraded {
        /// Why, with the whole chain.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
    /// The queue ended or the writer was asked to stop, and everything it had was handed on.
    Stopped,
}

/// What the writer did, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterState {
    /// How it is.
    pub phase: WriterPhase,
    /// Rows the store took.
    pub written: UpsertCounts,
    /// Rows that were given up.
    pub failed: u64,
    /// Rows gathered and not yet taken.
    pub pending: u64,
    /// Attempts that the store refused.
    pub retries: u64,
    /// When the store last took a batch.
    pub last_write: Option<Timestamp>,
}

/// Writes the closed bars of a queue.
#[derive(Debug)]
pub struct BarWriter {
    events: Receiver<Arc<MarketEvent>>,
    store: Arc<dyn MarketStore>,
    clock: Arc<dyn Clock>,
    config: WriterConfig,
    state: watch::Sender<WriterState>,
}

impl BarWriter {
    /// Makes a writer; [`BarWriter::run`] starts it.
    pub fn new(
        events: Receiver<Arc<MarketEvent>>,
        store: Arc<dyn MarketStore>,
        clock: Arc<dyn Clock>,
        config: WriterConfig,
    ) -> Self {
        let (state, _) = watch::channel(WriterState {
            phase: WriterPhase::Working,
            written: UpsertCounts::default(),
            failed: 0,
            pending: 0,
            retries: 0,
            last_write: None,
        });
        Self {
            events,
            store,
            clock,
            config,
            state,
        }
    }

    /// Watches what the writer does.
    pub fn state(&self) -> watch::Receiver<WriterState> {
        self.state.subscribe()
    }

    /// Writes until the queue ends, or until asked to stop; then hands on what is queued, giving
    /// each batch one last attempt.
    pub async fn run(mut self, token: ShutdownToken) {
        while let Some(bars) = self.gather(&token).await {
            self.write(bars, &token).await;
        }
        self.state
            .send_modify(|state| state.phase = WriterPhase::Stopped);
    }

    /// Gathers the next batch; `None` at the end.
    async fn gather(&mut self, token: &ShutdownToken) -> Option<Vec<Bar>> {
        let mut bars = Vec::new();
        while bars.is_empty() {
            bars.extend(closed_bar(&*self.next(token).await?));
        }
        let rows = self.config.batch_rows;
        tokio::select! {
            biased;
            () = token.cancelled() => {}
            _ = timeout(self.config.batch_wait, fill(&mut self.events, &mut bars, rows)) => {}
        }
        while token.is_cancelled() && bars.len() < rows {
            let Some(event) = self.events.try_recv() else {
                break;
            };
            bars.extend(closed_bar(&event));
        }
        Some(bars)
    }

    /// Returns the next event; once asked to stop, only what is queued already.
    async fn next(&mut self, token: &ShutdownToken) -> Option<Arc<MarketEvent>> {
        tokio::select! {
            biased;
            () = token.cancelled() => self.events.try_recv(),
            event = self.events.recv() => event,
        }
    }

    /// Writes one batch, however long it takes; once asked to stop, with one last attempt.
    async fn write(&mut self, bars: Vec<Bar>, token: &ShutdownToken) {
        let rows = bars.len() as u64;
        self.state.send_modify(|state| state.pending = rows);
        let batch = BarBatch::new(bars, Lineage::Feed);
        let mut backoff = Backoff::with_random_seed(self.config.retry);
        loop {
            let is_last = token.is_cancelled();
            match self.store.upsert_bars(Priority::High, batch.clone()).await {
                Ok(counts) => return self.taken(counts),
                Err(error) if error.is_retryable() && !is_last => {
                    self.refused(&error);
                    tokio::select! {
                        biased;
                        () = token.cancelled() => {}
                        () = sleep(backoff.next_wait()) => {}
                    }
                }
                Err(error) => return self.given_up(rows, &error),
            }
        }
    }

    fn taken(&self, counts: UpsertCounts) {
        let now = self.now();
        self.state.send_modify(|state| {
            if let WriterPhase::Degraded { .. } = state.phase {
                info!("the store takes bars again");
            }
            state.phase = WriterPhase::Working;
            state.written += counts;
            state.pending = 0;
            state.last_write = Some(now);
        });
    }

    fn refused(&self, refusal: &StoreError) {
        let reason = error_chain(refusal);
        let now = self.now();
        self.state.send_modify(|state| {
            let since = match &state.phase {
                WriterPhase::Degraded { since, .. } => *since,
                WriterPhase::Working | WriterPhase::Stopped => {
                    warn!(%reason, "bars are not written; tried again");
                    now
                }
            };
            state.phase = WriterPhase::Degraded { reason, since };
            state.retries += 1;
        });
    }

    fn given_up(&self, rows: u64, refusal: &StoreError) {
        let reason = error_chain(refusal);
        let since = self.now();
        error!(rows, %reason, "bars are lost");
        self.state.send_modify(|state| {
            state.phase = WriterPhase::Degraded { reason, since };
            state.failed += rows;
            state.pending = 0;
        });
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.unix_micros())
    }
}

/// Takes closed bars until there are `rows` of them or the queue ends. Cancel safe.
async fn fill(events: &mut Receiver<Arc<MarketEvent>>, bars: &mut Vec<Bar>, rows: usize) {
    let mut taken = Vec::new();
    while bars.len() < rows && events.recv_many(&mut taken, rows - bars.len()).await > 0 {
        bars.extend(taken.drain(..).filter_map(|event| closed_bar(&event)));
    }
}

fn closed_bar(event: &MarketEvent) -> Option<Bar> {
    match &event.kind {
        EventKind::BarClosed(bar) => Some(bar.clone()),
        EventKind::Quote(_)
        | EventKind::Trade(_)
        | EventKind::BarForming(_)
        | EventKind::Stats(_)
        | EventKind::Gap(_) => None,
    }
}
