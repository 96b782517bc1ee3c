//! Dry runs, undo, backup, restore and the check of the store, around imports.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::minutes::{
    detached, imported, minutes, outcome, resumed, shown, store_hash, undisturbed, until_rows,
    verified,
};
use super::program::{report, run, told};
use crate::support::served::{Served, until};

const ROWS: u64 = 30_000;

/// Writes a file again with some volumes changed and one minute more.
fn corrected(folder: &Path, file: &Path) -> PathBuf {
    let text = fs::read_to_string(file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in lines.iter_mut().skip(20).step_by(50) {
        if let Some(volume) = line.strip_suffix(".5") {
            *line = format!("{volume}.75");
        }
    }
    lines.push("NEW,1700006400,1,2,0.5,1.5,10".to_owned());
    let path = folder.join("corrected.csv");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    path
}

#[test]
fn a_dry_run_tells_what_a_run_does_and_does_nothing() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    imported(home, &file);
    let before = store_hash(home);
    let corrected = corrected(home, &file);

    let path = corrected.to_str().unwrap();
    let dry = run(home, &["import", path, "--dry-run", "--format", "json"]);
    assert_eq!(dry.status.code(), Some(3), "{}", told(&dry));
    let mut dry = report(&dry);
    assert_eq!(store_hash(home), before);
    let mut real = imported(home, &corrected);
    assert_ne!(store_hash(home), before);
    assert_ne!(real["rows_updated"], 0);
    assert_eq!(real["rows_inserted"], 1);

    for report in [&mut dry, &mut real] {
        let report = report.as_object_mut().unwrap();
        for name in [
            "job_id",
            "seconds",
            "rows_per_second",
            "peak_memory_bytes",
            "quality",
            "notes",
        ] {
            report.remove(name).unwrap();
        }
    }
    assert_eq!(dry, real);
    let undo = run(home, &["import", "undo", "2"]);
    assert_eq!(undo.status.code(), Some(1), "a dry run wrote nothing");
}

#[test]
fn an_undo_puts_back_what_was_stored_before() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    let empty = store_hash(home);
    imported(home, &file);
    let before = store_hash(home);
    let updated = imported(home, &corrected(home, &file));
    assert_ne!(updated["rows_updated"], 0);
    assert_ne!(store_hash(home), before);

    for (id, hash) in [("2", before), ("1", empty)] {
        let undone = run(home, &["import", "undo", id]);
        assert!(undone.status.success(), "{}", told(&undone));
        assert_eq!(store_hash(home), hash, "import {id}");
        let again = run(home, &["import", "undo", id]);
        assert!(again.status.success(), "an undo again does nothing");
        assert_eq!(store_hash(home), hash, "import {id}");
    }
}

#[test]
fn a_backup_beside_an_import_is_whole_and_becomes_a_store_elsewhere() {
    let served = Served::start("none");
    let home = served.home();
    let file = minutes(home, "minutes.csv", 5 * ROWS);
    let expected = undisturbed(&file);
    detached(home, &file);
    until_rows(home, 1);
    let copy = home.join("copy.sqlite");
    let copy = copy.to_str().unwrap();
    let backup = run(home, &["backup", copy, "--format", "json"]);
    assert!(backup.status.success(), "{}", told(&backup));
    let backup: Value = serde_json::from_slice(&backup.stdout).unwrap();
    until("the import ends", || shown(home, 1)["status"] == "partial");
    assert_eq!(outcome(home, 1), expected);
    let of_copy = backup["rows"].as_u64();
    assert!(of_copy < shown(home, 1)["rows_inserted"].as_u64());

    let elsewhere = tempfile::tempdir().unwrap();
    let restored = run(elsewhere.path(), &["restore", copy]);
    assert!(restored.status.success(), "{}", told(&restored));
    let verified = verified(elsewhere.path());
    assert_eq!(verified["hash"], backup["hash"]);
    assert_eq!(verified["rows"], backup["rows"]);
    assert_ne!(verified["rows"], 0);
    // The import that ran goes on in the copy too, to the same end.
    resumed(elsewhere.path(), 1);
    assert_eq!(outcome(elsewhere.path(), 1), expected);
}

#[test]
fn a_restore_over_bars_must_be_forced() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    imported(home, &minutes(home, "a.csv", ROWS));
    let copied = store_hash(home);
    let copy = home.join("copy.sqlite");
    let copy = copy.to_str().unwrap();
    let backup = run(home, &["backup", copy]);
    assert!(backup.status.success(), "{}", told(&backup));
    imported(home, &minutes(home, "b.csv", ROWS));
    let before = store_hash(home);

    let refused = run(home, &["restore", copy]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("--force"), "{}", told(&refused));
    assert_eq!(store_hash(home), before);

    let forced = run(home, &["restore", copy, "--force"]);
    assert!(forced.status.success(), "{}", told(&forced));
    assert_eq!(store_hash(home), copied);
}

/// Checks a store that is not as it was written, and returns what is said.
fn faults(home: &Path) -> String {
    let output = run(home, &["verify"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &told(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

#[test]
fn the_check_names_bytes_that_were_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    imported(home, &minutes(home, "minutes.csv", ROWS));
    let path = home.join("data/market.sqlite");
    let store = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let half = store.metadata().unwrap().len() / 2;
    store.write_all_at(&[0x5a; 4_096], half).unwrap();
    let said = faults(home);
    println!("{said}");
    assert!(said.contains("fault: "), "{said}");
}

#[tokio::test]
async fn the_check_names_a_row_that_was_taken_out() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    imported(home, &minutes(home, "minutes.csv", ROWS));
    let path = home.join("data/market.sqlite");
    let store = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&store).await.unwrap();
    let taken = "DELETE FROM bar WHERE ts = (SELECT max(ts) FROM bar)";
    sqlx::query(taken).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let said = faults(home);
    println!("{said}");
    assert!(said.contains("fault: "), "{said}");
}
