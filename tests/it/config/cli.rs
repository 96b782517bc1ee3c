//! The command line: help and usage errors word by word, and the subcommands of the real program.

use clap::CommandFactory;
use rstest::rstest;

use mda::cli::{Cli, Command, Exit};

use super::assert_snapshot;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::parse_from_words(line.split(' '))
}

/// Help at a fixed width, whatever the terminal of the test.
fn help(path: &[&str]) -> String {
    let mut command = Cli::command().term_width(80);
    command.build();
    let mut command = &mut command;
    for name in path {
        command = command.find_subcommand_mut(name).unwrap();
    }
    command.render_long_help().to_string()
}

#[rstest]
#[case("mda", &[])]
#[case("serve", &["serve"])]
#[case("import", &["import"])]
#[case("import_resume", &["import", "resume"])]
#[case("import_list", &["import", "list"])]
#[case("import_rejects", &["import", "rejects"])]
#[case("query", &["query"])]
#[case("stats", &["stats"])]
#[case("export", &["export"])]
#[case("backup", &["backup"])]
#[case("verify", &["verify"])]
#[case("restore", &["restore"])]
#[case("config", &["config"])]
#[case("config_print", &["config", "print"])]
#[case("doctor", &["doctor"])]
#[case("completions", &["completions"])]
fn help_says_what_there_is(#[case] name: &str, #[case] path: &[&str]) {
    assert_snapshot(&format!("cli_help_{name}"), &help(path));
}

#[rstest]
#[case("unknown_flag", "mda --them light")]
#[case("unknown_subcommand", "mda doktor")]
#[case("unknown_word", "mda --theme drak")]
#[case("missing_value", "mda --data-dir")]
#[case("format_without_once", "mda --format json")]
#[case("once_with_subcommand", "mda --once config print")]
#[case("theme_with_serve", "mda --theme light serve")]
#[case("later_flag", "mda --store sqlite:x")]
#[case("unknown_shell", "mda completions bsh")]
#[case("unknown_timeframe", "mda query IBM --timeframe 7m")]
#[case("wrong_time", "mda query IBM --from yesterday")]
#[case("wrong_range", "mda query IBM --from 2024-02-01 --to 2024-01-01")]
#[case("feed_with_query", "mda query IBM --feed none")]
#[case("import_nothing", "mda import")]
#[case("import_unknown_zone", "mda import a.csv --timezone New_York")]
#[case("import_unknown_level", "mda import a.csv --validation strickt")]
#[case("import_verb_without_number", "mda import resume")]
#[case("feed_with_import", "mda import a.csv --feed none")]
#[case("read_only_with_restore", "mda --read-only restore a.sqlite")]
fn a_usage_error_says_what_is_wrong(#[case] name: &str, #[case] line: &str) {
    let error = parse(line).unwrap_err();
    assert!(error.use_stderr());
    assert_snapshot(&format!("cli_error_{name}"), &error.render().to_string());
}

#[test]
fn without_a_subcommand_the_dashboard_is_asked_for() {
    let cli = parse("mda --feed coinbase:BTC-USD --feed replay:bundled --read-only").unwrap();
    assert_eq!(cli.command, None);
    assert_eq!(cli.feeds, ["coinbase:BTC-USD", "replay:bundled"]);
    assert!(cli.dashboard.read_only);
}

#[test]
fn flags_of_everywhere_go_before_and_after_a_subcommand() {
    for line in [
        "mda serve --data-dir /d --feed none",
        "mda --data-dir /d --feed none serve",
    ] {
        let cli = parse(line).unwrap();
        assert_eq!(cli.command, Some(Command::Serve));
        assert_eq!(cli.data_dir.as_deref(), Some("/d"));
        assert_eq!(cli.feeds, ["none"]);
    }
}

#[test]
fn a_subcommand_that_needs_another_shows_its_help_as_an_error() {
    let error = parse("mda config").unwrap_err();
    assert!(error.use_stderr());
    assert!(error.render().to_string().contains("schema"));
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let codes = [
        (Exit::Success, 0),
        (Exit::Failure, 1),
        (Exit::Usage, 2),
        (Exit::Partial, 3),
        (Exit::ImportFailed, 4),
        (Exit::Ambiguous, 5),
        (Exit::Interrupted, 130),
    ];
    for (exit, code) in codes {
        assert_eq!(exit.code(), code);
    }
}
