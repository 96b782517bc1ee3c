//! [`Paths`]: every path that the program uses. Only names are made here; nothing is opened or
//! created.

use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::runtime::Lease;
use crate::runtime::socket_path;

/// Name of the store in the data folder.
const STORE_FILE: &str = "market.sqlite";

/// Every path that the program uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    /// The config file, there or not; `None` when the platform names none.
    pub(super) config_file: Option<PathBuf>,
    /// The data folder.
    pub(super) data_dir: PathBuf,
    /// The folder of the log files.
    pub(super) logs_dir: PathBuf,
    /// The lock of the process that owns the data folder.
    pub(super) lock_file: PathBuf,
    /// The socket of that process.
    pub(super) socket: PathBuf,
    /// The store.
    pub(super) store: PathBuf,
}

impl Paths {
    /// Names the paths of these settings.
    pub(super) fn new(settings: &Settings) -> Self {
        Self::within(&settings.data_dir, settings.config_file())
    }

    /// Names the paths of a data folder.
    pub(super) fn within(data_dir: &Path, config_file: Option<&Path>) -> Self {
        Self {
            config_file: config_file.map(Path::to_owned),
            data_dir: data_dir.to_owned(),
            logs_dir: data_dir.join("logs"),
            lock_file: Lease::lock_file(data_dir),
            socket: socket_path(data_dir),
            store: data_dir.join(STORE_FILE),
        }
    }

    /// Returns each path with its name, as `mda config path` prints them.
    pub(super) fn named(&self) -> Vec<(&'static str, &Path)> {
        let config = self.config_file.as_deref().map(|path| ("config", path));
        let rest = [
            ("data", self.data_dir.as_path()),
            ("logs", self.logs_dir.as_path()),
            ("lock", self.lock_file.as_path()),
            ("socket", self.socket.as_path()),
        ];
        config.into_iter().chain(rest).collect()
    }
}
