//! [`Console`]: the terminal as the loop sees it: what comes in, one call to paint, and ways to
//! leave it and come back.
//!
//! At most one frame is on its way to the terminal, and the next is painted after the terminal took
//! it: a slow terminal costs frames, never a key. Keeps no time of its own; the loop hands it in.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};
use rustix::process::{Signal as Number, getpid, getsid, kill_current_process_group};
use tokio::sync::mpsc;

use super::TuiError;
use super::guard::{ENTER, Terminal, Tty};
use super::input::{Incoming, Input};
use super::pace::{Pace, Urgency};
use super::painter::Painter;
use super::signals::{Signal, Signals};
use super::writer::{Writer, Written};

/// How long the last frame may take on the way out.
const LAST_FRAME_PATIENCE: Duration = Duration::from_millis(500);
/// How long a stop of the process may take to arrive; time does not count while it is stopped.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// What the terminal or the system has to say.
#[derive(Debug)]
pub(crate) enum ConsoleEvent {
    /// The system's word.
    Signal(Signal),
    /// A key, or the end of the terminal.
    Incoming(Incoming),
    /// A frame is out, or failed.
    Written(Written),
}

/// What a frame took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameTaken {
    /// From the start of drawing until the terminal had it.
    pub(crate) elapsed: Duration,
    /// Its length.
    pub(crate) bytes: usize,
    /// Frames that slow ones kept from being drawn, since the start.
    pub(crate) skipped_total: u64,
}

/// A frame on its way.
#[derive(Debug, Clone, Copy)]
struct Flight {
    started: Duration,
    bytes: usize,
}

/// The terminal in our hands.
#[derive(Debug)]
pub(crate) struct Console {
    terminal: Terminal,
    signals: Signals,
    input: Input,
    incoming: mpsc::Receiver<Incoming>,
    writer: Writer,
    painter: Painter,
    pace: Pace,
    urgency: Urgency,
    /// Something besides the picture asks for a frame: another size, a screen somebody else wrote
    /// on.
    is_repaint_due: bool,
    flight: Option<Flight>,
    skipped_total: u64,
    spare: Vec<u8>,
}

impl Console {
    /// Takes the terminal; the first frame is due at once. Dropping it gives the terminal back.
    pub(crate) fn open(tty: Tty, fps_max: u16) -> Result<Self, TuiError> {
        let signals = Signals::listen()?;
        let terminal = Terminal::open(tty)?;
        let handles = terminal.handles()?;
        terminal.enter()?;
        let writer = Writer::start(handles.output)?;
        let (input, incoming) = Input::start(handles.input)?;
        let painter = Painter::new(terminal.size(), ENTER);
        Ok(Self {
            terminal,
            signals,
            input,
            incoming,
            writer,
            painter,
            pace: Pace::new(fps_max),
            urgency: Urgency::Echo,
            is_repaint_due: true,
            flight: None,
            skipped_total: 0,
            spare: Vec::new(),
        })
    }

    /// Waits for the next event: signals, then keys, then the frame on its way. Cancel safe.
    pub(crate) async fn next(&mut self) -> ConsoleEvent {
        tokio::select! {
            biased;
            signal = self.signals.next() => ConsoleEvent::Signal(signal),
            incoming = self.incoming.recv() => {
                ConsoleEvent::Incoming(incoming.unwrap_or(Incoming::Hangup))
            }
            written = self.writer.done() => ConsoleEvent::Written(written),
        }
    }

    /// Takes what has come in already.
    pub(crate) fn try_incoming(&mut self) -> Option<Incoming> {
        self.incoming.try_recv().ok()
    }

    /// Somebody waits for the next frame.
    pub(crate) const fn hurry(&mut self) {
        self.urgency = Urgency::Echo;
    }

    /// Returns how long until the next frame may be painted; `None` when none is wanted, or one is
    /// on its way.
    pub(crate) fn wait_for_frame(&self, is_dirty: bool, now: Duration) -> Option<Duration> {
        let is_wanted = is_dirty || self.is_repaint_due;
        (is_wanted && !self.writer.is_busy()).then(|| self.pace.wait(self.urgency, now))
    }

    /// Paints a frame and sends it off. Call it when [`Console::wait_for_frame`] is zero.
    pub(crate) fn paint<F>(&mut self, now: Duration, draw: F) -> Result<(), TuiError>
    where
        F: FnOnce(&mut Buffer) -> Option<Position>,
    {
        let mut frame = std::mem::take(&mut self.spare);
        self.painter.paint(draw, &mut frame);
        self.is_repaint_due = false;
        self.urgency = Urgency::Data;
        self.pace.mark(now);
        if frame.is_empty() {
            self.spare = frame;
            return Ok(());
        }
        self.flight = Some(Flight {
            started: now,
            bytes: frame.len(),
        });
        self.writer.send(frame)
    }

    /// Takes in that a frame is out.
    pub(crate) fn on_written(
        &mut self,
        written: Written,
        now: Duration,
    ) -> Result<Option<FrameTaken>, TuiError> {
        self.spare = written.buffer;
        let flight = self.flight.take();
        if let Err(source) = written.result {
            self.painter.repaint(&[]);
            return Err(TuiError::Gone { source });
        }
        Ok(flight.map(|flight| {
            let elapsed = now.saturating_sub(flight.started);
            self.skipped_total += self.pace.skipped(elapsed);
            FrameTaken {
                elapsed,
                bytes: flight.bytes,
                skipped_total: self.skipped_total,
            }
        }))
    }

    /// Makes the next frame, due now, paint everything.
    pub(crate) fn repaint(&mut self) {
        self.painter.repaint(&[]);
        self.is_repaint_due = true;
        self.hurry();
    }

    /// Learns the terminal's size; the next frame paints everything in it.
    pub(crate) fn resize(&mut self) -> Size {
        let size = self.terminal.size();
        self.painter.resize(size);
        self.is_repaint_due = true;
        self.hurry();
        size
    }

    /// Gives the terminal back, stops the process group as the terminal's own Ctrl-Z would, and
    /// takes the terminal again when it is continued. Returns the size there is then; `None` when
    /// nothing could bring us back, and nothing was done.
    pub(crate) async fn suspend(&mut self) -> Result<Option<Size>, TuiError> {
        if !can_be_continued() {
            tracing::warn!("not suspended: no shell could bring the dashboard back");
            return Ok(None);
        }
        self.input.pause();
        self.land().await;
        self.terminal.leave();
        if let Err(error) = kill_current_process_group(Number::STOP) {
            tracing::warn!(%error, "not suspended");
        }
        // The stop may reach this thread a moment later; taking the terminal again before it would
        // leave it taken. So we wait for the word of a continuation, and without a stop not for
        // ever.
        let _not_stopped = tokio::time::timeout(STOP_PATIENCE, self.signals.continued()).await;
        let size = self.reenter()?;
        self.input.resume();
        Ok(Some(size))
    }

    /// Takes the terminal as if for the first time: whoever had it meanwhile changed its modes, its
    /// size and its picture.
    pub(crate) fn reenter(&mut self) -> Result<Size, TuiError> {
        self.terminal.enter()?;
        let size = self.resize();
        self.painter.repaint(ENTER);
        Ok(size)
    }

    /// Gives the terminal back after the frame on its way; one that is gone is let be.
    pub(crate) async fn close(&mut self) {
        self.input.pause();
        self.land().await;
        self.terminal.leave();
    }

    /// Waits a while for the frame on its way.
    async fn land(&mut self) {
        let landing = tokio::time::timeout(LAST_FRAME_PATIENCE, self.writer.done());
        if self.flight.is_none() {
            return;
        }
        if let Ok(written) = landing.await {
            self.flight = None;
            self.spare = written.buffer;
        }
    }
}

/// A session leader has no shell above it in its session: stopped, it would stay so for ever.
fn can_be_continued() -> bool {
    getsid(None).is_ok_and(|leader| leader != getpid())
}
