//! [`ImportWindow`]: the windows over the imports, and which of them an answer belongs to.

use super::form::ImportForm;
use super::rejects::RejectsView;
use crate::domain::ImportId;

/// A window over the imports.
#[derive(Debug, Clone)]
pub(crate) enum ImportWindow {
    /// Files are chosen, looked at and imported.
    Form(Box<ImportForm>),
    /// What an import rejected.
    Rejects(RejectsView),
    /// An import is about to be taken back.
    Undo {
        /// Which.
        id: ImportId,
        /// What that does.
        consequence: String,
    },
}

impl ImportWindow {
    /// Returns the number of the request whose answer it waits for.
    pub(crate) fn waits_for(&self) -> Option<u64> {
        match self {
            Self::Form(form) => form.waits_for(),
            Self::Rejects(view) => view.waits_for(),
            Self::Undo { .. } => None,
        }
    }
}
