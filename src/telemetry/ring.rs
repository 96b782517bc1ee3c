//! [`Ring`]: the newest log lines, in memory, for screens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::api::{LogLevel, LogLine};
use crate::domain::Timestamp;

/// A longer line is cut here, though not in the file; it bounds the ring's memory.
const MESSAGE_BYTES_MAX: usize = 2_048;

/// The newest lines and how many there were.
#[derive(Debug)]
pub(super) struct Ring {
    lines_max: usize,
    state: Mutex<RingState>,
    changes: watch::Sender<u64>,
}

/// What the ring holds at one moment.
#[derive(Debug, Default)]
pub(super) struct RingView {
    /// Newest lines, oldest first.
    pub(super) lines: Vec<Arc<LogLine>>,
    pub(super) written: u64,
    pub(super) warnings: u64,
    pub(super) errors: u64,
}

#[derive(Debug, Default)]
struct RingState {
    lines: VecDeque<Arc<LogLine>>,
    written: u64,
    warnings: u64,
    errors: u64,
}

impl Ring {
    pub(super) fn new(lines_max: usize) -> Self {
        Self {
            lines_max,
            state: Mutex::new(RingState::default()),
            changes: watch::Sender::new(0),
        }
    }

    /// Keeps a line, forgetting the oldest.
    pub(super) fn push(&self, time: Timestamp, level: LogLevel, target: &str, message: &str) {
        let mut line = LogLine {
            number: 0,
            time,
            level,
            target: target.to_owned(),
            message: cut(message),
        };
        {
            let mut state = self.state_mut();
            state.written += 1;
            match level {
                LogLevel::Error => state.errors += 1,
                LogLevel::Warn => state.warnings += 1,
                LogLevel::Info | LogLevel::Debug | LogLevel::Trace => {}
            }
            line.number = state.written;
            if state.lines.len() >= self.lines_max {
                state.lines.pop_front();
            }
            if self.lines_max > 0 {
                state.lines.push_back(Arc::new(line));
            }
        }
        self.tell();
    }

    /// Returns the counters and the newest `lines_max` lines.
    pub(super) fn state(&self, lines_max: usize) -> RingView {
        let state = self.state_mut();
        let skipped = state.lines.len().saturating_sub(lines_max);
        RingView {
            lines: state.lines.iter().skip(skipped).cloned().collect(),
            written: state.written,
            warnings: state.warnings,
            errors: state.errors,
        }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn state_mut(&self) -> MutexGuard<'_, RingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut(message: &str) -> String {
    if message.len() <= MESSAGE_BYTES_MAX {
        return message.to_owned();
    }
    let mut end = MESSAGE_BYTES_MAX;
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &message[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(ring: &Ring, level: LogLevel, message: &str) {
        ring.push(Timestamp::EPOCH, level, "mda", message);
    }

    fn messages(view: &RingView) -> Vec<&str> {
        view.lines
            .iter()
            .map(|line| line.message.as_str())
            .collect()
    }

    #[test]
    fn the_newest_lines_stay_and_keep_their_numbers() {
        let ring = Ring::new(3);
        for message in ["a", "b", "c", "d", "e"] {
            push(&ring, LogLevel::Info, message);
        }
        let all = ring.state(100);
        assert_eq!(messages(&all), ["c", "d", "e"]);
        let numbers: Vec<u64> = all.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [3, 4, 5]);
        assert_eq!(all.written, 5);
        assert_eq!(messages(&ring.state(2)), ["d", "e"]);
        assert_eq!(ring.state(0).lines, []);
    }

    #[test]
    fn warnings_and_errors_are_counted_though_their_lines_are_gone() {
        let ring = Ring::new(0);
        for level in [
            LogLevel::Error,
            LogLevel::Warn,
            LogLevel::Warn,
            LogLevel::Trace,
        ] {
            push(&ring, level, "x");
        }
        let view = ring.state(10);
        assert_eq!((view.written, view.warnings, view.errors), (4, 2, 1));
        assert_eq!(view.lines, []);
    }

    #[test]
    fn a_line_too_long_is_cut_between_letters() {
        let ring = Ring::new(1);
        push(
            &ring,
            LogLevel::Info,
            &format!("x{}", "é".repeat(MESSAGE_BYTES_MAX)),
        );
        let message = &ring.state(1).lines[0].message;
        assert!(message.ends_with("é…"));
        assert!(message.len() <= MESSAGE_BYTES_MAX + "…".len());
    }

    #[test]
    fn each_line_is_told() {
        let ring = Ring::new(1);
        let mut changes = ring.changes();
        assert!(!changes.has_changed().unwrap());
        push(&ring, LogLevel::Info, "x");
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        assert!(!changes.has_changed().unwrap());
    }
}
