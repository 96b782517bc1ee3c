//! The settings and the command line, from outside.

mod cli;
mod documents;
mod folders;
mod layers;

use std::path::{Path, PathBuf};

use mda::config::{ConfigError, Platform, Settings, Sources, load};

/// A platform like a Linux desktop's, whose folders do not exist.
fn platform() -> Platform {
    Platform {
        config_dir: Some("/nowhere/config/mda".into()),
        data_dir: Some("/nowhere/share/mda".into()),
    }
}

/// The sources of a process without flags, variables and files.
fn no_sources() -> Sources {
    Sources {
        platform: platform(),
        ..Sources::default()
    }
}

/// Loads the settings of one file.
fn load_file(path: &Path) -> Result<Settings, ConfigError> {
    load(&Sources {
        config_file: Some(path.to_owned()),
        ..no_sources()
    })
}

/// Returns the files of a folder beside this one, by name, relative to the repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests/it/config").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "`{}` is empty", folder.display());
    files
}

/// Compares with `snapshots/<name>.snap` at the root.
fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
