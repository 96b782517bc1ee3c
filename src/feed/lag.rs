//! [`LagWindow`]: the median of receive time − venue time over the last minute.

use std::collections::VecDeque;
use std::time::Duration;

/// What is remembered.
const WINDOW: Duration = Duration::from_mins(1);

/// Most samples kept, so that memory and the cost of a median are fixed.
const SAMPLES_MAX: u32 = 512;

/// A bounded, even sample of the last minute.
#[derive(Debug, Default)]
pub(super) struct LagWindow {
    samples: VecDeque<(Duration, i64)>,
}

impl LagWindow {
    /// Takes a lag measured at `now` in, unless the sample before is too near for the minute to
    /// fit.
    pub(super) fn record(&mut self, now: Duration, lag_micros: i64) {
        let is_near = |(at, _): &(Duration, i64)| now.saturating_sub(*at) < WINDOW / SAMPLES_MAX;
        if self.samples.back().is_some_and(is_near) {
            return;
        }
        self.samples.push_back((now, lag_micros));
        self.forget(now);
    }

    /// Returns the median; `None` when nothing was measured within the last minute.
    pub(super) fn median(&mut self, now: Duration) -> Option<i64> {
        self.forget(now);
        let mut lags: Vec<i64> = self.samples.iter().map(|(_, lag)| *lag).collect();
        if lags.is_empty() {
            return None;
        }
        let middle = lags.len() / 2;
        let (_, median, _) = lags.select_nth_unstable(middle);
        Some(*median)
    }

    fn forget(&mut self, now: Duration) {
        while let Some((at, _)) = self.samples.front() {
            if now.saturating_sub(*at) <= WINDOW && self.samples.len() <= SAMPLES_MAX as usize {
                return;
            }
            self.samples.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_the_last_minute_only() {
        let mut window = LagWindow::default();
        assert_eq!(window.median(Duration::ZERO), None);
        for (at, lag) in [(0, 900), (50, 10), (55, -5), (58, 20)] {
            window.record(Duration::from_secs(at), lag);
        }
        assert_eq!(window.median(Duration::from_secs(61)), Some(10));
        assert_eq!(window.median(Duration::from_secs(200)), None);
    }

    #[test]
    fn a_flood_is_sampled_evenly_and_stays_bounded() {
        let mut window = LagWindow::default();
        for millis in 0..120_000 {
            window.record(Duration::from_millis(millis), millis as i64);
        }
        assert!(window.samples.len() <= SAMPLES_MAX as usize);
        let median = window.median(Duration::from_mins(2)).unwrap();
        assert!((88_000..92_000).contains(&median), "{median}");
    }
}
