//! One load for all who ask: a thousand at once, a loader that leaves, a load that fails; and what
//! a live write leaves in memory.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mda::domain::{Bar, Timeframe};
use mda::hybrid::CachedStore;
use mda::runtime::ManualClock;
use mda::storage::{BarQuery, Lineage, MarketStore, Priority};
use tokio::task::{JoinSet, yield_now};

use super::double::{Double, bar, batch, minutes, symbol};

struct Rig {
    inner: Arc<Double>,
    store: Arc<CachedStore>,
}

impl Rig {
    /// A store with one bar of A, in which every read waits until it is let go.
    async fn held() -> Self {
        let inner = Arc::new(Double::new(1, 0));
        let as_store = Arc::clone(&inner) as Arc<dyn MarketStore>;
        let clock = Arc::new(ManualClock::new(1_700_000_000_000_000));
        let store = Arc::new(CachedStore::new(as_store, 1 << 20, clock));
        let rows = batch(
            vec![bar("A", 0, 1)],
            Lineage::Import(mda::domain::ImportId(1)),
        );
        store.upsert_bars(Priority::Low, rows).await.unwrap();
        inner.permits.forget_permits(usize::MAX);
        Self { inner, store }
    }

    fn let_go(&self) {
        self.inner.permits.add_permits(100_000);
    }

    /// Spawns readers of the same and waits until the first loads.
    async fn readers(&self, count: usize) -> JoinSet<Result<Vec<Bar>, String>> {
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let store = Arc::clone(&self.store);
            tasks.spawn(async move {
                let read = store.bars(minutes("A")).await;
                read.map(|series| series.bars).map_err(|e| e.to_string())
            });
        }
        yields_until(|| self.inner.loads() > 0).await;
        // On one thread everybody has had a turn after this one.
        yield_now().await;
        tasks
    }
}

/// Lets the others go on until `is_met`.
async fn yields_until(is_met: impl Fn() -> bool + Send + Sync) {
    let waiting = async {
        while !is_met() {
            yield_now().await;
        }
    };
    let met = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    met.expect("the condition is met within 20 s");
}

#[tokio::test]
async fn a_thousand_who_ask_cause_one_load() {
    let rig = Rig::held().await;
    let tasks = rig.readers(1_000).await;
    rig.let_go();
    for answer in tasks.join_all().await {
        assert_eq!(answer, Ok(vec![bar("A", 0, 1)]));
    }
    assert_eq!(rig.inner.loads(), 1);
    assert_eq!(rig.store.state().shared_loads, 1);
    assert_eq!(rig.store.bars(minutes("A")).await.unwrap().bars.len(), 1);
    assert_eq!(rig.inner.loads(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_on_several_threads_cause_one_load() {
    let rig = Rig::held().await;
    let tasks = rig.readers(1_000).await;
    rig.let_go();
    for answer in tasks.join_all().await {
        assert_eq!(answer, Ok(vec![bar("A", 0, 1)]));
    }
    assert_eq!(rig.inner.loads(), 1);
}

#[tokio::test]
async fn when_the_loader_leaves_another_loads() {
    let rig = Rig::held().await;
    let loader = rig.readers(1).await;
    let mut others = JoinSet::new();
    for _ in 0..10 {
        let store = Arc::clone(&rig.store);
        others.spawn(async move { store.bars(minutes("A")).await.unwrap().bars });
    }
    yield_now().await;
    assert_eq!(rig.inner.loads(), 1);
    drop(loader);
    yields_until(|| rig.inner.loads() > 1).await;
    rig.let_go();
    for answer in others.join_all().await {
        assert_eq!(answer, [bar("A", 0, 1)]);
    }
    assert_eq!(rig.inner.loads(), 2);
}

#[tokio::test]
async fn a_failure_is_not_kept_and_each_asks_for_itself() {
    let rig = Rig::held().await;
    rig.inner.is_failing.store(true, Ordering::SeqCst);
    let tasks = rig.readers(3).await;
    rig.let_go();
    for answer in tasks.join_all().await {
        assert!(answer.is_err());
    }
    assert_eq!(rig.inner.loads(), 3);
    rig.inner.is_failing.store(false, Ordering::SeqCst);
    assert_eq!(rig.store.bars(minutes("A")).await.unwrap().bars.len(), 1);
    assert_eq!(rig.inner.loads(), 4);
}

#[tokio::test]
async fn who_asks_after_a_write_does_not_join_an_older_load() {
    let rig = Rig::held().await;
    let older = rig.readers(1).await;
    let rows = batch(
        vec![bar("A", 0, 2)],
        Lineage::Import(mda::domain::ImportId(1)),
    );
    rig.store.upsert_bars(Priority::Low, rows).await.unwrap();
    let store = Arc::clone(&rig.store);
    let mut newer = JoinSet::new();
    newer.spawn(async move { store.bars(minutes("A")).await.unwrap().bars });
    yields_until(|| rig.inner.loads() > 1).await;
    rig.let_go();
    assert_eq!(newer.join_all().await, [[bar("A", 0, 2)]]);
    drop(older);
    assert_eq!(rig.inner.loads(), 2);
}

#[tokio::test]
async fn a_live_write_leaves_the_newest_bar_in_memory() {
    let rig = Rig::held().await;
    rig.let_go();
    let names = vec![symbol("B"), symbol("A")];
    let newest = || rig.store.latest_bars(names.clone(), Timeframe::M1);
    assert_eq!(newest().await.unwrap(), [bar("A", 0, 1)]);
    let rows = batch(vec![bar("A", 1, 5), bar("B", 0, 7)], Lineage::Feed);
    rig.store.upsert_bars(Priority::High, rows).await.unwrap();
    let late = batch(vec![bar("A", 0, 6)], Lineage::Feed);
    rig.store.upsert_bars(Priority::High, late).await.unwrap();
    assert_eq!(newest().await.unwrap(), [bar("B", 0, 7), bar("A", 1, 5)]);
    assert_eq!(rig.inner.loads(), 1);
}

#[tokio::test]
async fn a_write_of_one_series_leaves_the_others_in_memory() {
    let rig = Rig::held().await;
    rig.let_go();
    let hours = BarQuery::all(symbol("A"), Timeframe::H1);
    rig.store.bars(minutes("A")).await.unwrap();
    rig.store.bars(minutes("B")).await.unwrap();
    rig.store.resampled(hours.clone()).await.unwrap();
    let loads = rig.inner.loads();
    let rows = batch(
        vec![bar("B", 0, 7)],
        Lineage::Import(mda::domain::ImportId(1)),
    );
    rig.store.upsert_bars(Priority::Low, rows).await.unwrap();
    rig.store.bars(minutes("A")).await.unwrap();
    rig.store.resampled(hours).await.unwrap();
    assert_eq!(rig.inner.loads(), loads);
    let written = rig.store.bars(minutes("B")).await.unwrap();
    assert_eq!(written.bars, [bar("B", 0, 7)]);
    let latencies = rig.store.latencies();
    let counts: Vec<_> = latencies
        .iter()
        .map(|one| (one.operation.as_str(), one.latency.count))
        .collect();
    let expected = [
        ("range", 3),
        ("latest", 0),
        ("point", 0),
        ("resample", 1),
        ("statistics", 0),
        ("write", 2),
    ];
    assert_eq!(counts, expected);
}
