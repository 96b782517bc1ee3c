//! Keys and pastes while a window or an input line is open: they go there and nowhere else.

use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

use super::edit;
use super::imports;
use super::picker::Picked;
use super::state::{Overlay, UiState};
use super::update::{self, Effect, State};
use super::watch::RowId;
use crate::domain::Timestamp;

/// Handles a key of what is open.
pub(crate) fn on_key(
    ui: &mut UiState,
    state: State<'_>,
    key: &KeyEvent,
    now: Timestamp,
) -> Vec<Effect> {
    match ui.overlay.take() {
        Some(Overlay::Filter {
            input,
            before,
            selected,
        }) => {
            on_filter_key(ui, state, (input, before, selected), (key, now));
            Vec::new()
        }
        Some(Overlay::Picker(mut picker)) => match picker.on_key(key) {
            Picked::Closed => Vec::new(),
            Picked::Nothing => {
                ui.overlay = Some(Overlay::Picker(picker));
                Vec::new()
            }
            Picked::Run(intent) => {
                update::remember(ui, &picker);
                update::run(ui, state, intent, now)
            }
        },
        Some(Overlay::Import(window)) => imports::on_key(ui, window, key),
        Some(Overlay::LogLine(_)) | None => Vec::new(),
    }
}

fn on_filter_key(
    ui: &mut UiState,
    state: State<'_>,
    typed: (Input, String, Option<RowId>),
    pressed: (&KeyEvent, Timestamp),
) {
    let (mut input, before, selected) = typed;
    let (key, now) = pressed;
    match key.code {
        KeyCode::Enter => {}
        KeyCode::Esc => update::undo_filter(ui, state, (before, selected), now),
        _ => {
            if edit::handle(&mut input, key) {
                let text = input.value().to_owned();
                update::set_filter(ui, state, text, now);
            }
            ui.overlay = Some(Overlay::Filter {
                input,
                before,
                selected,
            });
        }
    }
}

/// Takes pasted text into the line that is typed, if one is.
pub(crate) fn on_paste(ui: &mut UiState, state: State<'_>, text: &str, now: Timestamp) {
    let filter = match &mut ui.overlay {
        Some(Overlay::Filter { input, .. }) => {
            edit::paste(input, text);
            Some(input.value().to_owned())
        }
        Some(Overlay::Picker(picker)) => {
            picker.on_paste(text);
            None
        }
        Some(Overlay::Import(window)) => {
            imports::on_paste(window, text);
            None
        }
        Some(Overlay::LogLine(_)) | None => None,
    };
    if let Some(filter) = filter {
        update::set_filter(ui, state, filter, now);
    }
}
