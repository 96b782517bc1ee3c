//! What a restore leaves: the copy or the store, whole, and nothing beside it.

use std::fs;

use super::*;
use crate::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};
use crate::runtime::SystemClock;
use crate::storage::{BarBatch, Lineage, Priority};

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// Makes a store with so many bars; not closed in order when `is_killed`.
async fn store_with(path: &Path, bars: i64, is_killed: bool) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let store = SqliteStore::open(SqliteOptions::at(path), clock())
        .await
        .unwrap();
    let bar = |index: i64| Bar {
        symbol: Symbol::parse("IBM").unwrap(),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(index * 60),
        open: Price::MAX,
        high: Price::MAX,
        low: Price::MAX,
        close: Price::MAX,
        volume: Volume::MAX,
        trade_count: None,
        vwap: None,
        source: Source::parse("yahoo").unwrap(),
        quality_score: QualityScore::MAX,
    };
    let bars: Vec<Bar> = (0..bars).map(bar).collect();
    let batch = BarBatch::new(bars, Lineage::Feed);
    store.upsert_bars(Priority::Normal, batch).await.unwrap();
    if is_killed {
        // As a killed process leaves it: the rows are in the log.
        let log = path.with_extension("sqlite-wal");
        let left = path.with_extension("left");
        fs::copy(path, &left).unwrap();
        fs::copy(&log, left.with_extension("left-wal")).unwrap();
        store.close().await.unwrap();
        fs::rename(left.with_extension("left-wal"), log).unwrap();
        fs::rename(left, path).unwrap();
    } else {
        store.close().await.unwrap();
    }
}

async fn rows(path: &Path) -> u64 {
    counted(path, &clock()).await.unwrap()
}

struct Home {
    folder: tempfile::TempDir,
    paths: Paths,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::within(&folder.path().join("data"), None);
        Self { folder, paths }
    }

    /// A copy of a store with so many bars.
    async fn backup(&self, bars: i64) -> std::path::PathBuf {
        let file = self.folder.path().join("backup.sqlite");
        store_with(&file, bars, false).await;
        file
    }

    async fn restore(&self, file: &Path, force: bool) -> Result<String, String> {
        let file = file.to_owned();
        let args = RestoreArgs { file, force };
        let done = restore(&self.paths, &args, clock()).await;
        done.map_err(|error| format!("{error:#}"))
    }

    /// What is in the data folder beside the store and its lock.
    fn others(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.paths.data_dir).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let mut others: Vec<String> = names
            .filter(|name| name != "market.sqlite" && name != "mda.lock")
            .collect();
        others.sort();
        others
    }
}

#[tokio::test]
async fn a_copy_becomes_the_store_where_there_is_none() {
    let home = Home::new();
    let file = home.backup(12).await;
    let told = home.restore(&file, false).await.unwrap();
    assert!(told.contains("rows:     12 in 1 series"), "{told}");
    assert!(!told.contains("before:"), "{told}");
    assert_eq!(rows(&home.paths.store).await, 12);
    assert_eq!(rows(&file).await, 12);
    assert!(home.others().is_empty(), "{:?}", home.others());
}

#[tokio::test]
async fn a_store_with_bars_is_replaced_only_by_force_and_kept() {
    let home = Home::new();
    let file = home.backup(12).await;
    store_with(&home.paths.store, 7, true).await;
    let error = home.restore(&file, false).await.unwrap_err();
    assert!(
        error.contains("the store holds 7 bars; `--force`"),
        "{error}"
    );
    assert_eq!(rows(&home.paths.store).await, 7);
    assert!(home.others().is_empty(), "{:?}", home.others());

    let told = home.restore(&file, true).await.unwrap();
    assert_eq!(rows(&home.paths.store).await, 12);
    let others = home.others();
    assert_eq!(others.len(), 1, "{others:?}");
    assert!(
        others[0].starts_with("market.sqlite.before-restore-2"),
        "{others:?}"
    );
    assert!(told.contains(&others[0]), "{told}");
    assert_eq!(rows(&home.paths.data_dir.join(&others[0])).await, 7);
}

/// What was written last is in the log of a copy that was made by hand.
#[tokio::test]
async fn the_log_of_a_copy_is_restored_with_it() {
    let home = Home::new();
    let file = home.folder.path().join("copy.sqlite");
    store_with(&file, 9, true).await;
    assert!(file.with_extension("sqlite-wal").metadata().unwrap().len() > 0);
    home.restore(&file, false).await.unwrap();
    assert_eq!(rows(&home.paths.store).await, 9);
}

#[tokio::test]
async fn a_broken_store_is_what_a_restore_is_for() {
    let home = Home::new();
    let file = home.backup(12).await;
    fs::create_dir_all(&home.paths.data_dir).unwrap();
    fs::write(&home.paths.store, "no database at all").unwrap();
    let error = home.restore(&file, false).await.unwrap_err();
    assert!(error.contains("the store cannot be read"), "{error}");
    assert_eq!(
        fs::read_to_string(&home.paths.store).unwrap(),
        "no database at all"
    );
    home.restore(&file, true).await.unwrap();
    assert_eq!(rows(&home.paths.store).await, 12);
    let kept = home.paths.data_dir.join(&home.others()[0]);
    assert_eq!(fs::read_to_string(kept).unwrap(), "no database at all");
}

#[tokio::test]
async fn what_is_no_copy_of_a_store_changes_nothing() {
    let home = Home::new();
    store_with(&home.paths.store, 7, false).await;
    let before = fs::read(&home.paths.store).unwrap();
    let folder = home.folder.path();
    fs::write(folder.join("empty"), "").unwrap();
    fs::write(folder.join("text"), "no database at all").unwrap();
    let whole = fs::read(home.backup(500).await).unwrap();
    fs::write(folder.join("half"), &whole[..whole.len() / 2]).unwrap();
    for (file, told) in [
        (folder.join("missing"), "no file"),
        (folder.to_owned(), "is no file"),
        (folder.join("empty"), "is empty"),
        (folder.join("text"), "is not an SQLite database"),
        (
            folder.join("half"),
            "cannot be restored; nothing was changed",
        ),
        (home.paths.store.clone(), "is the store itself"),
    ] {
        let error = home.restore(&file, true).await.unwrap_err();
        assert!(error.contains(told), "{error}");
        assert_eq!(fs::read(&home.paths.store).unwrap(), before);
        assert!(home.others().is_empty(), "{:?}", home.others());
    }
}

#[tokio::test]
async fn a_store_in_use_is_left_alone() {
    let home = Home::new();
    let file = home.backup(12).await;
    let _lease = Lease::acquire(&home.paths.data_dir).unwrap();
    let error = home.restore(&file, true).await.unwrap_err();
    let holder = format!("in use by process {}", std::process::id());
    assert!(error.contains(&holder), "{error}");
    assert!(!home.paths.store.exists());
}
