//! [`Chord`]: a key with its modifiers, and the way from a key event to an [`Action`].
//!
//! Terminals disagree about Shift: some send it beside the capital letter, some do not. A chord of
//! a character therefore never looks at Shift; the character says it.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, Context, actions};

/// A key and whether Ctrl is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    is_ctrl: bool,
}

impl Chord {
    /// Makes the chord of a character.
    pub const fn char(letter: char) -> Self {
        Self::key(KeyCode::Char(letter))
    }

    /// Makes the chord of a named key.
    pub const fn key(code: KeyCode) -> Self {
        Self {
            code,
            is_ctrl: false,
        }
    }

    /// Makes the chord of Ctrl and a letter.
    pub const fn ctrl(letter: char) -> Self {
        Self {
            code: KeyCode::Char(letter),
            is_ctrl: true,
        }
    }

    /// Returns true when Ctrl is held.
    pub(crate) const fn is_ctrl(self) -> bool {
        self.is_ctrl
    }

    /// Returns the chord of a key event; `None` with Alt or Super, which we bind to nothing.
    pub fn of(event: &KeyEvent) -> Option<Self> {
        let unbound = KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META;
        if event.modifiers.intersects(unbound) {
            return None;
        }
        let is_ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            KeyCode::Char(letter) if is_ctrl => KeyCode::Char(letter.to_ascii_lowercase()),
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        Some(Self { code, is_ctrl })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.code {
            KeyCode::Char(' ') => "SPACE".to_owned(),
            KeyCode::Char(letter) if self.is_ctrl => {
                format!("Ctrl-{}", letter.to_ascii_uppercase())
            }
            KeyCode::Char(letter) => letter.to_string(),
            KeyCode::Enter => "ENTER".to_owned(),
            KeyCode::Esc => "ESC".to_owned(),
            KeyCode::Tab => "TAB".to_owned(),
            KeyCode::BackTab => "Shift-TAB".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::F(number) => format!("F{number}"),
            other => format!("{other:?}"),
        };
        f.pad(&name)
    }
}

/// Finds the action of `chord`: the context's own keys first, then those that count everywhere.
pub(crate) fn action_of(chord: Chord, context: Context) -> Option<Action> {
    let find = |wanted: Context| {
        actions()
            .iter()
            .find(|def| def.context == wanted && def.chords.contains(&chord))
            .map(|def| def.action)
    };
    find(context).or_else(|| find(Context::Global))
}

/// Finds the context in which `chord` does something.
pub(crate) fn context_of(chord: Chord) -> Option<Context> {
    let found = actions().iter().find(|def| def.chords.contains(&chord));
    found.map(|def| def.context)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_chord_means_two_things_in_one_context() {
        for context in Context::ALL {
            let mut seen = HashSet::new();
            let here = |at: Context| at == context || at == Context::Global;
            for def in actions().iter().filter(|def| here(def.context)) {
                for chord in def.chords {
                    assert!(
                        seen.insert(*chord),
                        "{chord} twice in {context:?}: {}",
                        def.id
                    );
                }
            }
        }
    }

    #[test]
    fn every_action_has_one_row_an_id_and_a_key() {
        let mut ids = HashSet::new();
        let mut found = HashSet::new();
        for def in actions() {
            assert!(ids.insert(def.id) && found.insert(def.action), "{}", def.id);
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(def.id.chars().all(is_kebab), "{}", def.id);
            assert!(!def.chords.is_empty(), "{}", def.id);
            assert!(
                def.help.ends_with('.') && !def.label.is_empty(),
                "{}",
                def.id
            );
            assert_eq!(def.action.def().id, def.id);
        }
    }

    #[test]
    fn shift_is_told_by_the_character() {
        let with_shift = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        let without = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::NONE);
        for event in [with_shift, without] {
            let chord = Chord::of(&event).unwrap();
            assert_eq!(action_of(chord, Context::Watchlist), Some(Action::Bottom));
        }
    }

    #[test]
    fn context_decides_before_global() {
        let level = Chord::char('L');
        assert_eq!(action_of(level, Context::Logs), Some(Action::LogLevel));
        assert_eq!(action_of(level, Context::Watchlist), None);
    }

    #[test]
    fn alt_is_bound_to_nothing() {
        let event = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::ALT);
        assert_eq!(Chord::of(&event), None);
    }

    #[test]
    fn chords_have_readable_names() {
        let names: Vec<String> = [
            Chord::char(' '),
            Chord::ctrl('c'),
            Chord::key(KeyCode::PageDown),
            Chord::key(KeyCode::F(1)),
        ]
        .iter()
        .map(ToString::to_string)
        .collect();
        assert_eq!(names, ["SPACE", "Ctrl-C", "PgDn", "F1"]);
    }
}
