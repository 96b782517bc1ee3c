//! The report of an import, as scripts and people read it.

use serde_json::{Value, json};

use super::*;
use crate::cli::import::fixtures::{job, job_in, question};
use crate::domain::Dimension;

/// Writes the report for people.
fn told(job: &ImportJob) -> String {
    written(job, DetailFormat::Table).unwrap()
}

fn judged() -> ImportJob {
    let mut job = job_in(ImportState::Partial);
    job.counts.rejected = 10;
    job.counts.inserted = 890;
    job.quality = Some(ImportQuality {
        score: 97.25,
        grade: Grade::B,
        level: Level::Excellent,
        cap: Some(GradeCap::AnyCritical),
        dimensions: DimensionScores {
            completeness: Some(99.0),
            validity: Some(95.5),
            ..DimensionScores::default()
        },
    });
    job.problem = Some("10 rows are no bars".to_owned());
    job.notes = vec!["2 lines before the header were left out".to_owned()];
    job
}

/// The contract with scripts, byte by byte: names, order and types.
#[test]
fn the_report_of_scripts_is_the_one_of_the_contract() {
    let text = written(&judged(), DetailFormat::Json).unwrap();
    let expected = r#"{
  "job_id": 3,
  "status": "partial",
  "rows_read": 1000,
  "rows_inserted": 890,
  "rows_updated": 50,
  "rows_unchanged": 30,
  "rows_rejected": 10,
  "rows_duplicate": 8,
  "rows_skipped": 12,
  "seconds": 4.0,
  "rows_per_second": 250.0,
  "peak_memory_bytes": 67108864,
  "quality": {
    "score": 97.25,
    "grade": "B",
    "level": "Excellent",
    "cap": "any_critical",
    "dimensions": {
      "completeness": 99.0,
      "accuracy": null,
      "consistency": null,
      "validity": 95.5,
      "timeliness": null,
      "uniqueness": null
    }
  },
  "files": [
    {
      "path": "/d/a.csv",
      "bytes": 3145728,
      "layout": "ohlcv"
    }
  ],
  "notes": [
    "2 lines before the header were left out"
  ],
  "problem": "10 rows are no bars",
  "questions": []
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn what_was_not_judged_is_null() {
    let text = written(&job(), DetailFormat::Json).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["quality"], Value::Null);
    assert_eq!(report["problem"], Value::Null);
    assert_eq!(report.as_object().unwrap().len(), 17);
}

#[test]
fn what_cannot_be_measured_is_zero_and_not_null() {
    let mut job = job();
    job.progress.rows_per_sec_average = f64::NAN;
    let text = written(&job, DetailFormat::Json).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["rows_per_second"], 0.0);
}

#[test]
fn a_question_names_its_flag() {
    let mut job = job_in(ImportState::NeedsInput);
    job.questions = vec![question(QuestionAbout::DateOrder, &["dmy", "mdy"])];
    let text = written(&job, DetailFormat::Json).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["status"], "needs_input");
    let expected = json!([{
        "about": "date_order",
        "flag": "--date-order",
        "file": "/d/a.csv",
        "text": "which symbol?",
        "choices": ["dmy", "mdy"],
    }]);
    assert_eq!(report["questions"], expected);
    let text = told(&job);
    let expected = "next: `mda import resume 3 --date-order ORDER` answers\n";
    assert!(text.ends_with(expected), "{text}");
    // What is cancelled right after cannot be resumed.
    let text = written_last(&job, DetailFormat::Table).unwrap();
    assert!(!text.contains("next: "), "{text}");
}

#[test]
fn people_are_told_the_same_in_short() {
    assert_eq!(
        told(&judged()),
        "import 3 partial: 1,000 rows in 4.0 s, 250 rows/s, peak memory 64.0 MiB
  inserted   890
  updated     50
  unchanged   30
  rejected    10
  duplicate    8
  skipped     12
quality: 97.2, grade B, Excellent, capped at B: a critical defect
  completeness 99.0, validity 95.5
file: /d/a.csv (3.0 MiB, layout ohlcv)
note: 2 lines before the header were left out
problem: 10 rows are no bars
next: `mda import rejects 3` tells what was rejected, and why
"
    );
}

#[test]
fn every_state_has_its_exit_code_and_its_next_step() {
    for state in ImportState::ALL {
        let (exit, next) = match state {
            ImportState::Completed => (Exit::Success, "mda stats"),
            ImportState::Partial => (Exit::Partial, "mda stats"),
            ImportState::Failed => (Exit::ImportFailed, "import resume 3"),
            ImportState::Cancelled => (Exit::ImportFailed, "import undo 3"),
            ImportState::NeedsInput => (Exit::Ambiguous, "import resume 3"),
            ImportState::Queued
            | ImportState::Probing
            | ImportState::Running
            | ImportState::Paused => (Exit::Interrupted, "import resume 3"),
            ImportState::Pausing | ImportState::Cancelling => (Exit::Interrupted, ""),
        };
        assert_eq!(exit_of(state), exit, "{state:?}");
        let step = next_step(&job_in(state)).unwrap_or_default();
        assert!(step.contains(next), "{state:?}: {step}");
    }
}

#[test]
fn a_dry_run_says_would_and_an_undone_import_that_it_is() {
    let mut dry = job();
    dry.spec.dry_run = true;
    let text = told(&dry);
    assert!(text.starts_with("import 3 completed (dry run): "), "{text}");
    assert!(text.contains("  would be inserted   900\n"), "{text}");
    assert!(text.contains("without `--dry-run`"), "{text}");
    let mut undone = job();
    undone.undone = Some(crate::domain::Timestamp::EPOCH);
    let text = told(&undone);
    assert!(text.starts_with("import 3 completed, undone: "), "{text}");
    assert!(text.contains("`mda import restart 3`"), "{text}");
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let mut job = job();
    job.files[0].path = "/d/\u{1b}]0;a\u{7}.csv".to_owned();
    job.files = vec![job.files[0].clone(); FILES_SHOWN + 2];
    let text = told(&job);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    assert!(text.contains("file: … and 2 more\n"), "{text}");
}

#[test]
fn every_cap_has_words() {
    for (cap, words) in [
        (GradeCap::CriticalAbove10000PerMillion, "10,000"),
        (GradeCap::CriticalAbove1000PerMillion, "1,000"),
        (GradeCap::CriticalAbove100PerMillion, "100"),
        (GradeCap::AnyCritical, "a critical defect"),
        (
            GradeCap::DimensionBelow50(Dimension::Validity),
            "validity is below 50",
        ),
    ] {
        assert!(cap_words(cap).contains(words));
    }
}
