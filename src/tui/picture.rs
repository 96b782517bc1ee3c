//! [`Picture`]: what the loop needs of an app, so that the loop can be tested without the screens.

use std::sync::Arc;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::{App, Effect, FrameCost};
use crate::api::{AgentState, Reply};
use crate::domain::Timestamp;

/// Something that is told what happens and can be drawn. Pure: no terminal, no clock, no waiting.
pub(super) trait Picture: Send {
    /// Returns what must be asked before anything else.
    fn start(&mut self) -> Vec<Effect>;
    /// Takes a state in.
    fn on_state(&mut self, state: Arc<AgentState>, now: Timestamp) -> Vec<Effect>;
    /// Learns that the agent is lost, and no state comes until there is one again.
    fn on_disconnected(&mut self, reason: String, now: Timestamp);
    /// Takes an answer in.
    fn on_reply(&mut self, reply: Reply, now: Timestamp) -> Vec<Effect>;
    /// Takes a key, a paste, a size or a change of focus in.
    fn on_event(&mut self, event: &Event, now: Timestamp) -> Vec<Effect>;
    /// Learns that the moment it named has passed.
    fn on_timer(&mut self, now: Timestamp);
    /// Names when it changes by itself.
    fn next_deadline(&self, now: Timestamp) -> Option<Timestamp>;
    /// Returns true when it may look different from when it was drawn last.
    fn is_dirty(&self) -> bool;
    /// Learns that it was drawn.
    fn mark_drawn(&mut self);
    /// Paints itself; returns where the cursor is shown, if it is.
    fn draw(&self, buffer: &mut Buffer, now: Timestamp) -> Option<Position>;
    /// Learns what a frame cost; must not want another for it.
    fn record_frame(&mut self, cost: FrameCost);
}

impl Picture for App {
    fn start(&mut self) -> Vec<Effect> {
        self.start()
    }

    fn on_state(&mut self, state: Arc<AgentState>, now: Timestamp) -> Vec<Effect> {
        self.on_state(state, now)
    }

    fn on_disconnected(&mut self, reason: String, now: Timestamp) {
        self.on_disconnected(reason, now);
    }

    fn on_reply(&mut self, reply: Reply, now: Timestamp) -> Vec<Effect> {
        self.on_reply(reply, now)
    }

    fn on_event(&mut self, event: &Event, now: Timestamp) -> Vec<Effect> {
        self.on_event(event, now)
    }

    fn on_timer(&mut self, now: Timestamp) {
        self.on_timer(now);
    }

    fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_deadline(now)
    }

    fn is_dirty(&self) -> bool {
        self.is_dirty()
    }

    fn mark_drawn(&mut self) {
        self.mark_drawn();
    }

    fn draw(&self, buffer: &mut Buffer, now: Timestamp) -> Option<Position> {
        self.draw(buffer, now)
    }

    fn record_frame(&mut self, cost: FrameCost) {
        self.record_frame(cost);
    }
}
