//! What doctor makes of given facts.

use rstest::rstest;

use super::super::report::Report;
use super::*;
use crate::config::{Platform, Problem, RawSettings, Sources, load};

fn settings(flags: RawSettings) -> Result<Settings, ConfigError> {
    load(&Sources {
        flags,
        platform: Platform {
            config_dir: None,
            data_dir: Some("/home/ada/mda".into()),
        },
        ..Sources::default()
    })
}

fn terminal_of(columns: u16, rows: u16) -> TerminalFacts {
    TerminalFacts {
        is_terminal: true,
        size: Some((columns, rows)),
    }
}

fn variables(term: &str) -> Variables {
    Variables {
        term: Some(term.to_owned()),
        ..Variables::default()
    }
}

fn folder_of(free_bytes: u64) -> FolderFacts {
    FolderFacts {
        existing: "/home/ada".into(),
        is_folder: true,
        refusal: None,
        free_bytes: Some(free_bytes),
    }
}

/// Compares with `snapshots/<name>.snap` at the root.
fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_healthy_machine_is_all_ok() {
    let loaded = settings(RawSettings::default());
    let utf8 = Variables {
        lang: Some("en_US.UTF-8".to_owned()),
        ..variables("xterm-256color")
    };
    let report = Report {
        checks: vec![
            terminal(&terminal_of(120, 40), &utf8),
            color(loaded.as_ref().unwrap(), &utf8),
            locale(&utf8),
            config(&loaded),
            folder("data folder", Path::new("/home/ada"), &folder_of(5 << 30)),
            socket(Path::new("/home/ada/mda.sock")),
            agent(&AgentFacts::Answers { pid: 42 }),
            clock(CLOCK_MICROS_MIN),
            coinbase(&Ok(Duration::from_millis(87))),
        ],
    };
    assert_eq!(report.worst(), Status::Ok);
    assert_snapshot("doctor_healthy", &report.table(false));
}

#[test]
fn a_sick_machine_is_told_what_to_do() {
    let mut flags = RawSettings::default();
    let (level, files) = ("log.level", "log.files_max");
    flags.set_flag("--level", level, Some("loud"));
    flags.set_flag("--files", files, Some("0"));
    let latin1 = Variables {
        lang: Some("de_DE.ISO-8859-1".to_owned()),
        ..variables("dumb")
    };
    let refused = FolderFacts {
        refusal: Some("Permission denied (os error 13)".to_owned()),
        ..folder_of(0)
    };
    let mute = AgentFacts::Mute {
        pid: 42,
        reason: "Connection refused (os error 111)".to_owned(),
    };
    let report = Report {
        checks: vec![
            terminal(&terminal_of(30, 10), &latin1),
            color(&settings(RawSettings::default()).unwrap(), &latin1),
            locale(&latin1),
            config(&settings(flags)),
            folder("data folder", Path::new("/home/ada/mda"), &refused),
            socket(Path::new(&format!("/{}/mda.sock", "d".repeat(100)))),
            agent(&mute),
            clock(0),
            coinbase(&Err("no answer from venue.example within 3 s".to_owned())),
        ],
    };
    assert_eq!(report.worst(), Status::Fail);
    assert_snapshot("doctor_sick", &report.table(false));
    assert_snapshot("doctor_sick_json", &report.json().unwrap());
}

#[test]
fn only_the_word_is_painted() {
    let report = Report {
        checks: vec![clock(0)],
    };
    let table = report.table(true);
    assert!(
        table.starts_with("\u{1b}[31mfail\u{1b}[0m  clock"),
        "{table}"
    );
}

#[rstest]
#[case(TerminalFacts::default(), Some("xterm"), Status::Warn)]
#[case(terminal_of(80, 24), None, Status::Warn)]
#[case(terminal_of(39, 24), Some("xterm"), Status::Warn)]
#[case(terminal_of(80, 11), Some("xterm"), Status::Warn)]
#[case(terminal_of(40, 12), Some("xterm"), Status::Ok)]
fn a_terminal_has_a_name_and_room(
    #[case] facts: TerminalFacts,
    #[case] term: Option<&str>,
    #[case] status: Status,
) {
    let variables = Variables {
        term: term.map(str::to_owned),
        ..Variables::default()
    };
    assert_eq!(terminal(&facts, &variables).status, status);
}

#[rstest]
#[case(None, None, None, Status::Ok)]
#[case(None, None, Some("C"), Status::Warn)]
#[case(None, None, Some("C.UTF-8"), Status::Ok)]
#[case(None, Some("de_DE.utf8"), Some("C"), Status::Ok)]
#[case(Some("POSIX"), Some("de_DE.utf8"), None, Status::Warn)]
fn the_first_locale_variable_counts(
    #[case] lc_all: Option<&str>,
    #[case] lc_ctype: Option<&str>,
    #[case] lang: Option<&str>,
    #[case] status: Status,
) {
    let variables = Variables {
        lc_all: lc_all.map(str::to_owned),
        lc_ctype: lc_ctype.map(str::to_owned),
        lang: lang.map(str::to_owned),
        ..Variables::default()
    };
    assert_eq!(locale(&variables).status, status);
}

#[rstest]
#[case((64 << 20) - 1, Status::Fail)]
#[case(64 << 20, Status::Warn)]
#[case((1 << 30) - 1, Status::Warn)]
#[case(1 << 30, Status::Ok)]
fn room_on_the_disk_is_judged(#[case] free_bytes: u64, #[case] status: Status) {
    let check = folder(
        "data folder",
        Path::new("/home/ada"),
        &folder_of(free_bytes),
    );
    assert_eq!(check.status, status);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_a_failure() {
    let facts = FolderFacts {
        is_folder: false,
        ..folder_of(5 << 30)
    };
    let check = folder("data folder", Path::new("/home/ada/mda"), &facts);
    assert_eq!(check.status, Status::Fail);
}

#[test]
fn colours_that_are_set_are_not_guessed() {
    let mut flags = RawSettings::default();
    let path = "dashboard.color";
    flags.set_flag("--color", path, Some("16"));
    let check = color(&settings(flags).unwrap(), &variables("xterm-kitty"));
    assert_eq!(check.finding, "16, as flag --color says");
}

#[test]
fn an_unreadable_lock_is_a_failure() {
    let facts = AgentFacts::Unknown {
        reason: "Permission denied (os error 13)".to_owned(),
    };
    assert_eq!(agent(&facts).status, Status::Fail);
    assert_eq!(agent(&AgentFacts::None).status, Status::Ok);
}

#[test]
fn a_missing_home_is_a_failure_of_the_settings() {
    let error = ConfigError::Invalid {
        problems: vec![Problem::NoDataDir],
    };
    assert_eq!(config(&Err(error)).status, Status::Fail);
}

#[test]
fn coinbase_is_looked_at_only_when_it_is_used() {
    assert!(is_coinbase_used(&settings(RawSettings::default()).unwrap()));
    for (feed, is_used) in [("replay:bundled", false), ("coinbase:BTC-USD", true)] {
        let mut flags = RawSettings::default();
        flags.set_flag_list("--feed", "feeds", &[feed.to_owned()]);
        assert_eq!(is_coinbase_used(&settings(flags).unwrap()), is_used);
    }
}
