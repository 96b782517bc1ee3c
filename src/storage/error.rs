//! [`StoreError`]: what a store could not do, to which store, and what helps.

use std::error::Error;
use std::fmt;

use thiserror::Error;

use super::Priority;
use crate::domain::{ImportId, ResampleError};

/// Why the database refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Another process holds the lock.
    Locked,
    /// No space is left.
    DiskFull,
    /// The file may not be written.
    ReadOnly,
    /// The file cannot be opened.
    CannotOpen,
    /// Reading or writing the disk failed.
    Io,
    /// The file is damaged.
    Corrupt,
    /// The file is no database.
    NotADatabase,
    /// All connections were busy for too long.
    Busy,
    /// Anything else.
    Other,
}

impl Fault {
    /// Returns true when trying again later may succeed with nothing else done but what the text
    /// asks for.
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Locked | Self::DiskFull | Self::Io | Self::Busy => true,
            Self::ReadOnly
            | Self::CannotOpen
            | Self::Corrupt
            | Self::NotADatabase
            | Self::Other => false,
        }
    }
}

impl fmt::Display for Fault {
    /// Writes what is wrong and what helps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Locked => "another process has locked it; close that process and try again",
            Self::DiskFull => "the disk is full; free some space and try again",
            Self::ReadOnly => "it may not be written; check the rights of the file and its folder",
            Self::CannotOpen => "it cannot be opened; check that the folder exists and its rights",
            Self::Io => "the disk failed; check the disk and try again",
            Self::Corrupt => "it is damaged; move it away and restore a backup",
            Self::NotADatabase => "it is not an SQLite database; give another path",
            Self::Busy => "all its connections are busy; try again later",
            Self::Other => "the database refused",
        })
    }
}

/// Why a store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused.
    #[error("failed to {operation} in `{store}`: {fault}")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// Where.
        store: String,
        /// What is wrong.
        fault: Fault,
        /// In the database's own words.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A newer program wrote the store.
    #[error(
        "`{store}` has schema version {found}, this program knows up to {known}; \
         use the newer program or another store"
    )]
    NewerSchema {
        /// Where.
        store: String,
        /// The version found.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// A database, but of another program.
    #[error("`{store}` is a database of another program; give the path of a new file")]
    Foreign {
        /// Where.
        store: String,
    },
    /// More rows than one transaction takes.
    #[error("a batch of {rows} rows is above the most, {rows_max}; cut it")]
    BatchTooLarge {
        /// Rows given.
        rows: usize,
        /// Rows taken.
        rows_max: usize,
    },
    /// More bars than one answer holds.
    #[error("more than {bars_max} bars of `{symbol}`; ask with a limit, or for a shorter range")]
    TooManyBars {
        /// Whose.
        symbol: String,
        /// The most.
        bars_max: u32,
    },
    /// Too many wait to write.
    #[error("{waiting} writes of class {class} wait already; try again later")]
    QueueFull {
        /// Of which class.
        class: Priority,
        /// How many.
        waiting: usize,
    },
    /// The store was closed.
    #[error("failed to {operation}: the store is closed")]
    Closed {
        /// What was tried.
        operation: &'static str,
    },
    /// A stored value that this program would never write.
    #[error("`{store}` holds a wrong {what}: `{value}`; restore a backup")]
    WrongValue {
        /// Where.
        store: String,
        /// Of what.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// No import has this number.
    #[error("there is no import `{id}`; list the imports to see which there are")]
    NoImport {
        /// The number.
        id: ImportId,
    },
    /// Somebody else claimed the import since, or it was undone.
    #[error(
        "import `{id}` was claimed anew or undone, so nothing more is written under the older \
         claim; claim it, or import the files again"
    )]
    Fenced {
        /// Its number.
        id: ImportId,
    },
    /// A file that would be overwritten.
    #[error("`{path}` is there already; give the path of a new file")]
    FileExists {
        /// Its path.
        path: String,
    },
    /// What was copied is not as it should be; there is no copy.
    #[error("`{store}` is not sound: {fault}; verify it to see everything, or restore a backup")]
    Unsound {
        /// Where.
        store: String,
        /// The first that is wrong.
        fault: String,
    },
    /// Stored bars do not resample.
    #[error("failed to resample bars")]
    Resample(#[from] ResampleError),
}

impl StoreError {
    /// Returns true when the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Database { fault, .. } => fault.is_retryable(),
            Self::QueueFull { .. } => true,
            Self::NewerSchema { .. }
            | Self::Foreign { .. }
            | Self::BatchTooLarge { .. }
            | Self::TooManyBars { .. }
            | Self::Closed { .. }
            | Self::WrongValue { .. }
            | Self::NoImport { .. }
            | Self::Fenced { .. }
            | Self::FileExists { .. }
            | Self::Unsound { .. }
            | Self::Resample(_) => false,
        }
    }
}
