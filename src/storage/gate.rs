//! [`Gate`]: one at a time, those of the highest class first, in each class in order of coming.
//!
//! Who waits rises by a class each [`RISE`], so nobody waits for ever: an import is written even
//! while live bars come without a pause.
//!
//! It holds the right to use the one writing connection, and nothing else. A turn ends when it is
//! dropped, and so does a wait; whoever is handed a turn and is gone passes it on.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::runtime::Clock;

/// How urgent a use of the store is.
///
/// Decides only who goes next, never interrupts: whoever has the turn ends it, so each turn is
/// short. A wait of 30 s counts as one class higher, one of 90 s as [`Priority::Critical`]; of two
/// that count alike, the one that waited longer goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// What must not wait: the end of the store, corrections.
    Critical,
    /// Live bars.
    High,
    /// What a person asked for.
    Normal,
    /// Imports and maintenance.
    Low,
}

impl Priority {
    /// Most urgent first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        })
    }
}

/// The most that wait in one class; more are refused.
const WAITING_MAX: usize = 1_024;

/// How long a wait counts as one class higher.
const RISE: Duration = Duration::from_secs(30);

/// Lets one through at a time.
#[derive(Debug)]
pub(super) struct Gate {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

/// The right to go; passed on when dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<Gate>);

#[derive(Debug, Default)]
struct State {
    is_taken: bool,
    waiting: [VecDeque<Waiter>; Priority::ALL.len()],
}

#[derive(Debug)]
struct Waiter {
    sender: oneshot::Sender<Turn>,
    since: Duration,
}

impl State {
    /// Takes out whoever goes next. The first of a class waited longest in it.
    fn next(&mut self, now: Duration) -> Option<Waiter> {
        let firsts = self
            .waiting
            .iter()
            .enumerate()
            .filter_map(|(class, queue)| {
                let since = queue.front()?.since;
                let risen = now.saturating_sub(since).as_secs() / RISE.as_secs();
                Some((class.saturating_sub(risen as usize), since, class))
            });
        let (_, _, class) = firsts.min()?;
        self.waiting[class].pop_front()
    }
}

impl Gate {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let state = Arc::default();
        Self { state, clock }
    }

    /// Waits for a turn; `Err` with the number of those that wait when they are too many. Cancel
    /// safe.
    pub(super) async fn turn(&self, class: Priority) -> Result<Turn, usize> {
        loop {
            let receiver = {
                let mut state = lock(&self.state);
                if !state.is_taken {
                    state.is_taken = true;
                    return Ok(Turn(Some(self.again())));
                }
                let queue = &mut state.waiting[class as usize];
                queue.retain(|waiter| !waiter.sender.is_closed());
                if queue.len() >= WAITING_MAX {
                    return Err(queue.len());
                }
                let (sender, receiver) = oneshot::channel();
                let since = self.clock.monotonic();
                queue.push_back(Waiter { sender, since });
                receiver
            };
            // A sender is only dropped without a turn when its receiver is gone.
            if let Ok(turn) = receiver.await {
                return Ok(turn);
            }
        }
    }

    /// Another handle to the same gate.
    fn again(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            clock: Arc::clone(&self.clock),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(gate) = self.0.take() else { return };
        loop {
            let next = {
                let mut state = lock(&gate.state);
                let next = state.next(gate.clock.monotonic());
                state.is_taken = next.is_some();
                next
            };
            let Some(waiter) = next else { return };
            match waiter.sender.send(Self(Some(gate.again()))) {
                Ok(()) => return,
                Err(mut refused) => refused.0 = None,
            }
        }
    }
}

/// No code of others runs under this lock, so a poisoned one still holds a sound state.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::runtime::ManualClock;

    fn gate() -> Gate {
        Gate::new(Arc::new(ManualClock::new(0)))
    }

    type Waiting<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Turn, usize>> + 'a>>;

    fn waiting(gate: &Gate, class: Priority) -> Waiting<'_> {
        let mut future: Waiting<'_> = Box::pin(gate.turn(class));
        assert!(poll(&mut future).is_none());
        future
    }

    fn poll(future: &mut Waiting<'_>) -> Option<Turn> {
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(turn) => Some(turn.unwrap()),
            Poll::Pending => None,
        }
    }

    fn first(gate: &Gate) -> Turn {
        let mut future: Waiting<'_> = Box::pin(gate.turn(Priority::Low));
        poll(&mut future).unwrap()
    }

    #[test]
    fn the_highest_class_goes_first_and_each_class_in_order() {
        let gate = gate();
        let mut turn = first(&gate);
        let order = [
            Priority::Low,
            Priority::Normal,
            Priority::High,
            Priority::Critical,
            Priority::High,
        ];
        let mut queue: Vec<_> = order.map(|class| waiting(&gate, class)).into();
        for expected in [3, 2, 4, 1, 0] {
            drop(turn);
            let ready: Vec<_> = (0..queue.len())
                .filter_map(|index| poll_if_waiting(&mut queue, index))
                .collect();
            let [(index, next)] = <[_; 1]>::try_from(ready).unwrap();
            assert_eq!(index, expected);
            turn = next;
        }
    }

    fn poll_if_waiting(queue: &mut [Waiting<'_>], index: usize) -> Option<(usize, Turn)> {
        let turn = poll(&mut queue[index])?;
        queue[index] = Box::pin(std::future::pending());
        Some((index, turn))
    }

    #[test]
    fn who_waits_long_rises_above_who_comes() {
        let clock = Arc::new(ManualClock::new(0));
        let gate = Gate::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let mut turn = first(&gate);
        let mut low = waiting(&gate, Priority::Low);
        // After each of these waits a fresh one of this class still goes first.
        for (secs, class) in [
            (29, Priority::Normal),
            (30, Priority::High),
            (30, Priority::Critical),
        ] {
            clock.advance(Duration::from_secs(secs));
            let mut fresh = waiting(&gate, class);
            drop(turn);
            turn = poll(&mut fresh).unwrap();
            assert!(poll(&mut low).is_none());
        }
        clock.advance(Duration::from_secs(1));
        let mut fresh = waiting(&gate, Priority::Critical);
        drop(turn);
        assert!(poll(&mut low).is_some(), "90 s count as critical");
        assert!(poll(&mut fresh).is_some());
    }

    #[test]
    fn a_turn_handed_to_someone_who_left_goes_on() {
        let gate = gate();
        let turn = first(&gate);
        let left_before = waiting(&gate, Priority::Critical);
        let left_after = waiting(&gate, Priority::High);
        let mut stays = waiting(&gate, Priority::Low);
        drop(left_before);
        drop(turn);
        assert!(
            poll(&mut stays).is_none(),
            "the turn went to the higher class"
        );
        drop(left_after);
        assert!(poll(&mut stays).is_some());
    }

    #[test]
    fn a_full_class_refuses_and_says_how_many_wait() {
        let gate = gate();
        let _turn = first(&gate);
        let queue: Vec<_> = (0..WAITING_MAX)
            .map(|_| waiting(&gate, Priority::Low))
            .collect();
        let mut refused: Waiting<'_> = Box::pin(gate.turn(Priority::Low));
        let mut context = Context::from_waker(Waker::noop());
        let answer = refused.as_mut().poll(&mut context);
        assert!(matches!(answer, Poll::Ready(Err(WAITING_MAX))));
        drop(queue);
        drop(waiting(&gate, Priority::Low));
    }
}
