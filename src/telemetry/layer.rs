//! [`LogLayer`]: takes the events of `tracing`, keeps those that matter, and hands them on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::LogFormat;
use super::record::Record;
use super::ring::Ring;
use super::spool::Spool;
use crate::api::LogLevel;
use crate::domain::Timestamp;
use crate::runtime::Clock;

/// The least important level kept. Clones are one switch.
#[derive(Debug, Clone)]
pub(super) struct LevelSwitch(Arc<AtomicU8>);

impl LevelSwitch {
    pub(super) fn new(level: LogLevel) -> Self {
        Self(Arc::new(AtomicU8::new(level as u8)))
    }

    pub(super) fn get(&self) -> LogLevel {
        let place = usize::from(self.0.load(Ordering::Relaxed));
        LogLevel::ALL[place.min(LogLevel::ALL.len() - 1)]
    }

    /// Sets the level, and has `tracing` ask again at each place that logs: it remembers who was
    /// wanted.
    pub(super) fn set(&self, level: LogLevel) {
        self.0.store(level as u8, Ordering::Relaxed);
        tracing::callsite::rebuild_interest_cache();
    }
}

/// Writes each event to the ring and to the file.
pub(super) struct LogLayer {
    pub(super) level: LevelSwitch,
    pub(super) format: LogFormat,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ring: Arc<Ring>,
    pub(super) spool: Arc<Spool>,
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        metadata.is_event() && level_of(metadata) <= self.level.get()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(filter_of(self.level.get()))
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        let record = Record::new(
            Timestamp::from_micros(self.clock.unix_micros()),
            level_of(metadata),
            event,
        );
        let message = record.message_with_fields();
        match self.format {
            LogFormat::Text => self.spool.push(&record.text_line(&message)),
            LogFormat::Json => self.spool.push(&record.json_line()),
        }
        self.ring
            .push(record.time, record.level, record.target, &message);
    }
}

fn level_of(metadata: &Metadata<'_>) -> LogLevel {
    match *metadata.level() {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

const fn filter_of(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_survives_the_switch() {
        let switch = LevelSwitch::new(LogLevel::Info);
        for level in LogLevel::ALL {
            switch.clone().set(level);
            assert_eq!(switch.get(), level);
        }
    }
}
