//! `mda import` and `mda restore` as a shell sees them: streams and exit codes of the real program,
//! held against an agent that answers as it is told.

mod fake;

use std::fs;
use std::process::Output;

use mda::api::{
    Command, ImportCounts, ImportJob, ImportProgress, ImportQuestion, ImportSpec, ImportState,
    ImportVerb, QuestionAbout,
};
use mda::domain::{ImportId, Timestamp};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use self::fake::FakeAgent;
use crate::support::served::{Served, mda, until};

/// Import 3 in a state, five rows read.
fn job(state: ImportState) -> ImportJob {
    ImportJob {
        id: ImportId(3),
        state,
        spec: ImportSpec::default(),
        files: Vec::new(),
        created: Timestamp::EPOCH,
        started: None,
        finished: None,
        counts: ImportCounts {
            read: 5,
            inserted: 4,
            rejected: 1,
            ..ImportCounts::default()
        },
        progress: ImportProgress::default(),
        questions: Vec::new(),
        problem: None,
        notes: Vec::new(),
        quality: None,
        is_undoing: false,
        undone: None,
    }
}

/// An agent whose import goes to this state, with a file to import beside its data.
fn ending_in(state: ImportState) -> FakeAgent {
    let states = [ImportState::Queued, ImportState::Running, state];
    with_file(FakeAgent::showing(states.map(job).to_vec()))
}

fn with_file(agent: FakeAgent) -> FakeAgent {
    fs::write(agent.home().join("a b.csv"), "x").unwrap();
    agent
}

fn import(agent: &FakeAgent, words: &[&str]) -> Output {
    let mut command = agent.command();
    command.current_dir(agent.home());
    command.arg("import").args(words).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[rstest]
#[case(ImportState::Completed, "completed", 0)]
#[case(ImportState::Partial, "partial", 3)]
#[case(ImportState::Failed, "failed", 4)]
#[case(ImportState::Cancelled, "cancelled", 4)]
fn the_end_of_an_import_is_its_exit_code(
    #[case] state: ImportState,
    #[case] status: &str,
    #[case] code: i32,
) {
    let agent = ending_in(state);
    let output = import(&agent, &["a b.csv", "--symbol", "IBM", "--format", "json"]);
    assert_eq!(output.status.code(), Some(code), "{}", errors(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["status"], status);
    assert_eq!(
        (&report["job_id"], &report["rows_read"]),
        (&3.into(), &5.into())
    );
    // No terminal: no progress.
    assert_eq!(errors(&output), "");
    let started = agent.asked().into_iter().find_map(|command| match command {
        Command::StartImport(spec) => Some(spec),
        _other => None,
    });
    let path = fs::canonicalize(agent.home().join("a b.csv")).unwrap();
    let named = started.unwrap().paths;
    assert_eq!(fs::canonicalize(&named[0]).unwrap(), path);
}

#[test]
fn a_question_is_told_with_its_flag_and_waits_for_nobody() {
    let mut asking = job(ImportState::NeedsInput);
    asking.questions.push(ImportQuestion {
        about: QuestionAbout::Timezone,
        file: "/d/a b.csv".to_owned(),
        text: "in which zone are its times?".to_owned(),
        choices: vec!["UTC".to_owned(), "America/New_York".to_owned()],
    });
    let pictures = vec![
        job(ImportState::Queued),
        asking,
        job(ImportState::Cancelled),
    ];
    let agent = with_file(FakeAgent::showing(pictures));
    let output = import(&agent, &["a b.csv"]);
    let told = errors(&output);
    assert_eq!(output.status.code(), Some(5), "{told}");
    let question = "--timezone TZ: in which zone are its times? \
                    (file: /d/a b.csv; choices: UTC, America/New_York)";
    assert!(told.lines().any(|line| line == question), "{told}");
    assert!(told.contains("import 'a b.csv' --timezone TZ"), "{told}");
    let cancel = Command::SteerImport {
        id: ImportId(3),
        verb: ImportVerb::Cancel,
    };
    assert_eq!(agent.asked().last(), Some(&cancel));
}

#[test]
fn who_only_watches_leaves_the_import_alone() {
    for signal in [Signal::INT, Signal::TERM] {
        let agent = ending_in(ImportState::Running);
        let mut command = agent.command();
        command
            .current_dir(agent.home())
            .args(["import", "a b.csv"]);
        let child = command.spawn().unwrap();
        let is_look = |command: &Command| matches!(command, Command::Import { .. });
        until("it is followed", || agent.asked().iter().any(is_look));
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let told = errors(&output);
        assert_eq!(output.status.code(), Some(130), "{told}");
        assert!(told.contains("import 3 goes on in process"), "{told}");
        assert!(output.stdout.is_empty());
        let is_steered = |command: &Command| matches!(command, Command::SteerImport { .. });
        assert!(!agent.asked().iter().any(is_steered), "{signal:?}");
    }
}

#[test]
fn a_running_agent_does_the_work_of_a_command_that_does_not_wait() {
    let agent = ending_in(ImportState::Running);
    let output = import(&agent, &["a b.csv", "--detach", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["status"], "queued");
}

#[test]
fn imports_are_listed_and_shown() {
    let agent = ending_in(ImportState::Partial);
    let output = import(&agent, &["list", "--format", "ndjson"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
    let output = import(&agent, &["show", "3"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.starts_with("import 3 queued\n"), "{text}");
}

/// The line and the files are looked at before anything is started.
#[rstest]
#[case(&["missing.csv"], "no file `missing.csv`")]
#[case(&["*.parquet"], "no file matches `*.parquet`")]
#[case(&["."], "is a folder")]
#[case(&["-"], "standard input cannot be imported")]
#[case(&["a.csv", "--timezone", "Mars"], "expected UTC")]
fn what_is_no_file_is_a_usage_error(#[case] words: &[&str], #[case] told: &str) {
    let home = tempfile::tempdir().unwrap();
    let mut command = mda(home.path());
    command.current_dir(home.path()).arg("import").args(words);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(errors(&output).contains(told), "{}", errors(&output));
    assert!(output.stdout.is_empty());
    assert!(!home.path().join("data/market.sqlite").exists());
}

#[test]
fn a_store_is_restored_when_no_agent_runs() {
    let served = Served::start("none");
    let copy = served.home().join("copy.sqlite");
    let restore = |served: &Served| {
        let mut command = served.command();
        command.arg("restore").arg(&copy).output().unwrap()
    };
    // Any store is a copy of itself.
    let other = tempfile::tempdir().unwrap();
    assert!(mda(other.path()).arg("stats").status().unwrap().success());
    fs::copy(other.path().join("data/market.sqlite"), &copy).unwrap();

    let output = restore(&served);
    let told = errors(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let holder = format!("in use by process {}", served.pid());
    assert!(told.contains(&holder), "{told}");

    let home = tempfile::tempdir().unwrap();
    let mut command = mda(home.path());
    let output = command.arg("restore").arg(&copy).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(
        told.starts_with("restored: ") && told.contains("0 in 0 series"),
        "{told}"
    );
    assert!(home.path().join("data/market.sqlite").exists());
}
