//! The log of the test process: one for all its tests, in a folder that goes with it.

use std::sync::{Arc, OnceLock};

use mda::runtime::SystemClock;
use mda::telemetry::{LogReader, Telemetry, TelemetryConfig};
use tempfile::TempDir;

/// Returns the log, started by whoever asks first: a process has one subscriber.
pub(crate) fn log() -> LogReader {
    static LOG: OnceLock<(Telemetry, TempDir)> = OnceLock::new();
    let (telemetry, _) = LOG.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let config = TelemetryConfig {
            directory: directory.path().to_owned(),
            ..TelemetryConfig::default()
        };
        let telemetry = Telemetry::start(&config, Arc::new(SystemClock::new()));
        (
            telemetry.expect("no other subscriber in this process"),
            directory,
        )
    });
    telemetry.log()
}
