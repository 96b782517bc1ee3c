//! The pure dashboard. STAND-IN: the screens' author owns this file; this one shows what it was fed, for the loop's tests.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Style;

use super::caps::Caps;
use crate::api::{AgentState, Command, Reply};
use crate::domain::Timestamp;

/// What an app starts with.
#[derive(Debug, Clone, Default)]
pub struct AppOptions {
    /// What the terminal can show.
    pub caps: Caps,
}

/// What a frame cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameCost {
    /// From the start of drawing to the terminal having taken it.
    pub frame_micros: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Frames that were due meanwhile.
    pub skipped: u64,
}

/// What the loop has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the agent.
    Send(Command),
    /// End.
    Quit,
    /// Go to the background.
    Suspend,
    /// Paint everything anew.
    Redraw,
}

/// The stand-in's state.
#[derive(Debug, Default)]
pub struct App {
    options: AppOptions,
    typed: String,
    revision: Option<u64>,
    refused: u64,
    is_dirty: bool,
}

impl App {
    /// Begins.
    pub fn new(options: AppOptions) -> Self {
        Self {
            options,
            is_dirty: true,
            ..Self::default()
        }
    }

    /// Returns what to ask first.
    pub fn start(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    /// Takes a state.
    pub fn on_state(&mut self, state: Arc<AgentState>, _now: Timestamp) -> Vec<Effect> {
        self.revision = Some(state.revision);
        self.is_dirty = true;
        Vec::new()
    }

    /// Takes an answer.
    pub fn on_reply(&mut self, reply: Reply, _now: Timestamp) -> Vec<Effect> {
        self.refused += u64::from(reply.result.is_err());
        self.is_dirty = true;
        Vec::new()
    }

    /// Takes an event.
    pub fn on_event(&mut self, event: &Event, _now: Timestamp) -> Vec<Effect> {
        self.is_dirty = true;
        match event {
            Event::Key(key) => match (key.code, key.modifiers) {
                (KeyCode::Char('q'), _) => vec![Effect::Quit],
                (KeyCode::Char('z'), KeyModifiers::CONTROL) => vec![Effect::Suspend],
                (KeyCode::Char('l'), KeyModifiers::CONTROL) => vec![Effect::Redraw],
                (KeyCode::Char('s'), _) => vec![Effect::Send(Command::Stop)],
                (KeyCode::Char('!'), _) => panic!("the stand-in was asked to"),
                (KeyCode::Char(character), _) => {
                    self.typed.push(character);
                    Vec::new()
                }
                _ => Vec::new(),
            },
            Event::Paste(text) => {
                self.typed.push_str(text);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// A deadline passed.
    pub fn on_timer(&mut self, _now: Timestamp) {}

    /// The next deadline.
    pub fn next_deadline(&self, _now: Timestamp) -> Option<Timestamp> {
        None
    }

    /// True when the picture changed.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// The picture is drawn.
    pub fn mark_drawn(&mut self) {
        self.is_dirty = false;
    }

    /// Draws.
    pub fn draw(&self, buffer: &mut Buffer, _now: Timestamp) -> Option<Position> {
        let revision = self
            .revision
            .map_or("-".to_owned(), |number| number.to_string());
        let title = format!("MDA {}x{}", buffer.area.width, buffer.area.height);
        let lines = [
            title,
            format!("rev={revision} refused={}", self.refused),
            format!("typed={}", self.typed),
        ];
        for (y, line) in lines
            .iter()
            .enumerate()
            .take(usize::from(buffer.area.height))
        {
            buffer.set_string(0, y as u16, line, Style::new());
        }
        None
    }

    /// Notes a cost.
    pub fn record_frame(&mut self, _cost: FrameCost) {}

    /// What the terminal can show.
    pub fn caps(&self) -> Caps {
        self.options.caps
    }
}
