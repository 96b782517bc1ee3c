//! [`Pace`]: when the next frame may be drawn. Pure: times come in, times go out.
//!
//! Data waits for its turn of the frame rate. The echo of a key does not, unless keys come faster
//! than [`ECHO_GAP`].

use std::time::Duration;

/// Least time between two frames that echo keys: held keys and type-ahead share a frame.
const ECHO_GAP: Duration = Duration::from_millis(8);

/// Why there is something to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Data or a timer.
    Data,
    /// A key, or another size: somebody waits for the answer.
    Echo,
}

/// The frame rate.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    last: Option<Duration>,
}

impl Pace {
    /// At most `fps_max` frames a second; 0 counts as 1.
    pub(crate) fn new(fps_max: u16) -> Self {
        Self {
            interval: Duration::from_secs(1) / u32::from(fps_max.max(1)),
            last: None,
        }
    }

    /// Returns how long after `now` the next frame is due; zero when it is.
    pub(crate) fn wait(&self, urgency: Urgency, now: Duration) -> Duration {
        let gap = match urgency {
            Urgency::Data => self.interval,
            Urgency::Echo => ECHO_GAP.min(self.interval),
        };
        self.last
            .map_or(Duration::ZERO, |last| (last + gap).saturating_sub(now))
    }

    /// Notes a frame.
    pub(crate) fn mark(&mut self, now: Duration) {
        self.last = Some(now);
    }

    /// Returns how many frames the terminal kept from being drawn by taking `drain` for one.
    pub(crate) fn skipped(&self, drain: Duration) -> u64 {
        (drain.as_nanos() / self.interval.as_nanos().max(1)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_first_frame_is_due_at_once() {
        assert_eq!(
            Pace::new(30).wait(Urgency::Data, Duration::ZERO),
            Duration::ZERO
        );
    }

    #[test]
    fn data_waits_for_its_turn_and_a_key_does_not() {
        let mut pace = Pace::new(10);
        pace.mark(1000 * MS);

        assert_eq!(pace.wait(Urgency::Data, 1020 * MS), 80 * MS);
        assert_eq!(pace.wait(Urgency::Echo, 1020 * MS), Duration::ZERO);
        assert_eq!(pace.wait(Urgency::Echo, 1003 * MS), 5 * MS);
        assert_eq!(pace.wait(Urgency::Data, 1100 * MS), Duration::ZERO);
    }

    #[test]
    fn a_slow_terminal_skips_the_frames_it_had_no_time_for() {
        let pace = Pace::new(10);

        assert_eq!(pace.skipped(99 * MS), 0);
        assert_eq!(pace.skipped(350 * MS), 3);
    }

    #[test]
    fn no_frame_rate_counts_as_one_a_second() {
        let mut pace = Pace::new(0);
        pace.mark(Duration::ZERO);

        assert_eq!(pace.wait(Urgency::Data, Duration::ZERO), 1000 * MS);
    }
}
