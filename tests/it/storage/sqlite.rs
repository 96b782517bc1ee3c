//! The SQLite store passes the suite, keeps its promises about the file, and is readable by people.

use std::sync::Arc;

use mda::domain::{Bar, ImportId, Price};
use mda::storage::{BarBatch, Lineage, MarketStore, Precedence, Priority, SqliteStore, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};

use super::conformance::conformance;
use super::support::{
    Factory, SqliteFile, bar, clock, counts, extreme_bars, minutes, price, read_minutes, write,
};

conformance!(SqliteFile::new());

/// A connection of somebody else, as a person with a SQL shell has.
pub(super) async fn shell(file: &SqliteFile) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file.options().path);
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn the_view_shows_plain_numbers_and_names() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    let odd = Bar {
        open: price("-0.5"),
        low: Price::MIN,
        vwap: Some(price("-12.00000001")),
        trade_count: Some(7),
        time: "2024-02-29T23:59:30.25Z".parse().unwrap(),
        ..bar(0)
    };
    let lineage = Lineage::Import(ImportId(42));
    let batch = BarBatch::new(vec![odd.clone(), bar(0)], lineage);
    store.upsert_bars(Priority::Normal, batch).await.unwrap();
    let rows = sqlx::query("SELECT * FROM ohlcv_data ORDER BY time")
        .fetch_all(&mut shell(&file).await)
        .await
        .unwrap();
    let [plain, shown] = rows.as_slice() else {
        panic!("{} rows", rows.len())
    };
    let text = |column: &str| shown.get::<String, _>(column);
    assert_eq!(text("time"), "2024-02-29T23:59:30.250000Z");
    assert_eq!(plain.get::<String, _>("time"), "1970-01-01T00:00:00Z");
    assert_eq!(text("symbol"), "BTC-USD");
    assert_eq!(text("timeframe"), "1m");
    assert_eq!(text("source"), "kraken");
    let prices = [odd.open, odd.high, odd.low, odd.close].map(|price| price.to_string());
    let columns = ["open_price", "high_price", "low_price", "close_price"].map(text);
    assert_eq!(columns, prices);
    assert_eq!(text("volume"), odd.volume.to_string());
    assert_eq!(text("vwap"), "-12.00000001");
    assert_eq!(plain.get::<Option<String>, _>("vwap"), None);
    assert_eq!(shown.get::<i64, _>("trade_count"), 7);
    assert_eq!(shown.get::<i64, _>("import_id"), 42);
    assert_eq!(text("ingested_at"), "2023-11-14T22:13:20Z");
}

#[tokio::test]
async fn an_unchanged_row_keeps_the_import_it_came_from() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    for import in [1, 2] {
        let batch = BarBatch::new(vec![bar(0)], Lineage::Import(ImportId(import)));
        store.upsert_bars(Priority::Normal, batch).await.unwrap();
    }
    let id: i64 = sqlx::query_scalar("SELECT import_id FROM ohlcv_data")
        .fetch_one(&mut shell(&file).await)
        .await
        .unwrap();
    assert_eq!(id, 1);
}

#[tokio::test]
async fn the_file_has_the_settings_that_were_asked_for() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, extreme_bars()).await;
    let health = store.health().await.unwrap();
    assert_eq!(health.schema_version, 2);
    assert_eq!(health.journal_mode, "wal");
    assert!(health.engine.starts_with("SQLite 3."), "{}", health.engine);
    assert!(health.wal_size > 0);
    assert_eq!(health.last_checkpoint, None);
    let done = store.checkpoint().await.unwrap();
    assert!(done.is_complete);
    let health = store.health().await.unwrap();
    assert_eq!((health.wal_size, health.last_checkpoint), (0, Some(done)));
    let page_size: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&mut shell(&file).await)
        .await
        .unwrap();
    assert_eq!(page_size, 8_192);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, vec![bar(0)]).await;
    store.close().await.unwrap();
    let names: Vec<_> = std::fs::read_dir(file.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["bars.db"]);
}

#[tokio::test]
async fn readers_see_whole_batches_while_one_writes() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    let writing = async {
        for round in 0..40 {
            let rows: Vec<Bar> = (0..500).map(|minute| bar(round * 500 + minute)).collect();
            assert_eq!(write(&*store, rows).await, counts(500, 0, 0));
        }
    };
    let reading = async {
        let mut seen = 0;
        while seen < 20_000 {
            let held = read_minutes(&*store, minutes("BTC-USD")).await.len();
            assert_eq!(held % 500, 0, "half a batch is seen");
            assert!(held >= seen, "a batch is gone again");
            seen = held;
        }
    };
    tokio::join!(writing, reading);
}

#[tokio::test]
async fn a_dropped_write_happened_whole_or_not_at_all() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    let rows: Vec<Bar> = (0..5_000).map(bar).collect();
    let mut polls = 0;
    let mut held = 0;
    // Dropped after one poll more each time, until it lives to its end.
    while held == 0 {
        polls += 1;
        let batch = BarBatch::new(rows.clone(), Lineage::Feed);
        let mut future = store.upsert_bars(Priority::Normal, batch);
        let mut left = polls;
        let cut = std::future::poll_fn(|context| {
            left -= 1;
            let is_ready = future.as_mut().poll(context).is_ready();
            if is_ready || left == 0 {
                return std::task::Poll::Ready(());
            }
            std::task::Poll::Pending
        });
        cut.await;
        drop(future);
        held = read_minutes(&*store, minutes("BTC-USD")).await.len();
        assert!(
            held == 0 || held == 5_000,
            "{held} rows after {polls} polls"
        );
        let next = Bar {
            symbol: super::support::symbol("NEXT"),
            ..bar(polls)
        };
        assert_eq!(write(&*store, vec![next]).await, counts(1, 0, 0));
    }
    assert!(polls > 3);
}

#[tokio::test]
async fn two_stores_on_one_file_both_read() {
    let file = SqliteFile::new();
    let first = file.open(Precedence::default()).await;
    write(&*first, vec![bar(1)]).await;
    let second: Result<_, StoreError> = SqliteStore::open(file.options(), clock()).await;
    let second: Arc<dyn MarketStore> = Arc::new(second.unwrap());
    assert_eq!(read_minutes(&*second, minutes("BTC-USD")).await, [1]);
    write(&*second, vec![bar(2)]).await;
    assert_eq!(read_minutes(&*first, minutes("BTC-USD")).await, [1, 2]);
    // Names that the other one gave are found, not given twice.
    assert_eq!(write(&*first, vec![bar(2), bar(3)]).await, counts(1, 0, 1));
}
