//! [`ModeMachine`]: which mode a feed is in, since when and why.
//!
//! ```text
//! Connecting ──▶ Live ◀──▶ Degraded          Reconnecting ──▶ Connecting
//!      │           │           │                   ▲   │
//!      └───────────┴───────────┴───────────────────┘   │
//!      any mode ──▶ Closed ──▶ Connecting (only when somebody asks for it)
//! ```
//!
//! Pure: the caller brings the time. A step that is not in the table is refused and nothing
//! changes.

use thiserror::Error;

use crate::domain::{FeedMode, Timestamp};

/// A step that the table does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a feed cannot go from {} to {}", from.as_str(), to.as_str())]
pub(super) struct IllegalStep {
    from: FeedMode,
    to: FeedMode,
}

/// The mode, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModeMachine {
    mode: FeedMode,
    since: Timestamp,
    reason: String,
}

/// Returns true when a feed may go from one mode to the other. Staying is allowed: the reason may
/// change.
pub(super) const fn is_legal(from: FeedMode, to: FeedMode) -> bool {
    match from {
        FeedMode::Connecting => true,
        FeedMode::Live | FeedMode::Degraded => !matches!(to, FeedMode::Connecting),
        FeedMode::Reconnecting => matches!(
            to,
            FeedMode::Reconnecting | FeedMode::Connecting | FeedMode::Closed
        ),
        FeedMode::Closed => matches!(to, FeedMode::Closed | FeedMode::Connecting),
    }
}

impl ModeMachine {
    /// Begins as connecting.
    pub(super) fn new(now: Timestamp, reason: &str) -> Self {
        Self {
            mode: FeedMode::Connecting,
            since: now,
            reason: reason.to_owned(),
        }
    }

    pub(super) const fn mode(&self) -> FeedMode {
        self.mode
    }

    pub(super) const fn since(&self) -> Timestamp {
        self.since
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }

    /// Takes the step; returns true when the mode or its reason changed. `since` moves with the
    /// mode only.
    ///
    /// # Errors
    /// [`IllegalStep`] when the table does not hold it.
    pub(super) fn step(
        &mut self,
        to: FeedMode,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, IllegalStep> {
        let from = self.mode;
        if !is_legal(from, to) {
            return Err(IllegalStep { from, to });
        }
        let is_changed = from != to || self.reason != reason;
        if from != to {
            self.mode = to;
            self.since = now;
        }
        if is_changed {
            reason.clone_into(&mut self.reason);
        }
        Ok(is_changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODES: [FeedMode; 5] = [
        FeedMode::Connecting,
        FeedMode::Live,
        FeedMode::Degraded,
        FeedMode::Reconnecting,
        FeedMode::Closed,
    ];

    /// Rows: from; columns: to; both in the order of `MODES`.
    const TABLE: [[bool; 5]; 5] = [
        [true, true, true, true, true],
        [false, true, true, true, true],
        [false, true, true, true, true],
        [true, false, false, true, true],
        [true, false, false, false, true],
    ];

    fn machine_in(mode: FeedMode) -> ModeMachine {
        ModeMachine {
            mode,
            since: Timestamp::from_secs(1),
            reason: "before".to_owned(),
        }
    }

    #[test]
    fn every_step_is_taken_or_refused_as_the_table_says() {
        for (from, row) in MODES.into_iter().zip(TABLE) {
            for (to, is_allowed) in MODES.into_iter().zip(row) {
                let mut machine = machine_in(from);
                let outcome = machine.step(to, "after", Timestamp::from_secs(2));
                assert_eq!(outcome.is_ok(), is_allowed, "{from:?} -> {to:?}");
                let expected = if is_allowed { to } else { from };
                assert_eq!(machine.mode(), expected, "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn a_refused_step_changes_nothing_and_names_both_modes() {
        let mut machine = machine_in(FeedMode::Closed);
        let error = machine
            .step(FeedMode::Live, "after", Timestamp::from_secs(2))
            .unwrap_err();
        assert_eq!(error.to_string(), "a feed cannot go from CLOSED to LIVE");
        assert_eq!(machine, machine_in(FeedMode::Closed));
    }

    #[test]
    fn since_tells_when_the_mode_began_not_its_reason() {
        let mut machine = machine_in(FeedMode::Degraded);
        let is_changed = machine.step(FeedMode::Degraded, "worse", Timestamp::from_secs(5));
        assert_eq!(is_changed, Ok(true));
        assert_eq!(machine.since(), Timestamp::from_secs(1));
        assert_eq!(machine.reason(), "worse");
        let is_changed = machine.step(FeedMode::Degraded, "worse", Timestamp::from_secs(6));
        assert_eq!(is_changed, Ok(false));
        let is_changed = machine.step(FeedMode::Live, "well", Timestamp::from_secs(7));
        assert_eq!(is_changed, Ok(true));
        assert_eq!(machine.since(), Timestamp::from_secs(7));
    }
}
