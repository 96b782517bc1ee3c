//! [`run`]: the loop between the terminal, the pure [`App`] and the agent.
//!
//! It waits for one thing at a time in this order: the agent's end, signals, keys, the frame on its way, replies, states,
//! timers. Whatever else is ready is taken before a frame is drawn, at most one per frame interval, and none when nothing
//! changed; an idle dashboard sleeps until the app's next deadline. A frame is written by a thread, and the next is not drawn
//! before the terminal took it, so a slow terminal costs frames and never a key. It ends with an [`Exit`]; only a terminal
//! that cannot be set up is an error. On every way out, a panic included, the terminal is as it was.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use rustix::process::{Signal as Number, getpid, getsid, kill_current_process_group};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::app::{App, Effect, FrameCost};
use super::color;
use super::terminal::TuiError;
use super::terminal::guard::{ENTER, Terminal, Tty};
use super::terminal::input::{Incoming, Input};
use super::terminal::pace::{Pace, Urgency};
use super::terminal::painter::Painter;
use super::terminal::panic;
use super::terminal::signals::{Signal, Signals};
use super::terminal::writer::{Writer, Written};
use crate::api::{AgentState, Command, Refusal, RefusalCode, Reply, Request};
use crate::domain::Timestamp;
use crate::runtime::Clock;

/// Longest sleep towards a deadline: after a jump of the wall clock the deadline is looked at again.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// Shortest: a deadline that stays in the past must not spin.
const SLEEP_MIN: Duration = Duration::from_millis(1);
/// Most events taken before a frame is drawn, so that a flood of keys still shows what it does.
const DRAIN_MAX: usize = 256;
/// How long the last frame may take on the way out of the dashboard.
const LAST_FRAME_PATIENCE: Duration = Duration::from_millis(500);
/// How long a stop of the process may take to arrive; time does not pass while it is stopped.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// Where the agent is.
#[derive(Debug)]
pub struct Ports {
    /// The newest state of our view. When its sender is gone, the agent has ended.
    pub states: watch::Receiver<Arc<AgentState>>,
    /// Our questions and orders; when the queue is full, the app gets a refusal at once.
    pub requests: mpsc::Sender<Request>,
    /// The answers.
    pub replies: mpsc::Receiver<Reply>,
    /// Cancelled when the agent stops.
    pub ended: CancellationToken,
}

/// How the loop runs.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Most frames a second.
    pub fps_max: u16,
    /// The log that a panic message points to.
    pub log_file: Option<PathBuf>,
}

impl Default for RunOptions {
    /// Thirty frames a second.
    fn default() -> Self {
        Self {
            fps_max: 30,
            log_file: None,
        }
    }
}

/// Why the dashboard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The user asked.
    Quit,
    /// This signal asked.
    Signal(i32),
    /// The terminal is gone.
    Hangup,
    /// The agent stopped.
    AgentEnded,
}

impl Exit {
    /// Returns the process's exit code: 0, or 128 and the signal's number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Quit | Self::AgentEnded => 0,
            Self::Signal(number) => 128_u8.saturating_add(number as u8),
            Self::Hangup => 129,
        }
    }
}

/// Shows the dashboard on the process's terminal until something ends it. Dropping the future gives the terminal back.
///
/// # Errors
/// [`TuiError::NotATerminal`] without a terminal; others when the system refuses its modes, threads or signal handlers.
pub async fn run(
    app: App,
    ports: Ports,
    clock: Arc<dyn Clock>,
    options: RunOptions,
) -> Result<Exit, TuiError> {
    run_on(Tty::stdio()?, app, ports, clock, options).await
}

/// Waits for the next signal that means "stop", for whoever shuts down after [`run`]: the terminal is no longer raw then,
/// so a second Ctrl-C comes as a signal. Cancel safe. Never returns when signals cannot be listened to.
pub async fn next_stop_signal() -> Exit {
    let Ok(mut signals) = Signals::listen() else {
        return std::future::pending().await;
    };
    loop {
        match signals.next().await {
            Signal::Stop(number) => return Exit::Signal(number),
            Signal::Hangup => return Exit::Hangup,
            Signal::Suspend | Signal::Continue | Signal::Resize => {}
        }
    }
}

async fn run_on(
    tty: Tty,
    app: App,
    ports: Ports,
    clock: Arc<dyn Clock>,
    options: RunOptions,
) -> Result<Exit, TuiError> {
    panic::set_log_file(options.log_file.as_deref());
    panic::as_dashboard(async move {
        let mut dashboard = Dashboard::open(tty, app, ports, clock, &options)?;
        let exit = dashboard.drive().await;
        dashboard.close(&exit).await;
        match exit {
            Err(error) if error.is_hangup() => Ok(Exit::Hangup),
            other => other,
        }
    })
    .await
}

/// What the loop waits for.
enum Wake {
    AgentEnded,
    Signal(Signal),
    Incoming(Incoming),
    Written(Written),
    Reply(Reply),
    /// No more replies will come.
    NoReplies,
    State,
    Timer,
}

/// A frame on its way.
#[derive(Debug, Clone, Copy)]
struct Flight {
    started: Duration,
    sent: Duration,
    bytes: usize,
}

struct Dashboard {
    app: App,
    ports: Ports,
    clock: Arc<dyn Clock>,
    terminal: Terminal,
    signals: Signals,
    input: Input,
    incoming: mpsc::Receiver<Incoming>,
    writer: Writer,
    painter: Painter,
    pace: Pace,
    urgency: Urgency,
    /// Something besides the app asks for a frame: another size, a cleared screen.
    is_repaint_due: bool,
    flight: Option<Flight>,
    spare: Vec<u8>,
    has_replies: bool,
    next_request: u64,
    #[cfg(feature = "faults")]
    is_to_panic: bool,
}

impl Dashboard {
    fn open(
        tty: Tty,
        app: App,
        ports: Ports,
        clock: Arc<dyn Clock>,
        options: &RunOptions,
    ) -> Result<Self, TuiError> {
        let signals = Signals::listen()?;
        let terminal = Terminal::open(tty)?;
        let handles = terminal.handles()?;
        terminal.enter()?;
        let writer = Writer::start(handles.output)?;
        let (input, incoming) = Input::start(handles.input)?;
        let painter = Painter::new(terminal.size(), ENTER);
        let mut ports = ports;
        // The first frame is drawn before any state; what is there already comes right after it.
        ports.states.mark_changed();
        Ok(Self {
            app,
            ports,
            clock,
            terminal,
            signals,
            input,
            incoming,
            writer,
            painter,
            pace: Pace::new(options.fps_max),
            urgency: Urgency::Echo,
            is_repaint_due: true,
            flight: None,
            spare: Vec::new(),
            has_replies: true,
            next_request: 1,
            #[cfg(feature = "faults")]
            is_to_panic: std::env::var_os("MDA_FAULT").is_some_and(|f| f == "panic-dashboard"),
        })
    }

    async fn drive(&mut self) -> Result<Exit, TuiError> {
        loop {
            self.paint_when_due()?;
            let wake = self.wait().await;
            if let Some(exit) = self.on_wake(wake).await? {
                return Ok(exit);
            }
            if let Some(exit) = self.drain().await? {
                return Ok(exit);
            }
        }
    }

    /// Gives the terminal back, after the frame on its way.
    async fn close(&mut self, exit: &Result<Exit, TuiError>) {
        self.input.pause();
        let is_gone = match exit {
            Ok(Exit::Hangup) => true,
            Ok(Exit::Quit | Exit::Signal(_) | Exit::AgentEnded) => false,
            Err(error) => error.is_hangup(),
        };
        if is_gone {
            self.terminal.mark_dead();
        } else {
            self.land().await;
        }
        self.terminal.leave();
    }

    /// Waits a while for the frame on its way.
    async fn land(&mut self) {
        if self.flight.take().is_some() {
            let patience = tokio::time::timeout(LAST_FRAME_PATIENCE, self.writer.done());
            if let Ok(written) = patience.await {
                self.spare = written.buffer;
            }
        }
    }

    /// The first thing that happens; keys before data, data before timers. Cancel safe.
    async fn wait(&mut self) -> Wake {
        let sleep = self.time_to_sleep();
        tokio::select! {
            biased;
            () = self.ports.ended.cancelled() => Wake::AgentEnded,
            signal = self.signals.next() => Wake::Signal(signal),
            incoming = self.incoming.recv() => Wake::Incoming(incoming.unwrap_or(Incoming::Hangup)),
            written = self.writer.done() => Wake::Written(written),
            reply = self.ports.replies.recv(), if self.has_replies => {
                reply.map_or(Wake::NoReplies, Wake::Reply)
            }
            changed = self.ports.states.changed() => {
                changed.map_or(Wake::AgentEnded, |()| Wake::State)
            }
            () = tokio::time::sleep(sleep.unwrap_or_default()), if sleep.is_some() => Wake::Timer,
        }
    }

    /// Returns how long nothing is to be done; `None` when only an event can change that.
    fn time_to_sleep(&self) -> Option<Duration> {
        let now = self.now();
        let deadline = self
            .app
            .next_deadline(now)
            .map(|deadline| deadline.since(now).clamp(SLEEP_MIN, SLEEP_MAX));
        let frame = (self.is_frame_wanted() && !self.writer.is_busy())
            .then(|| self.pace.wait(self.urgency, self.clock.monotonic()));
        deadline.into_iter().chain(frame).min()
    }

    /// Takes what else is ready, so that one frame shows it all.
    async fn drain(&mut self) -> Result<Option<Exit>, TuiError> {
        for _ in 0..DRAIN_MAX {
            let Ok(incoming) = self.incoming.try_recv() else {
                break;
            };
            if let Some(exit) = self.on_incoming(incoming).await? {
                return Ok(Some(exit));
            }
        }
        while let Ok(reply) = self.ports.replies.try_recv() {
            self.app.on_reply(reply, self.now());
        }
        if self.ports.states.has_changed().unwrap_or(false) {
            self.on_state();
        }
        Ok(None)
    }

    async fn on_wake(&mut self, wake: Wake) -> Result<Option<Exit>, TuiError> {
        match wake {
            Wake::AgentEnded => return Ok(Some(Exit::AgentEnded)),
            Wake::Signal(signal) => return self.on_signal(signal).await,
            Wake::Incoming(incoming) => return self.on_incoming(incoming).await,
            Wake::Written(written) => self.on_written(written)?,
            Wake::Reply(reply) => self.app.on_reply(reply, self.now()),
            Wake::NoReplies => self.has_replies = false,
            Wake::State => self.on_state(),
            Wake::Timer => self.on_timer(),
        }
        Ok(None)
    }

    async fn on_signal(&mut self, signal: Signal) -> Result<Option<Exit>, TuiError> {
        match signal {
            Signal::Stop(number) => return Ok(Some(Exit::Signal(number))),
            Signal::Hangup => return Ok(Some(Exit::Hangup)),
            Signal::Suspend => self.suspend().await?,
            Signal::Continue => self.reenter()?,
            Signal::Resize => self.on_resize(),
        }
        Ok(None)
    }

    async fn on_incoming(&mut self, incoming: Incoming) -> Result<Option<Exit>, TuiError> {
        let Incoming::Event(event) = incoming else {
            return Ok(Some(Exit::Hangup));
        };
        let effects = self.app.on_event(&event, self.now());
        self.urgency = Urgency::Echo;
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Send(command) => self.send(command),
                Effect::Suspend => self.suspend().await?,
                Effect::Redraw => self.repaint(&[]),
            }
        }
        Ok(None)
    }

    fn on_state(&mut self) {
        let state = Arc::clone(&self.ports.states.borrow_and_update());
        self.app.on_state(state, self.now());
    }

    fn on_timer(&mut self) {
        let now = self.now();
        if self
            .app
            .next_deadline(now)
            .is_some_and(|deadline| deadline <= now)
        {
            self.app.on_timer(now);
        }
    }

    fn on_resize(&mut self) {
        let size = self.terminal.size();
        self.painter.resize(size);
        self.is_repaint_due = true;
        self.urgency = Urgency::Echo;
        let event = Event::Resize(size.width, size.height);
        // Another size asks nothing of us but a frame, which is due anyway.
        let _none = self.app.on_event(&event, self.now());
    }

    fn on_written(&mut self, written: Written) -> Result<(), TuiError> {
        self.spare = written.buffer;
        if let Err(source) = written.result {
            self.painter.repaint(&[]);
            return Err(TuiError::Gone { source });
        }
        if let Some(flight) = self.flight.take() {
            let now = self.clock.monotonic();
            self.app.record_frame(FrameCost {
                frame_micros: micros(now.saturating_sub(flight.started)),
                bytes: flight.bytes as u64,
                skipped: self.pace.skipped(now.saturating_sub(flight.sent)),
            });
        }
        #[cfg(feature = "faults")]
        assert!(!self.is_to_panic, "MDA_FAULT=panic-dashboard");
        Ok(())
    }

    fn send(&mut self, command: Command) {
        let id = self.next_request;
        self.next_request += 1;
        if self
            .ports
            .requests
            .try_send(Request { id, command })
            .is_ok()
        {
            return;
        }
        let refusal = Refusal {
            code: RefusalCode::NotNow,
            message: "the agent takes no more requests".to_owned(),
            next_step: Some("try again in a moment".to_owned()),
        };
        let reply = Reply {
            id,
            result: Err(refusal),
        };
        self.app.on_reply(reply, self.now());
    }

    fn is_frame_wanted(&self) -> bool {
        self.is_repaint_due || self.app.is_dirty()
    }

    fn paint_when_due(&mut self) -> Result<(), TuiError> {
        let started = self.clock.monotonic();
        let is_due = self.pace.wait(self.urgency, started).is_zero();
        if !self.is_frame_wanted() || self.writer.is_busy() || !is_due {
            return Ok(());
        }
        let (app, now) = (&self.app, self.now());
        let depth = app.caps().depth;
        let mut frame = std::mem::take(&mut self.spare);
        self.painter.paint(
            |buffer| {
                let cursor = app.draw(buffer, now);
                color::reduce(buffer, depth);
                cursor
            },
            &mut frame,
        );
        self.app.mark_drawn();
        self.is_repaint_due = false;
        self.urgency = Urgency::Data;
        self.pace.mark(started);
        if frame.is_empty() {
            self.spare = frame;
            return Ok(());
        }
        self.flight = Some(Flight {
            started,
            sent: self.clock.monotonic(),
            bytes: frame.len(),
        });
        self.writer.send(frame)
    }

    fn repaint(&mut self, prefix: &[u8]) {
        self.painter.repaint(prefix);
        self.is_repaint_due = true;
        self.urgency = Urgency::Echo;
    }

    /// Gives the terminal back, stops the process group as the terminal's own Ctrl-Z would, and takes the terminal again
    /// when it is continued.
    async fn suspend(&mut self) -> Result<(), TuiError> {
        if !can_be_continued() {
            tracing::warn!("not suspended: no shell could bring the dashboard back");
            return Ok(());
        }
        self.input.pause();
        self.land().await;
        self.terminal.leave();
        let stopped = kill_current_process_group(Number::STOP);
        if let Err(error) = stopped {
            tracing::warn!(%error, "not suspended");
        }
        // The stop reaches all threads a moment later: without the word of a continuation we would take the terminal again
        // before it, so the wait is over when that comes, or when no stop came.
        let _not_stopped = tokio::time::timeout(STOP_PATIENCE, self.signals.continued()).await;
        self.input.resume();
        self.reenter()
    }

    /// Takes the terminal as if for the first time: whoever had it meanwhile changed its modes, its size and its picture.
    fn reenter(&mut self) -> Result<(), TuiError> {
        self.terminal.enter()?;
        self.on_resize();
        self.repaint(ENTER);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.unix_micros())
    }
}

/// A session leader has no shell above it in its session: stopped, it would stay so for ever.
fn can_be_continued() -> bool {
    getsid(None).is_ok_and(|leader| leader != getpid())
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
