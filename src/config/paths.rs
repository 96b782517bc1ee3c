//! Where things are: the platform's folders, and the files within the data folder.
//!
//! Only names are made here; nothing is opened or created.

use std::path::{Path, PathBuf};

use super::Settings;
use crate::runtime::socket_path;

/// The folders that the platform gives a program. Tests give their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Platform {
    /// Folder of our config file; `None` when no home folder is known.
    pub config_dir: Option<PathBuf>,
    /// Default of `data_dir`; `None` when no home folder is known.
    pub data_dir: Option<PathBuf>,
}

impl Platform {
    /// Asks the platform (on Linux the XDG folders, `~/.config/mda` and `~/.local/share/mda`).
    pub fn detect() -> Self {
        let folders = directories::ProjectDirs::from("", "", "mda");
        Self {
            config_dir: folders.as_ref().map(|f| f.config_dir().to_owned()),
            data_dir: folders.as_ref().map(|f| f.data_dir().to_owned()),
        }
    }

    /// Returns the config file that is read when none is named.
    pub fn config_file(&self) -> Option<PathBuf> {
        let folder = self.config_dir.as_ref()?;
        Some(folder.join("config.toml"))
    }
}

/// Every path that the program uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The config file, there or not; `None` when the platform names none.
    pub config_file: Option<PathBuf>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The folder of the log files.
    pub logs_dir: PathBuf,
    /// The lock of the process that owns the data folder.
    pub lock_file: PathBuf,
    /// The socket of that process.
    pub socket: PathBuf,
}

impl Paths {
    /// Names the paths of these settings.
    pub fn new(settings: &Settings) -> Self {
        Self::within(&settings.data_dir, settings.config_file())
    }

    /// Names the paths within a data folder.
    pub fn within(data_dir: &Path, config_file: Option<&Path>) -> Self {
        Self {
            config_file: config_file.map(Path::to_owned),
            data_dir: data_dir.to_owned(),
            logs_dir: data_dir.join("logs"),
            lock_file: data_dir.join("mda.lock"),
            socket: socket_path(data_dir),
        }
    }

    /// Returns each path with its name, as `mda config path` prints them.
    pub fn named(&self) -> Vec<(&'static str, &Path)> {
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
