//! [`LatencyWindow`]: how long something took, over the last minute.
//!
//! Measurements live in slices of five seconds, each a histogram with two significant digits (an
//! error below 1 %), about 10 kB: memory is fixed, and an old outlier leaves by itself. What takes
//! longer than a minute counts as a minute.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::api::Quantiles;
use crate::runtime::Clock;

const SLICE_SECS: u64 = 5;
/// Together a minute, the one being filled included.
const SLICES: usize = 12;
const MICROS_MAX: u64 = 60_000_000;
const SIGNIFICANT_DIGITS: u8 = 2;

/// Quantiles of what was measured in the last minute. Shared by reference; one short lock a
/// measurement.
pub struct LatencyWindow {
    clock: Arc<dyn Clock>,
    window: Mutex<Window>,
}

impl LatencyWindow {
    /// Begins with nothing measured.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let newest = slice_at(clock.monotonic());
        Self {
            clock,
            window: Mutex::new(Window {
                slices: std::array::from_fn(|_| Slice::new()),
                newest,
                merged: Slice::new(),
            }),
        }
    }

    /// Counts something that took `latency` and ended now.
    pub fn record(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let mut window = self.window_now();
        let newest = window.newest;
        window.slices[place_of(newest)].record(micros.min(MICROS_MAX));
    }

    /// Returns the quantiles of the last minute; all 0 when nothing was measured.
    pub fn quantiles(&self) -> Quantiles {
        self.window_now().quantiles()
    }

    /// Locks the window and empties the slices that are too old by now.
    fn window_now(&self) -> MutexGuard<'_, Window> {
        let now = slice_at(self.clock.monotonic());
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.advance(now);
        window
    }
}

impl fmt::Debug for LatencyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LatencyWindow")
            .field(&self.quantiles())
            .finish()
    }
}

/// A ring of slices: slice `n` lives at `n % SLICES`.
struct Window {
    slices: [Slice; SLICES],
    newest: u64,
    /// Where slices are added up, kept to spare the allocation.
    merged: Slice,
}

impl Window {
    fn advance(&mut self, slice: u64) {
        let passed = slice.saturating_sub(self.newest).min(SLICES as u64);
        for age in 0..passed {
            self.slices[place_of(slice - age)].clear();
        }
        self.newest = self.newest.max(slice);
    }

    fn quantiles(&mut self) -> Quantiles {
        self.merged.clear();
        for slice in &self.slices {
            self.merged.add(slice);
        }
        self.merged.quantiles()
    }
}

struct Slice {
    histogram: Histogram<u32>,
    /// Exact, unlike the histogram's.
    max_micros: u64,
}

impl Slice {
    fn new() -> Self {
        Self {
            histogram: Histogram::new_with_bounds(1, MICROS_MAX, SIGNIFICANT_DIGITS)
                .expect("the constants are bounds a histogram accepts"),
            max_micros: 0,
        }
    }

    fn record(&mut self, micros: u64) {
        self.histogram.saturating_record(micros);
        self.max_micros = self.max_micros.max(micros);
    }

    fn clear(&mut self) {
        if !self.histogram.is_empty() {
            self.histogram.reset();
            self.max_micros = 0;
        }
    }

    fn add(&mut self, other: &Self) {
        if !other.histogram.is_empty() {
            self.histogram
                .add(&other.histogram)
                .expect("all slices have the same bounds");
            self.max_micros = self.max_micros.max(other.max_micros);
        }
    }

    fn quantiles(&self) -> Quantiles {
        // A bucket's upper end can lie above the largest value that is in it.
        let at = |quantile| {
            let micros = self.histogram.value_at_quantile(quantile);
            micros.min(self.max_micros)
        };
        Quantiles {
            count: self.histogram.len(),
            p50_micros: at(0.5),
            p90_micros: at(0.9),
            p99_micros: at(0.99),
            max_micros: self.max_micros,
        }
    }
}

fn slice_at(time: Duration) -> u64 {
    time.as_secs() / SLICE_SECS
}

fn place_of(slice: u64) -> usize {
    (slice % SLICES as u64) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::ManualClock;

    fn window() -> (ManualClock, LatencyWindow) {
        let clock = ManualClock::new(0);
        let window = LatencyWindow::new(Arc::new(clock.clone()));
        (clock, window)
    }

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn nothing_measured_is_all_nought() {
        assert_eq!(window().1.quantiles(), Quantiles::default());
    }

    #[test]
    fn quantiles_are_those_of_what_was_measured() {
        let (_clock, window) = window();
        for latency in 1..=1_000 {
            window.record(micros(latency));
        }
        let quantiles = window.quantiles();
        assert_eq!((quantiles.count, quantiles.max_micros), (1_000, 1_000));
        assert!((496..=505).contains(&quantiles.p50_micros), "{quantiles:?}");
        assert!((892..=909).contains(&quantiles.p90_micros), "{quantiles:?}");
        assert!(
            (981..=1_000).contains(&quantiles.p99_micros),
            "{quantiles:?}"
        );
    }

    #[test]
    fn an_outlier_leaves_after_a_minute() {
        let (clock, window) = window();
        window.record(micros(900_000));
        clock.advance(Duration::from_secs(30));
        window.record(micros(10));
        clock.advance(Duration::from_secs(29));
        assert_eq!(window.quantiles().max_micros, 900_000);
        clock.advance(Duration::from_secs(1));
        let expected = Quantiles {
            count: 1,
            p50_micros: 10,
            p90_micros: 10,
            p99_micros: 10,
            max_micros: 10,
        };
        assert_eq!(window.quantiles(), expected);
        clock.advance(Duration::from_hours(1));
        assert_eq!(window.quantiles(), Quantiles::default());
    }

    #[test]
    fn what_is_too_long_counts_as_a_minute_and_nothing_as_nothing() {
        let (_clock, window) = window();
        window.record(Duration::MAX);
        assert_eq!(window.quantiles().max_micros, MICROS_MAX);
        assert_eq!(window.quantiles().p50_micros, MICROS_MAX);
        let (_clock, window) = self::window();
        window.record(Duration::ZERO);
        assert_eq!(
            (window.quantiles().count, window.quantiles().p99_micros),
            (1, 0)
        );
    }

    proptest! {
        #[test]
        fn prop_each_quantile_is_within_a_hundredth_of_the_exact_one(
            mut latencies in prop::collection::vec(0_u64..70_000_000, 1..300),
        ) {
            let (_clock, window) = window();
            for latency in &latencies {
                window.record(micros(*latency));
            }
            latencies.sort_unstable();
            let exact = |quantile: f64| {
                let rank = (quantile * latencies.len() as f64).ceil() as usize;
                latencies[rank.max(1) - 1].min(MICROS_MAX) as f64
            };
            let found = window.quantiles();
            for (quantile, found) in [
                (0.5, found.p50_micros),
                (0.9, found.p90_micros),
                (0.99, found.p99_micros),
                (1.0, found.max_micros),
            ] {
                let (exact, found) = (exact(quantile), found as f64);
                prop_assert!((found - exact).abs() <= exact * 0.01, "{quantile}: {found} {exact}");
            }
        }
    }
}
