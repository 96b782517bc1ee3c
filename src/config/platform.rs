//! [`Platform`]: the folders that the platform gives a program. Nothing is opened or created here.

use std::path::PathBuf;

/// The platform's folders. Tests give their own.
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
