//! [`Keeping`]: the user's store as the agent uses it: live bars into it, questions out of it.
//!
//! Only bars of the market as it is are kept: those of replays and simulations never come near the
//! store. A store that cannot be opened does not keep the dashboard from opening: the state says
//! what is wrong, and questions are refused with the reason.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::api::{
    Answer, BarsFound, BarsQuery, Refusal, RefusalCode, SeriesContents, StoreContents, StoreState,
};
use crate::bus::Bus;
use crate::domain::{Bar, DataKind, EventKind, MarketEvent, Source, Symbol, Timeframe};
use crate::feed;
use crate::runtime::{BackoffPolicy, Clock, Stage, Supervisor, WhenFull, error_chain};
use crate::storage::{
    BarQuery, BarWriter, MarketStore, SqliteOptions, SqliteStore, StoreError, StoreStatistics,
    WriterConfig, WriterPhase, WriterState,
};

/// Closed bars waiting for the disk: an hour of a thousand symbols' minutes. Full: the oldest is
/// lost and counted.
const WRITER_BARS_MAX: NonZeroUsize = NonZeroUsize::new(65_536).expect("not zero");

/// Rows of a batch, and how long the first of them waits for others.
const BATCH_ROWS: usize = 1_000;
const BATCH_WAIT: Duration = Duration::from_millis(250);

/// Bars of the past that a chart begins with.
const HISTORY_BARS: u32 = 1_000;

/// An answer that takes a while.
pub(super) type LateAnswer = BoxFuture<'static, Result<Answer, Refusal>>;

/// Stored bars of one symbol of a feed.
pub(super) type History = BoxFuture<'static, (String, Vec<Bar>)>;

/// The store, or why there is none.
#[derive(Debug, Clone)]
pub(super) struct Keeping {
    path: String,
    store: Result<Arc<dyn MarketStore>, String>,
    /// What the newest writer tells of itself; `None` until one runs.
    writer: Arc<Mutex<Option<watch::Receiver<WriterState>>>>,
}

impl Keeping {
    /// Opens the store of a data directory, and makes it when there is none.
    pub(super) async fn open(data_dir: &Path, clock: Arc<dyn Clock>) -> Self {
        let path = data_dir.join("market.sqlite");
        let opened = SqliteStore::open(SqliteOptions::at(&path), clock).await;
        let store = match opened {
            Ok(store) => Ok(Arc::new(store) as Arc<dyn MarketStore>),
            Err(error) => {
                let reason = error_chain(&error);
                tracing::error!(reason, "no bars are kept");
                Err(reason)
            }
        };
        Self {
            path: path.display().to_string(),
            store,
            writer: Arc::default(),
        }
    }

    /// Starts writing the closed bars of live feeds. A writer that fails is started again with an
    /// empty queue.
    pub(super) fn spawn_writer(&self, supervisor: &Supervisor, bus: &Bus, clock: &Arc<dyn Clock>) {
        let Ok(store) = self.store.clone() else {
            return;
        };
        let (bus, clock, slot) = (bus.clone(), Arc::clone(clock), Arc::clone(&self.writer));
        let policy = super::build::restart_policy();
        supervisor.spawn("store writer", Stage::Writing, policy, move |token| {
            let events = bus.subscribe_to("store", WRITER_BARS_MAX, WhenFull::DropOldest, is_kept);
            let store = Arc::clone(&store);
            let writer = BarWriter::new(events, store, Arc::clone(&clock), writer_config());
            *lock(&slot) = Some(writer.state());
            async move {
                writer.run(token).await;
                Ok(())
            }
        });
    }

    /// Tells how the store is.
    pub(super) fn state(&self) -> StoreState {
        let told = lock(&self.writer)
            .as_ref()
            .map(|state| state.borrow().clone());
        let mut state = StoreState {
            path: self.path.clone(),
            problem: self.store.as_ref().err().cloned(),
            inserted: 0,
            updated: 0,
            unchanged: 0,
            failed: 0,
            pending: 0,
            last_write: None,
            latencies: Vec::new(),
        };
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

    /// Reads the newest minutes that were built of a feed's trades; none when that fails.
    pub(super) fn history(&self, feed: &str, symbol: &Symbol) -> Option<History> {
        let store = self.store.clone().ok()?;
        let source = Source::parse(&format!("{feed}.trades")).ok()?;
        let mut query = BarQuery::all(symbol.clone(), Timeframe::M1);
        query.limit = Some(HISTORY_BARS);
        query.source = Some(source);
        let feed = feed.to_owned();
        Some(Box::pin(async move {
            let found = store.bars(query).await;
            let found = found.inspect_err(|error| {
                tracing::warn!(
                    feed,
                    reason = error_chain(error),
                    "no stored bars for the chart"
                );
            });
            (feed, found.map(|series| series.bars).unwrap_or_default())
        }))
    }

    /// Answers a question for bars: those of the timeframe, else finer ones put together.
    pub(super) fn bars(&self, question: BarsQuery) -> LateAnswer {
        let store = self.store.clone();
        Box::pin(async move {
            let store = store.map_err(|reason| no_store(&reason))?;
            let query = BarQuery {
                symbol: question.symbol,
                timeframe: question.timeframe,
                from: question.from,
                to: question.to,
                limit: question.limit,
                source: question.source,
                base: question.base,
            };
            let mut found = store.bars(query.clone()).await.map_err(|e| failed(&e))?;
            if found.bars.is_empty() {
                found = store.resampled(query).await.map_err(|e| failed(&e))?;
            }
            let (source, base, bars) = (found.source, found.base, found.bars);
            Ok(Answer::Bars(BarsFound { source, base, bars }))
        })
    }

    /// Answers what the store holds.
    pub(super) fn statistics(&self) -> LateAnswer {
        let (store, path) = (self.store.clone(), self.path.clone());
        Box::pin(async move {
            let store = store.map_err(|reason| no_store(&reason))?;
            let statistics = store.statistics().await.map_err(|e| failed(&e))?;
            Ok(Answer::Statistics(contents(path, statistics)))
        })
    }

    /// Ends the store in good order; the writer has stopped by then.
    pub(super) async fn close(&self) {
        if let Ok(store) = &self.store
            && let Err(error) = store.close().await
        {
            tracing::error!(reason = error_chain(&error), "store not closed in order");
        }
    }
}

/// Returns true for what belongs into the user's store.
fn is_kept(event: &MarketEvent) -> bool {
    matches!(event.kind, EventKind::BarClosed(_))
        && feed::data_kind_of(&event.source) == DataKind::Live
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

fn contents(store: String, statistics: StoreStatistics) -> StoreContents {
    let series = statistics.series.into_iter().map(|series| SeriesContents {
        symbol: series.key.symbol,
        timeframe: series.key.timeframe,
        source: series.key.source,
        rows: series.rows,
        oldest: series.oldest,
        newest: series.newest,
    });
    StoreContents {
        store,
        rows: statistics.rows,
        bytes: statistics.bytes,
        series: series.collect(),
    }
}

fn failed(error: &StoreError) -> Refusal {
    Refusal {
        code: RefusalCode::Failed,
        message: error_chain(error),
        next_step: None,
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
