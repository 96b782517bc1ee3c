//! What is said to an import that another process works on.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;

use super::minutes::{
    detached, imported, minutes, outcome, resumed, shown, store_hash, timed, undisturbed,
    until_rows, verified,
};
use super::program::{report, run, told};
use crate::support::served::{Served, mda, until};

/// Rows of the import that is paused and cancelled.
const ROWS: u64 = 200_000;

/// An order to stop is carried out within it.
const ACKNOWLEDGED: Duration = Duration::from_secs(1);

/// Rows of an import of the storm.
const ROWS_OF_STORM: u64 = 20_000;

/// Commands of the storm, and shells that give them.
const COMMANDS: u64 = 200;
const SHELLS: u64 = 4;

/// Says a verb in time, and returns the report that is printed.
fn steered_in_time(home: &Path, verb: &str) -> Value {
    let mut command = mda(home);
    command.args(["import", verb, "1", "--format", "json"]);
    let (output, took) = timed(&mut command);
    assert!(output.status.success(), "{}", told(&output));
    assert!(took <= ACKNOWLEDGED, "`{verb}` took {took:?}");
    println!("`{verb}` was acknowledged after {took:?}");
    report(&output)
}

#[test]
fn a_paused_import_stands_still_and_a_resumed_one_ends_as_if_undisturbed() {
    let served = Served::start("none");
    let home = served.home();
    let file = minutes(home, "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    detached(home, &file);
    until_rows(home, 1);

    let paused = steered_in_time(home, "pause");
    assert_eq!(paused["status"], "paused");
    let read = paused["rows_read"].as_u64().unwrap();
    assert!(0 < read && read < ROWS, "{read} rows are not a part");
    for _ in 0..10 {
        assert_eq!(shown(home, 1)["rows_read"], read);
    }
    assert_eq!(verified(home)["rows"], paused["rows_inserted"]);

    resumed(home, 1);
    assert_eq!(outcome(home, 1), expected);
}

#[test]
fn a_cancelled_import_is_taken_back_whole_and_a_restarted_one_is_another() {
    let served = Served::start("none");
    let home = served.home();
    let file = minutes(home, "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    let before = store_hash(home);
    detached(home, &file);
    until_rows(home, 1);

    let cancelled = steered_in_time(home, "cancel");
    assert_eq!(cancelled["status"], "cancelled");
    let rows = &verified(home)["rows"];
    assert_eq!(*rows, cancelled["rows_inserted"]);
    assert_ne!(*rows, 0);
    let resume = run(home, &["import", "resume", "1"]);
    assert_eq!(resume.status.code(), Some(4), "it is at its end");

    let undone = run(home, &["import", "undo", "1"]);
    assert!(undone.status.success(), "{}", told(&undone));
    assert_eq!(store_hash(home), before);

    let restarted = run(home, &["import", "restart", "1", "--format", "json"]);
    assert_eq!(restarted.status.code(), Some(3), "{}", told(&restarted));
    assert_eq!(report(&restarted)["job_id"], 2);
    assert_eq!(shown(home, 1)["status"], "cancelled");
    assert_eq!(outcome(home, 2), expected);
}

#[test]
fn every_format_tells_the_same() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS_OF_STORM);
    imported(home, &file);
    let shown = shown(home, 1);
    let (rejected, duplicate) = (&shown["rows_rejected"], &shown["rows_duplicate"]);
    let printed = |words: &[&str], format: &str| {
        let arguments = [words, &["--format", format]].concat();
        let output = run(home, &arguments);
        assert!(output.status.success(), "{}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    };

    let table = printed(&["import", "show", "1"], "table");
    assert!(table.starts_with("import 1 partial: "), "{table}");

    let list = ["import", "list"];
    let json: Vec<Value> = serde_json::from_str(&printed(&list, "json")).unwrap();
    let line: Value = serde_json::from_str(printed(&list, "ndjson").trim_end()).unwrap();
    assert_eq!(json, [line]);
    assert_eq!(json[0]["rows_rejected"], *rejected);
    let csv = records(&printed(&list, "csv"));
    assert_eq!(csv.len(), 1);
    assert_eq!(csv[0]["rows_rejected"], rejected.to_string());
    assert_eq!(printed(&list, "table").lines().count(), 2);

    let list = ["import", "rejects", "1"];
    let json: Vec<Value> = serde_json::from_str(&printed(&list, "json")).unwrap();
    let lines: Vec<Value> = printed(&list, "ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(json, lines);
    let csv = records(&printed(&list, "csv"));
    for (csv, json) in csv.iter().zip(&json) {
        assert_eq!(csv["raw"], json["raw"].as_str().unwrap());
        assert_eq!(csv["line"], json["line"].to_string());
    }
    let told = |outcome: &str| json.iter().filter(|row| row["outcome"] == outcome).count();
    assert_eq!(csv.len(), json.len());
    assert_eq!(told("rejected"), *rejected);
    // Of those that came twice only the ones that differ are told.
    assert!(told("duplicate") < duplicate.as_u64().unwrap() as usize);
    let table = printed(&["import", "rejects", "1", "--limit", "7"], "table");
    assert_eq!(table.lines().count(), 8);
}

fn records(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_storm_of_commands_leaves_every_import_in_a_legal_state() {
    let served = Served::start("none");
    let home = served.home();
    let files = ["a.csv", "b.csv", "c.csv"].map(|name| minutes(home, name, ROWS_OF_STORM));
    for file in &files {
        detached(home, file);
    }
    thread::scope(|scope| {
        for shell in 0..SHELLS {
            scope.spawn(move || storm(home, Rng::with_seed(shell)));
        }
    });

    let mut settled = Vec::new();
    until("every import is at rest", || {
        let output = run(
            home,
            &["import", "list", "--limit", "1000", "--format", "json"],
        );
        settled = serde_json::from_slice::<Vec<Value>>(&output.stdout).unwrap();
        settled.iter().all(|import| {
            let at_rest = ["paused", "cancelled", "completed", "partial"];
            let status = import["status"].as_str().unwrap();
            assert_ne!(status, "failed", "{import}");
            at_rest.contains(&status)
        })
    });
    println!("{} imports came of the storm", settled.len());
    for import in settled {
        let id = import["job_id"].as_u64().unwrap();
        let report = shown(home, id);
        assert_eq!(report["rows_read"], import["rows_read"]);
        if import["status"] == "paused" {
            resumed(home, id);
        }
    }

    let calm = tempfile::tempdir().unwrap();
    for (file, id) in files.iter().zip(1..) {
        let restarted = run(home, &["import", "restart", &id.to_string()]);
        assert_eq!(restarted.status.code(), Some(3), "{}", told(&restarted));
        imported(calm.path(), file);
    }
    assert_eq!(store_hash(home), store_hash(calm.path()));
}

/// Gives random commands. Every one is carried out, or refused with what can be done instead.
fn storm(home: &Path, mut rng: Rng) {
    for _ in 0..COMMANDS / SHELLS {
        let id = rng.u64(1..=3).to_string();
        let words: &[&str] = match rng.u32(..20) {
            0..6 => &["pause", &id, "--format", "json"],
            6..12 => &["resume", &id, "--detach", "--format", "json"],
            12 => &["cancel", &id, "--format", "json"],
            13 => &["restart", &id, "--detach", "--format", "json"],
            _ => &["show", &id, "--format", "json"],
        };
        let mut command = mda(home);
        let (output, _) = timed(command.arg("import").args(words));
        judge(words, &output);
    }
}

fn judge(words: &[&str], output: &Output) {
    let told = told(output);
    match output.status.code() {
        Some(0) => drop(report(output)),
        Some(1 | 4) if words[0] != "show" => {
            let id = words[1];
            assert!(
                told.contains(&format!("import {id} is ")),
                "{words:?}: {told}"
            );
        }
        code => panic!("{words:?} ended with {code:?}: {told}"),
    }
}

#[test]
fn a_verb_for_no_import_says_how_to_find_one() {
    let home = tempfile::tempdir().unwrap();
    for verb in ["pause", "cancel", "undo", "show", "rejects"] {
        let output = run(home.path(), &["import", verb, "7"]);
        assert_eq!(output.status.code(), Some(1), "{verb}");
        assert!(
            told(&output).contains("mda import list"),
            "{}",
            told(&output)
        );
    }
    for verb in ["resume", "restart"] {
        let output = run(home.path(), &["import", verb, "7"]);
        assert_eq!(output.status.code(), Some(4), "{verb}");
        assert!(
            told(&output).contains("mda import list"),
            "{}",
            told(&output)
        );
    }
}
