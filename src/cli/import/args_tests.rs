//! Every flag and verb of `mda import`, and what a wrong line is told.

use rstest::rstest;

use super::*;
use crate::cli::{Cli, Command};

fn parse(line: &str) -> Result<ImportArgs, clap::Error> {
    match Cli::parse_from_words(line.split(' '))?.command {
        Some(Command::Import(args)) => Ok(*args),
        other => panic!("{other:?}"),
    }
}

fn files(line: &str) -> ImportFileArgs {
    let args = parse(line).unwrap();
    assert_eq!(args.command, None, "{line}");
    args.files
}

#[test]
fn files_alone_are_imported_as_usual() {
    let args = files("mda import a.csv b.csv");
    assert_eq!(args.files, ["a.csv", "b.csv"]);
    let spec = args.to_spec(vec!["/d/a.csv".to_owned()]);
    let usual = ImportSpec {
        paths: vec!["/d/a.csv".to_owned()],
        ..ImportSpec::default()
    };
    assert_eq!(spec, usual);
    assert!(args.answers.is_empty());
    assert!(!args.follow.detach);
    assert_eq!(args.follow.format, DetailFormat::Table);
}

#[test]
fn every_flag_reaches_the_agent() {
    let args = files(
        "mda import a.csv --symbol btc-usd --timeframe 1m --source mine --timezone -05:00 \
         --date-order dmy --decimal comma --layout yahoo --validation strict --mode threads --workers 4 \
         --priority low --dry-run --format json --detach",
    );
    let spec = args.to_spec(Vec::new());
    let expected = ImportSpec {
        paths: Vec::new(),
        symbol: Symbol::parse("BTC-USD").ok(),
        timeframe: Some(Timeframe::M1),
        source: Source::parse("mine").ok(),
        timezone: Some("-05:00".to_owned()),
        date_order: Some(DateOrder::Dmy),
        decimal: Some(DecimalSign::Comma),
        layout: Some("yahoo".to_owned()),
        validation: ValidationLevel::Strict,
        mode: ImportMode::Threads,
        workers: Some(4),
        priority: ImportPriority::Low,
        dry_run: true,
    };
    assert_eq!(spec, expected);
    assert!(args.follow.detach);
    assert_eq!(args.follow.format, DetailFormat::Json);
}

#[test]
fn a_verb_takes_a_number() {
    let id = ImportId(3);
    let format = DetailFormat::Table;
    let follow = FollowArgs {
        detach: false,
        format,
    };
    let steered = SteerArgs { id, format };
    for (line, expected) in [
        ("pause 3", ImportCommand::Pause(steered)),
        ("cancel #3", ImportCommand::Cancel(steered)),
        ("undo 3", ImportCommand::Undo(steered)),
        ("show 3", ImportCommand::Show(ShowArgs { id, format })),
        (
            "restart 3",
            ImportCommand::Restart(RestartArgs { id, follow }),
        ),
        (
            "resume 3",
            ImportCommand::Resume(ResumeArgs {
                id,
                answers: AnswerArgs::default(),
                follow,
            }),
        ),
        (
            "list",
            ImportCommand::List(ListArgs {
                limit: 20,
                format: RowFormat::Table,
            }),
        ),
        (
            "rejects 3 --limit 7 --format csv",
            ImportCommand::Rejects(RejectsArgs {
                id,
                limit: Some(7),
                format: RowFormat::Csv,
            }),
        ),
    ] {
        let args = parse(&format!("mda import {line}")).unwrap();
        assert_eq!(args.command, Some(expected), "{line}");
        let elsewhere = parse(&format!("mda --data-dir /d import {line} --data-dir /d"));
        assert_eq!(elsewhere.unwrap().command, args.command, "{line}");
    }
}

#[test]
fn a_resumed_import_is_answered_by_the_same_flags() {
    let args = parse("mda import resume 3 --timezone UTC --symbol IBM").unwrap();
    let Some(ImportCommand::Resume(args)) = args.command else {
        panic!("{args:?}");
    };
    let answers = args.answers.to_spec();
    assert_eq!(answers.timezone.as_deref(), Some("UTC"));
    assert_eq!(answers.symbol, Symbol::parse("IBM").ok());
    assert!(!args.answers.is_empty());
}

#[test]
fn a_file_may_have_the_name_of_a_verb() {
    assert_eq!(files("mda import ./list").files, ["./list"]);
    assert_eq!(files("mda import a.csv list").files, ["a.csv", "list"]);
    assert_eq!(files("mda import a*.csv").files, ["a*.csv"]);
    assert_eq!(files("mda import -").files, ["-"]);
}

#[rstest]
#[case("import", "<FILE>...")]
#[case("import a.csv --timezone Mars", "expected UTC")]
#[case("import a.csv --timeframe 7m", "expected one of")]
#[case("import a.csv --validation custom", "none, basic, standard, strict")]
#[case("import a.csv --mode processes", "auto, single, threads")]
#[case("import a.csv --date-order iso", "dmy, mdy, ymd")]
#[case("import a.csv --priority urgent", "critical, high, normal, low")]
#[case("import a.csv --workers 0", "1..=64")]
#[case("import a.csv --format csv", "table, json")]
#[case("import a.csv --feed none", "'--feed' cannot be used")]
#[case("--read-only import a.csv", "'--read-only' cannot be used")]
#[case("import resume", "<ID>")]
#[case("import show three", "invalid")]
#[case("import list --limit 0", "1..=1000")]
#[case("import rejects 3 --limit 0", "not in")]
#[case("import pause 3 --symbol IBM", "--symbol")]
#[case("import rejects 3 --feed none", "'--feed' cannot be used")]
fn a_wrong_line_says_what_is_expected(#[case] line: &str, #[case] told: &str) {
    let error = parse(&format!("mda {line}")).unwrap_err();
    assert!(error.use_stderr());
    let text = error.render().to_string();
    assert!(text.contains(told), "{text}");
}
