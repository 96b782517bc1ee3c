//! What a broken, foreign, locked or full store says, and that it says what helps.

use std::fs;
use std::time::Duration;

use mda::storage::{
    BarBatch, Fault, Lineage, MarketStore, Precedence, Priority, SqliteOptions, SqliteStore,
    StoreError,
};

use super::sqlite::shell;
use super::support::{Factory, SqliteFile, bar, clock, counts, minutes, read_minutes, write};

async fn refusal(file: &SqliteFile) -> StoreError {
    SqliteStore::open(file.options(), clock())
        .await
        .unwrap_err()
}

fn fault(error: &StoreError) -> Option<Fault> {
    match error {
        StoreError::Database { fault, .. } => Some(*fault),
        _ => None,
    }
}

async fn execute(file: &SqliteFile, sql: &'static str) {
    sqlx::raw_sql(sql)
        .execute(&mut shell(file).await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_text_file_is_no_database() {
    let file = SqliteFile::new();
    let text = "time,open,high,low,close\n".repeat(100);
    fs::write(file.options().path, &text).unwrap();
    let error = refusal(&file).await;
    assert_eq!(fault(&error), Some(Fault::NotADatabase));
    let words = error.to_string();
    assert!(
        words.contains("bars.db`: it is not an SQLite database; give another path"),
        "{words}"
    );
    assert_eq!(fs::read_to_string(file.options().path).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let file = SqliteFile::new();
    fs::write(file.options().path, "").unwrap();
    execute(&file, "CREATE TABLE bar (x)").await;
    let before = fs::read(file.options().path).unwrap();
    let error = refusal(&file).await;
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("of another program; give the path of a new file")
    );
    assert_eq!(fs::read(file.options().path).unwrap(), before);
}

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    let file = SqliteFile::new();
    fs::write(file.options().path, "").unwrap();
    let store = file.open(Precedence::default()).await;
    assert_eq!(write(&*store, vec![bar(0)]).await, counts(1, 0, 0));
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let file = SqliteFile::new();
    file.open(Precedence::default())
        .await
        .close()
        .await
        .unwrap();
    execute(&file, "INSERT INTO schema_version VALUES (99, 'later', 0)").await;
    let error = refusal(&file).await;
    let words = error.to_string();
    assert!(
        words.contains("schema version 99, this program knows up to 2; use the newer"),
        "{words}"
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let file = SqliteFile::new();
    let path = file.folder.path().join("absent/bars.db");
    let error = SqliteStore::open(SqliteOptions::at(path), clock())
        .await
        .unwrap_err();
    assert_eq!(fault(&error), Some(Fault::CannotOpen));
    assert!(error.to_string().contains("absent/bars.db"), "{error}");
}

async fn open_with(file: &SqliteFile, change: impl FnOnce(&mut SqliteOptions)) -> SqliteStore {
    let mut options = file.options();
    change(&mut options);
    SqliteStore::open(options, clock()).await.unwrap()
}

#[tokio::test]
async fn a_lock_of_another_process_is_told_and_waited_out() {
    let file = SqliteFile::new();
    let store = open_with(&file, |options| {
        options.lock_wait = Duration::from_millis(20);
    })
    .await;
    let mut other = shell(&file).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let batch = BarBatch::new(vec![bar(0)], Lineage::Feed);
    let error = store.upsert_bars(Priority::High, batch).await.unwrap_err();
    assert_eq!(fault(&error), Some(Fault::Locked));
    assert!(error.is_retryable());
    assert!(
        error.to_string().starts_with("failed to write bars in `"),
        "{error}"
    );
    assert_eq!(read_minutes(&store, minutes("BTC-USD")).await, [0; 0]);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(write(&store, vec![bar(0)]).await, counts(1, 0, 0));
}

#[tokio::test]
async fn a_full_disk_changes_nothing_and_the_store_goes_on() {
    let file = SqliteFile::new();
    let store = open_with(&file, |options| {
        options.pages_max = Some(60);
    })
    .await;
    write(&store, (0..1_000).map(bar).collect()).await;
    let batch = BarBatch::new((500..20_000).map(bar).collect::<Vec<_>>(), Lineage::Feed);
    let error = store.upsert_bars(Priority::High, batch).await.unwrap_err();
    assert_eq!(fault(&error), Some(Fault::DiskFull));
    assert!(error.is_retryable());
    assert!(
        error
            .to_string()
            .contains("the disk is full; free some space"),
        "{error}"
    );
    assert_eq!(read_minutes(&store, minutes("BTC-USD")).await.len(), 1_000);
    assert_eq!(store.statistics().await.unwrap().rows, 1_000);
    assert_eq!(
        write(&store, vec![bar(0), bar(1_000)]).await,
        counts(1, 0, 1)
    );
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, (0..2_000).map(bar).collect()).await;
    store.close().await.unwrap();
    let mut bytes = fs::read(file.options().path).unwrap();
    bytes[8_192..].fill(0xa5);
    fs::write(file.options().path, bytes).unwrap();
    let error = match SqliteStore::open(file.options(), clock()).await {
        Err(error) => error,
        Ok(store) => store.bars(minutes("BTC-USD")).await.unwrap_err(),
    };
    assert_eq!(fault(&error), Some(Fault::Corrupt), "{error}");
    assert!(error.to_string().contains("restore a backup"));
}

#[tokio::test]
async fn a_value_this_program_never_writes_is_told() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    write(&*store, vec![bar(0)]).await;
    execute(&file, "UPDATE bar SET quality_score = 101").await;
    let error = store.bars(minutes("BTC-USD")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("holds a wrong quality score: `101`"),
        "{error}"
    );
}
