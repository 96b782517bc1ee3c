//! [`MemoryCache`]: values in memory, weighed in bytes.
//!
//! What is used often stays when room is short (moka's `TinyLFU`). Expiry is in the value and by
//! our [`Clock`]: a value past its time is dropped when it is asked for, or pushed out before.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::notification::RemovalCause;

use super::{Class, Key, LatencyWindow, Stamp};
use crate::api::{CacheClassState, CacheState};
use crate::runtime::Clock;

/// A value above this part of the capacity is not kept, so that one answer never pushes out many.
const LARGEST_PART: u64 = 64;
/// What the cache itself keeps of each entry, beside key and value.
const OVERHEAD_BYTES: usize = 200;
/// One hit in so many is measured: measuring each would cost more than the hit.
const HITS_PER_MEASURE: u64 = 64;

/// A value to be kept.
#[derive(Debug, Clone)]
pub struct Fill<V> {
    /// Which kind of value.
    pub class: Class,
    /// The value; cheap to clone.
    pub value: V,
    /// What it holds on the heap.
    pub bytes: usize,
    /// The stamp of its key's slot, noted before the value was loaded.
    pub stamp: Stamp,
}

/// Values by key. Every method may be called from many threads at once; none waits.
pub struct MemoryCache<V> {
    entries: moka::sync::Cache<Key, Arc<Entry<V>>>,
    counters: Arc<[Counters; Class::ALL.len()]>,
    hit_latency: LatencyWindow,
    clock: Arc<dyn Clock>,
    chance: RandomState,
    bytes_max: u64,
}

struct Entry<V> {
    value: V,
    class: Class,
    weight: u32,
    stamp: Stamp,
    /// By the monotonic clock; `None`: never.
    expires: Option<Duration>,
}

/// Of one class; on a cache line of its own, for threads that ask for different classes.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    evictions: AtomicU64,
}

impl<V: Clone + Send + Sync + 'static> MemoryCache<V> {
    /// The usual capacity.
    pub const BYTES_MAX: u64 = 64 << 20;

    /// Makes a cache that holds up to `bytes_max`.
    pub fn new(bytes_max: u64, clock: Arc<dyn Clock>) -> Self {
        let counters: Arc<[Counters; Class::ALL.len()]> = Arc::default();
        let of_listener = Arc::clone(&counters);
        let entries = moka::sync::Cache::builder()
            .max_capacity(bytes_max)
            .weigher(|_: &Key, entry: &Arc<Entry<V>>| entry.weight)
            .eviction_listener(move |_, entry, cause| {
                if cause == RemovalCause::Size {
                    count(&of_listener[entry.class as usize].evictions);
                }
            })
            .build();
        Self {
            entries,
            counters,
            hit_latency: LatencyWindow::new(Arc::clone(&clock)),
            clock,
            chance: RandomState::new(),
            bytes_max,
        }
    }

    /// Returns the value of a key when it is true at `stamp`, the stamp of the key's slot now.
    /// Counts the question.
    pub fn get(&self, key: &Key, class: Class, stamp: Stamp) -> Option<V> {
        let began = self.clock.monotonic();
        let counters = &self.counters[class as usize];
        if let Some(entry) = self.entries.get(key) {
            if entry.stamp != stamp {
                count(&counters.stale);
            } else if !entry.is_expired(began) {
                let hits = count(&counters.hits);
                if hits.is_multiple_of(HITS_PER_MEASURE) {
                    self.hit_latency
                        .record(self.clock.monotonic().saturating_sub(began));
                }
                return Some(entry.value.clone());
            } else if self.entries.remove(key).is_some() {
                count(&counters.evictions);
            }
        }
        count(&counters.misses);
        None
    }

    /// Looks again for what was missed a moment ago; does not count.
    pub fn look_again(&self, key: &Key, stamp: Stamp) -> Option<V> {
        let entry = self.entries.get(key)?;
        let is_true = entry.stamp == stamp && !entry.is_expired(self.clock.monotonic());
        is_true.then(|| entry.value.clone())
    }

    /// Keeps a value, unless it is too large.
    pub fn insert(&self, key: Key, fill: Fill<V>) {
        let own = OVERHEAD_BYTES + size_of::<Key>() + size_of::<Entry<V>>();
        let bytes = (own + fill.bytes) as u64;
        let Ok(weight) = u32::try_from(bytes) else {
            return;
        };
        if bytes > self.bytes_max / LARGEST_PART {
            return;
        }
        let lifetime = fill.class.lifetime_of(self.chance.hash_one(&key));
        let entry = Entry {
            expires: lifetime.map(|lifetime| self.clock.monotonic().saturating_add(lifetime)),
            value: fill.value,
            class: fill.class,
            weight,
            stamp: fill.stamp,
        };
        self.entries.insert(key, Arc::new(entry));
    }

    /// Drops every value.
    pub fn clear(&self) {
        self.entries.invalidate_all();
    }

    /// Returns what the cache holds and how often it helped; loads are not its own.
    pub fn state(&self) -> CacheState {
        // Sizes follow inserts with a delay, and this is asked for a few times a second.
        self.entries.run_pending_tasks();
        let latency = self.hit_latency.quantiles();
        CacheState {
            entries: self.entries.entry_count(),
            bytes: self.entries.weighted_size(),
            bytes_max: self.bytes_max,
            shared_loads: 0,
            raced_loads: 0,
            classes: Class::ALL.map(|class| self.class_state(class)).into(),
            hit_p50_nanos: latency.p50.as_nanos() as u64,
            hit_p99_nanos: latency.p99.as_nanos() as u64,
        }
    }

    fn class_state(&self, class: Class) -> CacheClassState {
        let counters = &self.counters[class as usize];
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CacheClassState {
            name: class.as_str().to_owned(),
            hits: read(&counters.hits),
            misses: read(&counters.misses),
            stale: read(&counters.stale),
            evictions: read(&counters.evictions),
        }
    }
}

impl<V> Entry<V> {
    fn is_expired(&self, now: Duration) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl<V> fmt::Debug for MemoryCache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("bytes_max", &self.bytes_max)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

/// Returns what the counter was before.
fn count(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Generations, Slot, Touched};
    use crate::domain::{Symbol, Timeframe};
    use crate::runtime::ManualClock;

    struct Rig {
        clock: ManualClock,
        generations: Generations,
        cache: MemoryCache<u64>,
    }

    impl Rig {
        fn new(bytes_max: u64) -> Self {
            let clock = ManualClock::new(1_700_000_000_000_000);
            Self {
                cache: MemoryCache::new(bytes_max, Arc::new(clock.clone())),
                generations: Generations::default(),
                clock,
            }
        }

        fn stamp(&self) -> Stamp {
            self.generations.stamp(&[Slot::WHOLE])
        }

        fn put(&self, name: &str, class: Class, bytes: usize) {
            let (value, stamp) = (7, self.stamp());
            let fill = Fill {
                class,
                value,
                bytes,
                stamp,
            };
            self.cache.insert(key(name), fill);
        }

        fn get(&self, name: &str, class: Class) -> Option<u64> {
            self.cache.get(&key(name), class, self.stamp())
        }

        fn counts(&self, class: Class) -> [u64; 4] {
            let state = self.cache.state();
            let name = class.as_str();
            let found = state.classes.iter().find(|class| class.name == name);
            let CacheClassState {
                hits,
                misses,
                stale,
                evictions,
                ..
            } = found.unwrap().clone();
            [hits, misses, stale, evictions]
        }
    }

    fn key(name: &str) -> Key {
        Key::Latest {
            symbol: Symbol::parse(name).unwrap(),
            timeframe: Timeframe::M1,
        }
    }

    #[test]
    fn a_value_is_found_until_it_is_written_again() {
        let rig = Rig::new(1 << 20);
        assert_eq!(rig.get("A", Class::Daily), None);
        rig.put("A", Class::Daily, 10);
        assert_eq!(rig.get("A", Class::Daily), Some(7));
        let write = rig.generations.begin(Touched::All);
        assert_eq!(rig.get("A", Class::Daily), None, "a write is on its way");
        write.acknowledged();
        assert_eq!(rig.get("A", Class::Daily), None);
        assert_eq!(rig.counts(Class::Daily), [1, 3, 2, 0]);
        assert_eq!(rig.counts(Class::Latest), [0; 4]);
    }

    #[test]
    fn each_class_expires_in_its_time_and_the_latest_never() {
        let spread = |lifetime: Duration, class: Class| lifetime * class.jitter_percent() / 100;
        for class in Class::ALL {
            let rig = Rig::new(1 << 20);
            rig.put("A", class, 10);
            let Some(lifetime) = class.lifetime() else {
                rig.clock.advance(Duration::from_hours(24 * 365));
                assert_eq!(rig.get("A", class), Some(7), "{class}");
                continue;
            };
            let spread = spread(lifetime, class);
            rig.clock
                .advance(lifetime.saturating_sub(spread + Duration::from_micros(1)));
            assert_eq!(rig.get("A", class), Some(7), "{class}");
            rig.clock.advance(spread * 2 + Duration::from_micros(1));
            assert_eq!(rig.get("A", class), None, "{class}");
            assert_eq!(rig.cache.look_again(&key("A"), rig.stamp()), None);
            assert_eq!(rig.counts(class), [1, 1, 0, 1], "{class}");
            assert_eq!(rig.cache.state().entries, 0, "{class}");
        }
    }

    #[test]
    fn bytes_never_exceed_the_capacity_and_what_is_pushed_out_is_counted() {
        let bytes_max = 256 << 10;
        let rig = Rig::new(bytes_max);
        for at in 0..1_000 {
            rig.put(&format!("S{at}"), Class::Intraday, 2_000);
            let state = rig.cache.state();
            assert!(state.bytes <= bytes_max, "{state:?}");
        }
        let state = rig.cache.state();
        let each = state.bytes / state.entries;
        assert!((2_000..2_600).contains(&each), "{state:?}");
        assert!(state.bytes > bytes_max / 2, "{state:?}");
        let [_, _, _, evictions] = rig.counts(Class::Intraday);
        assert_eq!(evictions, 1_000 - state.entries);
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let bytes_max = 64 << 10;
        let rig = Rig::new(bytes_max);
        rig.put("A", Class::Intraday, 1_000);
        rig.put("B", Class::Intraday, usize::MAX >> 1);
        assert_eq!(rig.cache.state().entries, 0);
        rig.put("C", Class::Intraday, 10);
        rig.cache.clear();
        assert_eq!(rig.get("C", Class::Intraday), None);
    }

    #[test]
    fn hits_are_measured() {
        let rig = Rig::new(1 << 20);
        rig.put("A", Class::Latest, 10);
        for _ in 0..=HITS_PER_MEASURE {
            assert_eq!(rig.get("A", Class::Latest), Some(7));
        }
        assert_eq!(rig.cache.hit_latency.quantiles().count, 2);
    }
}
