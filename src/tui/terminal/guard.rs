//! [`Terminal`]: the guard that owns every mode the dashboard sets, and gives each back on every
//! path.
//!
//! Raw mode, the alternate screen, the hidden cursor, bracketed paste and focus reports; never the
//! mouse, never keyboard flags. [`Terminal::leave`] is idempotent and runs on drop and, through
//! [`super::panic`], before a panic of the dashboard is told. On a dead terminal it writes nothing.
//! A killed process (`SIGKILL`) leaves the modes set: `reset` mends that.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};

use super::TuiError;
use super::panic;

/// Alternate screen, bracketed paste, focus reports: written with the first frame (which hides the
/// cursor), so that nothing half-ready is ever seen.
pub(crate) const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?1004h";
/// The same back, after the end of a frame that was perhaps cut off and of its colours.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[m\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h";

/// How long a terminal may take to have room for [`LEAVE`]; a stuck one must not hold up the exit.
const LEAVE_PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 500_000_000,
};
/// What a terminal that says nothing of its size has.
const SIZE_UNKNOWN: Size = Size::new(80, 24);

/// Where a terminal is read and written.
#[derive(Debug)]
pub(crate) struct Tty {
    /// Keys come from here.
    pub(crate) input: OwnedFd,
    /// Frames go there.
    pub(crate) output: OwnedFd,
}

impl Tty {
    /// Takes the process's own terminal.
    pub(crate) fn stdio() -> Result<Self, TuiError> {
        let (input, output) = (io::stdin(), io::stdout());
        for (stream, is_terminal) in [("stdin", isatty(&input)), ("stdout", isatty(&output))] {
            if !is_terminal {
                return Err(TuiError::NotATerminal { stream });
            }
        }
        Ok(Self {
            input: owned(&input)?,
            output: owned(&output)?,
        })
    }
}

/// Duplicates a file descriptor for a thread of its own.
pub(crate) fn owned(fd: &impl AsFd) -> Result<OwnedFd, TuiError> {
    fd.as_fd()
        .try_clone_to_owned()
        .map_err(|source| TuiError::Mode {
            operation: "open another handle",
            source,
        })
}

/// A borrowed terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    modes: Arc<Modes>,
}

impl Terminal {
    /// Remembers the terminal's modes; changes none yet. From now on a panic of the dashboard gives
    /// them back.
    pub(crate) fn open(tty: Tty) -> Result<Self, TuiError> {
        let original = tcgetattr(&tty.input).map_err(|source| TuiError::Mode {
            operation: "read the modes",
            source: source.into(),
        })?;
        let modes = Arc::new(Modes {
            tty,
            original: Mutex::new(original),
            is_entered: AtomicBool::new(false),
        });
        panic::hold(&modes);
        Ok(Self { modes })
    }

    /// Sets raw mode. The caller writes [`ENTER`] in front of its next frame.
    pub(crate) fn enter(&self) -> Result<(), TuiError> {
        let operation = "set raw mode";
        let failed = |source: rustix::io::Errno| TuiError::Mode {
            operation,
            source: source.into(),
        };
        let original = tcgetattr(&self.modes.tty.input).map_err(failed)?;
        let mut raw = original.clone();
        raw.make_raw();
        if !self.modes.is_entered.swap(true, Ordering::SeqCst) {
            *self
                .modes
                .original
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = original;
        }
        tcsetattr(&self.modes.tty.input, OptionalActions::Now, &raw).map_err(failed)
    }

    /// Gives every mode back. Does nothing when nothing was entered.
    pub(crate) fn leave(&self) {
        self.modes.leave();
    }

    /// Returns the size in cells, at least 1x1.
    pub(crate) fn size(&self) -> Size {
        match tcgetwinsize(&self.modes.tty.output) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
            Ok(_) | Err(_) => SIZE_UNKNOWN,
        }
    }

    /// Returns handles for the threads that read and write.
    pub(crate) fn handles(&self) -> Result<Tty, TuiError> {
        Ok(Tty {
            input: owned(&self.modes.tty.input)?,
            output: owned(&self.modes.tty.output)?,
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
        panic::release(&self.modes);
    }
}

/// What was set, and what was there before; shared with the panic hook.
#[derive(Debug)]
pub(super) struct Modes {
    tty: Tty,
    original: Mutex<Termios>,
    is_entered: AtomicBool,
}

impl Modes {
    pub(super) fn is_entered(&self) -> bool {
        self.is_entered.load(Ordering::SeqCst)
    }

    pub(super) fn leave(&self) {
        let was_entered = self.is_entered.swap(false, Ordering::SeqCst);
        if !was_entered {
            return;
        }
        match state_of(&self.tty.output) {
            OutputState::Gone => return,
            OutputState::Stuck => {}
            OutputState::Ready => {
                // When it goes away this very moment, its modes go along.
                let _gone = rustix::io::write(&self.tty.output, LEAVE);
            }
        }
        let original = self.original.lock().unwrap_or_else(PoisonError::into_inner);
        let _gone = tcsetattr(&self.tty.input, OptionalActions::Now, &original);
    }
}

/// How much can be done for a terminal.
enum OutputState {
    /// It takes bytes.
    Ready,
    /// It takes none; its modes can be set all the same.
    Stuck,
    /// It hung up.
    Gone,
}

fn state_of(tty: &OwnedFd) -> OutputState {
    let mut watched = [PollFd::new(tty, PollFlags::OUT)];
    match rustix::event::poll(&mut watched, Some(&LEAVE_PATIENCE)) {
        Ok(0) | Err(_) => return OutputState::Stuck,
        Ok(_) => {}
    }
    let state = watched[0].revents();
    if state.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
        OutputState::Gone
    } else {
        OutputState::Ready
    }
}
