//! [`LogView`]: which log lines are shown, and where the cursor stands among them.
//!
//! Following shows the newest lines. As soon as the cursor moves up, the lines are held as they
//! were, so that they do not run away under it; following again returns to now. Lines are never
//! copied, only shared.

use std::sync::Arc;

use super::watch::scrolled;
use crate::api::{LogLevel, LogLine, LogState};

/// The log screen as the user has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogView {
    /// The least important level shown.
    pub(crate) level: LogLevel,
    /// Lines must contain this.
    pub(crate) filter: String,
    /// True while long lines are wrapped.
    pub(crate) is_wrapped: bool,
    /// The lines held; absent while following.
    held: Option<Arc<LogState>>,
    /// Places of the lines shown.
    shown: Vec<usize>,
    /// Place in `shown`.
    cursor: usize,
    /// Place in `shown` of the first line on screen.
    offset: usize,
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            level: LogLevel::Info,
            filter: String::new(),
            is_wrapped: false,
            held: None,
            shown: Vec::new(),
            cursor: 0,
            offset: 0,
        }
    }
}

impl LogView {
    /// Returns true while the newest line is followed.
    pub(crate) fn is_following(&self) -> bool {
        self.held.is_none()
    }

    /// Returns the log whose lines are shown.
    pub(crate) fn source<'a>(&'a self, newest: &'a Arc<LogState>) -> &'a Arc<LogState> {
        self.held.as_ref().unwrap_or(newest)
    }

    /// Takes the newest log in while following; the lines held stay as they are.
    pub(crate) fn on_log(&mut self, newest: &Arc<LogState>) {
        if self.is_following() {
            self.rebuild(newest);
        }
    }

    /// Filters anew: other lines, another level or another text.
    pub(crate) fn rebuild(&mut self, newest: &Arc<LogState>) {
        let log = Arc::clone(self.source(newest));
        let number = self.line(&log).map(|line| line.number);
        let wanted = self.filter.to_lowercase();
        self.shown.clear();
        for (at, line) in log.lines.iter().enumerate() {
            if line.level <= self.level && matches(line, &wanted) {
                self.shown.push(at);
            }
        }
        let last = self.shown.len().saturating_sub(1);
        self.cursor = match (self.is_following(), number) {
            (true, _) | (false, None) => last,
            (false, Some(number)) => {
                let before = |at: &usize| log.lines[*at].number < number;
                self.shown.partition_point(before).min(last)
            }
        };
        self.offset = self.offset.min(self.cursor);
    }

    /// Returns the lines shown from the first on screen on.
    pub(crate) fn lines<'a>(
        &'a self,
        log: &'a LogState,
    ) -> impl Iterator<Item = (usize, &'a LogLine)> {
        let lines = self.shown.iter().enumerate();
        lines.filter_map(|(row, at)| Some((row, log.lines.get(*at)?.as_ref())))
    }

    /// Returns how many lines are shown.
    pub(crate) fn len(&self) -> usize {
        self.shown.len()
    }

    /// Returns the place of the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Returns the first line on screen, of `page`.
    pub(crate) fn first(&self, page: usize) -> usize {
        scrolled(self.offset, self.cursor, page)
    }

    /// Returns the line under the cursor.
    pub(crate) fn line<'a>(&self, log: &'a LogState) -> Option<&'a Arc<LogLine>> {
        self.shown
            .get(self.cursor)
            .and_then(|at| log.lines.get(*at))
    }

    /// Moves the cursor; lines are held from now on.
    pub(crate) fn move_to(&mut self, row: usize, newest: &Arc<LogState>, page: usize) {
        let first = self.first(page);
        self.hold(newest);
        self.cursor = row.min(self.shown.len().saturating_sub(1));
        self.offset = scrolled(first, self.cursor, page);
    }

    /// Holds the lines as they are.
    pub(crate) fn hold(&mut self, newest: &Arc<LogState>) {
        if self.held.is_none() {
            self.held = Some(Arc::clone(newest));
        }
    }

    /// Returns to the newest line.
    pub(crate) fn follow(&mut self, newest: &Arc<LogState>) {
        self.held = None;
        self.rebuild(newest);
    }

    /// Finds the nearest warning or error after (or before) the cursor.
    pub(crate) fn problem(&self, log: &LogState, is_forward: bool) -> Option<usize> {
        let is_problem = |row: &usize| {
            let line = self.shown.get(*row).and_then(|at| log.lines.get(*at));
            line.is_some_and(|line| line.level <= LogLevel::Warn)
        };
        if is_forward {
            (self.cursor + 1..self.shown.len()).find(is_problem)
        } else {
            (0..self.cursor.min(self.shown.len()))
                .rev()
                .find(is_problem)
        }
    }
}

fn matches(line: &LogLine, wanted: &str) -> bool {
    wanted.is_empty()
        || line.message.to_lowercase().contains(wanted)
        || line.target.to_lowercase().contains(wanted)
}
