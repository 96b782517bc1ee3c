//! Seeded races: a read that begins after a write was acknowledged, or after another read has seen
//! what it wrote, never sees older bars; dropped writes that are carried out later included.
//!
//! Each writer owns some bars and raises their version with each write, so a stale answer shows as
//! a version below one that was acknowledged or seen before the question.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mda::api::CacheState;
use mda::domain::{Bar, Timeframe};
use mda::hybrid::CachedStore;
use mda::runtime::ManualClock;
use mda::storage::{BarQuery, Lineage, MarketStore, Priority};
use tokio::task::{JoinSet, yield_now};

use super::double::{Double, bar, batch, minutes, symbol};

const SYMBOLS: [&str; 2] = ["A", "B"];
const WRITERS: usize = 3;
/// This writer writes both symbols in each batch, so their versions are always equal.
const BOTH: usize = WRITERS - 1;
const READERS: usize = 6;
const WRITES: u32 = 12;
const READS: u32 = 30;

/// The oldest version that may be answered: by symbol and by writer.
type Floors = [[u32; WRITERS]; SYMBOLS.len()];

#[derive(Clone)]
struct Race {
    store: Arc<CachedStore>,
    inner: Arc<Double>,
    clock: ManualClock,
    floors: Arc<Mutex<Floors>>,
}

impl Race {
    fn new(seed: u64) -> Self {
        let inner = Arc::new(Double::new(seed, 4));
        let clock = ManualClock::new(1_700_000_000_000_000);
        let as_store = Arc::clone(&inner) as Arc<dyn MarketStore>;
        let store = CachedStore::new(as_store, 1 << 20, Arc::new(clock.clone()));
        Self {
            store: Arc::new(store),
            inner,
            clock,
            floors: Arc::default(),
        }
    }

    fn raise(&self, at: usize, writer: usize, version: u32) {
        let floor = &mut self.floors.lock().unwrap()[at][writer];
        *floor = version.max(*floor);
    }

    async fn writes(self, writer: usize, mut chance: fastrand::Rng) {
        for version in 1..=WRITES {
            let touched = match chance.u32(..3) {
                _ if writer == BOTH => vec![0, 1],
                0 => vec![0, 1],
                1 => vec![0],
                _ => vec![1],
            };
            let bars = touched
                .iter()
                .map(|at| bar(SYMBOLS[*at], writer as i64, version));
            let lineage = [Lineage::Feed, Lineage::Import(mda::domain::ImportId(1))];
            let batch = batch(bars.collect(), lineage[chance.usize(..2)]);
            let is_impatient = chance.u32(..4) == 0;
            let patience = if is_impatient {
                chance.u32(..8)
            } else {
                u32::MAX
            };
            tokio::select! {
                biased;
                written = self.store.upsert_bars(Priority::Normal, batch) => {
                    written.unwrap();
                    for at in touched {
                        self.raise(at, writer, version);
                    }
                }
                () = yields(patience) => {}
            }
            yields(chance.u32(..6)).await;
        }
    }

    async fn reads(self, mut chance: fastrand::Rng) {
        for _ in 0..READS {
            let at = chance.usize(..SYMBOLS.len());
            self.read(chance.u32(..6), at).await;
            yields(chance.u32(..3)).await;
            if chance.u32(..16) == 0 {
                self.clock.advance(Duration::from_secs(20));
            }
        }
    }

    async fn read(&self, kind: u32, at: usize) {
        let before = *self.floors.lock().unwrap();
        match kind {
            0 | 1 => {
                let most = [WRITERS, 2][kind as usize];
                let query = BarQuery {
                    limit: (kind == 1).then_some(2),
                    ..minutes(SYMBOLS[at])
                };
                let series = self.store.shared_bars(query).await.unwrap();
                assert!(series.bars.len() >= existing(&before[at]).min(most));
                self.check(&before, at, &series.bars);
            }
            2 | 3 => {
                let names = SYMBOLS.map(symbol);
                let asked = if kind == 2 {
                    &names[at..=at]
                } else {
                    &names[..]
                };
                let asked = asked.to_vec();
                let newest = self.store.latest_bars(asked, Timeframe::M1).await.unwrap();
                if kind == 3 {
                    let of_both = newest.iter().filter(|bar| minute(bar) == BOTH);
                    let versions: Vec<_> = of_both.map(|bar| bar.close).collect();
                    assert!(
                        matches!(&versions[..], [] | [_, _]) && versions.first() == versions.last(),
                        "not of one moment: {newest:?}"
                    );
                }
                for bar in &newest {
                    let at = usize::from(bar.symbol != names[0]);
                    let writer = minute(bar);
                    assert!(before[at][writer + 1..].iter().all(|floor| *floor == 0));
                    self.check(&before, at, std::slice::from_ref(bar));
                }
            }
            4 => {
                let query = BarQuery::all(symbol(SYMBOLS[at]), Timeframe::H1);
                let hours = self.store.resampled(query).await.unwrap();
                let volume = hours.bars.first().map_or(0, |bar| bar.volume.scaled());
                let floor: u32 = before[at].iter().sum();
                assert!(volume >= i128::from(floor), "stale: {volume} below {floor}");
            }
            _ => {
                let rows = self.store.statistics().await.unwrap().rows;
                let floor: usize = before.iter().map(existing).sum();
                assert!(rows >= floor as u64, "stale: {rows} rows below {floor}");
            }
        }
    }

    fn check(&self, before: &Floors, at: usize, bars: &[Bar]) {
        for bar in bars {
            let (writer, version) = (minute(bar), bar.close.scaled() as u32);
            let floor = before[at][writer];
            assert!(version >= floor, "stale: version {version} below {floor}");
            self.raise(at, writer, version);
        }
    }

    /// Whatever was dropped: memory says what the store says, asked once and once more.
    async fn equals_the_store(&self) {
        for name in SYMBOLS {
            let hours = BarQuery::all(symbol(name), Timeframe::H1);
            let expected = self.inner.bars(minutes(name)).await.unwrap();
            let expected_hours = self.inner.resampled(hours.clone()).await.unwrap();
            for _ in 0..2 {
                assert_eq!(self.store.bars(minutes(name)).await.unwrap(), expected);
                let found = self.store.resampled(hours.clone()).await.unwrap();
                assert_eq!(found, expected_hours);
            }
        }
        let names = SYMBOLS.map(symbol).to_vec();
        let expected = self.inner.latest_bars(names.clone(), Timeframe::M1);
        let expected = expected.await.unwrap();
        for _ in 0..2 {
            let found = self.store.latest_bars(names.clone(), Timeframe::M1);
            assert_eq!(found.await.unwrap(), expected);
        }
    }
}

fn existing(floors: &[u32; WRITERS]) -> usize {
    floors.iter().filter(|floor| **floor > 0).count()
}

fn minute(bar: &Bar) -> usize {
    (bar.time.micros() / 60_000_000) as usize
}

async fn yields(times: u32) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// Runs one race and returns what the cache did.
async fn race(seed: u64) -> CacheState {
    let race = Race::new(seed);
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        tasks.spawn(race.clone().writes(writer, chance.fork()));
    }
    for _ in 0..READERS {
        tasks.spawn(race.clone().reads(chance.fork()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap_or_else(|panic| panic!("seed {seed}: {panic}"));
    }
    // What was dropped is carried out now, and still in doubt.
    race.inner.drain();
    race.equals_the_store().await;
    let last = batch(vec![bar("A", 0, WRITES + 1)], Lineage::Feed);
    race.store
        .upsert_bars(Priority::Normal, last)
        .await
        .unwrap();
    race.equals_the_store().await;
    let loads = race.inner.loads();
    race.equals_the_store().await;
    // The 5 questions to the store itself: everything is settled, and comes from memory.
    assert_eq!(race.inner.loads(), loads + 5, "seed {seed}");
    race.store.state()
}

/// Adds up; a run that never met a race proves nothing.
#[derive(Debug, Default)]
struct Met {
    hits: u64,
    stale: u64,
    evictions: u64,
    shared: u64,
    raced: u64,
}

impl Met {
    fn add(&mut self, state: &CacheState) {
        self.shared += state.shared_loads;
        self.raced += state.raced_loads;
        for class in &state.classes {
            self.hits += class.hits;
            self.stale += class.stale;
            self.evictions += class.evictions;
        }
    }

    fn check(&self) {
        let all = [
            self.hits,
            self.stale,
            self.evictions,
            self.shared,
            self.raced,
        ];
        assert!(all.iter().all(|count| *count > 20), "{self:?}");
    }
}

fn block_on<T>(builder: &mut tokio::runtime::Builder, work: impl Future<Output = T>) -> T {
    builder.enable_all().build().unwrap().block_on(work)
}

#[test]
fn no_read_is_stale_whatever_the_order() {
    let mut met = Met::default();
    for seed in 0..400 {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        met.add(&block_on(&mut builder, race(seed)));
    }
    met.check();
}

#[test]
fn no_read_is_stale_on_several_threads() {
    let mut met = Met::default();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let builder = builder.worker_threads(4);
    block_on(builder, async {
        for seed in 0..150 {
            met.add(&race(seed).await);
        }
    });
    met.check();
}
