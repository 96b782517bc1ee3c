//! Bounded queues with many senders and one receiver, which say what happens when they are full and
//! count it.
//!
//! A queue connects two tasks, or a thread and a task; it does not fan out (that is the bus's).
//! Order is kept for each sender. The receiver gets what is queued even after the last sender is
//! gone; senders learn from [`Sent::Closed`] that the receiver is gone. Nothing here fails: what is
//! lost is counted in [`QueueStats::dropped`], never silent.
//!
//! ```text
//!                             ┌────── Mutex<VecDeque> ──────┐
//!   Sender::send ── room? ──▶ │ oldest ............. newest │ ──▶ Receiver::recv_many
//!   (Wait: a fair semaphore,  └─────────────────────────────┘     (everything in one lock,
//!    one permit a free place)                                      woken when it was empty)
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tokio::task::coop::consume_budget;

/// What a full queue does with one more item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenFull {
    /// The sender waits: the slow side sets the pace.
    Wait,
    /// The item that comes is lost: what is queued stays true and in order, the newest is missing.
    DropNewest,
    /// The oldest item is lost: the receiver sees a gap, and then the newest.
    DropOldest,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is queued.
    Queued,
    /// An item was lost, this one or the oldest, as the queue's [`WhenFull`] says; counted.
    Dropped,
    /// Nobody receives any more.
    Closed,
}

/// The counters of one queue, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStats {
    /// Who receives.
    pub name: String,
    /// Most items that fit.
    pub capacity: usize,
    /// Items queued now.
    pub depth: usize,
    /// Most items that were ever queued.
    pub high_water: usize,
    /// Items that were queued since the start.
    pub accepted: u64,
    /// Items lost since the start, those still queued when the receiver went included.
    pub dropped: u64,
    /// What happens when full.
    pub when_full: WhenFull,
}

/// The sending end; clones send into the same queue.
pub struct Sender<T>(Arc<Shared<T>>);

/// The receiving end.
pub struct Receiver<T>(Arc<Shared<T>>);

/// Makes a queue. Its memory grows with what is queued, up to `capacity`.
pub fn bounded<T>(
    name: &str,
    capacity: NonZeroUsize,
    when_full: WhenFull,
) -> (Sender<T>, Receiver<T>) {
    let capacity = capacity.get().min(Semaphore::MAX_PERMITS);
    let shared = Arc::new(Shared {
        name: name.to_owned(),
        capacity,
        when_full,
        state: Mutex::new(State::new()),
        room: Semaphore::new(capacity),
        readable: Notify::new(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T: Send> Sender<T> {
    /// Queues without waiting. On a full [`WhenFull::Wait`] queue the item is dropped and counted
    /// too.
    pub fn try_send(&self, item: T) -> Sent {
        match self.0.when_full {
            WhenFull::Wait => match self.0.room.try_acquire() {
                Ok(permit) => {
                    permit.forget();
                    self.0.push(item)
                }
                Err(_) => self.0.refuse(),
            },
            WhenFull::DropNewest | WhenFull::DropOldest => self.0.push(item),
        }
    }

    /// Queues, waiting for room on a [`WhenFull::Wait`] queue. Cancel safe: the item is lost with
    /// the future.
    pub async fn send(&self, item: T) -> Sent {
        // A sender that never has to wait would otherwise never let its neighbours run.
        consume_budget().await;
        match self.0.when_full {
            WhenFull::Wait => match self.0.room.acquire().await {
                Ok(permit) => {
                    permit.forget();
                    self.0.push(item)
                }
                Err(_) => Sent::Closed,
            },
            WhenFull::DropNewest | WhenFull::DropOldest => self.0.push(item),
        }
    }

    /// Returns true when nobody receives any more.
    pub fn is_closed(&self) -> bool {
        !self.0.lock().has_receiver
    }

    /// Reads the counters.
    pub fn stats(&self) -> QueueStats {
        self.0.stats()
    }
}

impl<T: Send> Receiver<T> {
    /// Waits for the next item; `None` once every sender is gone and the queue is empty. Cancel
    /// safe.
    pub async fn recv(&mut self) -> Option<T> {
        consume_budget().await;
        loop {
            match self.0.pop() {
                Popped::Item(item) => return Some(item),
                Popped::End => return None,
                Popped::Nothing => self.0.readable.notified().await,
            }
        }
    }

    /// Waits for at least one item, then takes up to `limit` into `into`; 0 at the end, and for a
    /// `limit` of 0. Cancel safe.
    pub async fn recv_many(&mut self, into: &mut Vec<T>, limit: usize) -> usize {
        if limit == 0 {
            return 0;
        }
        consume_budget().await;
        loop {
            if let Some(taken) = self.0.take(into, limit) {
                return taken;
            }
            self.0.readable.notified().await;
        }
    }

    /// Takes an item if one is there.
    pub fn try_recv(&mut self) -> Option<T> {
        match self.0.pop() {
            Popped::Item(item) => Some(item),
            Popped::Nothing | Popped::End => None,
        }
    }

    /// Reads the counters.
    pub fn stats(&self) -> QueueStats {
        self.0.stats()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.lock().senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let is_last = {
            let mut state = self.0.lock();
            state.senders -= 1;
            state.senders == 0
        };
        if is_last {
            self.0.readable.notify_one();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let undelivered = {
            let mut state = self.0.lock();
            state.has_receiver = false;
            state.dropped += state.items.len() as u64;
            std::mem::take(&mut state.items)
        };
        self.0.room.close();
        // Items are dropped outside the lock: their own `Drop` may send into this very queue.
        drop(undelivered);
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.0.stats()).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.0.stats()).finish()
    }
}

struct Shared<T> {
    name: String,
    capacity: usize,
    when_full: WhenFull,
    state: Mutex<State<T>>,
    /// One permit for each free place; taken only on a [`WhenFull::Wait`] queue, closed with the
    /// receiver.
    room: Semaphore,
    /// Told when the queue stops being empty, and when the last sender goes. It keeps one permit
    /// for a receiver that is just about to wait, so no wake-up is lost.
    readable: Notify,
}

struct State<T> {
    items: VecDeque<T>,
    senders: usize,
    has_receiver: bool,
    high_water: usize,
    accepted: u64,
    dropped: u64,
}

enum Popped<T> {
    Item(T),
    Nothing,
    End,
}

impl<T> State<T> {
    const fn new() -> Self {
        Self {
            items: VecDeque::new(),
            senders: 1,
            has_receiver: true,
            high_water: 0,
            accepted: 0,
            dropped: 0,
        }
    }
}

impl<T> Shared<T> {
    /// No code of others runs under this lock, so a poisoned one still holds a sound state.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an item; on a [`WhenFull::Wait`] queue the caller has made sure of room.
    fn push(&self, item: T) -> Sent {
        let mut state = self.lock();
        if !state.has_receiver {
            return Sent::Closed;
        }
        let is_full = state.items.len() >= self.capacity;
        if is_full && self.when_full == WhenFull::DropNewest {
            state.dropped += 1;
            return Sent::Dropped;
        }
        let was_empty = state.items.is_empty();
        let oldest = if is_full {
            state.dropped += 1;
            state.items.pop_front()
        } else {
            None
        };
        state.items.push_back(item);
        state.accepted += 1;
        state.high_water = state.high_water.max(state.items.len());
        drop(state);
        if was_empty {
            self.readable.notify_one();
        }
        match oldest {
            Some(_) => Sent::Dropped,
            None => Sent::Queued,
        }
    }

    /// Counts an item that found no room.
    fn refuse(&self) -> Sent {
        let mut state = self.lock();
        if !state.has_receiver {
            return Sent::Closed;
        }
        state.dropped += 1;
        Sent::Dropped
    }

    fn pop(&self) -> Popped<T> {
        let mut state = self.lock();
        let Some(item) = state.items.pop_front() else {
            return if state.senders == 0 {
                Popped::End
            } else {
                Popped::Nothing
            };
        };
        drop(state);
        self.give_room(1);
        Popped::Item(item)
    }

    /// Takes up to `limit` items in one lock; 0 at the end, `None` when there is nothing yet.
    fn take(&self, into: &mut Vec<T>, limit: usize) -> Option<usize> {
        let mut state = self.lock();
        let taken = state.items.len().min(limit);
        if taken == 0 {
            return (state.senders == 0).then_some(0);
        }
        into.extend(state.items.drain(..taken));
        drop(state);
        self.give_room(taken);
        Some(taken)
    }

    fn give_room(&self, places: usize) {
        if self.when_full == WhenFull::Wait {
            self.room.add_permits(places);
        }
    }

    fn stats(&self) -> QueueStats {
        let state = self.lock();
        QueueStats {
            name: self.name.clone(),
            capacity: self.capacity,
            depth: state.items.len(),
            high_water: state.high_water,
            accepted: state.accepted,
            dropped: state.dropped,
            when_full: self.when_full,
        }
    }
}

#[cfg(test)]
mod tests;
