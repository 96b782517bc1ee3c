//! [`Review`]: how files would be read, and the question that is being answered.
//!
//! One question stands at a time: its answer is asked with at once, and what is still open then is
//! the next one.

use tui_input::Input;

use crate::api::{FilePreview, ImportPreview, ImportQuestion};

/// A preview as the user has it.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) preview: ImportPreview,
    /// Place of the file shown.
    file: usize,
    /// First line on screen.
    pub(crate) scroll: usize,
    /// Place of the chosen answer.
    choice: usize,
    /// An answer being typed; while it is empty, the chosen one counts.
    pub(crate) typed: Input,
}

impl Review {
    /// Opens a preview at its first file.
    pub(crate) fn new(preview: ImportPreview) -> Self {
        Self {
            preview,
            file: 0,
            scroll: 0,
            choice: 0,
            typed: Input::default(),
        }
    }

    /// Takes the preview with other answers in, and stays at its file where there still is one.
    pub(crate) fn renew(&mut self, preview: ImportPreview) {
        let file = self.file.min(preview.files.len().saturating_sub(1));
        *self = Self {
            file,
            ..Self::new(preview)
        };
    }

    /// Returns the file shown, and its place.
    pub(crate) fn file(&self) -> Option<(usize, &FilePreview)> {
        let file = self.preview.files.get(self.file);
        file.map(|file| (self.file, file))
    }

    /// Shows another file, round at the ends.
    pub(crate) fn step_file(&mut self, is_forward: bool) {
        let count = self.preview.files.len().max(1);
        let steps = if is_forward { 1 } else { count - 1 };
        self.file = (self.file + steps) % count;
        self.scroll = 0;
    }

    /// Returns the question to be answered now.
    pub(crate) fn question(&self) -> Option<&ImportQuestion> {
        self.preview.questions().first().copied()
    }

    /// Returns how many questions are open.
    pub(crate) fn open_questions(&self) -> usize {
        self.preview.questions().len()
    }

    /// Returns the place of the chosen answer; `None` while another one is typed.
    pub(crate) fn choice(&self) -> Option<usize> {
        self.typed.value().is_empty().then_some(self.choice)
    }

    /// Chooses another answer.
    pub(crate) fn step_choice(&mut self, is_forward: bool) {
        let count = self.question().map_or(0, |asked| asked.choices.len());
        self.typed.reset();
        self.choice = if is_forward {
            (self.choice + 1).min(count.saturating_sub(1))
        } else {
            self.choice.saturating_sub(1)
        };
    }

    /// Returns the answer as it stands: what was typed, else what is chosen, else nothing.
    pub(crate) fn answer(&self) -> String {
        let typed = self.typed.value().trim();
        if !typed.is_empty() {
            return typed.to_owned();
        }
        let chosen = self
            .question()
            .and_then(|asked| asked.choices.get(self.choice));
        chosen.cloned().unwrap_or_default()
    }
}
