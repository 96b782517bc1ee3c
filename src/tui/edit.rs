//! Keys of an input line, for `tui-input`: the ones of every shell (arrows, Ctrl-A, Ctrl-E, Ctrl-W,
//! Ctrl-U, Ctrl-K).

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

/// The longest text an input line takes: a path may be long.
const LEN_MAX: usize = 1_000;

/// Hands a key to the line; returns true when its text changed.
pub(crate) fn handle(input: &mut Input, key: &KeyEvent) -> bool {
    let is_ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let is_full = input.value().chars().count() >= LEN_MAX;
    let request = match (key.code, is_ctrl) {
        (KeyCode::Char(letter), false) if !is_full => InputRequest::InsertChar(letter),
        (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, _) | (KeyCode::Char('d'), true) => InputRequest::DeleteNextChar,
        (KeyCode::Backspace | KeyCode::Char('w'), true) => InputRequest::DeletePrevWord,
        (KeyCode::Char('u'), true) => InputRequest::DeleteFromStart,
        (KeyCode::Char('k'), true) => InputRequest::DeleteTillEnd,
        (KeyCode::Left, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false) => InputRequest::GoToNextChar,
        (KeyCode::Left, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true) => InputRequest::GoToNextWord,
        (KeyCode::Home, _) | (KeyCode::Char('a'), true) => InputRequest::GoToStart,
        (KeyCode::End, _) | (KeyCode::Char('e'), true) => InputRequest::GoToEnd,
        _ => return false,
    };
    input.handle(request).is_some_and(|changed| changed.value)
}

/// Puts pasted text in, without its control characters.
pub(crate) fn paste(input: &mut Input, text: &str) {
    let room = LEN_MAX.saturating_sub(input.value().chars().count());
    let visible = text.chars().filter(|letter| !letter.is_control());
    for letter in visible.take(room) {
        input.handle(InputRequest::InsertChar(letter));
    }
}
