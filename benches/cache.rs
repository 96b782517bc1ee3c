//! How fast a hit in memory is, and how many a second on two threads, beside plain moka.
//!
//! `cargo bench --bench cache` fills a cache with the newest bars of 1,000 symbols and 200 ranges
//! of 390 bars, and prints quantiles of single hits and hits a second of: moka alone, moka with its
//! own expiry of each entry, ours, and ours through the road of a store. `MDA_BENCH_HITS` and
//! `MDA_BENCH_ROUNDS` set other numbers. Compare only figures of one run; the machine's load is
//! printed with them.

#![expect(clippy::print_stdout, reason = "a bench reports on stdout")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mda::cache::{Class, Fill, Generations, Key, MemoryCache};
use mda::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};
use mda::hybrid::CachedStore;
use mda::runtime::SystemClock;
use mda::storage::{
    BarBatch, BarQuery, Lineage, MarketStore, Priority, SqliteOptions, SqliteStore,
};

const SYMBOLS: usize = 1_000;
const RANGES: usize = 200;
const RANGE_BARS: usize = 390;
const START_SECS: i64 = 1_700_006_400;

fn main() {
    let hits: usize = number("MDA_BENCH_HITS", 2_000_000);
    let rounds: usize = number("MDA_BENCH_ROUNDS", 5);
    println!("load {}, {hits} hits a thread", load());
    let rig = Rig::new();
    let keys: Vec<Key> = (0..SYMBOLS).map(latest_key).collect();
    let contenders: [(&str, Get<'_>); 3] = [
        ("moka", &|key| rig.plain.get(key).is_some()),
        ("moka with expiry", &|key| rig.expiring.get(key).is_some()),
        ("ours, with generations", &|key| rig.ours_has(key)),
    ];
    for round in 1..=rounds {
        println!("round {round}");
        for (name, get) in contenders {
            let one = rate(hits, threads(1, hits, (&keys, get)));
            let two = rate(hits * 2, threads(2, hits, (&keys, get)));
            let single = quantiles(singles(hits / 20, (&keys, get)));
            println!("  {name}: {one} hits/s on 1 thread, {two} on 2; a hit {single}");
        }
    }
    through_the_road(hits / 20);
    println!("load {}", load());
}

/// Reads a setting of the bench.
fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The same values under the same keys in three caches.
struct Rig {
    plain: moka::sync::Cache<Key, Arc<Bar>>,
    expiring: moka::sync::Cache<Key, Arc<Bar>>,
    ours: MemoryCache<Arc<Bar>>,
    generations: Generations,
}

/// An hour each, so that none expires while it is measured.
struct AnHour;

impl moka::Expiry<Key, Arc<Bar>> for AnHour {
    fn expire_after_create(&self, _: &Key, _: &Arc<Bar>, _: Instant) -> Option<Duration> {
        Some(Duration::from_hours(1))
    }
}

impl Rig {
    fn new() -> Self {
        let weigher = |_: &Key, _: &Arc<Bar>| 400;
        let builder = || {
            moka::sync::Cache::builder()
                .max_capacity(64 << 20)
                .weigher(weigher)
        };
        let rig = Self {
            plain: builder().build(),
            expiring: builder().expire_after(AnHour).build(),
            ours: MemoryCache::new(64 << 20, Arc::new(SystemClock::new())),
            generations: Generations::default(),
        };
        for place in 0..SYMBOLS {
            let (key, value) = (latest_key(place), Arc::new(bar(place, 0)));
            rig.plain.insert(key.clone(), Arc::clone(&value));
            rig.expiring.insert(key.clone(), Arc::clone(&value));
            let fill = Fill {
                class: Class::Daily,
                value,
                bytes: 200,
                stamp: rig.generations.stamp(&[key.slot()]),
            };
            rig.ours.insert(key, fill);
        }
        rig
    }

    fn ours_has(&self, key: &Key) -> bool {
        let stamp = self.generations.stamp(&[key.slot()]);
        self.ours.get(key, Class::Daily, stamp).is_some()
    }
}

/// Asks for a key and says whether it was there.
type Get<'a> = &'a (dyn Fn(&Key) -> bool + Sync);

type Work<'a> = (&'a [Key], Get<'a>);

/// Asks `hits` times on each thread, every thread in an order of its own.
fn threads(count: u64, hits: usize, (keys, get): Work<'_>) -> Duration {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..count {
            scope.spawn(move || {
                let mut chance = fastrand::Rng::with_seed(thread);
                let found = (0..hits).filter(|_| get(&keys[chance.usize(..keys.len())]));
                assert_eq!(black_box(found.count()), hits);
            });
        }
    });
    began.elapsed()
}

fn singles(hits: usize, (keys, get): Work<'_>) -> Vec<Duration> {
    let mut chance = fastrand::Rng::with_seed(7);
    let mut timed = || {
        let key = &keys[chance.usize(..keys.len())];
        let began = Instant::now();
        assert!(black_box(get(key)));
        began.elapsed()
    };
    (0..hits).map(|_| timed()).collect()
}

/// Hits as a caller of the store sees them, and the same questions to the bare store.
fn through_the_road(hits: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let options = SqliteOptions::at(folder.path().join("bars.db"));
        let clock = Arc::new(SystemClock::new());
        let opened = SqliteStore::open(options, Arc::clone(&clock) as _).await;
        let bare = Arc::new(opened.expect("the store opens")) as Arc<dyn MarketStore>;
        let cached = CachedStore::new(Arc::clone(&bare), CachedStore::BYTES_MAX, clock);
        fill(&cached).await;
        println!("through the road of a store");
        let mut chance = fastrand::Rng::with_seed(7);
        let mut times: [Vec<Duration>; 4] = Default::default();
        for at in 0..hits {
            let place = chance.usize(..RANGES);
            let began = Instant::now();
            black_box(cached.shared_bars(range(place)).await.expect("an answer"));
            times[0].push(began.elapsed());
            let began = Instant::now();
            black_box(cached.bars(range(place)).await.expect("an answer"));
            times[1].push(began.elapsed());
            let began = Instant::now();
            let names = vec![symbol(place)];
            black_box(
                cached
                    .latest_bars(names, Timeframe::M1)
                    .await
                    .expect("an answer"),
            );
            times[2].push(began.elapsed());
            if at % 50 == 0 {
                let began = Instant::now();
                black_box(bare.bars(range(place)).await.expect("an answer"));
                times[3].push(began.elapsed());
            }
        }
        let names = [
            "390 bars, shared",
            "390 bars, copied",
            "latest of one",
            "390 bars of the bare store",
        ];
        for (name, times) in names.into_iter().zip(times) {
            println!("  {name}: {}", quantiles(times));
        }
        let state = cached.state();
        println!(
            "  {} values, {} bytes, its own measure of a hit: p50 {} ns, p99 {} ns",
            state.entries, state.bytes, state.hit_p50_nanos, state.hit_p99_nanos
        );
        cached.close().await.expect("the store closes");
    });
}

/// Writes the bars and asks every question once.
async fn fill(cached: &CachedStore) {
    for place in 0..RANGES {
        let bars: Vec<Bar> = (0..RANGE_BARS).map(|minute| bar(place, minute)).collect();
        let batch = BarBatch::new(bars, Lineage::Feed);
        let written = cached.upsert_bars(Priority::Normal, batch).await;
        written.expect("a batch is written");
    }
    for place in 0..RANGES {
        cached.bars(range(place)).await.expect("an answer");
    }
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |permille: usize| times[(times.len() - 1) * permille / 1_000];
    format!("p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999))
}

fn rate(hits: usize, elapsed: Duration) -> u64 {
    (hits as f64 / elapsed.as_secs_f64()) as u64
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned())
}

fn latest_key(place: usize) -> Key {
    Key::Latest {
        symbol: symbol(place),
        timeframe: Timeframe::M1,
    }
}

fn range(place: usize) -> BarQuery {
    BarQuery {
        limit: Some(RANGE_BARS as u32),
        ..BarQuery::all(symbol(place), Timeframe::M1)
    }
}

fn symbol(place: usize) -> Symbol {
    Symbol::parse(&format!("SYM{place:04}")).expect("a valid symbol")
}

fn bar(place: usize, minute: usize) -> Bar {
    let price = Price::from_scaled(10_000_000_000 + minute as i64);
    Bar {
        symbol: symbol(place),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(START_SECS + minute as i64 * 60),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: Volume::ZERO,
        trade_count: None,
        vwap: None,
        source: Source::parse("bench").expect("a valid source"),
        quality_score: QualityScore::MAX,
    }
}
