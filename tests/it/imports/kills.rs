//! What a killed import leaves: nothing lost, nothing doubled, whatever the moment.
//!
//! A killed import is started again by the same words, or resumed by its number, as people do. In
//! the end the hash of the store, the rejected records and the report equal those of an import that
//! nobody disturbed.

use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use rstest::rstest;
use tempfile::TempDir;

use super::minutes::{minutes, outcome, store_hash, undisturbed};
use super::program::{run, told};
use crate::support::served::mda;

/// Rows of the import that is killed at random.
const ROWS: u64 = 1_000_000;

/// How often it is killed, over as many imports as that takes.
const KILLS: u32 = 100;

/// Between the start of the program and its end.
const LIVES_MILLIS: std::ops::Range<u64> = 20..1_500;

/// Rows of the import that is killed at a named place: about ten chunks.
const ROWS_OF_NAMED: u64 = 150_000;

fn start(home: &Path, arguments: &[&str]) -> Child {
    mda(home).args(arguments).spawn().unwrap()
}

/// Runs an import to its end, killing it at random moments; returns how often.
fn import_with_kills(home: &Path, file: &Path, rng: &mut Rng) -> u32 {
    let again = ["import", file.to_str().unwrap(), "--format", "json"];
    let mut kills = 0;
    loop {
        let mut child = start(home, &again);
        let life = Duration::from_millis(rng.u64(LIVES_MILLIS));
        thread::sleep(life);
        // Killing one that has ended already does nothing.
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            None => kills += 1,
            Some(3) => return kills,
            code => panic!("ended with {code:?}: {}", told(&output)),
        }
    }
}

#[test]
fn a_hundred_random_kills_leave_what_an_undisturbed_import_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let file = minutes(folder.path(), "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    let mut rng = Rng::with_seed(20_261_123);
    let (mut kills, mut imports) = (0, 0);
    while kills < KILLS {
        let home = tempfile::tempdir().unwrap();
        kills += import_with_kills(home.path(), &file, &mut rng);
        imports += 1;
        assert_eq!(outcome(home.path(), 1), expected, "import {imports}");
        assert!(imports < KILLS, "the kills come too late to hit anything");
    }
    println!("{kills} kills over {imports} imports of {ROWS} rows");
}

/// Kills at the `times`th passing of a place, then resumes by number.
#[cfg(feature = "faults")]
#[rstest]
#[case::before_the_transaction("chunk: before", 3)]
#[case::transaction_begun("chunk: begun", 1)]
#[case::rows_written("chunk: rows", 2)]
#[case::rejects_written("chunk: rejects", 4)]
#[case::ledger_written("chunk: ledger", 5)]
#[case::committed("chunk: committed", 1)]
#[case::last_commit("chunk: committed", 8)]
#[case::before_the_end("import: before the end", 1)]
#[case::after_the_end("import: after the end", 1)]
fn a_kill_at_a_named_place_leaves_what_an_undisturbed_import_leaves(
    #[case] place: &str,
    #[case] times: u32,
) {
    let home = TempDir::new().unwrap();
    let file = minutes(home.path(), "minutes.csv", ROWS_OF_NAMED);
    let expected = undisturbed(&file);
    let mut first = mda(home.path());
    first
        .args(["import", file.to_str().unwrap()])
        .env("MDA_FAULT", format!("kill-at:{place}:{times}"));
    let killed = first.output().unwrap();
    assert_eq!(killed.status.code(), None, "not killed: {}", told(&killed));

    let resumed = run(home.path(), &["import", "resume", "1"]);
    let code = resumed.status.code();
    if place == "import: after the end" {
        assert_eq!(code, Some(4), "there is nothing to resume");
    } else {
        assert_eq!(code, Some(3), "{}", told(&resumed));
    }
    assert_eq!(outcome(home.path(), 1), expected);
}

#[cfg(feature = "faults")]
#[rstest]
#[case::before_a_commit("undo: before a commit", 2)]
#[case::committed("undo: committed", 3)]
fn a_killed_undo_is_finished_by_the_next(#[case] place: &str, #[case] times: u32) {
    let home = TempDir::new().unwrap();
    let file = minutes(home.path(), "minutes.csv", ROWS_OF_NAMED);
    let before = store_hash(home.path());
    let imported = run(home.path(), &["import", file.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(3), "{}", told(&imported));
    assert_ne!(store_hash(home.path()), before);

    let killed = mda(home.path())
        .args(["import", "undo", "1"])
        .env("MDA_FAULT", format!("kill-at:{place}:{times}"))
        .output()
        .unwrap();
    assert_eq!(killed.status.code(), None, "not killed: {}", told(&killed));
    let undone = run(home.path(), &["import", "undo", "1"]);
    assert!(undone.status.success(), "{}", told(&undone));
    assert_eq!(store_hash(home.path()), before);
}
