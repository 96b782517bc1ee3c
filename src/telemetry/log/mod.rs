//! [`Telemetry`]: takes over the log of the process; [`LogReader`] shows it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt;

use super::layer::{LevelSwitch, LogLayer};
use super::ring::Ring;
use super::rolling::RollingFile;
use super::spool::{Spool, spawn_writer};
use super::{TelemetryConfig, TelemetryError};
use crate::api::{LogLevel, LogState};
use crate::domain::Timestamp;
use crate::runtime::Clock;

/// How long the end of the process waits for the file.
const FLUSH_WAIT: Duration = Duration::from_secs(2);

/// The log of this process. Dropping it writes what is still waiting to the file, and waits for
/// that.
#[derive(Debug)]
#[must_use = "dropping it ends the log file"]
pub struct Telemetry {
    log: LogReader,
}

impl Telemetry {
    /// Opens the file of the day and takes over the log of this process.
    ///
    /// # Errors
    /// [`TelemetryError`] when the file cannot be opened, or another subscriber is installed.
    pub fn start(config: &TelemetryConfig, clock: Arc<dyn Clock>) -> Result<Self, TelemetryError> {
        let (telemetry, subscriber) = Self::build(config, clock)?;
        tracing::subscriber::set_global_default(subscriber).map_err(TelemetryError::Taken)?;
        Ok(telemetry)
    }

    /// Returns a reader of the log.
    pub fn log(&self) -> LogReader {
        self.log.clone()
    }

    /// Keeps lines of `level` and above from now on.
    pub fn set_level(&self, level: LogLevel) {
        self.log.set_level(level);
    }

    /// Everything but the taking over, so that tests of one process can have a log each.
    pub(super) fn build(
        config: &TelemetryConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, impl Subscriber + Send + Sync + use<>), TelemetryError> {
        let now = Timestamp::from_micros(clock.unix_micros());
        let file = RollingFile::open(&config.directory, config.files_max, now)?;
        let spool = Arc::new(Spool::new(file.path()));
        let ring = Arc::new(Ring::new(config.ring_lines));
        spawn_writer(
            Arc::clone(&spool),
            file,
            Arc::clone(&ring),
            Arc::clone(&clock),
        )
        .map_err(TelemetryError::Thread)?;
        let level = LevelSwitch::new(config.level);
        let layer = LogLayer {
            level: level.clone(),
            format: config.format,
            clock,
            ring: Arc::clone(&ring),
            spool: Arc::clone(&spool),
        };
        let log = LogReader { level, ring, spool };
        Ok((Self { log }, tracing_subscriber::registry().with(layer)))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.log.spool.close(FLUSH_WAIT);
    }
}

/// Shows the log, and sets how much of it is kept. Clones show the same log.
#[derive(Clone)]
pub struct LogReader {
    level: LevelSwitch,
    ring: Arc<Ring>,
    spool: Arc<Spool>,
}

impl LogReader {
    /// Returns the counters, with the newest `lines_max` lines.
    pub fn state(&self, lines_max: usize) -> LogState {
        let ring = self.ring.state(lines_max);
        let file = self.spool.state();
        LogState {
            lines: ring.lines,
            written: ring.written,
            lost: file.lost,
            warnings: ring.warnings,
            errors: ring.errors,
            level: self.level.get(),
            file: Some(file.path.display().to_string()),
        }
    }

    /// Returns a counter that rises with each line and each change of level.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.ring.changes()
    }

    /// Keeps lines of `level` and above from now on.
    pub fn set_level(&self, level: LogLevel) {
        self.level.set(level);
        self.ring.tell();
    }
}

impl fmt::Debug for LogReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogReader").field(&self.state(0)).finish()
    }
}

#[cfg(test)]
mod tests;
