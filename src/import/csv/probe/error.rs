//! [`ProbeError`]: why a file is no table of text, and what to do.

use std::io;
use std::path::PathBuf;

/// Why a file cannot be probed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The system does not let it be read.
    #[error("failed to read `{path}`: check that it exists and may be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It is a directory.
    #[error("`{path}` is a directory: name its files, or a pattern such as `{path}/*.csv`")]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// It is a pipe, a device or a socket.
    #[error("`{path}` is no regular file: save its content to a file first")]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// There is nothing in it.
    #[error("`{path}` is empty: nothing can be imported from it")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else than a table of text.
    #[error("`{path}` is {format}, which cannot be imported yet: {advice}")]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// What it is, with its article.
        format: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// It is no text, and nothing known.
    #[error("`{path}` is no text: save it as CSV (UTF-8) first")]
    Binary {
        /// The file.
        path: PathBuf,
    },
}
