//! Imports in several processes at once, and in processes that are stopped.

use std::fs;
use std::path::Path;
use std::process::Child;

use mda::runtime::socket_path;
use rstest::rstest;
use rustix::process::Signal;

use super::minutes::{
    detached, ended, imported, minutes, outcome, resumed, shown, signalled, store_hash,
    undisturbed, until_rows, verified,
};
use super::program::{report, run, told};
use crate::support::served::{Served, mda, until};

/// Rows of an import that is disturbed.
const ROWS: u64 = 100_000;

/// Rows of an import that is soon done.
const FEW_ROWS: u64 = 20_000;

/// Begins an import in a process of its own.
fn begun(home: &Path, file: &Path) -> Child {
    mda(home)
        .args(["import", file.to_str().unwrap(), "--format", "json"])
        .spawn()
        .unwrap()
}

fn until_open(home: &Path) {
    let socket = socket_path(&home.join("data"));
    until("the agent can be attached to", || socket.exists());
}

#[rstest]
#[case::owner_ends_first(FEW_ROWS, ROWS)]
#[case::owner_ends_last(ROWS, FEW_ROWS)]
fn two_imports_at_once_share_one_agent(#[case] rows_of_owner: u64, #[case] rows_of_other: u64) {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let files = [
        minutes(home, "a.csv", rows_of_owner),
        minutes(home, "b.csv", rows_of_other),
    ];
    let owner = begun(home, &files[0]);
    until_open(home);
    let other = begun(home, &files[1]);
    for child in [owner, other] {
        let output = ended(child);
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert_eq!(report(&output)["status"], "partial");
    }

    let calm = tempfile::tempdir().unwrap();
    for file in &files {
        imported(calm.path(), file);
    }
    assert_eq!(store_hash(home), store_hash(calm.path()));
}

#[test]
fn an_export_beside_an_import_writes_what_was_stored_before() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    imported(home, &minutes(home, "a.csv", FEW_ROWS));
    let symbols: Vec<String> = (0..20).map(|symbol| format!("A{symbol}")).collect();
    let exported = |name: &str| {
        let path = home.join(name);
        let mut arguments = vec!["export", "--out", path.to_str().unwrap()];
        arguments.extend(symbols.iter().map(String::as_str));
        let output = run(home, &arguments);
        assert!(output.status.success(), "{}", told(&output));
        fs::read_to_string(path).unwrap()
    };
    let before = exported("before.csv");

    let importing = begun(home, &minutes(home, "b.csv", ROWS));
    until_rows(home, 2);
    let beside = exported("beside.csv");
    let output = ended(importing);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(before == beside, "the exports differ");
    let rows = before.lines().count() as u64 - 1;
    assert_eq!(shown(home, 1)["rows_inserted"], rows);
}

#[test]
fn statistics_beside_an_interrupted_import_start_nothing() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    let killed = signalled(home, &file, Signal::KILL);
    assert_eq!(killed.status.code(), None, "{}", told(&killed));

    let before = shown(home, 1);
    let rows = verified(home)["rows"].clone();
    assert_eq!(rows, before["rows_inserted"]);
    for arguments in [
        ["stats", "--format", "json"],
        ["import", "list", "--limit=5"],
    ] {
        let output = run(home, &arguments);
        assert!(output.status.success(), "{}", told(&output));
    }
    let after = shown(home, 1);
    assert_eq!(after["rows_read"], before["rows_read"]);
    assert_eq!(after["status"], before["status"]);
    assert_eq!(verified(home)["rows"], rows);
    resumed(home, 1);
    assert_eq!(outcome(home, 1), undisturbed(&file));
}

#[rstest]
#[case::ctrl_c(Signal::INT)]
#[case::sigterm(Signal::TERM)]
fn a_signal_ends_an_import_in_order_and_says_how_to_go_on(#[case] signal: Signal) {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    let output = signalled(home, &file, signal);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("`mda import resume 1` goes on"), "{told}");
    let written = shown(home, 1)["rows_inserted"].clone();
    assert_eq!(verified(home)["rows"], written);

    resumed(home, 1);
    assert_eq!(outcome(home, 1), undisturbed(&file));
}

#[test]
fn a_killed_agent_goes_on_by_itself_when_it_is_started_again() {
    let mut served = Served::start("none");
    let file = minutes(served.home(), "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    detached(served.home(), &file);
    until_rows(served.home(), 1);
    served.kill();
    // Whoever only looks at it leaves it as it is.
    let listed = run(served.home(), &["import", "list"]);
    assert!(listed.status.success(), "{}", told(&listed));
    served.start_again("none");

    let home = served.home();
    until("the import ends", || shown(home, 1)["status"] == "partial");
    assert_eq!(outcome(home, 1), expected);
}

/// The agent that an import finds may be that of a command which is just ending.
#[test]
fn an_import_that_begins_beside_short_commands_is_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", 1_000);
    for round in 1..=8 {
        let commands = [["stats", "--format", "csv"]; 3]
            .map(|arguments| mda(home).args(arguments).spawn().unwrap());
        let import = ended(begun(home, &file));
        assert_eq!(import.status.code(), Some(3), "{}", told(&import));
        for command in commands {
            let output = ended(command);
            assert!(output.status.success(), "{}", told(&output));
        }
        assert_eq!(shown(home, round)["status"], "partial");
    }
}
