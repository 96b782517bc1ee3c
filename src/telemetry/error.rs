//! Why logging could not begin. Once it has begun it does not fail: what is lost is counted.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why logging could not begin.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The directory is missing and cannot be made.
    #[error("failed to make log directory `{path}`; choose another with the settings")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file of the day cannot be opened.
    #[error("failed to open log file `{path}`; check who owns it")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The thread that writes the file did not start.
    #[error("failed to start the thread of the log file")]
    Thread(#[source] io::Error),
    /// Something else already takes this process's log.
    #[error("failed to take over the log of this process: it is taken already")]
    Taken(#[source] tracing::subscriber::SetGlobalDefaultError),
}
