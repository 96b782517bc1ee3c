//! [`RejectsView`]: the rejected records of an import, a page of them at a time.
//!
//! Only one page is held, however many there are: going past its end asks for the next one, going
//! above its beginning for the one before.

use crossterm::event::{KeyCode, KeyEvent};

use super::asks::Asks;
use super::form::Trouble;
use crate::api::{Answer, Command, Refusal, Reject};
use crate::domain::ImportId;
use crate::tui::update::Effect;
use crate::tui::watch::scrolled;

/// Records asked for at once.
const PAGE_MAX: u32 = 200;

/// Rejected records as the user has them.
#[derive(Debug, Clone)]
pub(crate) struct RejectsView {
    pub(crate) id: ImportId,
    /// The page; absent before the first answer.
    pub(crate) rows: Option<Vec<Reject>>,
    /// How many records lie before the page.
    pub(crate) offset: u64,
    pub(crate) trouble: Option<Trouble>,
    cursor: usize,
    first: usize,
    /// True once nothing was found after the page.
    is_last: bool,
    wait: Option<Wait>,
}

/// A page that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    id: u64,
    offset: u64,
    /// Where the cursor goes once it is there.
    is_at_end: bool,
}

impl RejectsView {
    /// Opens the first page.
    pub(crate) fn open(id: ImportId, asks: &mut Asks) -> (Self, Vec<Effect>) {
        let mut view = Self {
            id,
            rows: None,
            offset: 0,
            trouble: None,
            cursor: 0,
            first: 0,
            is_last: false,
            wait: None,
        };
        let effects = view.ask(0, false, asks);
        (view, effects)
    }

    /// Returns the number of the request whose answer it waits for.
    pub(crate) fn waits_for(&self) -> Option<u64> {
        self.wait.map(|wait| wait.id)
    }

    /// Returns the place of the cursor in the page.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Returns the first row on screen, of `page`.
    pub(crate) fn first(&self, page: usize) -> usize {
        scrolled(self.first, self.cursor, page)
    }

    /// Returns true when records may follow the page.
    pub(crate) fn has_more(&self) -> bool {
        self.rows.is_some() && !self.is_last
    }

    /// Returns the record under the cursor.
    pub(crate) fn selected(&self) -> Option<&Reject> {
        self.rows.as_ref()?.get(self.cursor)
    }

    /// Handles a key of a list of `page` rows; `None` closes the window.
    pub(crate) fn on_key(
        &mut self,
        key: &KeyEvent,
        page: usize,
        asks: &mut Asks,
    ) -> Option<Vec<Effect>> {
        let len = self.rows.as_ref().map_or(0, Vec::len);
        let step = page.max(1);
        self.first = self.first(step);
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return None,
            KeyCode::Down | KeyCode::Char('j') => return Some(self.down(1, asks)),
            KeyCode::Up | KeyCode::Char('k') => return Some(self.up(1, asks)),
            KeyCode::PageDown | KeyCode::Char(' ') => return Some(self.down(step, asks)),
            KeyCode::PageUp => return Some(self.up(step, asks)),
            KeyCode::Home | KeyCode::Char('g') if self.offset > 0 => {
                return Some(self.ask(0, false, asks));
            }
            KeyCode::Home | KeyCode::Char('g') => self.cursor = 0,
            KeyCode::End | KeyCode::Char('G') => self.cursor = len.saturating_sub(1),
            _ => {}
        }
        Some(Vec::new())
    }

    /// Takes the page in that it waits for; an empty one after others means that there is no more.
    pub(crate) fn on_reply(&mut self, result: Result<Answer, Refusal>) {
        let Some(wait) = self.wait.take() else { return };
        match result {
            Ok(Answer::Rejects(rows)) => {
                self.trouble = None;
                if rows.is_empty() && wait.offset > 0 {
                    self.is_last = true;
                    return;
                }
                let last = rows.len().saturating_sub(1);
                self.cursor = if wait.is_at_end { last } else { 0 };
                self.first = 0;
                self.is_last = rows.len() < PAGE_MAX as usize;
                self.offset = wait.offset;
                self.rows = Some(rows);
            }
            Ok(_) => self.trouble = Some(Trouble::new("the agent answered something else", None)),
            Err(refusal) => self.trouble = Some(Trouble::from(refusal)),
        }
    }

    fn down(&mut self, steps: usize, asks: &mut Asks) -> Vec<Effect> {
        let len = self.rows.as_ref().map_or(0, Vec::len);
        let is_last = self.cursor + 1 >= len;
        if is_last && self.has_more() {
            return self.ask(self.offset + len as u64, false, asks);
        }
        self.cursor = (self.cursor + steps).min(len.saturating_sub(1));
        Vec::new()
    }

    fn up(&mut self, steps: usize, asks: &mut Asks) -> Vec<Effect> {
        if self.cursor == 0 && self.offset > 0 {
            let offset = self.offset.saturating_sub(u64::from(PAGE_MAX));
            return self.ask(offset, true, asks);
        }
        self.cursor = self.cursor.saturating_sub(steps);
        Vec::new()
    }

    fn ask(&mut self, offset: u64, is_at_end: bool, asks: &mut Asks) -> Vec<Effect> {
        if self.wait.is_some() {
            return Vec::new();
        }
        let (id, effect) = asks.ask(Command::Rejects {
            id: self.id,
            offset,
            limit: PAGE_MAX,
        });
        self.wait = Some(Wait {
            id,
            offset,
            is_at_end,
        });
        vec![effect]
    }
}
