//! The log in its file and its ring.

use std::fs;
use std::path::Path;

use thiserror::Error;
use tracing::subscriber::with_default;
use tracing::{debug, error, info, warn};

use super::*;
use crate::api::LogLine;
use crate::runtime::ManualClock;
use crate::telemetry::{LogFormat, install_panic_log};

/// 2026-01-31T09:30:00Z.
const START: i64 = 1_769_851_800_000_000;

#[derive(Debug, Error)]
#[error("connection lost")]
struct Lost(#[source] std::io::Error);

fn config(directory: &Path) -> TelemetryConfig {
    TelemetryConfig {
        directory: directory.to_owned(),
        ..TelemetryConfig::default()
    }
}

/// Logs what `work` logs; returns what readers see before the end, and the file after it.
fn logged(change: impl FnOnce(&mut TelemetryConfig), work: impl FnOnce(&LogReader)) -> Logged {
    let root = tempfile::tempdir().unwrap();
    let mut config = config(root.path());
    change(&mut config);
    let clock = Arc::new(ManualClock::new(START));
    let (telemetry, subscriber) = Telemetry::build(&config, clock).unwrap();
    let log = telemetry.log();
    with_default(subscriber, || work(&log));
    let state = log.state(100);
    drop(telemetry);
    let path = state.file.clone().unwrap();
    assert!(path.ends_with("mda.2026-01-31.log"), "{path}");
    Logged {
        state,
        file: fs::read_to_string(path).unwrap(),
    }
}

struct Logged {
    state: LogState,
    file: String,
}

impl Logged {
    fn messages(&self) -> Vec<&str> {
        let lines = self.state.lines.iter();
        lines.map(|line| line.message.as_str()).collect()
    }
}

#[test]
fn a_line_is_in_the_ring_and_in_the_file_with_its_fields() {
    let logged = logged(
        |_| {},
        |_| {
            let late = ["coinbase"];
            let wait = Duration::from_millis(1_500);
            info!(
                feed = "coinbase",
                ?wait,
                r#type = 3_u64,
                ?late,
                "reconnects"
            );
            warn!(why = "no room left", ratio = 0.5, is_last = true);
        },
    );
    let expected = LogLine {
        number: 1,
        time: Timestamp::from_micros(START),
        level: LogLevel::Info,
        target: module_path!().to_owned(),
        message: "reconnects feed=coinbase wait=1.5s type=3 late=[\"coinbase\"]".to_owned(),
    };
    assert_eq!(*logged.state.lines[0], expected);
    let file = [
        "2026-01-31T09:30:00.000000Z  INFO mda::telemetry::log::tests: \
         reconnects feed=coinbase wait=1.5s type=3 late=[\"coinbase\"]",
        "2026-01-31T09:30:00.000000Z  WARN mda::telemetry::log::tests: \
         why=\"no room left\" ratio=0.5 is_last=true",
    ];
    assert_eq!(logged.file.lines().collect::<Vec<_>>(), file);
}

#[test]
fn json_lines_keep_the_fields_apart() {
    let logged = logged(
        |config| config.format = LogFormat::Json,
        |_| {
            info!(
                feed = "coinbase",
                count = -3_i64,
                rate = f64::NAN,
                "two\nlines \"quoted\""
            );
        },
    );
    let line: serde_json::Value = serde_json::from_str(logged.file.trim_end()).unwrap();
    let expected = serde_json::json!({
        "time": "2026-01-31T09:30:00.000000Z",
        "level": "INFO",
        "target": module_path!(),
        "message": "two\nlines \"quoted\"",
        "fields": {"feed": "coinbase", "count": -3, "rate": "NaN"},
    });
    assert_eq!(line, expected);
    assert_eq!(logged.file.lines().count(), 1);
}

#[test]
fn no_message_breaks_a_line_or_steers_a_terminal() {
    let logged = logged(
        |_| {},
        |_| info!(venue = "a\u{1b}[2Jb c\r", "first\nsecond\u{9b}31m"),
    );
    let expected = r#"first\nsecond\u{9b}31m venue="a\u{1b}[2Jb c\r""#;
    assert_eq!(logged.messages(), [expected]);
    assert_eq!(logged.file.lines().count(), 1);
    assert!(logged.file.ends_with(&format!("{expected}\n")));
}

#[test]
fn an_error_field_is_written_with_its_whole_chain() {
    let logged = logged(
        |_| {},
        |_| {
            let lost = Lost(std::io::Error::other("reset by peer"));
            error!(
                error = &lost as &(dyn std::error::Error + 'static),
                "feed failed"
            );
        },
    );
    let expected = "feed failed error=\"connection lost: reset by peer\"";
    assert_eq!(logged.messages(), [expected]);
}

#[test]
fn the_level_can_be_changed_while_it_runs() {
    let logged = logged(
        |_| {},
        |log| {
            let say = |when: &str| {
                debug!("debug {when}");
                info!("info {when}");
                warn!("warn {when}");
            };
            say("at first");
            log.set_level(LogLevel::Debug);
            say("then");
            log.set_level(LogLevel::Warn);
            say("at last");
        },
    );
    let expected = [
        "info at first",
        "warn at first",
        "debug then",
        "info then",
        "warn then",
        "warn at last",
    ];
    assert_eq!(logged.messages(), expected);
    assert_eq!(logged.state.level, LogLevel::Warn);
    assert_eq!(logged.file.lines().count(), expected.len());
}

#[test]
fn counters_are_sent_without_lines_and_lines_as_many_as_asked() {
    let root = tempfile::tempdir().unwrap();
    let config = TelemetryConfig {
        ring_lines: 5,
        ..config(root.path())
    };
    let clock = Arc::new(ManualClock::new(START));
    let (telemetry, subscriber) = Telemetry::build(&config, clock).unwrap();
    with_default(subscriber, || {
        for number in 0..10 {
            warn!(number);
        }
        error!("last");
    });
    let log = telemetry.log();
    let counters = log.state(0);
    assert_eq!(counters.lines, []);
    let counted = (
        counters.written,
        counters.warnings,
        counters.errors,
        counters.lost,
    );
    assert_eq!(counted, (11, 10, 1, 0));
    assert_eq!(log.state(2).lines.len(), 2);
    assert_eq!(log.state(100).lines.len(), 5);
}

#[tokio::test]
async fn a_reader_is_told_of_lines_and_of_levels() {
    let root = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let (telemetry, subscriber) = Telemetry::build(&config(root.path()), clock).unwrap();
    let mut changes = telemetry.log().changes();
    with_default(subscriber, || info!("news"));
    changes.changed().await.unwrap();
    assert!(!changes.has_changed().unwrap());
    telemetry.set_level(LogLevel::Trace);
    changes.changed().await.unwrap();
}

#[test]
fn a_line_after_the_end_is_counted_as_lost() {
    let root = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let (telemetry, subscriber) = Telemetry::build(&config(root.path()), clock).unwrap();
    let log = telemetry.log();
    drop(telemetry);
    with_default(subscriber, || info!("too late"));
    let state = log.state(10);
    assert_eq!((state.written, state.lost), (1, 1));
}

/// The one test that takes over the whole process: logging, panics, and that it can be done only
/// once.
#[test]
fn the_process_is_taken_over_once_and_its_panics_are_lines() {
    let root = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(START));
    let telemetry = Telemetry::start(&config(root.path()), Arc::clone(&clock)).unwrap();
    let second = Telemetry::start(&config(root.path()), clock);
    assert!(
        matches!(second, Err(TelemetryError::Taken(_))),
        "{second:?}"
    );
    let before = std::panic::take_hook();
    install_panic_log();
    let thread = std::thread::Builder::new().name("worker".to_owned());
    let thread = thread
        .spawn(|| panic!("price {} out of range", 42))
        .unwrap();
    thread.join().unwrap_err();
    std::panic::set_hook(before);
    let state = telemetry.log().state(2_000);
    let line = state
        .lines
        .iter()
        .find(|line| line.message.contains("out of range"));
    let line = line.expect("the panic is in the log");
    assert_eq!(line.level, LogLevel::Error);
    let words =
        "panicked: price 42 out of range thread=worker location=src/telemetry/log/tests.rs:";
    assert!(line.message.starts_with(words), "{}", line.message);
}
