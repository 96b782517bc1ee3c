//! Which keys the footer names: those that matter most where the focus is.

use super::scene::Scene;
use crate::api::{ImportJob, ImportState, ImportVerb};
use crate::tui::action::Action;
use crate::tui::imports;
use crate::tui::layout::Pane;

/// The keys that matter most where the focus is; those that fit are shown.
pub(super) fn hinted(scene: &Scene<'_>) -> Vec<Action> {
    let fixed: &[Action] = match scene.ui.focus() {
        Pane::Imports | Pane::ImportDetail => return of_imports(scene),
        Pane::Tickers
        | Pane::Quote
        | Pane::Tape
        | Pane::Health
        | Pane::Latency
        | Pane::Cache
        | Pane::Progress
        | Pane::Strip => &[
            Action::Help,
            Action::Palette,
            Action::Quit,
            Action::Filter,
            Action::Detail,
            Action::FocusNext,
            Action::Freeze,
            Action::TimeframeLonger,
            Action::Sort,
            Action::Zoom,
            Action::Reconnect,
            Action::Theme,
        ],
        Pane::Chart => &[
            Action::Help,
            Action::Quit,
            Action::TimeframeLonger,
            Action::Zoom,
            Action::FocusNext,
            Action::Freeze,
            Action::Back,
            Action::Palette,
            Action::Filter,
            Action::Reconnect,
        ],
        Pane::Feeds => &[
            Action::Help,
            Action::Reconnect,
            Action::Quit,
            Action::Detail,
            Action::FocusNext,
            Action::Zoom,
            Action::Palette,
            Action::Freeze,
            Action::Theme,
        ],
        Pane::Logs => &[
            Action::Help,
            Action::Quit,
            Action::Filter,
            Action::LogLevel,
            Action::LogFollow,
            Action::LogProblemNext,
            Action::Detail,
            Action::LogWrap,
            Action::Palette,
            Action::Back,
        ],
    };
    fixed.to_vec()
}

/// Only what makes sense for the selected import, and nothing that a read-only dashboard refuses.
fn of_imports(scene: &Scene<'_>) -> Vec<Action> {
    let jobs = scene.state.map(|state| &state.imports[..]);
    let job = jobs.and_then(|jobs| scene.ui.imports.job(jobs));
    let mut hinted = vec![Action::Help];
    if !scene.ui.is_read_only {
        hinted.push(Action::ImportStart);
        hinted.extend(job.into_iter().flat_map(verbs_of));
    }
    if job.is_some_and(|job| job.state != ImportState::NeedsInput) {
        hinted.push(Action::Detail);
    }
    hinted.extend([
        Action::Quit,
        Action::FocusNext,
        Action::Filter,
        Action::Palette,
        Action::Zoom,
        Action::Back,
    ]);
    hinted
}

fn verbs_of(job: &ImportJob) -> Vec<Action> {
    let mut verbs = Vec::new();
    if job.state == ImportState::NeedsInput {
        verbs.push(Action::ImportAnswer);
    }
    if imports::verb_of_toggle(job).is_some() {
        verbs.push(Action::ImportPause);
    }
    let others = [
        (ImportVerb::Cancel, Action::ImportCancel),
        (ImportVerb::Restart, Action::ImportRestart),
        (ImportVerb::Undo, Action::ImportUndo),
    ];
    let fitting = others
        .into_iter()
        .filter(|(verb, _)| imports::does_apply(*verb, job));
    verbs.extend(fitting.map(|(_, action)| action));
    verbs
}
