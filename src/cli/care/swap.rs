//! [`Copied`] and [`keep`]: one file in the place of another, without a moment with neither.
//!
//! SQLite keeps a log beside its file (`-wal`, with `-shm`). A log that is left beside another
//! database would be taken for its own: it goes wherever its file goes.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// What SQLite writes beside its file.
const LOG: &str = "-wal";
const INDEX: &str = "-shm";

/// A copy beside the store; removed unless it is put in place.
#[derive(Debug)]
pub(super) struct Copied {
    path: PathBuf,
}

impl Copied {
    /// Copies `file`, with its log when it has one, beside `store`.
    ///
    /// # Errors
    /// When it cannot be read, or there is no room.
    pub(super) fn of(file: &Path, store: &Path) -> anyhow::Result<Self> {
        // One name for all: the lease lets one restore run, and what a killed one left goes here.
        let copied = Self {
            path: with_ending(store, ".restoring"),
        };
        copied.remove();
        copy(file, &copied.path)?;
        let log = with_ending(file, LOG);
        if log.exists() {
            copy(&log, &with_ending(&copied.path, LOG))?;
        }
        Ok(copied)
    }

    /// Returns where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it the store's name, once all of it is on the disk.
    ///
    /// # Errors
    /// When it was not closed in order, or cannot be renamed: the store is as it was then.
    pub(super) fn put_in_place(self, store: &Path) -> anyhow::Result<()> {
        let log = with_ending(&self.path, LOG);
        if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            bail!(
                "`{}` still has a log, so it is not whole",
                self.path.display()
            );
        }
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.path, store))
            .and_then(|()| sync_folder(store))
            .with_context(|| format!("failed to replace `{}`", store.display()))
    }

    fn remove(&self) {
        for ending in ["", LOG, INDEX] {
            // What is not there needs no removing.
            drop(fs::remove_file(with_ending(&self.path, ending)));
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Gives the store a second name, under which it stays, and returns that; its log, when it could
/// not be closed in order, goes there at once. The store keeps its first name.
///
/// # Errors
/// When the name is taken, or cannot be given.
pub(super) fn keep(store: &Path, time: &str) -> anyhow::Result<PathBuf> {
    let kept = with_ending(store, &format!(".before-restore-{time}"));
    let given = fs::hard_link(store, &kept).or_else(|error| match error.kind() {
        ErrorKind::AlreadyExists => Err(error),
        // Not every file system has second names: a copy takes longer, and is as good.
        _other => fs::copy(store, &kept).map(drop),
    });
    given
        .and_then(|()| move_if_there(&with_ending(store, LOG), &with_ending(&kept, LOG)))
        .and_then(|()| remove_if_there(&with_ending(store, INDEX)))
        .and_then(|()| sync_folder(store))
        .with_context(|| format!("failed to keep the store as `{}`", kept.display()))?;
    Ok(kept)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::copy(from, to)
        .and_then(|_bytes| fs::set_permissions(to, Permissions::from_mode(0o600)))
        .with_context(|| format!("failed to copy `{}` to `{}`", from.display(), to.display()))
}

fn move_if_there(from: &Path, to: &Path) -> io::Result<()> {
    or_not_there(fs::rename(from, to))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    or_not_there(fs::remove_file(path))
}

fn or_not_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Makes the names in a file's folder survive a loss of power.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> = entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_is_removed_unless_it_is_put_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("b"), folder.path().join("s"));
        fs::write(&file, "new").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
        fs::write(with_ending(&file, LOG), "log").unwrap();
        let copied = Copied::of(&file, &store).unwrap();
        assert_eq!(
            names(folder.path()),
            ["b", "b-wal", "s.restoring", "s.restoring-wal"]
        );
        // Not closed yet: it is not whole without its log.
        let error = copied.put_in_place(&store).unwrap_err();
        assert!(error.to_string().contains("still has a log"), "{error}");
        assert_eq!(names(folder.path()), ["b", "b-wal"]);

        fs::remove_file(with_ending(&file, LOG)).unwrap();
        fs::write(&store, "old").unwrap();
        Copied::of(&file, &store)
            .unwrap()
            .put_in_place(&store)
            .unwrap();
        assert_eq!(names(folder.path()), ["b", "s"]);
        assert_eq!(fs::read_to_string(&store).unwrap(), "new");
        assert_eq!(
            fs::metadata(&store).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn what_is_kept_has_its_log_and_the_store_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("s");
        for ending in ["", LOG, INDEX] {
            fs::write(with_ending(&store, ending), ending).unwrap();
        }
        let kept = keep(&store, "T").unwrap();
        assert_eq!(
            names(folder.path()),
            ["s", "s.before-restore-T", "s.before-restore-T-wal"]
        );
        assert_eq!(fs::read_to_string(with_ending(&kept, LOG)).unwrap(), LOG);
        // Nothing that was kept before is written over.
        let error = keep(&store, "T").unwrap_err();
        assert!(error.to_string().contains("before-restore-T"), "{error}");
    }
}
