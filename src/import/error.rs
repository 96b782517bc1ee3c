//! [`ImportError`]: why the import service does not do what it is asked.

use std::io;

use super::SinkError;
use super::csv::ProbeError;
use super::job::Impossible;
use super::pipeline::{ChunkStateError, RunError};
use crate::domain::ImportId;

/// Why the import service does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such import.
    #[error("no import `{id}`")]
    NotFound {
        /// Which one.
        id: ImportId,
    },
    /// It cannot do that in its state.
    #[error(transparent)]
    Impossible(#[from] Impossible),
    /// It is being taken back.
    #[error("import {id} is being undone")]
    Undoing {
        /// Which one.
        id: ImportId,
    },
    /// Its record was written by another program.
    #[error("import {id} cannot be steered by this program: {reason}")]
    Foreign {
        /// Which one.
        id: ImportId,
        /// Why.
        reason: String,
    },
    /// A dry run wrote nothing.
    #[error("import {id} was a dry run: it wrote nothing that could be undone")]
    NothingToUndo {
        /// Which one.
        id: ImportId,
    },
    /// No path was given.
    #[error("no file to import")]
    NoPath,
    /// A pattern matches no file.
    #[error("no file matches `{pattern}`")]
    NoFile {
        /// The path or pattern.
        pattern: String,
    },
    /// A pattern is none.
    #[error("invalid pattern `{pattern}`")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: glob::PatternError,
    },
    /// A file cannot be looked at.
    #[error("failed to look at `{path}`")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A file is no table of text.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// A file is not what it was when its first part was imported.
    #[error("{0}")]
    Changed(String),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] ChunkStateError),
    /// A run could not go on.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store refuses.
    #[error("the store refused")]
    Sink(#[from] SinkError),
    /// Work on a thread of its own ended without a result.
    #[error("the work panicked: {0}")]
    Panicked(String),
}

impl ImportError {
    /// Returns true when there is no such import.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Returns true when the import's state forbids it.
    pub fn is_impossible(&self) -> bool {
        matches!(
            self,
            Self::Impossible(_)
                | Self::Undoing { .. }
                | Self::Foreign { .. }
                | Self::NothingToUndo { .. }
        )
    }

    /// Returns true when the order itself is wrong: its paths, its patterns, its files.
    pub fn is_wrong_order(&self) -> bool {
        matches!(
            self,
            Self::NoPath
                | Self::NoFile { .. }
                | Self::Pattern { .. }
                | Self::File { .. }
                | Self::Probe(_)
        )
    }

    /// Returns true when the same may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Sink(error) if error.is_retryable)
    }

    /// Returns true when somebody else has claimed the import.
    pub fn is_fenced(&self) -> bool {
        match self {
            Self::Sink(error) => error.is_fenced,
            Self::Run(error) => error.is_fenced(),
            _ => false,
        }
    }

    /// Returns what to do next, where the text does not say it.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::NotFound { .. } => Some("list the imports with `mda import list`"),
            Self::Undoing { .. } => Some("wait until it is undone"),
            Self::Foreign { .. } => Some("steer it with the newer program"),
            Self::NoPath => Some("name at least one file"),
            Self::NoFile { .. } => Some("check the path; patterns may hold `*`, `?` and `[…]`"),
            Self::Pattern { .. } => Some("put the `[` of a file's name into brackets: `[[]`"),
            Self::File { .. } => Some("check that the file is there and may be read"),
            Self::Sink(error) if error.is_retryable => Some("try again"),
            Self::Sink(_) => Some("look into the log for what the store says"),
            Self::Panicked(_) => Some("report this"),
            Self::Impossible(_)
            | Self::NothingToUndo { .. }
            | Self::Probe(_)
            | Self::Changed(_)
            | Self::Ledger(_)
            | Self::Run(_) => None,
        }
    }
}
