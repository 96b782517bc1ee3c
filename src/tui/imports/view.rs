//! [`ImportsView`]: which import is selected. The cursor follows the import's number, so new ones
//! at the top move nothing under the hand.

use std::sync::Arc;

use crate::api::ImportJob;
use crate::domain::ImportId;
use crate::tui::watch::scrolled;

/// The list of imports as the user has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ImportsView {
    /// The import under the cursor; absent: the newest.
    pub(crate) selected: Option<ImportId>,
    /// Imports must contain this: in their number, state, symbol or files.
    pub(crate) filter: String,
    /// First line of the detail on screen.
    pub(crate) detail_scroll: usize,
    /// Place of the first row on screen.
    offset: usize,
}

impl ImportsView {
    /// Returns the imports that pass the filter, newest first.
    pub(crate) fn rows<'a>(&self, jobs: &'a [Arc<ImportJob>]) -> Vec<&'a ImportJob> {
        let wanted = self.filter.trim().to_lowercase();
        let shown = jobs.iter().filter(|job| matches(job, &wanted));
        shown.map(AsRef::as_ref).collect()
    }

    /// Returns the place of the cursor among the rows.
    pub(crate) fn cursor(&self, rows: &[&ImportJob]) -> usize {
        let at = rows.iter().position(|job| Some(job.id) == self.selected);
        at.unwrap_or(0)
    }

    /// Returns the import under the cursor.
    pub(crate) fn job<'a>(&self, jobs: &'a [Arc<ImportJob>]) -> Option<&'a ImportJob> {
        let rows = self.rows(jobs);
        rows.get(self.cursor(&rows)).copied()
    }

    /// Returns the first row on screen, of `page`.
    pub(crate) fn first(&self, cursor: usize, page: usize) -> usize {
        scrolled(self.offset, cursor, page)
    }

    /// Moves the cursor to a row; the detail begins at its top again.
    pub(crate) fn move_to(&mut self, row: usize, jobs: &[Arc<ImportJob>], page: usize) {
        let rows = self.rows(jobs);
        let row = row.min(rows.len().saturating_sub(1));
        let Some(job) = rows.get(row) else { return };
        self.offset = self.first(row, page);
        self.select(job.id);
    }

    /// Keeps the newest import under the cursor once it was seen there, whatever comes later.
    pub(crate) fn pin(&mut self, jobs: &[Arc<ImportJob>]) {
        if self.selected.is_none() {
            self.selected = self.job(jobs).map(|job| job.id);
        }
    }

    /// Selects an import, which may be one that no state told of yet.
    pub(crate) fn select(&mut self, id: ImportId) {
        if self.selected != Some(id) {
            self.detail_scroll = 0;
        }
        self.selected = Some(id);
    }
}

fn matches(job: &ImportJob, wanted: &str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let has = |text: &str| text.to_lowercase().contains(wanted);
    let symbol = job.spec.symbol.as_ref();
    has(&job.id.to_string())
        || has(job.state.as_str())
        || symbol.is_some_and(|symbol| has(symbol.as_str()))
        || job.spec.paths.iter().any(|path| has(path))
        || job.files.iter().any(|file| has(&file.path))
}
