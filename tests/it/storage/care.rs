//! What the SQLite store does for its file: schema, log, backup, verification, faults of imports.

use std::fs;
use std::time::Duration;

use mda::api::RejectOutcome;
use mda::domain::Bar;
use mda::storage::{
    BarBatch, Fault, Lineage, MarketStore, Precedence, Priority, SqliteStore, StoreError,
};
use sqlx::Connection;

use super::importing::{begin, chunk, hash, import, reject};
use super::sqlite::shell;
use super::support::{
    Factory, SqliteFile, bar, bar_of, clock, counts, from_source, minutes, price, read_minutes,
    write,
};

async fn execute(file: &SqliteFile, sql: &'static str) {
    let mut shell = shell(file).await;
    sqlx::raw_sql(sql).execute(&mut shell).await.unwrap();
    shell.close().await.unwrap();
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let file = SqliteFile::new();
    fs::write(file.options().path, "").unwrap();
    execute(
        &file,
        "PRAGMA application_id = 0x6d646131;
         CREATE TABLE schema_version (
             version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
         ) STRICT;
         INSERT INTO schema_version VALUES (1, 'bars', 0);",
    )
    .await;
    let bars = include_str!("../../../migrations/sqlite/0001_bars.sql");
    execute(&file, bars).await;
    execute(
        &file,
        "INSERT INTO symbol VALUES (1, 'BTC-USD'); INSERT INTO source VALUES (1, 'kraken');
         INSERT INTO bar VALUES (1, 60, 60000000, 1, 10000000000, 10250000000, 9900000001,
             10100000000, 12, 34, NULL, NULL, 100, NULL, 5);
         INSERT INTO series VALUES (1, 60, 1, 1, 60000000, 60000000);",
    )
    .await;
    let store = file.open(Precedence::default()).await;
    assert_eq!(store.health().await.unwrap().schema_version, 2);
    assert_eq!(store.bars(minutes("BTC-USD")).await.unwrap().bars, [bar(1)]);
    let dearer = Bar {
        high: price("900"),
        ..bar(1)
    };
    let record = import(&*store, &[dearer, bar(2)], 9).await;
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!((done.deleted, done.restored), (1, 1));
    assert_eq!(store.bars(minutes("BTC-USD")).await.unwrap().bars, [bar(1)]);
    store.close().await.unwrap();
    // Applied once: opened again it stays as it is.
    let store = file.open(Precedence::default()).await;
    assert_eq!(store.imports(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_of_a_chunk() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.pages_max = Some(80);
    let store = SqliteStore::open(options, clock()).await.unwrap();
    write(&store, (0..500).map(bar).collect()).await;
    let before = hash(&store).await;
    let record = begin(&store).await;
    let mut given = chunk(&record, 0, (400..20_000).map(bar).collect());
    given.rejects = vec![reject(1, RejectOutcome::Rejected)];
    let error = store.write_chunk(Priority::Low, given).await.unwrap_err();
    assert!(is_fault(&error, Fault::DiskFull), "{error}");
    assert!(error.is_retryable());
    // Rows that fit, and rejects that do not.
    let mut given = chunk(&record, 0, (500..510).map(bar).collect());
    given.rejects = (0..9_000)
        .map(|line| reject(line, RejectOutcome::Rejected))
        .collect();
    let error = store.write_chunk(Priority::Low, given).await.unwrap_err();
    assert!(is_fault(&error, Fault::DiskFull), "{error}");
    assert_eq!(hash(&store).await, before);
    assert_eq!(store.ledger(record.id).await.unwrap(), []);
    assert_eq!(store.rejects(record.id, 0, 9).await.unwrap(), []);
    let small = chunk(&record, 0, vec![bar(500)]);
    let line = store.write_chunk(Priority::Low, small).await.unwrap();
    assert_eq!(line.counts.inserted, 1);
}

fn is_fault(error: &StoreError, expected: Fault) -> bool {
    matches!(error, StoreError::Database { fault, .. } if *fault == expected)
}

#[tokio::test]
async fn a_locked_store_refuses_a_chunk_and_takes_it_later() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.lock_wait = Duration::from_millis(1);
    let store = SqliteStore::open(options, clock()).await.unwrap();
    let record = begin(&store).await;
    let given = chunk(&record, 0, vec![bar(0)]);
    let mut other = shell(&file).await;
    let lock = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other);
    lock.await.unwrap();
    let error = store
        .write_chunk(Priority::Low, given.clone())
        .await
        .unwrap_err();
    assert!(
        is_fault(&error, Fault::Locked) && error.is_retryable(),
        "{error}"
    );
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let line = store.write_chunk(Priority::Low, given).await.unwrap();
    assert_eq!(line.counts.inserted, 1);
}

#[tokio::test]
async fn an_undo_that_was_stopped_goes_on_where_it_was() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..100).map(bar).collect()).await;
    let before = (
        hash(&*store).await,
        store.statistics().await.unwrap().series,
    );
    let dear = |minute| Bar {
        high: price("900"),
        ..bar(minute)
    };
    let bars: Vec<Bar> = (0..35_000).map(dear).collect();
    let record = import(&*store, &bars, 20_000).await;
    // Each attempt lives until one more piece is gone.
    let mut held = 35_000;
    while held > 12_000 {
        let mut attempt = store.undo_import(record.id);
        let stopped = async {
            loop {
                let rows = store.statistics().await.unwrap().rows;
                if rows < held {
                    break rows;
                }
            }
        };
        tokio::select! {
            biased;
            rows = stopped => held = rows,
            done = &mut attempt => panic!("{done:?}"),
        }
        drop(attempt);
        let report = store.verify().await.unwrap();
        assert_eq!(report.faults, [""; 0]);
        assert_eq!(store.import(record.id).await.unwrap().unwrap().undone, None);
        let late = chunk(&record, 9, vec![bar(0)]);
        let error = store.write_chunk(Priority::Low, late).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced { .. }), "{error}");
    }
    store.close().await.unwrap();
    let store = file.open(Precedence::default()).await;
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!((done.deleted, done.restored, done.kept), (34_900, 100, 0));
    assert_eq!(
        (
            hash(&*store).await,
            store.statistics().await.unwrap().series
        ),
        before
    );
}

#[tokio::test]
async fn retention_takes_what_an_import_replaced_with_it() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..10).map(bar).collect()).await;
    let dear = |minute| Bar {
        high: price("900"),
        ..bar(minute)
    };
    let record = import(&*store, &(5..15).map(dear).collect::<Vec<_>>(), 99).await;
    let end = super::support::at_minute(8).unwrap();
    assert_eq!(store.delete_before(bar(0).timeframe, end).await.unwrap(), 8);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM import_before")
        .fetch_one(&mut shell(&file).await)
        .await
        .unwrap();
    assert_eq!(left, 2);
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!((done.deleted, done.restored), (5, 2));
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await, [8, 9]);
    hash(&*store).await;
}

#[tokio::test]
async fn the_log_stays_short_while_one_writes_without_a_pause() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.checkpoint_pages = 50;
    options.log_bytes_max = 1 << 20;
    let store = SqliteStore::open(options, clock()).await.unwrap();
    let mut longest = 0;
    for round in 0..150 {
        let rows: Vec<Bar> = (0..1_000)
            .map(|minute| bar(round * 1_000 + minute))
            .collect();
        let batch = BarBatch::new(rows, Lineage::Feed);
        store.upsert_bars(Priority::Low, batch).await.unwrap();
        longest = longest.max(store.health().await.unwrap().wal_size);
    }
    // Twice the limit and one batch of about 100 KiB at most.
    assert!(longest < 5 << 19, "{longest} bytes");
    let size = store.health().await.unwrap().size;
    assert!(size > 5 << 20, "{size} bytes");
}

#[tokio::test]
async fn the_log_is_moved_beside_a_writer_who_pauses() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.checkpoint_pages = 4;
    options.log_bytes_max = u64::MAX;
    let store = SqliteStore::open(options, clock()).await.unwrap();
    let (mut before, mut now) = (0, 0);
    let writing = async {
        // Each write is a pause for the one before it; one of them finds the log moved whole.
        for minute in 0.. {
            write(&store, vec![bar(minute)]).await;
            (before, now) = (now, store.health().await.unwrap().wal_size);
            if now < before {
                break;
            }
        }
    };
    let limit = Duration::from_mins(2);
    tokio::time::timeout(limit, writing)
        .await
        .expect("the log begins anew");
    hash(&store).await;
}

#[tokio::test]
async fn a_reader_that_stays_holds_no_writer_up() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.checkpoint_pages = 1;
    options.log_bytes_max = 1;
    options.lock_wait = Duration::from_mins(10);
    let store = SqliteStore::open(options, clock()).await.unwrap();
    write(&store, vec![bar(0)]).await;
    let mut other = shell(&file).await;
    let reading = sqlx::raw_sql("BEGIN; SELECT count(*) FROM bar");
    reading.execute(&mut other).await.unwrap();
    let writing = async {
        for minute in 1..30 {
            assert_eq!(write(&store, vec![bar(minute)]).await, counts(1, 0, 0));
        }
    };
    // Far below what a wait for the reader would take.
    let limit = Duration::from_mins(2);
    tokio::time::timeout(limit, writing)
        .await
        .expect("nobody waits for a reader");
    assert!(store.health().await.unwrap().wal_size > 30 * 4_096);
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    write(&store, vec![bar(30)]).await;
    write(&store, vec![bar(31)]).await;
    assert!(
        store.health().await.unwrap().wal_size < 30 * 4_096,
        "the log begins anew"
    );
}

#[tokio::test]
async fn a_backup_is_of_one_moment_while_others_write() {
    let (file, copy) = (SqliteFile::new(), SqliteFile::new());
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..20_000).map(bar).collect()).await;
    let writing = async {
        for round in 40..80 {
            let rows = (0..500).map(|minute| bar(round * 500 + minute)).collect();
            assert_eq!(write(&*store, rows).await, counts(500, 0, 0));
        }
    };
    let (report, ()) = tokio::join!(store.backup(copy.options().path), writing);
    let report = report.unwrap();
    assert_eq!(report.rows % 500, 0, "half a batch is copied");
    let copied = copy.open(Precedence::default()).await;
    assert_eq!(hash(&*copied).await, report.hash);
    let names = fs::read_dir(copy.folder.path()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name.to_string_lossy().ends_with(".part"));
    assert!(names.is_empty(), "{names:?}");
}

#[tokio::test]
async fn a_backup_replaces_no_file_but_what_was_cut_off() {
    let (file, copy) = (SqliteFile::new(), SqliteFile::new());
    let store = file.open(Precedence::default()).await;
    write(&*store, vec![bar(0)]).await;
    let path = copy.options().path;
    fs::write(&path, "mine").unwrap();
    let error = store.backup(path.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::FileExists { .. }), "{error}");
    assert!(
        error.to_string().contains("bars.db` is there already"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    fs::remove_file(&path).unwrap();
    let part = copy.folder.path().join("bars.db.part");
    fs::write(&part, "half").unwrap();
    assert_eq!(store.backup(path).await.unwrap().rows, 1);
    assert!(!part.exists());
    let nowhere = copy.folder.path().join("absent/bars.db");
    let error = store.backup(nowhere).await.unwrap_err();
    assert!(is_fault(&error, Fault::CannotOpen), "{error}");
    // Its own file is there already as well.
    let error = store.backup(file.options().path).await.unwrap_err();
    assert!(matches!(error, StoreError::FileExists { .. }), "{error}");
    store.close().await.unwrap();
    let error = store
        .backup(copy.folder.path().join("late.db"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Closed { .. }), "{error}");
}

#[tokio::test]
async fn verifying_names_what_is_wrong() {
    let (file, copy) = (SqliteFile::new(), SqliteFile::new());
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..10).map(bar).collect()).await;
    write(&*store, vec![bar_of("ETH-USD", bar(0).timeframe, 3)]).await;
    write(&*store, vec![bar_of("OIL", bar(0).timeframe, 3)]).await;
    write(&*store, vec![from_source("yahoo", bar(3))]).await;
    hash(&*store).await;
    execute(
        &file,
        "UPDATE bar SET quality_score = 101 WHERE ts = 120000000;
         UPDATE series SET bar_count = 11, oldest = 60000000 WHERE bar_count = 10;
         DELETE FROM series WHERE symbol_id = (SELECT id FROM symbol WHERE name = 'ETH-USD');
         DELETE FROM bar WHERE symbol_id = (SELECT id FROM symbol WHERE name = 'OIL');
         DELETE FROM source WHERE name = 'yahoo';",
    )
    .await;
    let report = store.verify().await.unwrap();
    assert_eq!(report.rows, 10);
    let expected = [
        "bars of series",
        "`BTC-USD` 1m of `kraken` at 1970-01-01T00:02:00Z holds a wrong quality score: `101`",
        "`BTC-USD` 1m of `kraken` is said to hold 11 bars, and has 10",
        "`BTC-USD` 1m of `kraken` is said to reach from 1970-01-01T00:01:00Z to \
         1970-01-01T00:09:00Z, and reaches from 1970-01-01T00:00:00Z",
        "`OIL` 1m of `kraken` is said to hold 1 bars, and has none",
        "`ETH-USD` 1m of `kraken` has 1 bars, and is not listed",
    ];
    for line in expected {
        let is_told = report.faults.iter().any(|fault| fault.starts_with(line));
        assert!(is_told, "{line} in {:#?}", report.faults);
    }
    assert_eq!(report.faults.len(), expected.len(), "{:#?}", report.faults);
    let error = store.backup(copy.options().path).await.unwrap_err();
    assert!(matches!(error, StoreError::Unsound { .. }), "{error}");
    assert_eq!(fs::read_dir(copy.folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn verifying_tells_a_bounded_number_of_faults() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..500).map(bar).collect()).await;
    execute(
        &file,
        "UPDATE bar SET volume_whole = -1, volume_fraction = 0",
    )
    .await;
    let report = store.verify().await.unwrap();
    assert_eq!((report.rows, report.faults.len()), (0, 101));
    assert_eq!(report.faults[100], "and 400 more");
}

#[tokio::test]
async fn verifying_a_damaged_file_tells_it() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..5_000).map(bar).collect()).await;
    store.close().await.unwrap();
    let mut bytes = fs::read(file.options().path).unwrap();
    // Most of the later pages are leaves of the bars.
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xa5);
    fs::write(file.options().path, bytes).unwrap();
    let store = file.open(Precedence::default()).await;
    let report = store.verify().await.unwrap();
    assert!(!report.faults.is_empty());
    assert!(report.rows < 5_000);
}
