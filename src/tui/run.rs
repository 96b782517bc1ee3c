//! [`run`]: the loop between the terminal, the pure [`App`] and the agent.
//!
//! It waits for one thing at a time, in this order: the agent's end, signals, keys, the frame on
//! its way, replies, states, timers. Whatever else is ready is taken before a frame is drawn, at
//! most one per frame interval, and none when nothing changed; an idle dashboard sleeps until the
//! app's next deadline. It ends with an [`Exit`]; only a terminal that cannot be set up is an
//! error. On every way out, a panic included, the terminal is as it was.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::layout::Size;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::picture::Picture;
use super::terminal::TuiError;
use super::terminal::console::{Console, ConsoleEvent, FrameTaken};
use super::terminal::guard::Tty;
use super::terminal::input::Incoming;
use super::terminal::panic;
use super::terminal::signals::{Signal, Signals};
use super::{App, Effect, FrameCost};
use crate::api::{AgentState, Refusal, RefusalCode, Reply, Request};
use crate::domain::Timestamp;
use crate::runtime::Clock;

/// Longest sleep towards a deadline: after a jump of the wall clock the deadline is looked at
/// again.
const SLEEP_MAX: Duration = Duration::from_mins(1);
/// Shortest: a deadline that stays in the past must not spin.
const SLEEP_MIN: Duration = Duration::from_millis(1);
/// What is said of an agent in another process that went away; the log knows more.
const AGENT_LOST: &str = "connection lost, trying again";
/// Most events taken before a frame is drawn, so that a flood of keys still shows what it does.
const DRAIN_MAX: usize = 256;

/// Where the agent is.
#[derive(Debug)]
pub struct Ports {
    /// The newest state of our view; `None` until the first, and again while the agent is lost.
    /// When its sender is gone, the agent has ended.
    pub states: watch::Receiver<Option<Arc<AgentState>>>,
    /// Our questions and orders. A full queue refuses in the agent's name: the user is told at
    /// once.
    pub requests: mpsc::Sender<Request>,
    /// The answers.
    pub replies: mpsc::Receiver<Reply>,
    /// Cancelled when the agent is gone for good.
    pub ended: CancellationToken,
}

/// How the loop runs.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Most frames a second; 0 counts as 1.
    pub fps_max: u16,
    /// The log that a panic message points to.
    pub log_file: Option<PathBuf>,
}

impl Default for RunOptions {
    /// Thirty frames a second, no log.
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

/// Shows the dashboard on the process's terminal until something ends it. Dropping the future gives
/// the terminal back.
///
/// # Errors
/// [`TuiError::NotATerminal`] without a terminal; others when the system refuses its modes, threads
/// or signal handlers.
pub async fn run(
    app: App,
    ports: Ports,
    clock: Arc<dyn Clock>,
    options: RunOptions,
) -> Result<Exit, TuiError> {
    panic::set_log_file(options.log_file.as_deref());
    run_on(
        Tty::stdio()?,
        options.fps_max,
        Dashboard::new(app, ports, clock),
    )
    .await
}

/// Waits for the next signal that means "stop", for whoever shuts the agent down after [`run`]: the
/// terminal is no longer raw then, so a second Ctrl-C comes as a signal. Cancel safe. Never returns
/// when signals cannot be listened to.
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

async fn run_on<P: Picture>(
    tty: Tty,
    fps_max: u16,
    mut dashboard: Dashboard<P>,
) -> Result<Exit, TuiError> {
    panic::as_dashboard(async move {
        let mut console = Console::open(tty, fps_max)?;
        let exit = dashboard.drive(&mut console).await;
        console.close().await;
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
    Console(ConsoleEvent),
    Reply(Reply),
    /// No more replies will come.
    NoReplies,
    State,
    /// The app's deadline or the next frame: the loop looks at both anyway.
    Timer,
}

/// Whether the loop goes on.
type Outcome = Result<Option<Exit>, TuiError>;

/// The app and the agent, joined.
struct Dashboard<P> {
    app: P,
    ports: Ports,
    clock: Arc<dyn Clock>,
    /// When the picture changes by itself.
    deadline: Option<Timestamp>,
    has_replies: bool,
    /// A state came, and the agent was not lost since.
    has_agent: bool,
    next_request: u64,
}

impl<P: Picture> Dashboard<P> {
    fn new(app: P, mut ports: Ports, clock: Arc<dyn Clock>) -> Self {
        // The first frame is drawn before any state; what is there already comes right after it.
        ports.states.mark_changed();
        Self {
            app,
            ports,
            clock,
            deadline: None,
            has_replies: true,
            has_agent: false,
            next_request: 1,
        }
    }

    async fn drive(&mut self, console: &mut Console) -> Result<Exit, TuiError> {
        self.paint_when_due(console)?;
        let effects = self.app.start();
        if let Some(exit) = self.perform(effects, console).await? {
            return Ok(exit);
        }
        loop {
            let wake = self.wait(console).await;
            if let Some(exit) = self.on_wake(wake, console).await? {
                return Ok(exit);
            }
            if let Some(exit) = self.drain(console).await? {
                return Ok(exit);
            }
            self.keep_deadline();
            self.paint_when_due(console)?;
        }
    }

    /// The first thing that happens; what people wait for before data, data before timers. Cancel
    /// safe.
    async fn wait(&mut self, console: &mut Console) -> Wake {
        let sleep = self.time_to_sleep(console);
        tokio::select! {
            biased;
            () = self.ports.ended.cancelled() => Wake::AgentEnded,
            event = console.next() => Wake::Console(event),
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
    fn time_to_sleep(&self, console: &Console) -> Option<Duration> {
        let now = self.now();
        let deadline = self
            .deadline
            .map(|deadline| deadline.since(now).clamp(SLEEP_MIN, SLEEP_MAX));
        let frame = console.wait_for_frame(self.app.is_dirty(), self.clock.monotonic());
        deadline.into_iter().chain(frame).min()
    }

    async fn on_wake(&mut self, wake: Wake, console: &mut Console) -> Outcome {
        match wake {
            Wake::AgentEnded => Ok(Some(Exit::AgentEnded)),
            Wake::Console(ConsoleEvent::Signal(signal)) => self.on_signal(signal, console).await,
            Wake::Console(ConsoleEvent::Incoming(incoming)) => {
                self.on_incoming(incoming, console).await
            }
            Wake::Console(ConsoleEvent::Written(written)) => {
                let taken = console.on_written(written, self.clock.monotonic())?;
                self.on_frame_taken(taken);
                Ok(None)
            }
            Wake::Reply(reply) => self.on_reply(reply, console).await,
            Wake::NoReplies => {
                self.has_replies = false;
                Ok(None)
            }
            Wake::State => self.on_state(console).await,
            Wake::Timer => Ok(None),
        }
    }

    /// Takes what else is ready, so that one frame shows it all.
    async fn drain(&mut self, console: &mut Console) -> Outcome {
        for _ in 0..DRAIN_MAX {
            let Some(incoming) = console.try_incoming() else {
                break;
            };
            if let Some(exit) = self.on_incoming(incoming, console).await? {
                return Ok(Some(exit));
            }
        }
        for _ in 0..DRAIN_MAX {
            let Ok(reply) = self.ports.replies.try_recv() else {
                break;
            };
            if let Some(exit) = self.on_reply(reply, console).await? {
                return Ok(Some(exit));
            }
        }
        if self.ports.states.has_changed().unwrap_or(false) {
            return self.on_state(console).await;
        }
        Ok(None)
    }

    async fn on_signal(&mut self, signal: Signal, console: &mut Console) -> Outcome {
        let effects = match signal {
            Signal::Stop(number) => return Ok(Some(Exit::Signal(number))),
            Signal::Hangup => return Ok(Some(Exit::Hangup)),
            Signal::Suspend => self.suspend(console).await?,
            Signal::Continue => {
                let size = console.reenter()?;
                self.on_size(size)
            }
            Signal::Resize => {
                let size = console.resize();
                self.on_size(size)
            }
        };
        self.perform(effects, console).await
    }

    async fn on_incoming(&mut self, incoming: Incoming, console: &mut Console) -> Outcome {
        let Incoming::Event(event) = incoming else {
            return Ok(Some(Exit::Hangup));
        };
        console.hurry();
        let effects = self.app.on_event(&event, self.now());
        self.perform(effects, console).await
    }

    async fn on_state(&mut self, console: &mut Console) -> Outcome {
        let state = self.ports.states.borrow_and_update().clone();
        let had_agent = std::mem::replace(&mut self.has_agent, state.is_some());
        let Some(state) = state else {
            if had_agent {
                self.app.on_disconnected(AGENT_LOST.to_owned(), self.now());
            }
            return Ok(None);
        };
        let effects = self.app.on_state(state, self.now());
        self.perform(effects, console).await
    }

    async fn on_reply(&mut self, reply: Reply, console: &mut Console) -> Outcome {
        let effects = self.app.on_reply(reply, self.now());
        self.perform(effects, console).await
    }

    /// Does what the app wants done, and what that leads to.
    async fn perform(&mut self, effects: Vec<Effect>, console: &mut Console) -> Outcome {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Send(command) => {
                    let id = self.next_request;
                    self.next_request += 1;
                    effects.extend(self.send(Request { id, command }));
                }
                Effect::Ask(request) => effects.extend(self.send(request)),
                Effect::Suspend => effects.extend(self.suspend(console).await?),
                Effect::Redraw => console.repaint(),
            }
        }
        Ok(None)
    }

    async fn suspend(&mut self, console: &mut Console) -> Result<Vec<Effect>, TuiError> {
        let size = console.suspend().await?;
        Ok(size.map_or_else(Vec::new, |size| self.on_size(size)))
    }

    fn on_size(&mut self, size: Size) -> Vec<Effect> {
        let event = Event::Resize(size.width, size.height);
        self.app.on_event(&event, self.now())
    }

    /// Sends a request off, or refuses it in the agent's name.
    fn send(&mut self, request: Request) -> Vec<Effect> {
        let id = request.id;
        if self.ports.requests.try_send(request).is_ok() {
            return Vec::new();
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
        self.app.on_reply(reply, self.now())
    }

    fn on_frame_taken(&mut self, taken: Option<FrameTaken>) {
        if let Some(taken) = taken {
            self.app.record_frame(FrameCost {
                frame_micros: u64::try_from(taken.elapsed.as_micros()).unwrap_or(u64::MAX),
                bytes: taken.bytes as u64,
                skipped: taken.skipped_total,
            });
        }
        #[cfg(feature = "faults")]
        fail_if_asked();
    }

    /// Tells the app when the moment it named has passed, and asks for the next one.
    fn keep_deadline(&mut self) {
        let now = self.now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.app.on_timer(now);
        }
        self.deadline = self.app.next_deadline(now);
    }

    fn paint_when_due(&mut self, console: &mut Console) -> Result<(), TuiError> {
        let started = self.clock.monotonic();
        let wait = console.wait_for_frame(self.app.is_dirty(), started);
        if !wait.is_some_and(|wait| wait.is_zero()) {
            return Ok(());
        }
        let (app, now) = (&self.app, self.now());
        console.paint(started, |buffer| app.draw(buffer, now))?;
        self.app.mark_drawn();
        Ok(())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.unix_micros())
    }
}

/// `MDA_FAULT=panic-dashboard`: fails as a bug in drawing would, once the terminal is taken.
#[cfg(feature = "faults")]
fn fail_if_asked() {
    let fault = std::env::var("MDA_FAULT").unwrap_or_default();
    assert_ne!(fault, "panic-dashboard", "asked for by MDA_FAULT");
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
