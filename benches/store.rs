//! How fast bars go into the embedded store, and how fast questions are answered.
//!
//! `cargo bench --bench store` writes one million bars in batches, writes them a second time (all
//! unchanged), loads the same rows with `sqlite3`'s `.import` into a keyed text table when that is
//! installed, and prints quantiles of reads on what was loaded. `MDA_BENCH_BARS`,
//! `MDA_BENCH_ROUNDS` and `MDA_BENCH_CHECKPOINT_PAGES` set other numbers; `MDA_BENCH_READS=1` loads
//! once and only reads. Compare only figures of one run; the machine's load is printed with them.

#![expect(clippy::print_stdout, reason = "a bench reports on stdout")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mda::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};
use mda::runtime::SystemClock;
use mda::storage::{
    BarBatch, BarPoint, BarQuery, Lineage, MarketStore, Priority, SegmentKey, SeriesKey,
    SqliteOptions, SqliteStore, UpsertCounts,
};

const SYMBOLS: usize = 100;
const READS: usize = 2_000;
const START_SECS: i64 = 1_700_006_400;

fn main() {
    let bars: usize = number("MDA_BENCH_BARS", 1_000_000);
    let rounds: usize = number("MDA_BENCH_ROUNDS", 3);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    let by_symbol = by_symbol(bars);
    if std::env::var_os("MDA_BENCH_READS").is_some() {
        return only_reads(&runtime, &by_symbol);
    }
    let by_time = by_time(bars);
    println!("load {}, {bars} bars, {SYMBOLS} symbols", load());
    for round in 1..=rounds {
        let folder = tempfile::tempdir().expect("a folder can be made");
        println!("round {round}");
        for (order, bars) in [("by symbol", &by_symbol), ("by time", &by_time)] {
            for batch_rows in [2_000, 10_000, 20_000] {
                let path = folder.path().join(format!("{order}-{batch_rows}.db"));
                runtime.block_on(writes(&path, bars, (order, batch_rows)));
            }
        }
        import(folder.path(), &by_symbol);
        if round == rounds {
            let path = folder.path().join("by symbol-10000.db");
            runtime.block_on(reads(&path, bars / SYMBOLS));
        }
    }
    println!("load {}", load());
}

/// Loads the bars once and asks for them.
fn only_reads(runtime: &tokio::runtime::Runtime, bars: &[Bar]) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("reads.db");
    println!("load {}, {} bars, {SYMBOLS} symbols", load(), bars.len());
    runtime.block_on(writes(&path, bars, ("by symbol", 20_000)));
    runtime.block_on(reads(&path, bars.len() / SYMBOLS));
    println!("load {}", load());
}

/// Reads a setting of the bench.
fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn open(path: &Path) -> SqliteStore {
    let mut options = SqliteOptions::at(path);
    options.checkpoint_pages = number("MDA_BENCH_CHECKPOINT_PAGES", options.checkpoint_pages);
    SqliteStore::open(options, Arc::new(SystemClock::new()))
        .await
        .expect("the store opens")
}

async fn writes(path: &Path, bars: &[Bar], (order, batch_rows): (&str, usize)) {
    let store = open(path).await;
    for what in ["new", "again"] {
        let batches: Vec<_> = bars
            .chunks(batch_rows)
            .map(|piece| BarBatch::new(piece, Lineage::Feed))
            .collect();
        let mut times = Vec::with_capacity(batches.len());
        let mut counts = UpsertCounts::default();
        let began = Instant::now();
        for batch in batches {
            let began = Instant::now();
            counts += store
                .upsert_bars(Priority::Low, batch)
                .await
                .expect("a batch is written");
            times.push(began.elapsed());
        }
        let elapsed = began.elapsed();
        println!(
            "  upsert {order}, batches of {batch_rows}, {what}: {} rows/s, a batch {}",
            rate(bars.len(), elapsed),
            quantiles(times),
        );
        assert_eq!(counts.rows(), bars.len() as u64);
    }
    store.close().await.expect("the store closes");
}

/// The same rows through the command-line shell, as text, into a table with the same key.
fn import(folder: &Path, bars: &[Bar]) {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("  SKIPPED: sqlite3 is not installed, so nothing to compare with");
        return;
    }
    let mut text = String::new();
    for bar in bars {
        writeln!(
            text,
            "{},{},{},{},{},{},{},{},{}",
            bar.symbol,
            bar.timeframe,
            bar.time,
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            bar.volume,
            bar.source,
        )
        .expect("text grows");
    }
    let csv = folder.join("bars.csv");
    std::fs::write(&csv, text).expect("a file is written");
    let began = Instant::now();
    let mut shell = Command::new("sqlite3")
        .arg(folder.join("import.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("sqlite3 starts");
    let script = format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;\n\
         CREATE TABLE bar (symbol TEXT, timeframe TEXT, time TEXT, open TEXT, high TEXT, low TEXT,\
         close TEXT, volume TEXT, source TEXT, PRIMARY KEY (symbol, timeframe, time, source));\n\
         .mode csv\n.import '{}' bar\n",
        csv.display()
    );
    let mut input = shell.stdin.take().expect("sqlite3 reads");
    input.write_all(script.as_bytes()).expect("sqlite3 listens");
    drop(input);
    assert!(shell.wait().expect("sqlite3 ends").success());
    println!(
        "  sqlite3 .import: {} rows/s",
        rate(bars.len(), began.elapsed())
    );
}

async fn reads(path: &Path, bars_each: usize) {
    let store = open(path).await;
    let mut rng = fastrand::Rng::with_seed(7);
    let mut times: [Vec<Duration>; 6] = Default::default();
    for _ in 0..READS {
        let of = symbol(rng.usize(..SYMBOLS));
        let query = |limit| BarQuery {
            limit: Some(limit),
            ..BarQuery::all(of.clone(), Timeframe::M1)
        };
        let range = BarQuery {
            from: Some(time(rng.usize(..bars_each.saturating_sub(500).max(1)))),
            ..query(500)
        };
        let hours = BarQuery {
            timeframe: Timeframe::H1,
            ..query(24)
        };
        let point = BarPoint {
            symbol: symbol(rng.usize(..SYMBOLS)),
            timeframe: Timeframe::M1,
            time: time(rng.usize(..bars_each)),
            source: None,
        };
        let watched = (0..SYMBOLS).map(symbol).collect();
        times[0].push(timed(store.bars(range)).await);
        times[1].push(timed(store.bars(query(390))).await);
        times[2].push(timed(store.latest_bars(watched, Timeframe::M1)).await);
        times[3].push(timed(store.last_bar_at_or_before(point)).await);
        times[4].push(timed(store.resampled(hours)).await);
    }
    for _ in 0..20 {
        let series = SeriesKey {
            symbol: symbol(rng.usize(..SYMBOLS)),
            timeframe: Timeframe::M1,
            source: source(),
        };
        let month = time(0);
        times[5].push(timed(store.segment_hash(SegmentKey { series, month })).await);
    }
    let names = [
        "range of 500",
        "newest 390",
        "latest of 100 symbols",
        "last at or before",
        "24 hours out of minutes",
        "hash of a month",
    ];
    for (name, times) in names.into_iter().zip(times) {
        println!("  {name}: {}", quantiles(times));
    }
    store.close().await.expect("the store closes");
}

async fn timed<T>(answer: mda::storage::StoreFuture<'_, T>) -> Duration {
    let began = Instant::now();
    answer.await.expect("the store answers");
    began.elapsed()
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("p50 {:?}, p99 {:?}, max {:?}", at(50), at(99), at(100))
}

fn rate(rows: usize, elapsed: Duration) -> u64 {
    (rows as f64 / elapsed.as_secs_f64()) as u64
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned())
}

fn by_symbol(bars: usize) -> Vec<Bar> {
    let each = bars / SYMBOLS;
    let place = |index| bar(index / each, index % each);
    (0..each * SYMBOLS).map(place).collect()
}

fn by_time(bars: usize) -> Vec<Bar> {
    (0..bars / SYMBOLS * SYMBOLS)
        .map(|index| bar(index % SYMBOLS, index / SYMBOLS))
        .collect()
}

fn bar(series: usize, place: usize) -> Bar {
    let mut rng = fastrand::Rng::with_seed((series * 1_000_000 + place) as u64);
    let mut price = || Price::from_scaled(rng.i64(10_000..12_000) * 1_000_000);
    let (open, close) = (price(), price());
    Bar {
        symbol: symbol(series),
        timeframe: Timeframe::M1,
        time: time(place),
        open,
        high: open.max(close),
        low: open.min(close),
        close,
        volume: Volume::from_scaled(rng.i128(1..1_000_000) * 100_000_000).unwrap_or_default(),
        trade_count: Some(rng.u64(1..500)),
        vwap: Some(open),
        source: source(),
        quality_score: QualityScore::MAX,
    }
}

fn time(place: usize) -> Timestamp {
    Timestamp::from_secs(START_SECS + place as i64 * 60)
}

fn symbol(index: usize) -> Symbol {
    Symbol::parse(&format!("SYM{index:03}")).expect("a valid symbol")
}

fn source() -> Source {
    Source::parse("bench").expect("a valid source")
}
