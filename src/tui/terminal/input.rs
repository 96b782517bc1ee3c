//! [`Input`]: the one thread that reads the terminal, and watches whether it is still there.
//!
//! It sleeps in `poll` until the terminal has bytes, hangs up, or the owner calls through a pipe;
//! without a begun sequence it has no time-out, so an idle dashboard never wakes for it. It reads
//! only what `poll` promised and never blocks in `read`. The queue to the loop holds
//! [`QUEUE_EVENTS_MAX`] events; when the loop is behind, the terminal's own buffer holds the rest
//! and nothing is lost. The thread ends when [`Input`] is dropped or the terminal is gone.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use tokio::sync::mpsc;

use super::TuiError;
use super::parser::Parser;

/// More keys than hands or a paste bring within a frame.
const QUEUE_EVENTS_MAX: usize = 256;
/// One read: the line buffer of a Linux terminal.
const READ_BYTES_MAX: usize = 4096;

/// What comes from the terminal.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    /// A key, a paste or a focus change.
    Event(Event),
    /// The terminal is gone; nothing follows.
    Hangup,
}

/// The owner's end of the thread.
#[derive(Debug)]
pub(crate) struct Input {
    is_paused: Arc<AtomicBool>,
    wake: PipeWriter,
}

impl Input {
    /// Starts to read `tty`.
    pub(crate) fn start(tty: OwnedFd) -> Result<(Self, mpsc::Receiver<Incoming>), TuiError> {
        let failed = |source| TuiError::Start {
            part: "input thread",
            source,
        };
        let (calls, wake) = io::pipe().map_err(failed)?;
        let (queue, receiver) = mpsc::channel(QUEUE_EVENTS_MAX);
        let is_paused = Arc::new(AtomicBool::new(false));
        let mut reader = Reader {
            tty,
            calls,
            is_paused: Arc::clone(&is_paused),
            parser: Parser::default(),
            queue,
        };
        std::thread::Builder::new()
            .name("mda-tty-input".to_owned())
            .spawn(move || reader.run())
            .map_err(failed)?;
        Ok((Self { is_paused, wake }, receiver))
    }

    /// Leaves the terminal's bytes to others from now on; a hangup is still seen.
    pub(crate) fn pause(&mut self) {
        self.set_paused(true);
    }

    /// Reads again.
    pub(crate) fn resume(&mut self) {
        self.set_paused(false);
    }

    fn set_paused(&mut self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::SeqCst);
        // It fails only when the thread has ended, which the closed queue tells.
        let _ended = self.wake.write_all(b"!");
    }
}

/// Why a round of waiting ended.
enum Round {
    Continue,
    Stop,
    Hangup,
}

struct Reader {
    tty: OwnedFd,
    calls: PipeReader,
    is_paused: Arc<AtomicBool>,
    parser: Parser,
    queue: mpsc::Sender<Incoming>,
}

impl Reader {
    fn run(&mut self) {
        loop {
            match self.round() {
                Round::Continue => {}
                Round::Stop => return,
                Round::Hangup => {
                    // Nobody listens any more when this fails, and then nobody needs to know.
                    let _unheard = self.queue.blocking_send(Incoming::Hangup);
                    return;
                }
            }
        }
    }

    fn round(&mut self) -> Round {
        let is_paused = self.is_paused.load(Ordering::SeqCst);
        let wanted = if is_paused {
            PollFlags::empty()
        } else {
            PollFlags::IN
        };
        let mut watched = [
            PollFd::new(&self.tty, wanted),
            PollFd::new(&self.calls, PollFlags::IN),
        ];
        let timeout = self.parser.patience().map(timespec);
        let ready = match rustix::event::poll(&mut watched, timeout.as_ref()) {
            Ok(ready) => ready,
            Err(Errno::INTR) => return Round::Continue,
            Err(_) => return Round::Hangup,
        };
        let (tty, calls) = (watched[0].revents(), watched[1].revents());
        if calls.contains(PollFlags::HUP) {
            return Round::Stop;
        }
        if calls.contains(PollFlags::IN) {
            return self.take_call();
        }
        if tty.contains(PollFlags::IN) {
            return self.read();
        }
        if tty.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Round::Hangup;
        }
        if ready == 0 {
            let mut events = Vec::new();
            self.parser.flush(&mut events);
            return self.hand_over(events);
        }
        Round::Continue
    }

    fn take_call(&mut self) -> Round {
        let mut calls = [0; 16];
        match self.calls.read(&mut calls) {
            Ok(0) | Err(_) => Round::Stop,
            Ok(_) => Round::Continue,
        }
    }

    fn read(&mut self) -> Round {
        let mut buffer = [0; READ_BYTES_MAX];
        let length = match rustix::io::read(&self.tty, &mut buffer) {
            Ok(0) => return Round::Hangup,
            Ok(length) => length,
            Err(Errno::INTR | Errno::AGAIN) => return Round::Continue,
            Err(_) => return Round::Hangup,
        };
        let mut events = Vec::new();
        self.parser.feed(&buffer[..length], &mut events);
        self.hand_over(events)
    }

    fn hand_over(&self, events: Vec<Event>) -> Round {
        for event in events {
            if self.queue.blocking_send(Incoming::Event(event)).is_err() {
                return Round::Stop;
            }
        }
        Round::Continue
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}
