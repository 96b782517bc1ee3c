//! [`Picker`]: the list behind the help window and the palette: type to search, run what is
//! selected.
//!
//! Matching is by subsequence (`ovw` finds `overview`), better where letters follow each other or
//! begin a word. The palette remembers what was run; going up from the first row walks through that
//! history, as in a shell.

use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

use super::action::{Action, Context, actions};
use super::edit;
use super::theme::ThemeName;
use super::watch::RowId;
use crate::api::AgentState;

/// What running an item does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Intent {
    /// An action of the table.
    Act(Action),
    /// Selects an instrument.
    Show(RowId),
    /// Changes the theme.
    SetTheme(ThemeName),
    /// Reconnects a feed.
    Reconnect(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PickerItem {
    /// What is searched and shown first.
    pub(crate) title: String,
    /// Its keys, or its kind.
    pub(crate) hint: String,
    /// What it does.
    pub(crate) help: String,
    /// Where its keys count; absent for what is no action.
    pub(crate) context: Option<Context>,
    /// What running it does.
    pub(crate) intent: Intent,
}

/// Which window it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PickerKind {
    /// All keys.
    Help,
    /// Everything by name.
    Palette,
}

/// What a key did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// The window stays.
    Nothing,
    /// The window closes.
    Closed,
    /// The window closes, and this is to be done.
    Run(Intent),
}

/// The window.
#[derive(Debug, Clone)]
pub(crate) struct Picker {
    pub(crate) kind: PickerKind,
    pub(crate) input: Input,
    items: Vec<PickerItem>,
    hits: Vec<usize>,
    cursor: usize,
    history: Vec<String>,
    recalled: Option<usize>,
}

impl Picker {
    /// Opens the help: the keys of `context` first, then those that count everywhere.
    pub(crate) fn help(context: Context) -> Self {
        let mut defs: Vec<_> = actions().iter().collect();
        defs.sort_by_key(|def| match def.context {
            at if at == context => 0,
            Context::Global => 1,
            Context::Watchlist | Context::Imports | Context::Logs => 2,
        });
        let items = defs.iter().map(|def| action_item(def.action)).collect();
        Self::open(PickerKind::Help, items, Vec::new())
    }

    /// Opens the palette over what there is now.
    pub(crate) fn palette(state: Option<&AgentState>, history: &[String]) -> Self {
        let is_runnable = |action: &Action| !matches!(action, Action::Palette | Action::Back);
        let mut items: Vec<PickerItem> = actions()
            .iter()
            .map(|def| def.action)
            .filter(is_runnable)
            .map(action_item)
            .collect();
        items.extend(ThemeName::ALL.map(theme_item));
        if let Some(state) = state {
            items.extend(state.feeds.iter().map(|feed| feed_item(&feed.name)));
            items.extend(
                state
                    .instruments
                    .iter()
                    .map(|row| symbol_item(RowId::of(row))),
            );
        }
        Self::open(PickerKind::Palette, items, history.to_vec())
    }

    fn open(kind: PickerKind, items: Vec<PickerItem>, history: Vec<String>) -> Self {
        let mut picker = Self {
            kind,
            input: Input::default(),
            items,
            hits: Vec::new(),
            cursor: 0,
            history,
            recalled: None,
        };
        picker.search();
        picker
    }

    /// Handles a key.
    pub(crate) fn on_key(&mut self, key: &KeyEvent) -> Picked {
        match key.code {
            KeyCode::Esc => return Picked::Closed,
            KeyCode::Char('?') | KeyCode::F(1) if self.is_untouched_help() => {
                return Picked::Closed;
            }
            KeyCode::Enter => return self.run(),
            KeyCode::Up => self.up(),
            KeyCode::Down => self.down(),
            KeyCode::PageUp => self.cursor = self.cursor.saturating_sub(10),
            KeyCode::PageDown => self.move_to(self.cursor + 10),
            KeyCode::Tab => self.complete(),
            _ => {
                if edit::handle(&mut self.input, key) {
                    self.recalled = None;
                    self.search();
                }
            }
        }
        Picked::Nothing
    }

    /// Takes pasted text in.
    pub(crate) fn on_paste(&mut self, text: &str) {
        edit::paste(&mut self.input, text);
        self.search();
    }

    /// The key that opened the help closes it too, while nothing is typed.
    fn is_untouched_help(&self) -> bool {
        self.kind == PickerKind::Help && self.input.value().is_empty()
    }

    /// Returns true while rows stand in groups: nothing was searched for.
    pub(crate) fn is_grouped(&self) -> bool {
        self.is_untouched_help()
    }

    fn run(&self) -> Picked {
        let hit = self.hits.get(self.cursor);
        hit.map_or(Picked::Nothing, |at| {
            Picked::Run(self.items[*at].intent.clone())
        })
    }

    fn up(&mut self) {
        if self.cursor > 0 && self.recalled.is_none() {
            self.cursor -= 1;
            return;
        }
        let older = self.recalled.map_or(Some(0), |at| Some(at + 1));
        self.recall(
            older
                .filter(|at| *at < self.history.len())
                .or(self.recalled),
        );
    }

    fn down(&mut self) {
        match self.recalled {
            Some(0) => {
                self.recalled = None;
                self.input.reset();
                self.search();
            }
            Some(at) => self.recall(Some(at - 1)),
            None => self.move_to(self.cursor + 1),
        }
    }

    /// Shows the entry of the history that lies `at` steps back.
    fn recall(&mut self, at: Option<usize>) {
        let text = at.and_then(|at| self.history.iter().rev().nth(at)).cloned();
        if let Some(text) = text {
            self.recalled = at;
            self.input = Input::new(text);
            self.search();
        }
    }

    fn move_to(&mut self, row: usize) {
        self.cursor = row.min(self.hits.len().saturating_sub(1));
    }

    fn complete(&mut self) {
        if let Some(at) = self.hits.get(self.cursor) {
            self.input = Input::new(self.items[*at].title.clone());
            self.search();
        }
    }

    fn search(&mut self) {
        let wanted = self.input.value().trim().to_ascii_lowercase();
        let is_help = self.kind == PickerKind::Help;
        let mut scored: Vec<(i32, usize)> = Vec::new();
        for (at, item) in self.items.iter().enumerate() {
            let title = score(&item.title.to_ascii_lowercase(), &wanted);
            let is_told = is_help && item.help.to_ascii_lowercase().contains(&wanted);
            let is_key = is_help && !wanted.is_empty() && item.hint.eq_ignore_ascii_case(&wanted);
            let told = is_told.then_some(0);
            let key = is_key.then_some(i32::MAX);
            if let Some(score) = key.or(title).or(told) {
                scored.push((score, at));
            }
        }
        if !wanted.is_empty() {
            scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        }
        self.hits = scored.into_iter().map(|(_, at)| at).collect();
        self.cursor = 0;
    }

    /// Returns the rows that match, best first.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &PickerItem> {
        self.hits.iter().map(|at| &self.items[*at])
    }

    /// Returns the place of the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }
}

fn action_item(action: Action) -> PickerItem {
    let def = action.def();
    let keys: Vec<String> = def.chords.iter().map(ToString::to_string).collect();
    PickerItem {
        title: def.id.replace('-', " "),
        hint: keys.join(" "),
        help: def.help.to_owned(),
        context: Some(def.context),
        intent: Intent::Act(action),
    }
}

fn theme_item(name: ThemeName) -> PickerItem {
    PickerItem {
        title: format!("theme {name}"),
        hint: "theme".to_owned(),
        help: format!("Change to the {name} theme."),
        context: None,
        intent: Intent::SetTheme(name),
    }
}

fn feed_item(name: &str) -> PickerItem {
    PickerItem {
        title: format!("reconnect {name}"),
        hint: "feed".to_owned(),
        help: format!("Drop the connection of {name} and open it anew."),
        context: None,
        intent: Intent::Reconnect(name.to_owned()),
    }
}

fn symbol_item(id: RowId) -> PickerItem {
    PickerItem {
        title: id.symbol.to_string(),
        hint: "symbol".to_owned(),
        help: format!("Show {} of {}.", id.symbol, id.feed),
        context: None,
        intent: Intent::Show(id),
    }
}

/// Scores how well the letters of `wanted` are found in order in `text`; `None` when one is
/// missing.
fn score(text: &str, wanted: &str) -> Option<i32> {
    let mut total = 0;
    let mut rest = text.char_indices();
    let mut expected = None;
    for letter in wanted.chars() {
        let (at, _) = rest.by_ref().find(|(_, c)| *c == letter)?;
        let before = text[..at].chars().next_back();
        let is_word_start = before.is_none_or(|c| !c.is_ascii_alphanumeric());
        total += 1;
        total += i32::from(is_word_start) * 4;
        total += i32::from(expected == Some(at)) * 5;
        expected = Some(at + letter.len_utf8());
    }
    let is_whole = text == wanted;
    Some(total * 8 + i32::from(is_whole) * 64 - text.len() as i32)
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;

    fn press(picker: &mut Picker, code: KeyCode) -> Picked {
        picker.on_key(&KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn type_text(picker: &mut Picker, text: &str) {
        for letter in text.chars() {
            press(picker, KeyCode::Char(letter));
        }
    }

    fn titles(picker: &Picker) -> Vec<&str> {
        picker.rows().map(|item| item.title.as_str()).collect()
    }

    #[test]
    fn help_lists_every_action() {
        assert_eq!(
            Picker::help(Context::Watchlist).rows().len(),
            actions().len()
        );
    }

    #[test]
    fn subsequence_finds_and_enter_runs() {
        let mut picker = Picker::palette(None, &[]);
        type_text(&mut picker, "thlig");
        assert_eq!(titles(&picker), ["theme light"]);
        let run = press(&mut picker, KeyCode::Enter);
        assert_eq!(run, Picked::Run(Intent::SetTheme(ThemeName::Light)));
    }

    #[test]
    fn whole_words_come_first() {
        let mut picker = Picker::palette(None, &[]);
        type_text(&mut picker, "sort");
        assert_eq!(titles(&picker)[..2], ["sort", "sort direction"]);
    }

    #[test]
    fn help_finds_a_key_by_itself() {
        let mut picker = Picker::help(Context::Watchlist);
        type_text(&mut picker, "ctrl-z");
        assert_eq!(titles(&picker).first(), Some(&"suspend"));
    }

    #[test]
    fn history_lies_above_the_first_row() {
        let history = ["theme light".to_owned(), "freeze".to_owned()];
        let mut picker = Picker::palette(None, &history);
        press(&mut picker, KeyCode::Up);
        assert_eq!(picker.input.value(), "freeze");
        press(&mut picker, KeyCode::Up);
        press(&mut picker, KeyCode::Up);
        assert_eq!(picker.input.value(), "theme light");
        press(&mut picker, KeyCode::Down);
        press(&mut picker, KeyCode::Down);
        assert_eq!(picker.input.value(), "");
    }

    #[test]
    fn nothing_found_runs_nothing() {
        let mut picker = Picker::help(Context::Watchlist);
        type_text(&mut picker, "zzzz");
        assert_eq!(press(&mut picker, KeyCode::Enter), Picked::Nothing);
        assert_eq!(press(&mut picker, KeyCode::Esc), Picked::Closed);
    }
}
