//! [`Depot`]: one store, opened beside everything else, and the writer that fills it.
//!
//! ```text
//!   Opening ─▶ Open                      questions wait while it opens
//!      └─────▶ Failed ─▶ Opening …       only when trying again may help
//! ```

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::agent::build::restart_policy;
use crate::api::{CacheState, OperationLatency, Refusal, RefusalCode, StoreState};
use crate::bus::Bus;
use crate::domain::MarketEvent;
use crate::hybrid::CachedStore;
use crate::runtime::{BackoffPolicy, Clock, Stage, Supervisor, TaskResult, WhenFull, error_chain};
use crate::storage::{
    BarWriter, MarketStore, SqliteOptions, SqliteStore, StoreError, WriterConfig, WriterPhase,
    WriterState,
};

/// Closed bars waiting for the disk: an hour of a thousand symbols' minutes. Full: the oldest is
/// lost and counted.
const WRITER_BARS_MAX: NonZeroUsize = NonZeroUsize::new(65_536).expect("not zero");

/// Rows of a batch, and how long the first of them waits for others.
const BATCH_ROWS: usize = 1_000;
const BATCH_WAIT: Duration = Duration::from_millis(250);

/// A store and its writer. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Depot {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    phase: Arc<watch::Sender<Phase>>,
    /// What the newest writer tells of itself; `None` until one runs.
    writer: Arc<Mutex<Option<watch::Receiver<WriterState>>>>,
}

#[derive(Debug, Clone)]
enum Phase {
    Opening,
    Open(Arc<CachedStore>),
    Failed(String),
}

impl Depot {
    /// Makes a depot of the store at `path`; nothing is opened before [`Depot::spawn`].
    pub(super) fn new(path: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            path,
            clock,
            phase: Arc::new(watch::channel(Phase::Opening).0),
            writer: Arc::default(),
        }
    }

    /// Opens the store and starts writing the closed bars that `is_kept` picks. A writer that fails
    /// is started again with an empty queue.
    pub(super) fn spawn(
        &self,
        name: &'static str,
        (supervisor, bus): (&Supervisor, &Bus),
        is_kept: fn(&MarketEvent) -> bool,
    ) {
        let (depot, bus) = (self.clone(), bus.clone());
        supervisor.spawn(name, Stage::Writing, restart_policy(), move |token| {
            // Before the store is opened: what closes meanwhile waits in the queue.
            let events = bus.subscribe_to(name, WRITER_BARS_MAX, WhenFull::DropOldest, is_kept);
            let depot = depot.clone();
            async move {
                let Some(store) = depot.open().await? else {
                    return Ok(());
                };
                let clock = Arc::clone(&depot.clock);
                let writer = BarWriter::new(events, store, clock, writer_config());
                *lock(&depot.writer) = Some(writer.state());
                writer.run(token).await;
                TaskResult::Ok(())
            }
        });
    }

    /// Opens the store unless it is open; `None` when that will never work.
    async fn open(&self) -> Result<Option<Arc<CachedStore>>, StoreError> {
        if let Phase::Open(store) = &*self.phase.borrow() {
            return Ok(Some(Arc::clone(store)));
        }
        let options = SqliteOptions::at(&self.path);
        match SqliteStore::open(options, Arc::clone(&self.clock)).await {
            Ok(store) => {
                let clock = Arc::clone(&self.clock);
                let store = CachedStore::new(Arc::new(store), CachedStore::BYTES_MAX, clock);
                let store = Arc::new(store);
                self.phase.send_replace(Phase::Open(Arc::clone(&store)));
                Ok(Some(store))
            }
            Err(error) => {
                let reason = error_chain(&error);
                tracing::error!(reason, "no bars are kept");
                self.phase.send_replace(Phase::Failed(reason));
                if error.is_retryable() {
                    Err(error)
                } else {
                    Ok(None)
                }
            }
        }
    }

    /// Returns the store once it is open, or why there is none.
    pub(super) async fn store(&self) -> Result<Arc<CachedStore>, Refusal> {
        match self.settled().await {
            Phase::Open(store) => Ok(store),
            Phase::Failed(reason) => Err(no_store(&reason)),
            Phase::Opening => Err(no_store("the agent stopped while it was opened")),
        }
    }

    async fn settled(&self) -> Phase {
        let mut phase = self.phase.subscribe();
        let settled = phase.wait_for(|phase| !matches!(phase, Phase::Opening));
        match settled.await {
            Ok(phase) => phase.clone(),
            Err(_) => Phase::Opening,
        }
    }

    /// Tells what the cache in front of the store holds. Adds up a histogram: not for every frame.
    pub(super) fn cache(&self) -> CacheState {
        match &*self.phase.borrow() {
            Phase::Open(store) => store.state(),
            Phase::Opening | Phase::Failed(_) => CacheState::default(),
        }
    }

    /// Tells how long the store took. Adds up histograms: not for every frame.
    pub(super) fn latencies(&self) -> Vec<OperationLatency> {
        match &*self.phase.borrow() {
            Phase::Open(store) => store.latencies(),
            Phase::Opening | Phase::Failed(_) => Vec::new(),
        }
    }

    /// Tells how the store is, its latencies left out.
    pub(super) fn state(&self) -> StoreState {
        let mut state = StoreState {
            path: self.path.display().to_string(),
            ..StoreState::default()
        };
        if let Phase::Failed(reason) = &*self.phase.borrow() {
            state.problem = Some(reason.clone());
        }
        let told = lock(&self.writer)
            .as_ref()
            .map(|state| state.borrow().clone());
        if let Some(writer) = told {
            if let WriterPhase::Degraded { reason, .. } = writer.phase {
                state.problem = Some(reason);
            }
            state.inserted = writer.written.inserted;
            state.updated = writer.written.updated;
            state.unchanged = writer.written.unchanged;
            state.failed = writer.failed;
            state.pending = writer.pending;
            state.last_write = writer.last_write;
        }
        state
    }

    /// Ends the store in good order; the writer has stopped by then.
    pub(super) async fn close(&self) {
        let phase = self.phase.borrow().clone();
        if let Phase::Open(store) = phase
            && let Err(error) = store.close().await
        {
            tracing::error!(reason = error_chain(&error), "store not closed in order");
        }
    }
}

fn writer_config() -> WriterConfig {
    let retry = BackoffPolicy::try_new(Duration::from_millis(100), Duration::from_secs(10), 0.3)
        .expect("0.1 s is above zero and below 10 s, and 0.3 lies between 0 and 1");
    WriterConfig {
        batch_rows: BATCH_ROWS,
        batch_wait: BATCH_WAIT,
        retry,
    }
}

fn no_store(reason: &str) -> Refusal {
    Refusal {
        code: RefusalCode::Failed,
        message: format!("there is no store: {reason}"),
        next_step: Some("`mda doctor` looks at the data directory".to_owned()),
    }
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
