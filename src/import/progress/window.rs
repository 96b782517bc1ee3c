//! [`Window`]: what was done in each half second of late.

use std::collections::VecDeque;
use std::time::Duration;

/// Length of one slice.
pub(super) const SLICE: Duration = Duration::from_millis(500);
/// Slices behind the current rate: five seconds.
const CURRENT_SLICES: usize = 10;
/// Slices behind the spread of rates: thirty seconds.
const SLICES_MAX: usize = 60;

/// What was done in one slice.
#[derive(Debug, Clone, Copy, Default)]
struct Slice {
    number: u64,
    bytes: u64,
    rows: u64,
}

/// The slices of the last thirty seconds at work, in running time: pauses do not count.
#[derive(Debug, Default)]
pub(super) struct Window {
    slices: VecDeque<Slice>,
}

impl Window {
    /// Counts what was done at `elapsed`.
    pub(super) fn add(&mut self, elapsed: Duration, bytes: u64, rows: u64) {
        self.advance(elapsed);
        if let Some(slice) = self.slices.back_mut() {
            slice.bytes += bytes;
            slice.rows += rows;
        }
    }

    /// Returns rows a second over the last five seconds, or since the start when that is less.
    pub(super) fn rows_per_sec(&self, elapsed: Duration) -> f64 {
        let newest = number_of(elapsed);
        let oldest = (newest + 1).saturating_sub(CURRENT_SLICES as u64);
        let oldest = oldest.max(self.slices.front().map_or(0, |slice| slice.number));
        let recent = self.slices.iter().filter(|slice| slice.number >= oldest);
        let rows: u64 = recent.map(|slice| slice.rows).sum();
        let covered = elapsed.saturating_sub(SLICE * u32::try_from(oldest).unwrap_or(u32::MAX));
        rows as f64 / covered.max(SLICE).as_secs_f64()
    }

    /// Returns bytes a second of the slower and of the faster slices: the ends of the middle four
    /// fifths. `None` before four slices are whole.
    pub(super) fn spread(&self, elapsed: Duration) -> Option<(f64, f64)> {
        let newest = number_of(elapsed);
        let first = self.slices.front()?.number;
        let whole = usize::try_from(newest.saturating_sub(first))
            .ok()?
            .min(SLICES_MAX);
        if whole < 4 {
            return None;
        }
        let mut bytes = vec![0u64; whole];
        for slice in &self.slices {
            let age = newest - slice.number;
            if age >= 1
                && let Some(place) = bytes.get_mut(age as usize - 1)
            {
                *place = slice.bytes;
            }
        }
        Some(middle(&mut bytes))
    }

    fn advance(&mut self, elapsed: Duration) {
        let number = number_of(elapsed);
        if self.slices.back().is_none_or(|slice| slice.number < number) {
            self.slices.push_back(Slice {
                number,
                ..Slice::default()
            });
        }
        while self
            .slices
            .front()
            .is_some_and(|slice| slice.number + SLICES_MAX as u64 <= number)
        {
            self.slices.pop_front();
        }
    }
}

/// Chunks fall unevenly into slices, so that rates are means over four of them.
fn middle(bytes: &mut [u64]) -> (f64, f64) {
    let mut rates: Vec<f64> = bytes
        .windows(4)
        .map(|slices| slices.iter().sum::<u64>() as f64 / (SLICE * 4).as_secs_f64())
        .collect();
    rates.sort_by(f64::total_cmp);
    let cut = rates.len() / 10;
    (rates[cut], rates[rates.len() - 1 - cut])
}

fn number_of(elapsed: Duration) -> u64 {
    (elapsed.as_millis() / SLICE.as_millis()) as u64
}
