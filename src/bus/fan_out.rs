//! [`Bus`]: one bounded queue per subscriber, filled without waiting.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::MarketEvent;
use crate::runtime::queue::{self, QueueStats, Receiver, Sender, Sent, WhenFull};

/// What travels: shared, never copied per subscriber.
type SharedEvent = Arc<MarketEvent>;

/// Fans market events out. Clones share the subscribers.
#[derive(Debug, Clone, Default)]
pub struct Bus {
    subscribers: Arc<Mutex<Vec<Subscriber>>>,
}

/// Who receives, and what.
#[derive(Debug)]
struct Subscriber {
    queue: Sender<SharedEvent>,
    is_wanted: fn(&MarketEvent) -> bool,
}

impl Bus {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a queue named after who receives; events published from now on arrive in it.
    ///
    /// A bus never waits, so [`WhenFull::Wait`] is taken as [`WhenFull::DropNewest`], and the
    /// counters show it as that.
    pub fn subscribe(
        &self,
        name: &str,
        capacity: NonZeroUsize,
        when_full: WhenFull,
    ) -> Receiver<SharedEvent> {
        self.subscribe_to(name, capacity, when_full, |_| true)
    }

    /// Opens a queue for some events only; the others take no room in it. `is_wanted` is asked for
    /// every event that is published: it must be quick.
    pub fn subscribe_to(
        &self,
        name: &str,
        capacity: NonZeroUsize,
        when_full: WhenFull,
        is_wanted: fn(&MarketEvent) -> bool,
    ) -> Receiver<SharedEvent> {
        let when_full = match when_full {
            WhenFull::Wait | WhenFull::DropNewest => WhenFull::DropNewest,
            WhenFull::DropOldest => WhenFull::DropOldest,
        };
        let (queue, receiver) = queue::bounded(name, capacity, when_full);
        self.subscribers().push(Subscriber { queue, is_wanted });
        receiver
    }

    /// Offers the event to every subscriber, in order of subscription. Never waits for one: what
    /// does not fit is dropped and counted in that queue. Subscribers that are gone are forgotten.
    pub fn publish(&self, event: &SharedEvent) {
        self.subscribers().retain(|subscriber| {
            if !(subscriber.is_wanted)(event) {
                return !subscriber.queue.is_closed();
            }
            subscriber.queue.try_send(Arc::clone(event)) != Sent::Closed
        });
    }

    /// Reads the counters of every subscriber's queue, in order of subscription.
    pub fn queues(&self) -> Vec<QueueStats> {
        self.subscribers()
            .iter()
            .map(|subscriber| subscriber.queue.stats())
            .collect()
    }

    fn subscribers(&self) -> MutexGuard<'_, Vec<Subscriber>> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EventKind, FeedGap, Source, Symbol, Timestamp};

    fn gap(number: u64) -> SharedEvent {
        Arc::new(MarketEvent {
            source: Source::parse("test").unwrap(),
            ts_recv: Timestamp::EPOCH,
            kind: EventKind::Gap(FeedGap {
                symbol: Symbol::parse("BTC-USD").unwrap(),
                from: number,
                to: number,
            }),
        })
    }

    fn numbers(receiver: &mut Receiver<SharedEvent>) -> Vec<u64> {
        std::iter::from_fn(|| receiver.try_recv())
            .map(|event| match &event.kind {
                EventKind::Gap(gap) => gap.from,
                other => panic!("not what was published: {other:?}"),
            })
            .collect()
    }

    fn room(items: usize) -> NonZeroUsize {
        NonZeroUsize::new(items).unwrap()
    }

    #[test]
    fn every_subscriber_gets_every_event_in_order() {
        let bus = Bus::new();
        let mut first = bus.subscribe("first", room(8), WhenFull::DropOldest);
        bus.publish(&gap(1));
        let mut second = bus
            .clone()
            .subscribe("second", room(8), WhenFull::DropNewest);
        bus.publish(&gap(2));
        bus.publish(&gap(3));
        assert_eq!(numbers(&mut first), [1, 2, 3]);
        assert_eq!(numbers(&mut second), [2, 3]);
    }

    #[test]
    fn a_subscriber_to_some_events_gets_only_those() {
        let is_odd = |event: &MarketEvent| match &event.kind {
            EventKind::Gap(gap) => gap.from % 2 == 1,
            _ => false,
        };
        let bus = Bus::new();
        let mut odd = bus.subscribe_to("odd", room(2), WhenFull::DropNewest, is_odd);
        for number in 1..=4 {
            bus.publish(&gap(number));
        }
        assert_eq!(numbers(&mut odd), [1, 3]);
        drop(odd);
        bus.publish(&gap(2));
        assert_eq!(bus.queues(), []);
    }

    #[test]
    fn a_full_subscriber_loses_by_its_own_rule_and_harms_nobody() {
        let bus = Bus::new();
        let mut oldest = bus.subscribe("oldest", room(2), WhenFull::DropOldest);
        let mut newest = bus.subscribe("newest", room(2), WhenFull::DropNewest);
        let mut wide = bus.subscribe("wide", room(8), WhenFull::DropOldest);
        for number in 1..=4 {
            bus.publish(&gap(number));
        }
        let dropped: Vec<u64> = bus.queues().iter().map(|queue| queue.dropped).collect();
        assert_eq!(dropped, [2, 2, 0]);
        assert_eq!(numbers(&mut oldest), [3, 4]);
        assert_eq!(numbers(&mut newest), [1, 2]);
        assert_eq!(numbers(&mut wide), [1, 2, 3, 4]);
    }

    #[test]
    fn waiting_is_taken_as_drop_newest_and_shown_as_that() {
        let bus = Bus::new();
        let mut receiver = bus.subscribe("patient", room(1), WhenFull::Wait);
        bus.publish(&gap(1));
        bus.publish(&gap(2));
        assert_eq!(numbers(&mut receiver), [1]);
        let stats = &bus.queues()[0];
        assert_eq!((stats.when_full, stats.dropped), (WhenFull::DropNewest, 1));
    }

    #[test]
    fn a_subscriber_that_is_gone_is_forgotten_at_the_next_event() {
        let bus = Bus::new();
        let gone = bus.subscribe("gone", room(1), WhenFull::DropOldest);
        let _here = bus.subscribe("here", room(1), WhenFull::DropOldest);
        drop(gone);
        bus.publish(&gap(1));
        let names: Vec<String> = bus.queues().into_iter().map(|queue| queue.name).collect();
        assert_eq!(names, ["here"]);
    }
}
