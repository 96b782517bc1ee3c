//! What the keys of the log screen do; a part of [`update`](super::update).

use std::sync::Arc;

use super::layout::Pane;
use super::state::UiState;
use super::toast::ToastLevel;
use super::update::{Effect, State, is_refused};
use crate::api::{Command, LogLevel, LogState};
use crate::domain::Timestamp;

/// Shows the next level, and asks the agent for it where it keeps less.
pub(crate) fn level(ui: &mut UiState, state: State<'_>, now: Timestamp) -> Vec<Effect> {
    let at = LogLevel::ALL
        .iter()
        .position(|level| *level == ui.logs.level);
    let next = at.map_or(0, |at| (at + 1) % LogLevel::ALL.len());
    ui.logs.level = LogLevel::ALL[next];
    let Some(state) = state else {
        return Vec::new();
    };
    ui.logs.rebuild(&state.log);
    let level = ui.logs.level;
    if state.log.level >= level || is_refused(ui, "ask for finer log lines", now) {
        return Vec::new();
    }
    vec![Effect::Send(Command::SetLogLevel { level })]
}

/// Stops at these lines, or follows the newest again.
pub(crate) fn follow(ui: &mut UiState, state: State<'_>) {
    let Some(state) = state else { return };
    if ui.logs.is_following() {
        ui.logs.hold(&state.log);
    } else {
        ui.logs.follow(&state.log);
    }
}

/// Jumps to the next warning or error, or the one before.
pub(crate) fn problem(ui: &mut UiState, state: State<'_>, now: Timestamp, is_forward: bool) {
    let Some(state) = state else { return };
    let log: Arc<LogState> = Arc::clone(ui.logs.source(&state.log));
    let page = ui.page(Pane::Logs, Some(state));
    if let Some(row) = ui.logs.problem(&log, is_forward) {
        ui.logs.move_to(row, &state.log, page);
    } else {
        let text = "no further warning or error".to_owned();
        ui.toasts.push(ToastLevel::Note, text, None, now);
    }
}
