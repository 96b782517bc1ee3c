//! [`App`]: the dashboard without a terminal.
//!
//! The loop hands it states, replies, events and timers; it answers with effects, the moment of its
//! next timer, and a painted buffer. It knows no clock, does no I/O and waits for nothing, so a
//! picture is a function of what it was handed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::action::Action;
use super::caps::{Caps, ColorDepth};
use super::deadline;
use super::flash::Flashes;
use super::imports::{self, Asks};
use super::keymap::{self, Chord};
use super::layout::ScreenName;
use super::overlay_keys;
use super::screen::{self, Scene};
use super::state::{FrameCost, UiState};
use super::theme::{Theme, ThemeName};
use super::toast::ToastLevel;
use super::update::{self, Effect};
use super::{color, glyphs};
use crate::api::{
    AgentState, Answer, ChartSpec, Command, FreshnessLimits, Refusal, Reply, ViewSpec,
};
use crate::domain::Timestamp;

/// Most bars asked for a chart: more than the widest screen shows.
const CHART_BARS_MAX: u32 = 400;

/// How a dashboard begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppOptions {
    /// What the terminal can show.
    pub caps: Caps,
    /// First theme.
    pub theme: ThemeName,
    /// First screen.
    pub screen: ScreenName,
    /// When a value without news is called slow, and when stale.
    pub limits: FreshnessLimits,
    /// True: nothing that changes the agent is sent.
    pub is_read_only: bool,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            caps: Caps::default(),
            theme: ThemeName::default(),
            screen: ScreenName::default(),
            limits: FreshnessLimits {
                slow_after: Duration::from_secs(15),
                stale_after: Duration::from_mins(1),
            },
            is_read_only: false,
        }
    }
}

/// The dashboard.
#[derive(Debug)]
pub struct App {
    options: AppOptions,
    ui: UiState,
    state: Option<Arc<AgentState>>,
    /// Why no states come any more.
    lost: Option<Lost>,
    /// The view the agent was last asked for.
    sent_view: Option<ViewSpec>,
    is_dirty: bool,
    /// Width and height last drawn, for paging. Drawing takes `&self`, so this one value is atomic.
    drawn_size: AtomicU32,
}

/// The agent went away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
}

impl App {
    /// Makes a dashboard that has seen nothing yet.
    pub fn new(options: AppOptions) -> Self {
        let mut ui = UiState::new(options.screen, options.theme);
        ui.flashes = Flashes::new(options.caps.is_motion_reduced);
        ui.is_read_only = options.is_read_only;
        Self {
            options,
            ui,
            state: None,
            lost: None,
            sent_view: None,
            is_dirty: true,
            drawn_size: AtomicU32::new(0),
        }
    }

    /// Returns what must be asked before anything else.
    pub fn start(&mut self) -> Vec<Effect> {
        self.with_view(Vec::new())
    }

    /// Takes a new state in. The effects ask for the chart of what is selected now.
    pub fn on_state(&mut self, state: Arc<AgentState>, now: Timestamp) -> Vec<Effect> {
        self.learn_size();
        self.lost = None;
        self.is_dirty = true;
        let old = self.state.replace(state);
        let Some(new) = &self.state else {
            return Vec::new();
        };
        if let Some(frozen) = &mut self.ui.frozen {
            frozen.queued += 1;
            return Vec::new();
        }
        match &old {
            Some(old) if deadline::has_same_rows(old, new) => {
                self.ui
                    .flashes
                    .note(&old.instruments, &new.instruments, now);
                self.reorder(now);
            }
            _ => {
                self.ui.flashes.clear();
                self.ui.watch.rebuild(&new.instruments, now);
            }
        }
        if let Some(new) = &self.state {
            if self.ui.screen == ScreenName::Imports {
                self.ui.imports.pin(&new.imports);
            }
            let is_same_log = old.is_some_and(|old| Arc::ptr_eq(&old.log, &new.log));
            if !is_same_log {
                self.ui.logs.on_log(&new.log);
            }
        }
        self.with_view(Vec::new())
    }

    /// Takes an answer in: by its number the window that asked for it gets it, and what no window
    /// waits for any more is dropped; any other refusal is shown with what to do next.
    pub fn on_reply(&mut self, reply: Reply, now: Timestamp) -> Vec<Effect> {
        if Asks::is_ours(reply.id) {
            self.learn_size();
            imports::on_reply(&mut self.ui, reply.id, reply.result, now);
            self.is_dirty = true;
            return self.with_view(Vec::new());
        }
        match reply.result {
            Ok(Answer::State(state)) => self.on_state(state, now),
            Ok(
                Answer::Done
                | Answer::Bars(_)
                | Answer::Statistics(_)
                | Answer::Preview(_)
                | Answer::Import(_)
                | Answer::Imports(_)
                | Answer::Rejects(_)
                | Answer::Paths(_)
                | Answer::Backup(_)
                | Answer::Verify(_),
            ) => Vec::new(),
            Err(refusal) => {
                self.refused(refusal, now);
                Vec::new()
            }
        }
    }

    /// Shows a word of the program itself.
    pub fn notify(&mut self, message: &str, now: Timestamp) {
        self.ui
            .toasts
            .push(ToastLevel::Note, message.to_owned(), None, now);
        self.is_dirty = true;
    }

    fn refused(&mut self, refusal: Refusal, now: Timestamp) {
        let Refusal {
            message, next_step, ..
        } = refusal;
        self.ui
            .toasts
            .push(ToastLevel::Error, message, next_step, now);
        self.is_dirty = true;
    }

    /// Learns that no more states come: every value is stale until one does.
    pub fn on_disconnected(&mut self, reason: String, now: Timestamp) {
        self.lost = Some(Lost { reason, at: now });
        self.is_dirty = true;
    }

    /// Takes a key, a paste or a new size in.
    pub fn on_event(&mut self, event: &Event, now: Timestamp) -> Vec<Effect> {
        self.learn_size();
        let effects = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.on_key(key, now),
            Event::Paste(text) => {
                overlay_keys::on_paste(&mut self.ui, self.state.as_ref(), text, now);
                Vec::new()
            }
            Event::Resize(width, height) => {
                self.drawn_size
                    .store(pack(*width, *height), Ordering::Relaxed);
                Vec::new()
            }
            Event::Key(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => {
                return Vec::new();
            }
        };
        self.is_dirty = true;
        self.with_view(effects)
    }

    fn on_key(&mut self, key: &KeyEvent, now: Timestamp) -> Vec<Effect> {
        let chord = Chord::of(key);
        let context = self.ui.context();
        let action = chord.and_then(|chord| keymap::action_of(chord, context));
        let is_always = matches!(
            action,
            Some(Action::Quit | Action::Suspend | Action::Redraw)
        );
        let is_ctrl = chord.is_some_and(Chord::is_ctrl);
        if self.ui.overlay.is_some() && !(is_always && is_ctrl) {
            return overlay_keys::on_key(&mut self.ui, self.state.as_ref(), key, now);
        }
        if let Some(action) = action {
            return update::apply(&mut self.ui, self.state.as_ref(), action, now);
        }
        self.tell_unknown(chord, now);
        Vec::new()
    }

    /// A key that does nothing says so, and where it would do something.
    fn tell_unknown(&mut self, chord: Option<Chord>, now: Timestamp) {
        let Some(chord) = chord else { return };
        let elsewhere = keymap::context_of(chord);
        let text = match elsewhere {
            Some(context) => format!("`{chord}` works in: {}", context.label()),
            None => format!("`{chord}` does nothing; ? lists the keys"),
        };
        self.ui.toasts.push(ToastLevel::Note, text, None, now);
    }

    /// Lets the moment of [`App::next_deadline`] pass.
    pub fn on_timer(&mut self, now: Timestamp) {
        self.learn_size();
        self.ui.toasts.expire(now);
        self.reorder(now);
        self.is_dirty = true;
    }

    fn reorder(&mut self, now: Timestamp) {
        let is_due = self.ui.watch.reorder_due().is_some_and(|due| now >= due);
        let Some(state) = self
            .state
            .as_ref()
            .filter(|_| is_due && self.ui.frozen.is_none())
        else {
            return;
        };
        self.ui.watch.rebuild(&state.instruments, now);
        update::follow_cursor(&mut self.ui, state);
    }

    /// Returns when the picture changes next by itself; always after `now`.
    pub fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        deadline::next(&self.ui, self.state.as_deref(), self.options.limits, now)
    }

    /// Returns true when the picture may differ from the one drawn last.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Notes that the picture was drawn.
    pub fn mark_drawn(&mut self) {
        self.is_dirty = false;
    }

    /// Paints the picture of `now`, and returns where the cursor blinks when text is typed.
    pub fn draw(&self, buffer: &mut Buffer, now: Timestamp) -> Option<Position> {
        let area = buffer.area;
        self.drawn_size
            .store(pack(area.width, area.height), Ordering::Relaxed);
        let frozen = self.ui.frozen.as_ref();
        let scene = Scene {
            state: frozen.map_or(self.state.as_deref(), |frozen| Some(&frozen.state)),
            newest: self.state.as_deref(),
            ui: &self.ui,
            theme: self.theme(),
            caps: self.options.caps,
            limits: self.options.limits,
            lost: self.lost.as_ref(),
            now: frozen.map_or(now, |frozen| frozen.at),
            wall_now: now,
            is_alone: false,
        };
        let cursor = screen::draw(&scene, buffer);
        color::reduce(buffer, self.options.caps.depth);
        glyphs::reduce(buffer, self.options.caps.glyphs);
        cursor
    }

    /// Returns the theme in force: without colour there is only one.
    fn theme(&self) -> &'static Theme {
        match self.options.caps.depth {
            ColorDepth::Mono => ThemeName::Mono.theme(),
            ColorDepth::Ansi16 | ColorDepth::Ansi256 | ColorDepth::TrueColor => {
                self.ui.theme.theme()
            }
        }
    }

    /// Takes in what the last frame cost; shown with the next one that is drawn.
    pub fn record_frame(&mut self, cost: FrameCost) {
        self.ui.cost = cost;
    }

    /// Returns what the terminal can show.
    pub fn caps(&self) -> Caps {
        self.options.caps
    }

    fn learn_size(&mut self) {
        let packed = self.drawn_size.load(Ordering::Relaxed);
        if packed != 0 {
            self.ui.size = ((packed >> 16) as u16, packed as u16);
        }
    }

    /// Adds the question for another view when what is looked at changed.
    fn with_view(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let view = self.view();
        if self.sent_view.as_ref() != Some(&view) {
            self.sent_view = Some(view.clone());
            effects.push(Effect::Send(Command::View(view)));
        }
        effects
    }

    fn view(&self) -> ViewSpec {
        let chart = self.ui.watch.selected.as_ref().map(|id| ChartSpec {
            symbol: id.symbol.clone(),
            feed: Some(id.feed.clone()),
            timeframe: self.ui.timeframe,
            bars_max: CHART_BARS_MAX,
        });
        ViewSpec {
            symbols: None,
            chart,
            has_logs: self.ui.screen == ScreenName::Logs,
            has_imports: self.ui.screen == ScreenName::Imports,
        }
    }
}

const fn pack(width: u16, height: u16) -> u32 {
    (width as u32) << 16 | height as u32
}
