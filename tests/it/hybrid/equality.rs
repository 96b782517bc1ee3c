//! Whatever is written, deleted and asked: the cached store says what the bare one says, at the
//! first asking and at the second.

use std::sync::Arc;

use mda::domain::{Bar, ImportId, Source, Timeframe, Timestamp};
use mda::hybrid::CachedStore;
use mda::runtime::ManualClock;
use mda::storage::{
    BarBatch, BarPoint, BarQuery, Lineage, MarketStore, Priority, SqliteOptions, SqliteStore,
    StoreStatistics,
};
use proptest::prelude::*;

use super::double::{bar, symbol};

const NAMES: [&str; 3] = ["A", "B", "C"];
const TIMEFRAMES: [Timeframe; 3] = [Timeframe::M1, Timeframe::H1, Timeframe::D1];

#[derive(Debug, Clone)]
enum Step {
    Write(Vec<Bar>, bool),
    Delete(Timeframe, Timestamp),
    Range(BarQuery),
    Point(BarPoint),
    Latest(Vec<usize>, Timeframe),
    Contents(usize),
    Checkpoint,
}

fn any_bar() -> impl Strategy<Value = Bar> {
    (0..3_usize, 0..3_usize, 0..40_i64, 1..4_u32, 0..2_usize).prop_map(
        |(name, timeframe, place, version, source)| {
            let timeframe = TIMEFRAMES[timeframe];
            Bar {
                timeframe,
                time: Timestamp::from_micros(place * timeframe.nominal_micros()),
                source: Source::parse(["x", "y"][source]).unwrap(),
                ..bar(NAMES[name], 0, version)
            }
        },
    )
}

fn any_query() -> impl Strategy<Value = BarQuery> {
    let times = prop::option::of(0..40_i64);
    let ends = (times.clone(), times, prop::option::of(1..4_u32));
    let names = (0..4_usize, 0..3_usize, 0..3_usize, 0..3_usize);
    (names, ends).prop_map(|((name, timeframe, source, base), (from, to, limit))| {
        let timeframe = TIMEFRAMES[timeframe];
        let at = |place: i64| Timestamp::from_micros(place * timeframe.nominal_micros());
        BarQuery {
            symbol: symbol(["A", "B", "C", "NONE"][name]),
            timeframe,
            from: from.map(at),
            to: to.map(at),
            limit,
            base: [None, Some(Timeframe::M1), Some(Timeframe::H1)][base],
            source: [None, Source::parse("x").ok(), Source::parse("y").ok()][source].clone(),
        }
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let bars = prop::collection::vec(any_bar(), 1..12);
    let latest = prop::collection::vec(0..4_usize, 0..5);
    let timeframe = (0..3_usize).prop_map(|at| TIMEFRAMES[at]);
    prop_oneof![
        4 => (bars, any::<bool>()).prop_map(|(bars, is_live)| Step::Write(bars, is_live)),
        1 => (timeframe.clone(), 0..3_000_i64)
            .prop_map(|(timeframe, minute)| Step::Delete(timeframe, Timestamp::from_secs(minute * 60))),
        6 => any_query().prop_map(Step::Range),
        3 => any_query().prop_map(|query| Step::Point(BarPoint {
            symbol: query.symbol,
            timeframe: query.timeframe,
            time: query.from.unwrap_or_default(),
            source: query.source,
        })),
        3 => (latest, timeframe).prop_map(|(names, timeframe)| Step::Latest(names, timeframe)),
        2 => (0..4_usize).prop_map(Step::Contents),
        1 => Just(Step::Checkpoint),
    ]
}

struct Pair {
    bare: Arc<dyn MarketStore>,
    cached: CachedStore,
}

impl Pair {
    async fn open(folder: &tempfile::TempDir) -> Self {
        let clock = Arc::new(ManualClock::new(1_000_000_000_000));
        let options = SqliteOptions::at(folder.path().join("bars.db"));
        let opened = SqliteStore::open(options, Arc::clone(&clock) as _).await;
        let bare = Arc::new(opened.unwrap()) as Arc<dyn MarketStore>;
        let cached = CachedStore::new(Arc::clone(&bare), CachedStore::BYTES_MAX, clock);
        Self { bare, cached }
    }

    async fn step(&self, step: Step) {
        let store = &self.cached;
        match step {
            Step::Write(bars, true) => self.write(bars, Lineage::Feed).await,
            Step::Write(bars, false) => self.write(bars, Lineage::Import(ImportId(1))).await,
            Step::Delete(timeframe, time) => {
                store.delete_before(timeframe, time).await.unwrap();
            }
            Step::Checkpoint => {
                store.checkpoint().await.unwrap();
            }
            Step::Range(query) => self.range(query).await,
            Step::Point(point) => {
                let expected = self
                    .bare
                    .last_bar_at_or_before(point.clone())
                    .await
                    .unwrap();
                for _ in 0..2 {
                    let found = store.last_bar_at_or_before(point.clone()).await.unwrap();
                    assert_eq!(found, expected);
                }
            }
            Step::Latest(names, timeframe) => {
                let names: Vec<_> = names
                    .into_iter()
                    .map(|at| symbol(["A", "B", "C", "NONE"][at]))
                    .collect();
                let expected = self
                    .bare
                    .latest_bars(names.clone(), timeframe)
                    .await
                    .unwrap();
                for _ in 0..2 {
                    let found = store.latest_bars(names.clone(), timeframe).await.unwrap();
                    assert_eq!(found, expected);
                }
            }
            Step::Contents(at) => self.contents(at).await,
        }
    }

    async fn write(&self, bars: Vec<Bar>, lineage: Lineage) {
        let batch = BarBatch::new(bars, lineage);
        let written = self.cached.upsert_bars(Priority::Normal, batch);
        written.await.unwrap();
    }

    async fn range(&self, query: BarQuery) {
        let expected = self.bare.bars(query.clone()).await.unwrap();
        let expected_resampled = self.bare.resampled(query.clone()).await.unwrap();
        for _ in 0..2 {
            assert_eq!(self.cached.bars(query.clone()).await.unwrap(), expected);
            let resampled = self.cached.resampled(query.clone()).await.unwrap();
            assert_eq!(resampled, expected_resampled);
        }
    }

    async fn contents(&self, at: usize) {
        let name = symbol(["A", "B", "C", "NONE"][at]);
        let (bare, cached) = (&*self.bare, &self.cached);
        for _ in 0..2 {
            let sources = cached.sources(name.clone()).await.unwrap();
            assert_eq!(sources, bare.sources(name.clone()).await.unwrap());
            assert_eq!(
                cached.symbols().await.unwrap(),
                bare.symbols().await.unwrap()
            );
            let held = [cached.statistics().await, bare.statistics().await];
            let [cached, bare] = held.map(|statistics| StoreStatistics {
                // The database moves its log when it likes.
                bytes: 0,
                ..statistics.unwrap()
            });
            assert_eq!(cached, bare);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn prop_memory_says_what_the_store_says(steps in prop::collection::vec(any_step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let pair = Pair::open(&folder).await;
            for step in steps {
                pair.step(step).await;
            }
            pair.cached.close().await.unwrap();
        });
    }
}
