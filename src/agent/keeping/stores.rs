//! [`Keeping`]: live bars in, questions out, and who of them goes to which store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;

use crate::api::{
    Answer, BackupDone, BarsFound, BarsQuery, CacheState, OperationLatency, Refusal, RefusalCode,
    SeriesContents, StoreContents, StoreState, VerifyDone,
};
use crate::bus::Bus;
use crate::domain::{Bar, DataKind, EventKind, MarketEvent, Source, Symbol, Timeframe};
use crate::feed;
use crate::hybrid::CachedStore;
use crate::import::ImportSink;
use crate::runtime::{Clock, Supervisor, error_chain};
use crate::storage::{BarQuery, BarSeries, MarketStore as _, StoreError, StoreStatistics};

use super::depot::Depot;
use super::sink::StoreSink;

/// Bars of the past that a chart begins with.
const HISTORY_BARS: u32 = 1_000;

/// An answer that takes a while.
pub(in crate::agent) type LateAnswer = BoxFuture<'static, Result<Answer, Refusal>>;

/// Stored bars of one symbol of a feed.
pub(in crate::agent) type History = BoxFuture<'static, (String, Vec<Bar>)>;

/// The stores of a data directory.
#[derive(Debug, Clone)]
pub(in crate::agent) struct Keeping {
    market: Depot,
    throwaway: Throwaway,
    supervisor: Supervisor,
    bus: Bus,
}

/// The store of what is no market; opened when the first feed of that kind is.
#[derive(Debug, Clone)]
struct Throwaway {
    depot: Depot,
    path: PathBuf,
    is_begun: Arc<AtomicBool>,
}

impl Keeping {
    /// Begins to open the store of a data directory, and to write the closed bars of live feeds.
    pub(in crate::agent) fn start(
        data_dir: &Path,
        supervisor: &Supervisor,
        bus: &Bus,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let market = Depot::new(data_dir.join("market.sqlite"), Arc::clone(clock));
        market.spawn("store", (supervisor, bus), is_market);
        let path = data_dir.join("throwaway.sqlite");
        Self {
            market,
            throwaway: Throwaway {
                depot: Depot::new(path.clone(), Arc::clone(clock)),
                path,
                is_begun: Arc::default(),
            },
            supervisor: supervisor.clone(),
            bus: bus.clone(),
        }
    }

    /// Makes the throw-away store, empty, unless it was made before.
    pub(in crate::agent) fn begin_throwaway(&self) {
        let Throwaway {
            depot,
            path,
            is_begun,
        } = &self.throwaway;
        if is_begun.swap(true, Ordering::AcqRel) {
            return;
        }
        remove_store(path);
        let services = (&self.supervisor, &self.bus);
        depot.spawn("throw-away store", services, is_no_market);
    }

    /// Returns the user's store as imports see it.
    pub(in crate::agent) fn sink(&self) -> Arc<dyn ImportSink> {
        Arc::new(StoreSink(self.market.clone()))
    }

    /// Tells how long the user's store took. Adds up histograms: not for every frame.
    pub(in crate::agent) fn latencies(&self) -> Vec<OperationLatency> {
        self.market.latencies()
    }

    /// Tells how the user's store is, its latencies left out.
    pub(in crate::agent) fn state(&self) -> StoreState {
        self.market.state()
    }

    /// Tells what the cache in front of the user's store holds. Not for every frame.
    pub(in crate::agent) fn cache(&self) -> CacheState {
        self.market.cache()
    }

    /// Reads the newest minutes that were built of a feed's trades; none when that fails.
    pub(in crate::agent) fn history(&self, feed: &str, symbol: &Symbol) -> Option<History> {
        let source = Source::parse(&format!("{feed}.trades")).ok()?;
        let mut query = BarQuery::all(symbol.clone(), Timeframe::M1);
        query.limit = Some(HISTORY_BARS);
        query.source = Some(source);
        let (market, feed) = (self.market.clone(), feed.to_owned());
        Some(Box::pin(async move {
            let Ok(store) = market.store().await else {
                return (feed, Vec::new());
            };
            let found = store.bars(query).await.inspect_err(|error| {
                let reason = error_chain(error);
                tracing::warn!(feed, reason, "no stored bars for the chart");
            });
            (feed, found.map(|series| series.bars).unwrap_or_default())
        }))
    }

    /// Answers a question for bars: those of the timeframe, else finer ones put together. A source
    /// that is no market is asked of the throw-away store.
    pub(in crate::agent) fn bars(&self, question: BarsQuery) -> LateAnswer {
        let source = question.source.as_ref();
        let is_market = source.is_none_or(|one| feed::data_kind_of(one) == DataKind::Live);
        let depot = if is_market {
            self.market.clone()
        } else {
            self.begin_throwaway();
            self.throwaway.depot.clone()
        };
        Box::pin(async move {
            let store = depot.store().await?;
            let query = BarQuery {
                symbol: question.symbol,
                timeframe: question.timeframe,
                from: question.from,
                to: question.to,
                limit: question.limit,
                source: question.source,
                base: question.base,
            };
            let found = read(&store, query).await.map_err(|e| failed(&e))?;
            let (source, base, bars) = (found.source.clone(), found.base, found.bars.clone());
            Ok(Answer::Bars(BarsFound { source, base, bars }))
        })
    }

    /// Answers what the user's store holds.
    pub(in crate::agent) fn statistics(&self) -> LateAnswer {
        let (market, path) = (self.market.clone(), self.market.state().path);
        Box::pin(async move {
            let store = market.store().await?;
            let statistics = store.statistics().await.map_err(|e| failed(&e))?;
            Ok(Answer::Statistics(contents(path, statistics)))
        })
    }

    /// Writes a copy of the user's store.
    pub(in crate::agent) fn backup(&self, path: String) -> LateAnswer {
        let market = self.market.clone();
        Box::pin(async move {
            let store = market.store().await?;
            let copy = store.backup(PathBuf::from(&path)).await;
            let copy = copy.map_err(|e| failed(&e))?;
            Ok(Answer::Backup(BackupDone {
                path,
                bytes: copy.bytes,
                rows: copy.rows,
                hash: copy.hash.to_string(),
            }))
        })
    }

    /// Reads the whole of the user's store and checks it.
    pub(in crate::agent) fn verify(&self) -> LateAnswer {
        let (market, path) = (self.market.clone(), self.market.state().path);
        Box::pin(async move {
            let store = market.store().await?;
            let found = store.verify().await.map_err(|e| failed(&e))?;
            Ok(Answer::Verify(VerifyDone {
                store: path,
                rows: found.rows,
                hash: found.hash.to_string(),
                faults: found.faults,
            }))
        })
    }

    /// Ends the stores in good order; the writers have stopped by then.
    pub(in crate::agent) async fn close(&self) {
        self.market.close().await;
        self.throwaway.depot.close().await;
    }
}

/// Reads bars of the timeframe itself, else finer ones put together; of a base that is asked for,
/// and of no other.
async fn read(store: &CachedStore, query: BarQuery) -> Result<Arc<BarSeries>, StoreError> {
    let base = query.base;
    if base.is_none_or(|base| base == query.timeframe) {
        let found = store.shared_bars(query.clone()).await?;
        if base.is_some() || !found.bars.is_empty() {
            return Ok(found);
        }
    }
    store.shared_resampled(query).await
}

/// Returns true for what belongs into the user's store.
fn is_market(event: &MarketEvent) -> bool {
    is_closed_bar(event) && feed::data_kind_of(&event.source) == DataKind::Live
}

/// Returns true for what belongs into the throw-away store.
fn is_no_market(event: &MarketEvent) -> bool {
    is_closed_bar(event) && feed::data_kind_of(&event.source) != DataKind::Live
}

fn is_closed_bar(event: &MarketEvent) -> bool {
    matches!(event.kind, EventKind::BarClosed(_))
}

/// Removes a store and the files beside it; what cannot be removed is told by who opens it.
fn remove_store(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = %Path::new(&file).display(), %error, "not removed");
        }
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
