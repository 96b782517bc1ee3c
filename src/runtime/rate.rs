//! [`RateMeter`]: events a second, over the last ten seconds.
//!
//! Counts live in slices of a quarter second, so memory is fixed and an old burst leaves the rate
//! by itself. It counts; it does not limit.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Clock;

const SLICE: Duration = Duration::from_millis(250);
/// Whole slices of the window, ten seconds; one more is being filled.
const WHOLE_SLICES: u64 = 40;
const SLICES: usize = WHOLE_SLICES as usize + 1;

/// Counts events and tells how many a second there were. Shared by reference; one short lock a
/// call.
pub struct RateMeter {
    clock: Arc<dyn Clock>,
    started: Duration,
    window: Mutex<Window>,
}

impl RateMeter {
    /// Starts counting now.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let started = clock.monotonic();
        Self {
            clock,
            started,
            window: Mutex::new(Window {
                counts: [0; SLICES],
                newest: slice_at(started),
            }),
        }
    }

    /// Counts `events` that happened now.
    pub fn record(&self, events: u64) {
        let now = slice_at(self.clock.monotonic());
        self.with_window(|window| window.record(now, events));
    }

    /// Returns events a second over the last ten seconds, or since the start when that is less; a
    /// first second counts whole.
    pub fn per_sec(&self) -> f64 {
        let now = self.clock.monotonic();
        let slice = slice_at(now);
        let counted = self.with_window(|window| window.total(slice));
        let oldest = SLICE * u32::try_from(slice.saturating_sub(WHOLE_SLICES)).unwrap_or(u32::MAX);
        let covered = now.saturating_sub(oldest.max(self.started));
        counted as f64 / covered.max(Duration::from_secs(1)).as_secs_f64()
    }

    fn with_window<R>(&self, work: impl FnOnce(&mut Window) -> R) -> R {
        work(&mut self.window.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for RateMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateMeter")
            .field("per_sec", &self.per_sec())
            .finish_non_exhaustive()
    }
}

/// A ring of counts: slice `n` lives at `n % SLICES`.
struct Window {
    counts: [u64; SLICES],
    newest: u64,
}

impl Window {
    fn record(&mut self, slice: u64, events: u64) {
        self.advance(slice);
        let count = &mut self.counts[place_of(slice)];
        *count = count.saturating_add(events);
    }

    fn total(&mut self, slice: u64) -> u64 {
        self.advance(slice);
        self.counts.iter().copied().fold(0, u64::saturating_add)
    }

    /// Empties every slice between the newest and `slice`.
    fn advance(&mut self, slice: u64) {
        let passed = slice.saturating_sub(self.newest).min(SLICES as u64);
        for age in 0..passed {
            self.counts[place_of(slice - age)] = 0;
        }
        self.newest = self.newest.max(slice);
    }
}

fn slice_at(time: Duration) -> u64 {
    u64::try_from(time.as_millis() / SLICE.as_millis()).unwrap_or(u64::MAX)
}

fn place_of(slice: u64) -> usize {
    (slice % SLICES as u64) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::ManualClock;

    fn meter() -> (ManualClock, RateMeter) {
        let clock = ManualClock::new(0);
        let meter = RateMeter::new(Arc::new(clock.clone()));
        (clock, meter)
    }

    #[test]
    fn nothing_recorded_is_a_rate_of_nought() {
        let (clock, meter) = meter();
        assert!(meter.per_sec().abs() < f64::EPSILON);
        clock.advance(Duration::from_secs(100));
        assert!(meter.per_sec().abs() < f64::EPSILON);
    }

    #[test]
    fn a_first_burst_is_not_blown_up() {
        let (_clock, meter) = meter();
        meter.record(50);
        assert!((meter.per_sec() - 50.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_steady_stream_reads_its_rate_early_and_late() {
        let (clock, meter) = meter();
        for tenth in 1..=600 {
            clock.advance(Duration::from_millis(100));
            meter.record(20);
            if tenth >= 10 {
                let rate = meter.per_sec();
                assert!((rate - 200.0).abs() < 8.0, "{rate} after {tenth} tenths");
            }
        }
    }

    #[test]
    fn a_burst_leaves_the_rate_after_the_window() {
        let (clock, meter) = meter();
        clock.advance(Duration::from_secs(30));
        meter.record(1_000);
        clock.advance(Duration::from_millis(9_900));
        assert!((meter.per_sec() - 100.0).abs() < 5.0, "{}", meter.per_sec());
        clock.advance(Duration::from_millis(400));
        assert!(meter.per_sec().abs() < f64::EPSILON, "{}", meter.per_sec());
    }

    proptest! {
        #[test]
        fn prop_the_rate_is_that_of_the_last_ten_seconds(
            steps in prop::collection::vec((0_u64..3_000, 0_u64..1_000), 1..100),
        ) {
            let (clock, meter) = meter();
            let mut recorded = Vec::new();
            let mut now = 0;
            for (wait_ms, events) in steps {
                now += wait_ms;
                clock.advance(Duration::from_millis(wait_ms));
                meter.record(events);
                recorded.push((now, events));
                let within = |window_ms: u64| -> f64 {
                    let oldest = now.saturating_sub(window_ms);
                    let newest = recorded.iter().filter(|(at, _)| *at >= oldest);
                    newest.map(|(_, events)| *events as f64).sum()
                };
                let secs = |window_ms: u64| (now.min(window_ms) as f64 / 1_000.0).max(1.0);
                let rate = meter.per_sec();
                prop_assert!(rate >= within(10_000) / secs(10_250) - 1e-6);
                prop_assert!(rate <= within(10_250) / secs(10_000) + 1e-6);
            }
        }
    }
}
