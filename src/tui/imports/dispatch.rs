//! What keys, pastes and answers do to the imports: the verbs on the selected one, and the windows
//! over them.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::form::{Did, ImportForm};
use super::rejects::RejectsView;
use super::verb;
use super::window::ImportWindow;
use crate::api::{AgentState, Answer, Command, ImportJob, ImportState, ImportVerb, Refusal};
use crate::domain::{ImportId, Timestamp};
use crate::tui::action::Action;
use crate::tui::layout::ScreenName;
use crate::tui::screen;
use crate::tui::state::{Overlay, UiState};
use crate::tui::toast::ToastLevel;
use crate::tui::update::{Effect, is_refused, show_screen};

type State<'a> = Option<&'a Arc<AgentState>>;

/// Opens the form that begins an import.
pub(crate) fn open_form(ui: &mut UiState, now: Timestamp) {
    if is_refused(ui, "import files", now) {
        return;
    }
    show_screen(ui, ScreenName::Imports);
    let form = Box::new(ImportForm::start());
    ui.overlay = Some(Overlay::Import(ImportWindow::Form(form)));
}

/// Asks a verb of the selected import; undoing asks its user first.
pub(crate) fn act(
    ui: &mut UiState,
    state: State<'_>,
    action: Action,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(job) = selected(ui, state, now) else {
        return Vec::new();
    };
    let wanted = match action {
        Action::ImportCancel => Some(ImportVerb::Cancel),
        Action::ImportRestart => Some(ImportVerb::Restart),
        Action::ImportUndo => Some(ImportVerb::Undo),
        _ => verb::verb_of_toggle(&job),
    };
    let Some(wanted) = wanted.filter(|wanted| verb::does_apply(*wanted, &job)) else {
        note(ui, useless(action, &job), now);
        return Vec::new();
    };
    let what = format!("{} an import", wanted.as_str());
    if is_refused(ui, &what, now) {
        return Vec::new();
    }
    if wanted == ImportVerb::Undo {
        ui.overlay = Some(Overlay::Import(ImportWindow::Undo {
            id: job.id,
            consequence: verb::consequence(&job),
        }));
        return Vec::new();
    }
    steer(job.id, wanted)
}

/// Opens the questions of the selected import.
pub(crate) fn answer_selected(ui: &mut UiState, state: State<'_>, now: Timestamp) -> Vec<Effect> {
    let Some(job) = selected(ui, state, now) else {
        return Vec::new();
    };
    if job.state != ImportState::NeedsInput {
        note(ui, format!("import {} asks nothing", job.id), now);
        return Vec::new();
    }
    if is_refused(ui, "answer an import", now) {
        return Vec::new();
    }
    let (form, effects) = ImportForm::answer(job.id, &job.spec, &mut ui.asks);
    ui.overlay = Some(Overlay::Import(ImportWindow::Form(Box::new(form))));
    effects
}

/// Opens what the selected import rejected.
pub(crate) fn open_rejects(ui: &mut UiState, state: State<'_>, now: Timestamp) -> Vec<Effect> {
    let Some(job) = selected(ui, state, now) else {
        return Vec::new();
    };
    let (view, effects) = RejectsView::open(job.id, &mut ui.asks);
    ui.overlay = Some(Overlay::Import(ImportWindow::Rejects(view)));
    effects
}

/// Handles a key of the window that is open, which was taken out of `ui`.
pub(crate) fn on_key(ui: &mut UiState, window: ImportWindow, key: &KeyEvent) -> Vec<Effect> {
    match window {
        ImportWindow::Form(mut form) => {
            let did = form.on_key(key, &mut ui.asks);
            clamp_scroll(ui, &mut form);
            settle(ui, form, did)
        }
        ImportWindow::Rejects(mut view) => {
            let page = screen::rejects_page(ui.size);
            let effects = view.on_key(key, page, &mut ui.asks);
            if effects.is_some() {
                ui.overlay = Some(Overlay::Import(ImportWindow::Rejects(view)));
            }
            effects.unwrap_or_default()
        }
        ImportWindow::Undo { id, consequence } => match key.code {
            KeyCode::Char('y' | 'Y') => steer(id, ImportVerb::Undo),
            KeyCode::Esc | KeyCode::Char('n' | 'N' | 'q') => Vec::new(),
            _ => {
                ui.overlay = Some(Overlay::Import(ImportWindow::Undo { id, consequence }));
                Vec::new()
            }
        },
    }
}

/// Takes pasted text into the line that is typed.
pub(crate) fn on_paste(window: &mut ImportWindow, text: &str) {
    match window {
        ImportWindow::Form(form) => form.on_paste(text),
        ImportWindow::Rejects(_) | ImportWindow::Undo { .. } => {}
    }
}

/// Gives an answer to the window that waits for it. One whose window is closed, or asked something
/// else since, is dropped; only the refusal of an order is told anyway.
pub(crate) fn on_reply(ui: &mut UiState, id: u64, result: Result<Answer, Refusal>, now: Timestamp) {
    if ui.asks.take_left(id) {
        on_left_order(ui, result, now);
        return;
    }
    let waits = match &ui.overlay {
        Some(Overlay::Import(window)) => window.waits_for() == Some(id),
        _ => false,
    };
    if !waits {
        return;
    }
    match ui.overlay.take() {
        Some(Overlay::Import(ImportWindow::Form(mut form))) => {
            let did = form.on_reply(result);
            settle(ui, form, did);
        }
        Some(Overlay::Import(ImportWindow::Rejects(mut view))) => {
            view.on_reply(result);
            ui.overlay = Some(Overlay::Import(ImportWindow::Rejects(view)));
        }
        other => ui.overlay = other,
    }
}

fn on_left_order(ui: &mut UiState, result: Result<Answer, Refusal>, now: Timestamp) {
    match result {
        Ok(Answer::Import(job)) => ui.imports.select(job.id),
        Ok(_) => {}
        Err(refusal) => {
            let Refusal {
                message, next_step, ..
            } = refusal;
            ui.toasts.push(ToastLevel::Error, message, next_step, now);
        }
    }
}

fn settle(ui: &mut UiState, form: Box<ImportForm>, did: Did) -> Vec<Effect> {
    match did {
        Did::Stays(effects) => {
            ui.overlay = Some(Overlay::Import(ImportWindow::Form(form)));
            effects
        }
        Did::Closes(import) => {
            if let Some(id) = import {
                ui.imports.select(id);
            }
            Vec::new()
        }
    }
}

/// Past the last line there is nothing to scroll to.
fn clamp_scroll(ui: &UiState, form: &mut ImportForm) {
    let last = screen::review_scroll_max(form, ui.size);
    if let Some(review) = &mut form.review {
        review.scroll = review.scroll.min(last);
    }
}

/// The import under the cursor. Away from the imports' screen nobody sees which one that is, so
/// the screen is shown first and nothing is done.
fn selected(ui: &mut UiState, state: State<'_>, now: Timestamp) -> Option<ImportJob> {
    if ui.screen != ScreenName::Imports {
        show_screen(ui, ScreenName::Imports);
        note(ui, "choose an import first".to_owned(), now);
        return None;
    }
    let job = state
        .and_then(|state| ui.imports.job(&state.imports))
        .cloned();
    if job.is_none() {
        note(ui, "no import is selected".to_owned(), now);
    }
    job
}

fn steer(id: ImportId, verb: ImportVerb) -> Vec<Effect> {
    vec![Effect::Send(Command::SteerImport { id, verb })]
}

fn note(ui: &mut UiState, text: String, now: Timestamp) {
    ui.toasts.push(ToastLevel::Note, text, None, now);
}

/// Why a verb makes no sense now.
fn useless(action: Action, job: &ImportJob) -> String {
    let state = job.state.as_str().replace('_', " ");
    let what = match action {
        Action::ImportCancel => "nothing to cancel",
        Action::ImportUndo if job.undone.is_some() => "it is undone already",
        Action::ImportUndo if job.spec.dry_run => "a dry run wrote nothing",
        Action::ImportUndo if job.counts.inserted == 0 && job.counts.updated == 0 => {
            "it wrote nothing to undo"
        }
        Action::ImportRestart | Action::ImportUndo => {
            "pause or cancel it first, or wait for its end"
        }
        _ => "nothing to pause or resume",
    };
    format!("import {} is {state}: {what}", job.id)
}
