//! [`Asks`]: the numbers of requests whose answers a window waits for.

use crate::api::{Command, Request};
use crate::tui::update::Effect;

/// First number: the loop numbers what needs no answer from 1, so the two never meet.
const FIRST: u64 = 1 << 32;

/// Numbers requests, so that an answer finds the window that asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asks {
    next: u64,
    /// An order whose form was closed before it was answered: that it was refused must still be
    /// told.
    left: Option<u64>,
}

impl Default for Asks {
    fn default() -> Self {
        Self {
            next: FIRST,
            left: None,
        }
    }
}

impl Asks {
    /// Makes the effect that asks, and the number its answer will carry.
    pub(crate) fn ask(&mut self, command: Command) -> (u64, Effect) {
        let id = self.next;
        self.next += 1;
        (id, Effect::Ask(Request { id, command }))
    }

    /// Notes that nobody waits for an order any more.
    pub(crate) fn leave(&mut self, order: u64) {
        self.left = Some(order);
    }

    /// Returns true, once, for the answer to an order that was left.
    pub(crate) fn take_left(&mut self, id: u64) -> bool {
        self.left.take_if(|left| *left == id).is_some()
    }

    /// Returns true for the number of an answer that belongs to a window, open or not.
    pub(crate) const fn is_ours(id: u64) -> bool {
        id >= FIRST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_windows_and_of_the_loop_never_meet() {
        let mut asks = Asks::default();
        let (first, _) = asks.ask(Command::State);
        let (second, _) = asks.ask(Command::State);
        assert!(Asks::is_ours(first) && first != second);
        assert!(!Asks::is_ours(1_000_000));
    }
}
