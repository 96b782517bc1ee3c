//! [`Flights`]: one load for all who ask the same at the same time.
//!
//! Whoever comes first loads, the others wait. When the loader is cancelled, one of the others
//! loads. When it fails, it tells its own caller why, and each of the others asks for itself at
//! once: an error is neither shared nor kept, and nobody waits for a row of failures.
//!
//! Only those share a load who came while nothing was written since it was planned: who comes after
//! a write must see it, and the load may have begun before.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::cache::Stamp;

/// Loads on their way, by question.
#[derive(Debug)]
pub(super) struct Flights<Q, V> {
    flying: Mutex<HashMap<Q, Arc<Flight<V>>>>,
    shared: AtomicU64,
}

#[derive(Debug)]
struct Flight<V> {
    stamp: Stamp,
    landed: OnceCell<V>,
    has_failed: AtomicBool,
    is_shared: AtomicBool,
}

/// A place on a flight. The last one to leave takes the flight off the list.
#[derive(Debug)]
pub(super) struct Seat<'a, Q: Eq + Hash, V> {
    flights: &'a Flights<Q, V>,
    question: Q,
    flight: Arc<Flight<V>>,
}

/// Why a seat gave no value.
#[derive(Debug)]
pub(super) enum Crash<E> {
    /// The own load failed.
    Own(E),
    /// The load of another failed.
    Other,
}

impl<Q, V> Default for Flights<Q, V> {
    fn default() -> Self {
        Self {
            flying: Mutex::default(),
            shared: AtomicU64::new(0),
        }
    }
}

impl<Q: Clone + Eq + Hash, V: Clone> Flights<Q, V> {
    /// Takes a seat on the flight of a question, a new one unless one flies at the stamp of now.
    /// `None` while a write is on its way: then each asks for itself.
    pub(super) fn board(&self, question: &Q, stamp: impl Fn() -> Stamp) -> Option<Seat<'_, Q, V>> {
        let mut flying = self.flying();
        // Under the lock, so that a flight on the list is never newer than who looks at it.
        let stamp = stamp();
        if !stamp.is_settled() {
            return None;
        }
        let flight = match flying.get(question) {
            Some(flight) if flight.stamp == stamp => {
                if !flight.is_shared.swap(true, Ordering::Relaxed) {
                    self.shared.fetch_add(1, Ordering::Relaxed);
                }
                Arc::clone(flight)
            }
            Some(_) | None => {
                let flight = Arc::new(Flight::at(stamp));
                flying.insert(question.clone(), Arc::clone(&flight));
                flight
            }
        };
        Some(Seat {
            flights: self,
            question: question.clone(),
            flight,
        })
    }

    /// Returns how many loads several have shared.
    pub(super) fn shared(&self) -> u64 {
        self.shared.load(Ordering::Relaxed)
    }
}

impl<Q, V> Flights<Q, V> {
    /// No code of others runs under this lock, so a poisoned one still holds a sound state.
    fn flying(&self) -> MutexGuard<'_, HashMap<Q, Arc<Flight<V>>>> {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Flight<V> {
    fn at(stamp: Stamp) -> Self {
        Self {
            stamp,
            landed: OnceCell::new(),
            has_failed: AtomicBool::new(false),
            is_shared: AtomicBool::new(false),
        }
    }
}

impl<Q: Eq + Hash + Send + Sync, V: Clone + Send + Sync> Seat<'_, Q, V> {
    /// Waits for the value, or loads it when nobody else does. Cancel safe: another takes over.
    pub(super) async fn value<E, F>(
        &self,
        load: impl Fn() -> F + Send + Sync,
    ) -> Result<V, Crash<E>>
    where
        F: Future<Output = Result<V, E>> + Send,
        E: Send,
    {
        let flight = &*self.flight;
        let loading = flight.landed.get_or_try_init(|| async {
            if flight.has_failed.load(Ordering::Acquire) {
                return Err(Crash::Other);
            }
            load().await.map_err(|error| {
                flight.has_failed.store(true, Ordering::Release);
                Crash::Own(error)
            })
        });
        loading.await.cloned()
    }
}

impl<Q: Eq + Hash, V> Drop for Seat<'_, Q, V> {
    fn drop(&mut self) {
        let mut flying = self.flights.flying();
        let is_listed = flying
            .get(&self.question)
            .is_some_and(|listed| Arc::ptr_eq(listed, &self.flight));
        // Two hold it when nobody else is on board: the list and this seat.
        let is_over = self.flight.landed.initialized()
            || self.flight.has_failed.load(Ordering::Acquire)
            || Arc::strong_count(&self.flight) == 2;
        if is_listed && is_over {
            flying.remove(&self.question);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::cache::{Generations, Slot, Touched};

    type Rig = (Generations, Flights<u8, u64>);

    fn board(rig: &Rig) -> Seat<'_, u8, u64> {
        let stamp = || rig.0.stamp(&[Slot::WHOLE]);
        rig.1.board(&1, stamp).unwrap()
    }

    fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_flight_leaves_the_list_with_the_last_seat() {
        let rig = Rig::default();
        let (first, second) = (board(&rig), board(&rig));
        drop(first);
        assert_eq!(rig.1.flying().len(), 1);
        drop(second);
        assert_eq!(rig.1.flying().len(), 0);
        assert_eq!(rig.1.shared(), 1);
    }

    #[test]
    fn who_comes_after_a_write_takes_another_flight() {
        let rig = Rig::default();
        let before = board(&rig);
        let write = rig.0.begin(Touched::All);
        assert!(rig.1.board(&1, || rig.0.stamp(&[Slot::WHOLE])).is_none());
        write.acknowledged();
        let after = board(&rig);
        assert!(!Arc::ptr_eq(&before.flight, &after.flight));
        drop(before);
        assert!(Arc::ptr_eq(&after.flight, &board(&rig).flight));
    }

    #[test]
    fn a_cancelled_load_is_taken_over() {
        let rig = Rig::default();
        let (first, second) = (board(&rig), board(&rig));
        let mut loading = Box::pin(first.value::<(), _>(std::future::pending));
        assert!(poll(loading.as_mut()).is_pending());
        let mut waiting = Box::pin(second.value::<(), _>(|| async { Ok(2) }));
        assert!(poll(waiting.as_mut()).is_pending());
        drop(loading);
        assert!(matches!(poll(waiting.as_mut()), Poll::Ready(Ok(2))));
    }

    #[test]
    fn a_failure_is_the_loaders_own() {
        let rig = Rig::default();
        let (first, second) = (board(&rig), board(&rig));
        let mut loading = Box::pin(first.value(|| async { Err("refused") }));
        let failed = poll(loading.as_mut());
        assert!(matches!(failed, Poll::Ready(Err(Crash::Own("refused")))));
        let mut waiting = Box::pin(second.value::<&str, _>(|| async { Ok(2) }));
        let told = poll(waiting.as_mut());
        assert!(matches!(told, Poll::Ready(Err(Crash::Other))));
    }
}
