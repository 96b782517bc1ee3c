//! [`Spool`]: the bounded way of lines from whoever logs to the thread that writes the file.
//!
//! Logging takes a lock for the length of a copy and never waits for the disk. When the disk falls
//! behind by more than [`BUFFER_BYTES_MAX`], or refuses to write, lines are lost and counted. The
//! thread is no task of the supervisor: it must outlive all of them to write what they said last,
//! and its work blocks.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::ring::Ring;
use super::rolling::RollingFile;
use crate::api::LogLevel;
use crate::domain::Timestamp;
use crate::runtime::Clock;

/// About 8,000 lines: a burst at start and a disk that stops for a second fit in.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// Lines that wait to be written.
#[derive(Debug)]
pub(super) struct Spool {
    state: Mutex<SpoolState>,
    /// Told when there is something to write, and at the end.
    ready: Condvar,
    /// Told when the last line is written.
    done: Condvar,
}

/// What a reader of the log wants to know of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileView {
    pub(super) path: PathBuf,
    /// Lines that never reached the file.
    pub(super) lost: u64,
}

#[derive(Debug)]
struct SpoolState {
    batch: Batch,
    file: FileView,
    is_closed: bool,
    is_done: bool,
}

/// Lines to write in one go, each with its line end.
#[derive(Debug, Default)]
struct Batch {
    text: Vec<u8>,
    lines: u64,
}

impl Spool {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            state: Mutex::new(SpoolState {
                batch: Batch::default(),
                file: FileView {
                    path: path.to_owned(),
                    lost: 0,
                },
                is_closed: false,
                is_done: false,
            }),
            ready: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Hands a line on, or counts it as lost.
    pub(super) fn push(&self, line: &str) {
        let mut state = self.lock();
        let has_room = state.batch.text.len() + line.len() < BUFFER_BYTES_MAX;
        if state.is_closed || !has_room {
            state.file.lost += 1;
            return;
        }
        let was_empty = state.batch.lines == 0;
        state.batch.text.extend_from_slice(line.as_bytes());
        state.batch.text.push(b'\n');
        state.batch.lines += 1;
        drop(state);
        if was_empty {
            self.ready.notify_one();
        }
    }

    pub(super) fn state(&self) -> FileView {
        self.lock().file.clone()
    }

    /// Takes no more lines, and waits until those it has are written, at most `wait`.
    pub(super) fn close(&self, wait: Duration) {
        let mut state = self.lock();
        state.is_closed = true;
        self.ready.notify_one();
        let waited = self
            .done
            .wait_timeout_while(state, wait, |state| !state.is_done);
        // Nobody is left to tell that the time was not enough.
        drop(waited);
    }

    /// Waits for lines and takes them all, leaving `empty` to be filled; `None` at the end.
    fn next_batch(&self, empty: Batch) -> Option<Batch> {
        let state = self.lock();
        let waited = self
            .ready
            .wait_while(state, |state| state.batch.lines == 0 && !state.is_closed);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.batch.lines == 0 {
            return None;
        }
        Some(std::mem::replace(&mut state.batch, empty))
    }

    fn lose(&self, lines: u64) {
        self.lock().file.lost += lines;
    }

    fn set_path(&self, path: &Path) {
        let mut state = self.lock();
        if state.file.path != path {
            path.clone_into(&mut state.file.path);
        }
    }

    fn finish(&self) {
        self.lock().is_done = true;
        self.done.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, SpoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the thread that writes `file` until the spool is closed and empty.
pub(super) fn spawn_writer(
    spool: Arc<Spool>,
    file: RollingFile,
    ring: Arc<Ring>,
    clock: Arc<dyn Clock>,
) -> io::Result<()> {
    let writer = Writer {
        spool,
        file,
        ring,
        clock,
        is_failing: false,
    };
    let thread = thread::Builder::new().name("mda-log".to_owned());
    // The end is awaited through `Spool::close`, which unlike a join knows a time-out.
    thread.spawn(move || writer.run()).map(drop)
}

struct Writer {
    spool: Arc<Spool>,
    file: RollingFile,
    ring: Arc<Ring>,
    clock: Arc<dyn Clock>,
    /// True since a write failed, until one succeeds: a full disk is told once.
    is_failing: bool,
}

impl Writer {
    fn run(mut self) {
        let mut empty = Batch::default();
        while let Some(mut batch) = self.spool.next_batch(empty) {
            self.write(&batch);
            batch.text.clear();
            batch.lines = 0;
            empty = batch;
        }
        self.spool.finish();
    }

    fn write(&mut self, batch: &Batch) {
        let now = Timestamp::from_micros(self.clock.unix_micros());
        let rolled = self.file.roll(now);
        self.spool.set_path(self.file.path());
        let appended = self.file.append(&batch.text);
        if appended.is_err() {
            self.spool.lose(batch.lines);
        }
        match appended.and(rolled) {
            Ok(()) => self.is_failing = false,
            Err(error) => self.tell(now, &error),
        }
    }

    /// Tells the ring alone: the file is what failed.
    fn tell(&mut self, now: Timestamp, error: &io::Error) {
        if !std::mem::replace(&mut self.is_failing, true) {
            let path = self.file.path().display();
            let message = format!("failed to write log file `{path}`: {error}");
            self.ring
                .push(now, LogLevel::Error, module_path!(), &message);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::runtime::ManualClock;

    const LONG: Duration = Duration::from_secs(20);

    fn file(directory: &Path) -> RollingFile {
        RollingFile::open(directory, 3, Timestamp::EPOCH).unwrap()
    }

    fn start(file: RollingFile) -> (Arc<Spool>, Arc<Ring>, ManualClock) {
        let spool = Arc::new(Spool::new(file.path()));
        let ring = Arc::new(Ring::new(10));
        let clock = ManualClock::new(0);
        let writers_clock = Arc::new(clock.clone());
        spawn_writer(Arc::clone(&spool), file, Arc::clone(&ring), writers_clock).unwrap();
        (spool, ring, clock)
    }

    #[test]
    fn close_waits_for_the_last_line() {
        let root = tempfile::tempdir().unwrap();
        let (spool, _ring, _clock) = start(file(root.path()));
        let expected: Vec<String> = (0..5_000).map(|number| format!("line {number}")).collect();
        for line in &expected {
            spool.push(line);
        }
        spool.close(LONG);
        let text = fs::read_to_string(root.path().join("mda.1970-01-01.log")).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
        assert_eq!(spool.state().lost, 0);
    }

    #[test]
    fn a_line_after_the_end_is_lost_and_counted() {
        let root = tempfile::tempdir().unwrap();
        let (spool, _ring, _clock) = start(file(root.path()));
        spool.close(LONG);
        spool.push("too late");
        assert_eq!(spool.state().lost, 1);
    }

    #[test]
    fn a_disk_that_falls_behind_loses_lines_and_not_memory() {
        // No thread writes here.
        let spool = Spool::new(Path::new("nowhere"));
        let line = "x".repeat(1_023);
        for _ in 0..2_000 {
            spool.push(&line);
        }
        assert_eq!(spool.state().lost, 2_000 - 1_024);
        let batch = spool.next_batch(Batch::default()).unwrap();
        assert_eq!((batch.lines, batch.text.len()), (1_024, BUFFER_BYTES_MAX));
        spool.push("room again");
        assert_eq!(spool.state().lost, 2_000 - 1_024);
    }

    #[test]
    fn a_disk_that_refuses_is_told_once_on_the_ring_and_counted() {
        let root = tempfile::tempdir().unwrap();
        let mut writer = Writer {
            spool: Arc::new(Spool::new(root.path())),
            file: RollingFile::full(root.path()),
            ring: Arc::new(Ring::new(10)),
            clock: Arc::new(ManualClock::new(0)),
            is_failing: false,
        };
        let batch = Batch {
            text: b"a\nb\n".to_vec(),
            lines: 2,
        };
        writer.write(&batch);
        writer.write(&batch);
        assert_eq!(writer.spool.state().lost, 4);
        let told = writer.ring.state(10);
        assert_eq!((told.lines.len(), told.errors), (1, 1));
        let message = &told.lines[0].message;
        assert!(message.contains("failed to write log file"), "{message}");
    }

    #[test]
    fn the_path_follows_the_day() {
        let root = tempfile::tempdir().unwrap();
        let (spool, _ring, clock) = start(file(root.path()));
        clock.advance(Duration::from_hours(24));
        spool.push("a new day");
        spool.close(LONG);
        assert_eq!(spool.state().path, root.path().join("mda.1970-01-02.log"));
    }
}
