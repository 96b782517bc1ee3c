//! Bars by the dozen, and stores in throw-away folders.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use mda::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};
use mda::runtime::ManualClock;
use mda::storage::{
    BarBatch, BarQuery, Lineage, MarketStore, Precedence, Priority, SqliteOptions, SqliteStore,
    UpsertCounts,
};
use tempfile::TempDir;

pub(super) type Opening<'a> = Pin<Box<dyn Future<Output = Arc<dyn MarketStore>> + Send + 'a>>;

/// A place for one store, which can be opened again and again.
pub(super) trait Factory: Send + Sync {
    /// Opens the store; what was written before is there.
    fn open(&self, precedence: Precedence) -> Opening<'_>;

    /// An empty place for a backup; `None` for stores that are no file.
    fn beside(&self) -> Option<SqliteFile>;
}

/// A SQLite file in a folder that goes with it.
pub(super) struct SqliteFile {
    pub(super) folder: TempDir,
}

impl SqliteFile {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(super) fn options(&self) -> SqliteOptions {
        SqliteOptions::at(self.folder.path().join("bars.db"))
    }
}

impl Factory for SqliteFile {
    fn open(&self, precedence: Precedence) -> Opening<'_> {
        let options = SqliteOptions {
            precedence,
            ..self.options()
        };
        Box::pin(async {
            let store = SqliteStore::open(options, clock()).await.unwrap();
            Arc::new(store) as Arc<dyn MarketStore>
        })
    }

    fn beside(&self) -> Option<SqliteFile> {
        Some(Self::new())
    }
}

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(1_700_000_000_000_000))
}

pub(super) fn symbol(name: &str) -> Symbol {
    Symbol::parse(name).unwrap()
}

pub(super) fn source(name: &str) -> Source {
    Source::parse(name).unwrap()
}

pub(super) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

/// A minute bar of BTC-USD from `kraken`; the fields make it another.
pub(super) fn bar(minute: i64) -> Bar {
    Bar {
        symbol: symbol("BTC-USD"),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(minute * 60),
        open: price("100"),
        high: price("102.5"),
        low: price("99.00000001"),
        close: price("101"),
        volume: "12.00000034".parse().unwrap(),
        trade_count: None,
        vwap: None,
        source: source("kraken"),
        quality_score: QualityScore::MAX,
    }
}

pub(super) fn bar_of(name: &str, timeframe: Timeframe, place: i64) -> Bar {
    Bar {
        symbol: symbol(name),
        timeframe,
        time: Timestamp::from_micros(place * timeframe.nominal_micros()),
        ..bar(0)
    }
}

pub(super) fn from_source(name: &str, bar: Bar) -> Bar {
    Bar {
        source: source(name),
        ..bar
    }
}

/// Bars at the far ends of what their types hold.
pub(super) fn extreme_bars() -> Vec<Bar> {
    let most = Bar {
        time: Timestamp::from_micros(-1),
        open: Price::MAX,
        high: Price::MAX,
        low: Price::MIN,
        close: Price::MIN,
        volume: Volume::MAX,
        trade_count: Some(u64::MAX),
        vwap: Some(Price::MIN),
        quality_score: QualityScore::new(0).unwrap(),
        ..bar(0)
    };
    let least = Bar {
        time: Timestamp::from_micros(i64::MIN),
        open: Price::ZERO,
        high: Price::ZERO,
        low: Price::ZERO,
        close: Price::ZERO,
        volume: Volume::ZERO,
        trade_count: Some(0),
        vwap: Some(Price::ZERO),
        symbol: symbol(&"X".repeat(Symbol::LEN_MAX)),
        source: source(&"y".repeat(Source::LEN_MAX)),
        ..bar(0)
    };
    vec![most, least]
}

pub(super) async fn write(store: &dyn MarketStore, bars: Vec<Bar>) -> UpsertCounts {
    let batch = BarBatch::new(bars, Lineage::Feed);
    store.upsert_bars(Priority::Normal, batch).await.unwrap()
}

pub(super) fn counts(inserted: u64, updated: u64, unchanged: u64) -> UpsertCounts {
    UpsertCounts {
        inserted,
        updated,
        unchanged,
    }
}

pub(super) fn minutes(name: &str) -> BarQuery {
    BarQuery::all(symbol(name), Timeframe::M1)
}

/// Reads the opens of the bars, in minutes.
pub(super) async fn read_minutes(store: &dyn MarketStore, query: BarQuery) -> Vec<i64> {
    let series = store.bars(query).await.unwrap();
    let minute = |bar: &Bar| bar.time.micros() / 60_000_000;
    series.bars.iter().map(minute).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "the ends of a range are optional")]
pub(super) fn at_minute(minute: i64) -> Option<Timestamp> {
    Some(Timestamp::from_secs(minute * 60))
}
