//! [`Signals`]: what the operating system tells the dashboard to do.

use std::io;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use super::TuiError;

/// What was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Stop in order: the number of INT, QUIT or TERM.
    Stop(i32),
    /// The terminal's session ended.
    Hangup,
    /// Go to the background.
    Suspend,
    /// Back from a stop.
    Continue,
    /// The window has another size.
    Resize,
}

/// Every signal the dashboard listens to, from its making to the end of the process: the default
/// actions are gone.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Stream,
    quit: Stream,
    terminate: Stream,
    hangup: Stream,
    suspend: Stream,
    resume: Stream,
    resize: Stream,
}

impl Signals {
    /// Starts to listen.
    pub(crate) fn listen() -> Result<Self, TuiError> {
        Self::open().map_err(|source| TuiError::Start {
            part: "signal handlers",
            source,
        })
    }

    fn open() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
            resize: signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next one; those that mean the end come first. Cancel safe.
    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.hangup.recv() => Signal::Hangup,
            _ = self.terminate.recv() => Signal::Stop(Number::TERM.as_raw()),
            _ = self.interrupt.recv() => Signal::Stop(Number::INT.as_raw()),
            _ = self.quit.recv() => Signal::Stop(Number::QUIT.as_raw()),
            _ = self.suspend.recv() => Signal::Suspend,
            _ = self.resume.recv() => Signal::Continue,
            _ = self.resize.recv() => Signal::Resize,
        }
    }

    /// Waits until the process was continued. Cancel safe.
    pub(crate) async fn continued(&mut self) {
        self.resume.recv().await;
    }
}
