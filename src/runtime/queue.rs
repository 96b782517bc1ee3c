//! SKELETON: signatures are settled, bodies are the runtime author's.
//!
//! Bounded queues with many senders and one receiver, which say what happens when they are full and count it.

use std::num::NonZeroUsize;
use std::sync::Arc;

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
    /// Items lost since the start.
    pub dropped: u64,
    /// What happens when full.
    pub when_full: WhenFull,
}

#[derive(Debug)]
struct Shared<T>(std::marker::PhantomData<T>);

/// The sending end; clones send into the same queue.
#[derive(Debug)]
pub struct Sender<T>(Arc<Shared<T>>);

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Receiver<T>(Arc<Shared<T>>);

/// Makes a queue.
pub fn bounded<T>(
    name: &str,
    capacity: NonZeroUsize,
    when_full: WhenFull,
) -> (Sender<T>, Receiver<T>) {
    let _ = (name, capacity, when_full);
    unimplemented!()
}

impl<T: Send> Sender<T> {
    /// Queues without waiting. On a full [`WhenFull::Wait`] queue the item is dropped and counted too.
    pub fn try_send(&self, item: T) -> Sent {
        let _ = item;
        unimplemented!()
    }

    /// Queues, waiting for room on a [`WhenFull::Wait`] queue. Cancel safe: the item is lost with the future.
    pub async fn send(&self, item: T) -> Sent {
        let _ = item;
        unimplemented!()
    }

    /// Reads the counters.
    pub fn stats(&self) -> QueueStats {
        unimplemented!()
    }
}

impl<T: Send> Receiver<T> {
    /// Waits for the next item; `None` once every sender is gone and the queue is empty. Cancel safe.
    pub async fn recv(&mut self) -> Option<T> {
        unimplemented!()
    }

    /// Waits for at least one item, then takes up to `limit` into `into`; 0 at the end. Cancel safe.
    pub async fn recv_many(&mut self, into: &mut Vec<T>, limit: usize) -> usize {
        let _ = (into, limit);
        unimplemented!()
    }

    /// Takes an item if one is there.
    pub fn try_recv(&mut self) -> Option<T> {
        unimplemented!()
    }

    /// Reads the counters.
    pub fn stats(&self) -> QueueStats {
        unimplemented!()
    }
}
