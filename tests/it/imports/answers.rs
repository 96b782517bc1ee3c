//! Files that leave something open, that are dirty, that are many, and that change meanwhile.

use std::fmt::Write as _;
use std::fs;

use chrono::NaiveDate;
use rustix::process::Signal;
use serde_json::Value;

use super::minutes::{
    imported, minutes, outcome, rejects, resumed, shown, signalled, store_hash, undisturbed,
};
use super::program::{report, run, told};
use crate::support::served::Served;

/// Rows of an import that is interrupted.
const ROWS: u64 = 100_000;

const NO_ZONE: &str = "\
date,open,high,low,close,volume
2024-01-02 09:30:00,1,2,0.5,1.5,100
2024-01-02 09:31:00,1,2,0.5,1.5,100
2024-01-02 09:32:00,1,2,0.5,1.5,100
";

#[test]
fn a_zone_that_is_not_told_is_asked_for_and_the_next_call_tells_it() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = home.join("bars.csv");
    fs::write(&file, NO_ZONE).unwrap();
    let path = file.to_str().unwrap();
    let asked = run(home, &["import", path, "--symbol", "X"]);
    let question = told(&asked);
    assert_eq!(asked.status.code(), Some(5), "{question}");
    assert!(question.contains("call again with: "), "{question}");
    assert!(question.contains("--symbol X --timezone TZ"), "{question}");
    // Nobody else would ever answer it.
    assert_eq!(shown(home, 1)["status"], "cancelled");
    let printed = String::from_utf8_lossy(&asked.stdout);
    assert!(!printed.contains("import resume"), "{printed}");
    let late = run(home, &["import", "resume", "1", "--timezone", "UTC"]);
    assert_eq!(late.status.code(), Some(2), "{}", told(&late));

    let told_it = [
        "import",
        path,
        "--symbol",
        "X",
        "--timezone",
        "America/New_York",
    ];
    let done = run(home, &told_it);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let query = run(home, &["query", "X", "--format", "csv"]);
    let bars = String::from_utf8(query.stdout).unwrap();
    assert!(bars.contains("2024-01-02T14:30:00Z"), "{bars}");
}

#[test]
fn a_question_that_an_agent_keeps_is_answered_by_number() {
    let served = Served::start("none");
    let home = served.home();
    let file = home.join("bars.csv");
    fs::write(&file, NO_ZONE).unwrap();
    let path = file.to_str().unwrap();
    let left = run(home, &["import", path, "--detach"]);
    assert_eq!(left.status.code(), Some(0), "{}", told(&left));

    let follow = ["import", "resume", "1", "--format", "json"];
    let asked = run(home, &follow);
    assert_eq!(asked.status.code(), Some(5), "{}", told(&asked));
    let flags: Vec<Value> = report(&asked)["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| question["flag"].clone())
        .collect();
    assert_eq!(flags, ["--symbol", "--timezone"]);

    let half = run(home, &[&follow[..], &["--timezone", "UTC"]].concat());
    assert_eq!(half.status.code(), Some(5), "{}", told(&half));
    assert!(!told(&half).contains("--timezone TZ"), "{}", told(&half));
    let whole = run(home, &[&follow[..], &["--symbol", "X"]].concat());
    assert_eq!(whole.status.code(), Some(0), "{}", told(&whole));
    assert_eq!(report(&whole)["rows_inserted"], 3);
}

/// Records and what becomes of each: `-` is stored or left out in silence.
const DIRTY: [(&[u8], &str); 15] = [
    (b"2024-01-03,10,12,9,,100", "rejected V1 close"),
    (b"2024-01-04,-10,12,9,11,100", "rejected V2 open"),
    (b"someday,10,12,9,11,100", "rejected V6 date"),
    (b"2024-01-06,10,12,nine,11,100", "rejected V1 low"),
    (b"2024-01-07,10,12,9,11", "rejected fields "),
    (b"2024-01-08,10,12,9,11,100,7", "rejected fields "),
    (b"2024-01-09,10,12,9,11,1\xff0", "rejected encoding "),
    (b"2024-01-02,10,12,9,10,100", "duplicate U2 "),
    (b"2024-01-02,10,12,9,11,100", "-"),
    (b"", "-"),
    (b"2024-01-10,null,null,null,null,null", "-"),
    (b"2024-01-12,10,12,9,11,-5", "rejected V4 volume"),
    (b"2024-01-13,10,12,9,11,100", "-"),
    (b"2024-01-14,\"10,12,9,11,100", "rejected quote "),
    (b"2024-01-15,10,12,9,11,100", "-"),
];

/// Clean days before and behind the dirty ones: more than is looked at to find out how a file is
/// written.
const DAYS_BEFORE: usize = 42_000;
const DAYS_BEHIND: usize = 3_000;

#[test]
fn a_dirty_file_is_imported_but_for_exactly_its_dirt() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let mut text = String::from("date,open,high,low,close,volume\n2024-01-02,10,12,9,11,100\n");
    let mut days = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap().iter_days();
    for day in days.by_ref().take(DAYS_BEFORE) {
        writeln!(text, "{day},10,12,9,11,100").unwrap();
    }
    let mut bytes = text.into_bytes();
    let mut line = DAYS_BEFORE + 2;
    let mut expected = Vec::new();
    for (record, becomes) in DIRTY {
        line += 1;
        bytes.extend_from_slice(record);
        bytes.push(b'\n');
        if becomes != "-" {
            expected.push(format!("{line} {becomes}"));
        }
    }
    for day in days.take(DAYS_BEHIND) {
        bytes.extend_from_slice(format!("{day},10,12,9,11,100\n").as_bytes());
    }
    let file = home.join("dirty.csv");
    fs::write(&file, bytes).unwrap();

    let arguments = [
        "import",
        file.to_str().unwrap(),
        "--symbol=D",
        "--format=json",
    ];
    let output = run(home, &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let report = report(&output);
    let rows = |name: &str| report[format!("rows_{name}")].as_u64().unwrap();
    assert_eq!(rows("rejected"), 9, "{report}");
    assert_eq!(rows("duplicate"), 2);
    assert_eq!(rows("skipped"), 2);
    assert_eq!(rows("inserted"), 3 + (DAYS_BEFORE + DAYS_BEHIND) as u64);

    let rejects = rejects(home, 1);
    let mut reader = csv::Reader::from_reader(rejects.as_bytes());
    let found: Vec<String> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            format!("{} {} {} {}", &row[1], &row[3], &row[4], &row[6])
        })
        .collect();
    assert_eq!(found, expected, "{rejects}");
}

#[test]
fn two_files_of_a_pattern_are_one_import() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let files = ["a1.csv", "b2.csv"].map(|name| minutes(home, name, 10_000));
    minutes(home, "c.csv", 10_000);
    let pattern = home.join("[ab]?.csv");
    let report = imported(home, &pattern);
    assert_eq!(report["job_id"], 1);
    let named: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(named, files.each_ref().map(|file| file.to_str().unwrap()));

    let calm = tempfile::tempdir().unwrap();
    for file in &files {
        imported(calm.path(), file);
    }
    assert_eq!(store_hash(home), store_hash(calm.path()));
}

#[test]
fn a_file_that_was_edited_meanwhile_is_refused_until_it_is_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    let interrupted = signalled(home, &file, Signal::INT);
    assert_eq!(interrupted.status.code(), Some(130));
    let rows = shown(home, 1)["rows_inserted"].clone();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen(",0.5\n", ",0.7\n", 1)).unwrap();

    let refused = run(home, &["import", "resume", "1", "--format", "json"]);
    assert_eq!(refused.status.code(), Some(4), "{}", told(&refused));
    let refused = report(&refused);
    let problem = refused["problem"].as_str().unwrap();
    assert!(problem.contains("changed since its first part was imported"));
    assert!(problem.contains("put the old file back and resume, or restart"));
    assert_eq!(refused["rows_inserted"], rows);

    fs::write(&file, text).unwrap();
    resumed(home, 1);
    assert_eq!(outcome(home, 1), expected);
}

#[test]
fn a_file_that_grew_meanwhile_is_imported_to_its_new_end() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(home, "minutes.csv", ROWS);
    let interrupted = signalled(home, &file, Signal::INT);
    assert_eq!(interrupted.status.code(), Some(130));
    let mut text = fs::read_to_string(&file).unwrap();
    text.push_str("NEW,1700006400,1,2,0.5,1.5,10\nNEW,1700006460,1,2,3,1.5,10\n");
    fs::write(&file, text).unwrap();
    resumed(home, 1);
    assert_eq!(outcome(home, 1), undisturbed(&file));
}
