//! A large file of minutes, and what an import of it comes to.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

use mda::runtime::{Clock, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::program::{report, run, told};
use crate::support::served::{mda, until};

/// Writes minutes of 20 symbols, whose names begin with that of the file; now and then a record
/// that is no bar, one that comes twice, alike or not, and a blank line.
pub(super) fn minutes(folder: &Path, name: &str, rows: u64) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, minutes_text(name, rows)).unwrap();
    path
}

fn minutes_text(name: &str, rows: u64) -> String {
    let mut text = String::from("symbol,timestamp,open,high,low,close,volume\n");
    let first = name[..1].to_uppercase();
    let minutes = rows / 20;
    for row in 0..rows {
        let (symbol, minute) = (row / minutes, row % minutes);
        let time = 1_700_006_400 + 60 * minute;
        let cents = 10_000 + (row * 7_919) % 1_000;
        let price = |more: u64| format!("{}.{:02}", (cents + more) / 100, (cents + more) % 100);
        let (open, high, low, close) = (price(10), price(25), price(0), price(15));
        let key = format!("{first}{symbol},{time}");
        let mut line = format!("{key},{open},{high},{low},{close},{row}.5");
        match row % 1_009 {
            3 => line = format!("{key},{open},{high},{low},none,1"),
            5 => line = format!("{key},{open},{high},{low},-{close},1"),
            7 => line = format!("{line}\n{line}"),
            11 => line = format!("{line}\n{key},{open},{high},{low},{open},9"),
            13 => line.push('\n'),
            _ => {}
        }
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// What an import comes to, but for its times and its number.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    store: Value,
    rejects: String,
    report: Vec<Value>,
}

/// Checks the store of a home; nothing is wrong with it.
pub(super) fn verified(home: &Path) -> Value {
    let output = run(home, &["verify", "--format", "json"]);
    assert!(output.status.success(), "{}", told(&output));
    let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verified["faults"], Value::Array(Vec::new()), "{verified}");
    verified
}

/// Checks the store of a home, and returns the hash of all that is in it.
pub(super) fn store_hash(home: &Path) -> Value {
    verified(home)["hash"].clone()
}

/// Looks at an import of a home.
pub(super) fn outcome(home: &Path, id: u64) -> Outcome {
    let rejects = rejects(home, id);
    let shown = shown(home, id);
    let kept = [
        "status",
        "rows_read",
        "rows_inserted",
        "rows_updated",
        "rows_unchanged",
        "rows_rejected",
        "rows_duplicate",
        "rows_skipped",
        "quality",
    ];
    Outcome {
        store: store_hash(home),
        rejects,
        report: kept.map(|name| shown[name].clone()).to_vec(),
    }
}

/// Returns the rejected records of an import as CSV.
pub(super) fn rejects(home: &Path, id: u64) -> String {
    let id = id.to_string();
    let output = run(home, &["import", "rejects", &id, "--format", "csv"]);
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the report of an import as it stands.
pub(super) fn shown(home: &Path, id: u64) -> Value {
    steered(home, "show", id)
}

/// Says a verb to an import, and returns the report that is printed.
pub(super) fn steered(home: &Path, verb: &str, id: u64) -> Value {
    let output = run(home, &["import", verb, &id.to_string(), "--format", "json"]);
    report(&output)
}

/// Imports without a disturbance. Exit code 3: some records are no bars.
pub(super) fn undisturbed(file: &Path) -> Outcome {
    let home = tempfile::tempdir().unwrap();
    imported(home.path(), file);
    outcome(home.path(), 1)
}

/// Imports a file of minutes to its end.
pub(super) fn imported(home: &Path, file: &Path) -> Value {
    let arguments = ["import", file.to_str().unwrap(), "--format", "json"];
    let output = run(home, &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    report(&output)
}

/// Goes on with an import of minutes to its end.
pub(super) fn resumed(home: &Path, id: u64) {
    let output = run(home, &["import", "resume", &id.to_string()]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
}

/// Begins an import at an agent that runs, and leaves it there.
pub(super) fn detached(home: &Path, file: &Path) -> Value {
    let arguments = [
        "import",
        file.to_str().unwrap(),
        "--detach",
        "--format",
        "json",
    ];
    let output = run(home, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    report(&output)
}

/// Waits until some rows of an import are committed.
pub(super) fn until_rows(home: &Path, id: u64) {
    let id = id.to_string();
    until("rows are committed", || {
        let output = run(home, &["import", "show", &id, "--format", "json"]);
        output.status.success() && report(&output)["rows_read"] != 0
    });
}

/// Begins an import in a process of its own, and sends it a signal when some rows are committed.
pub(super) fn signalled(home: &Path, file: &Path, signal: Signal) -> Output {
    let child = mda(home)
        .args(["import", file.to_str().unwrap()])
        .spawn()
        .unwrap();
    until_rows(home, 1);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
    ended(child)
}

/// Waits for the end of a process, which must come soon.
pub(super) fn ended(mut child: Child) -> Output {
    until("the process ends", || child.try_wait().unwrap().is_some());
    child.wait_with_output().unwrap()
}

/// Runs a command that must end soon, and returns how long it took.
pub(super) fn timed(command: &mut Command) -> (Output, Duration) {
    let clock = SystemClock::new();
    let output = ended(command.spawn().unwrap());
    (output, clock.monotonic())
}
