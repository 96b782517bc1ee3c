//! [`LatencyWindow`]: how long something took, over the last minute, to the nanosecond.
//!
//! Measurements live in slices of ten seconds, each a histogram with two significant digits, so
//! memory is fixed and an old outlier leaves by itself. What takes longer than a minute counts as a
//! minute.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::runtime::Clock;

const SLICE_SECS: u64 = 10;
/// Together a minute, the one being filled included.
const SLICES: usize = 6;
const NANOS_MAX: u64 = 60_000_000_000;
const SIGNIFICANT_DIGITS: u8 = 2;

/// Latencies of the last minute; all nought without any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LatencyQuantiles {
    /// How many were measured.
    pub count: u64,
    /// Median.
    pub p50: Duration,
    /// 90th percentile.
    pub p90: Duration,
    /// 99th percentile.
    pub p99: Duration,
    /// Largest.
    pub max: Duration,
}

/// Quantiles of what was measured in the last minute. Shared by reference; one short lock a
/// measurement.
pub struct LatencyWindow {
    clock: Arc<dyn Clock>,
    ring: Mutex<Ring>,
}

/// Slice `n` lives at `n % SLICES`.
struct Ring {
    slices: [Histogram<u32>; SLICES],
    newest: u64,
}

impl LatencyWindow {
    /// Begins with nothing measured.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let newest = slice_at(clock.monotonic());
        let slices = std::array::from_fn(|_| histogram());
        Self {
            clock,
            ring: Mutex::new(Ring { slices, newest }),
        }
    }

    /// Counts something that took `latency` and ended now.
    pub fn record(&self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        let mut ring = self.ring_now();
        let place = place_of(ring.newest);
        ring.slices[place].saturating_record(nanos.min(NANOS_MAX));
    }

    /// Returns the quantiles of the last minute.
    pub fn quantiles(&self) -> LatencyQuantiles {
        let mut merged = histogram();
        for slice in &self.ring_now().slices {
            merged.add(slice).expect("all slices have the same bounds");
        }
        // A bucket's upper end can lie above what a minute counts as.
        let nanos = |value: u64| Duration::from_nanos(value.min(NANOS_MAX));
        LatencyQuantiles {
            count: merged.len(),
            p50: nanos(merged.value_at_quantile(0.5)),
            p90: nanos(merged.value_at_quantile(0.9)),
            p99: nanos(merged.value_at_quantile(0.99)),
            max: nanos(merged.max()),
        }
    }

    /// Locks the ring and empties the slices that are too old by now.
    fn ring_now(&self) -> MutexGuard<'_, Ring> {
        let now = slice_at(self.clock.monotonic());
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_sub(ring.newest).min(SLICES as u64);
        for age in 0..passed {
            ring.slices[place_of(now - age)].reset();
        }
        ring.newest = ring.newest.max(now);
        ring
    }
}

impl fmt::Debug for LatencyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LatencyWindow")
            .field(&self.quantiles())
            .finish()
    }
}

fn histogram() -> Histogram<u32> {
    Histogram::new_with_bounds(1, NANOS_MAX, SIGNIFICANT_DIGITS)
        .expect("the constants are bounds a histogram accepts")
}

fn slice_at(time: Duration) -> u64 {
    time.as_secs() / SLICE_SECS
}

fn place_of(slice: u64) -> usize {
    (slice % SLICES as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::ManualClock;

    fn window() -> (ManualClock, LatencyWindow) {
        let clock = ManualClock::new(0);
        let window = LatencyWindow::new(Arc::new(clock.clone()));
        (clock, window)
    }

    #[test]
    fn quantiles_are_those_of_what_was_measured() {
        let (_clock, window) = window();
        assert_eq!(window.quantiles(), LatencyQuantiles::default());
        for nanos in 1..=1_000 {
            window.record(Duration::from_nanos(nanos));
        }
        let found = window.quantiles();
        assert_eq!(found.count, 1_000);
        for (quantile, expected) in [(found.p50, 500), (found.p90, 900), (found.p99, 990)] {
            let nanos = quantile.as_nanos() as i64;
            assert!((nanos - expected).abs() <= expected / 100, "{found:?}");
        }
    }

    #[test]
    fn an_outlier_leaves_after_a_minute() {
        let (clock, window) = window();
        window.record(Duration::MAX);
        clock.advance(Duration::from_secs(59));
        window.record(Duration::from_nanos(10));
        assert_eq!(window.quantiles().max, Duration::from_mins(1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(window.quantiles().count, 1);
        assert_eq!(window.quantiles().max, Duration::from_nanos(10));
        clock.advance(Duration::from_hours(1));
        assert_eq!(window.quantiles(), LatencyQuantiles::default());
    }
}
