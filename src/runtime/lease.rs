//! SKELETON: signatures are settled, bodies are the runtime author's.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a directory is not ours.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// Another process holds it.
    #[error("data directory `{path}` is in use by process {pid}")]
    Held {
        /// The directory.
        path: PathBuf,
        /// Who holds it, as its lock file tells (0 when unreadable).
        pid: u32,
    },
    /// The lock file cannot be made or read.
    #[error("failed to lock data directory `{path}`")]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The exclusive right to a data directory, held by an advisory lock on `<dir>/mda.lock`: it ends with the process, however
/// that ends.
#[derive(Debug)]
pub struct Lease {}

impl Lease {
    /// Takes the lease on `directory`, making the directory (mode 0700) when it is missing; writes our pid into the lock file.
    pub fn acquire(directory: &Path) -> Result<Self, LeaseError> {
        let _ = directory;
        unimplemented!()
    }
}
