//! [`RollingFile`]: one log file a day, the oldest removed.
//!
//! Days are UTC, by the time it is given. It never prints: `tracing-appender`'s own roller does, on
//! stderr, over the dashboard.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::TelemetryError;
use crate::domain::Timestamp;

const PREFIX: &str = "mda.";
const SUFFIX: &str = ".log";

/// The file of the day.
#[derive(Debug)]
pub(super) struct RollingFile {
    directory: PathBuf,
    files_max: usize,
    day: NaiveDate,
    path: PathBuf,
    file: File,
}

impl RollingFile {
    /// Opens the file of `now`'s day, going on where it ended, and removes the oldest.
    pub(super) fn open(
        directory: &Path,
        files_max: usize,
        now: Timestamp,
    ) -> Result<Self, TelemetryError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|source| TelemetryError::Directory {
                path: directory.to_owned(),
                source,
            })?;
        let day = day_of(now);
        let path = path_of(directory, day);
        let file = open_file(&path).map_err(|source| TelemetryError::Open {
            path: path.clone(),
            source,
        })?;
        let rolling = Self {
            directory: directory.to_owned(),
            files_max: files_max.max(1),
            day,
            path,
            file,
        };
        // An old file that cannot be removed is no reason not to log; it is tried again tomorrow,
        // and told then.
        let _removed = rolling.remove_oldest();
        Ok(rolling)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Goes to the next file when `now` is on another day. When that fails the file of before
    /// stays.
    pub(super) fn roll(&mut self, now: Timestamp) -> io::Result<()> {
        let day = day_of(now);
        if day == self.day {
            return Ok(());
        }
        let path = path_of(&self.directory, day);
        self.file = open_file(&path)?;
        self.path = path;
        self.day = day;
        self.remove_oldest()
    }

    pub(super) fn append(&mut self, text: &[u8]) -> io::Result<()> {
        self.file.write_all(text)
    }

    /// A file on a disk that is full.
    #[cfg(test)]
    pub(super) fn full(directory: &Path) -> Self {
        let mut rolling = Self::open(directory, 1, Timestamp::EPOCH).unwrap();
        rolling.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        rolling
    }

    fn remove_oldest(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let is_ours = entry.file_name().to_str().is_some_and(is_log_name);
            if is_ours && entry.file_type()?.is_file() {
                files.push(entry.path());
            }
        }
        // The names sort as their days do.
        files.sort();
        let surplus = files.len().saturating_sub(self.files_max);
        for path in files
            .iter()
            .take(surplus)
            .filter(|path| **path != self.path)
        {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

fn day_of(now: Timestamp) -> NaiveDate {
    now.to_utc().unwrap_or_default().date_naive()
}

fn path_of(directory: &Path, day: NaiveDate) -> PathBuf {
    directory.join(format!("{PREFIX}{day}{SUFFIX}"))
}

fn is_log_name(name: &str) -> bool {
    let middle = name.strip_prefix(PREFIX);
    let middle = middle.and_then(|name| name.strip_suffix(SUFFIX));
    middle.is_some_and(|day| day.parse::<NaiveDate>().is_ok())
}

fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn start() -> Timestamp {
        Timestamp::parse("2026-01-30T23:59:59Z").unwrap()
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_day_has_its_file_and_the_oldest_go() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("logs");
        let mut file = RollingFile::open(&directory, 3, start()).unwrap();
        for name in ["notes.log", "mda.today.log", "mda.2020-01-01.log.gz"] {
            fs::write(directory.join(name), "not ours").unwrap();
        }
        for days in 0..5 {
            file.roll(start().plus(DAY * days)).unwrap();
            file.append(format!("day {days}\n").as_bytes()).unwrap();
        }
        let expected = [
            "mda.2020-01-01.log.gz",
            "mda.2026-02-01.log",
            "mda.2026-02-02.log",
            "mda.2026-02-03.log",
            "mda.today.log",
            "notes.log",
        ];
        assert_eq!(names(&directory), expected);
        assert_eq!(file.path(), directory.join("mda.2026-02-03.log"));
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "day 4\n");
    }

    #[test]
    fn a_restart_on_the_same_day_goes_on_and_removes_what_is_too_old() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("mda.2025-12-24.log"), "old\n").unwrap();
        for run in 0..2 {
            let mut file = RollingFile::open(root.path(), 0, start()).unwrap();
            file.append(format!("run {run}\n").as_bytes()).unwrap();
        }
        assert_eq!(names(root.path()), ["mda.2026-01-30.log"]);
        let path = root.path().join("mda.2026-01-30.log");
        assert_eq!(fs::read_to_string(&path).unwrap(), "run 0\nrun 1\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_new_day_that_cannot_be_opened_keeps_the_old_file() {
        let root = tempfile::tempdir().unwrap();
        let mut file = RollingFile::open(root.path(), 3, start()).unwrap();
        fs::create_dir(root.path().join("mda.2026-01-31.log")).unwrap();
        file.roll(start().plus(DAY)).unwrap_err();
        file.append(b"still here\n").unwrap();
        let text = fs::read_to_string(root.path().join("mda.2026-01-30.log")).unwrap();
        assert_eq!(text, "still here\n");
    }

    #[test]
    fn a_directory_or_file_that_cannot_be_used_is_named() {
        let root = tempfile::tempdir().unwrap();
        let in_the_way = root.path().join("file");
        fs::write(&in_the_way, "").unwrap();
        let error = RollingFile::open(&in_the_way, 3, start()).unwrap_err();
        assert!(matches!(error, TelemetryError::Directory { .. }), "{error}");
        fs::create_dir(root.path().join("mda.2026-01-30.log")).unwrap();
        let error = RollingFile::open(root.path(), 3, start()).unwrap_err();
        assert!(matches!(error, TelemetryError::Open { .. }), "{error}");
        assert!(error.to_string().contains("mda.2026-01-30.log"), "{error}");
    }
}
