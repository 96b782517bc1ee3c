//! [`Writer`]: the one thread that writes frames, so that a slow terminal never holds up keys,
//! signals or data.
//!
//! At most one frame is on its way; the loop draws the next when [`Writer::done`] says that the
//! terminal took the last. A frame is handed to the system as one write. The thread ends when
//! [`Writer`] is dropped and the frame on its way is out, or with the process.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use tokio::sync::mpsc;

use super::TuiError;

/// What became of a frame.
#[derive(Debug)]
pub(crate) struct Written {
    /// Whether all of it is out.
    pub(crate) result: io::Result<()>,
    /// The frame, to be used again.
    pub(crate) buffer: Vec<u8>,
}

/// The owner's end of the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    frames: SyncSender<Vec<u8>>,
    done: mpsc::Receiver<Written>,
    is_busy: bool,
}

impl Writer {
    /// Starts to write to `tty`.
    pub(crate) fn start(tty: OwnedFd) -> Result<Self, TuiError> {
        // One frame on its way at most: see `send`.
        let (frames, queue) = sync_channel(1);
        let (report, done) = mpsc::channel(1);
        std::thread::Builder::new()
            .name("mda-tty-output".to_owned())
            .spawn(move || write_frames(&tty, &queue, &report))
            .map_err(|source| TuiError::Start {
                part: "output thread",
                source,
            })?;
        Ok(Self {
            frames,
            done,
            is_busy: false,
        })
    }

    /// Returns true while a frame is on its way.
    pub(crate) const fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Sends a frame off; call it only when [`Writer::is_busy`] is false.
    pub(crate) fn send(&mut self, frame: Vec<u8>) -> Result<(), TuiError> {
        debug_assert!(!self.is_busy, "a frame is on its way");
        self.is_busy = true;
        self.frames.try_send(frame).map_err(|_| TuiError::Gone {
            source: io::ErrorKind::BrokenPipe.into(),
        })
    }

    /// Waits until the frame on its way is out; for ever without one. Cancel safe.
    pub(crate) async fn done(&mut self) -> Written {
        if !self.is_busy {
            std::future::pending::<()>().await;
        }
        let written = self.done.recv().await.unwrap_or_else(|| Written {
            result: Err(io::ErrorKind::BrokenPipe.into()),
            buffer: Vec::new(),
        });
        self.is_busy = false;
        written
    }
}

fn write_frames(tty: &OwnedFd, queue: &Receiver<Vec<u8>>, report: &mpsc::Sender<Written>) {
    while let Ok(buffer) = queue.recv() {
        let result = write_all(tty, &buffer);
        if report.blocking_send(Written { result, buffer }).is_err() {
            return;
        }
    }
}

fn write_all(tty: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(tty, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes = &bytes[length..],
            Err(Errno::INTR) => {}
            // Somebody made the shared terminal non-blocking.
            Err(Errno::AGAIN) => wait_for_room(tty)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn wait_for_room(tty: &OwnedFd) -> io::Result<()> {
    match rustix::event::poll(&mut [PollFd::new(tty, PollFlags::OUT)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
