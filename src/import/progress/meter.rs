//! [`Meter`]: sums, rates and the time that is left.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::memory::peak_memory_bytes;
use super::window::Window;
use crate::api::{ImportProgress, StageTime};
use crate::runtime::Clock;

/// How long each stage worked, over all of its threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StageTimes {
    /// Cutting files into chunks.
    pub read: Duration,
    /// Fields into bars.
    pub parse: Duration,
    /// Committing.
    pub write: Duration,
}

impl StageTimes {
    /// Returns both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            parse: self.parse + other.parse,
            write: self.write + other.write,
        }
    }

    /// Returns the stage the others wait for: the busiest for each thread it has. `None` before
    /// anything was done.
    pub fn bottleneck(self, workers: u32) -> Option<&'static str> {
        let stages = [
            ("read", self.read),
            ("parse", self.parse / workers.max(1)),
            ("write", self.write),
        ];
        let busiest = stages.into_iter().max_by_key(|(_, busy)| *busy)?;
        (!busiest.1.is_zero()).then_some(busiest.0)
    }
}

/// Measures one import.
#[derive(Debug)]
pub struct Meter {
    clock: Arc<dyn Clock>,
    bytes_done: u64,
    bytes_total: u64,
    rows: u64,
    /// Of earlier runs; the one under way is counted from `running_since`.
    elapsed_before: Duration,
    running_since: Option<Duration>,
    stages: StageTimes,
    window: Window,
    workers: u32,
    peak_memory_bytes: u64,
}

impl Meter {
    /// Nothing is done.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            bytes_done: 0,
            bytes_total: 0,
            rows: 0,
            elapsed_before: Duration::ZERO,
            running_since: None,
            stages: StageTimes::default(),
            window: Window::default(),
            workers: 0,
            peak_memory_bytes: 0,
        }
    }

    /// Takes over what was done before this process, or before the last pause. What is known to be
    /// more stays.
    pub fn recall(&mut self, bytes: u64, rows: u64, elapsed: Duration, stages: StageTimes) {
        self.bytes_done = self.bytes_done.max(bytes);
        if self.bytes_total > 0 {
            self.bytes_total = self.bytes_total.max(self.bytes_done);
        }
        self.rows = self.rows.max(rows);
        self.elapsed_before = self.elapsed_before.max(elapsed);
        self.stages = StageTimes {
            read: self.stages.read.max(stages.read),
            parse: self.stages.parse.max(stages.parse),
            write: self.stages.write.max(stages.write),
        };
    }

    /// Takes over the peak of memory of an earlier process.
    pub fn recall_peak(&mut self, bytes: u64) {
        self.peak_memory_bytes = self.peak_memory_bytes.max(bytes);
    }

    /// Tells how much there is.
    pub fn set_total(&mut self, bytes: u64) {
        self.bytes_total = bytes.max(self.bytes_done);
    }

    /// Begins to measure time.
    pub fn start(&mut self, workers: u32) {
        self.workers = workers;
        self.running_since.get_or_insert(self.clock.monotonic());
    }

    /// Ends to measure time.
    pub fn stop(&mut self) {
        self.elapsed_before = self.elapsed();
        self.running_since = None;
        self.window = Window::default();
        self.workers = 0;
        self.peak_memory_bytes = self.peak_memory_bytes.max(peak_memory_bytes());
    }

    /// Counts a committed chunk.
    pub fn commit(&mut self, bytes: u64, rows: u64) {
        self.bytes_done += bytes;
        self.bytes_total = self.bytes_total.max(self.bytes_done);
        self.rows += rows;
        let elapsed = self.elapsed();
        self.window.add(elapsed, bytes, rows);
    }

    /// Ends: what no chunk holds (headers, footers) is done too.
    pub fn finish(&mut self) {
        self.stop();
        self.bytes_done = self.bytes_done.max(self.bytes_total);
    }

    /// Takes what the stages did; they never did less.
    pub fn set_stages(&mut self, stages: StageTimes) {
        self.recall(0, 0, Duration::ZERO, stages);
    }

    /// Returns how long it ran, pauses left out.
    pub fn elapsed(&self) -> Duration {
        let running = self.running_since.map_or(Duration::ZERO, |since| {
            self.clock.monotonic().saturating_sub(since)
        });
        self.elapsed_before + running
    }

    /// Returns what each stage did.
    pub fn stages(&self) -> StageTimes {
        self.stages
    }

    /// Returns what is shown.
    pub fn view(&self) -> ImportProgress {
        let elapsed = self.elapsed();
        let is_running = self.running_since.is_some();
        let rows_per_sec = if is_running {
            self.window.rows_per_sec(elapsed)
        } else {
            0.0
        };
        let now_peak = if is_running { peak_memory_bytes() } else { 0 };
        ImportProgress {
            bytes_done: self.bytes_done,
            bytes_total: self.bytes_total,
            rows_per_sec,
            rows_per_sec_average: per_sec(self.rows, elapsed),
            elapsed,
            remaining: if is_running {
                self.remaining(elapsed)
            } else {
                None
            },
            stages: named(self.stages),
            bottleneck: self.stages.bottleneck(self.workers).map(str::to_owned),
            workers: self.workers,
            peak_memory_bytes: self.peak_memory_bytes.max(now_peak),
        }
    }

    /// At the faster rates of late at least, at the slower ones at most.
    fn remaining(&self, elapsed: Duration) -> Option<(Duration, Duration)> {
        let left = self.bytes_total.saturating_sub(self.bytes_done) as f64;
        let average = per_sec(self.bytes_done, elapsed);
        let (slow, fast) = self.window.spread(elapsed)?;
        // A stall of some seconds is no forecast: it counts as a tenth of the usual.
        let slow = slow.min(average).max(average / 10.0);
        let fast = fast.max(average);
        if slow <= 0.0 {
            return None;
        }
        let secs = |rate: f64| Duration::try_from_secs_f64(left / rate).ok();
        Some((secs(fast)?, secs(slow)?))
    }
}

fn per_sec(count: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() {
        return 0.0;
    }
    count as f64 / elapsed.as_secs_f64()
}

fn named(stages: StageTimes) -> Vec<StageTime> {
    let parts = [
        ("read", stages.read),
        ("parse", stages.parse),
        ("write", stages.write),
    ];
    let of = |(name, busy): (&str, Duration)| StageTime {
        name: name.to_owned(),
        busy,
    };
    parts.map(of).to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::ManualClock;

    fn meter() -> (ManualClock, Meter) {
        let clock = ManualClock::new(0);
        let meter = Meter::new(Arc::new(clock.clone()));
        (clock, meter)
    }

    #[test]
    fn a_steady_import_reads_its_rate_and_the_time_that_is_left() {
        let (clock, mut meter) = meter();
        meter.set_total(100_000);
        meter.start(2);
        for _ in 0..100 {
            clock.advance(Duration::from_millis(100));
            meter.commit(100, 10);
        }
        let view = meter.view();
        assert!(
            (view.rows_per_sec - 100.0).abs() < 10.0,
            "{}",
            view.rows_per_sec
        );
        assert!((view.rows_per_sec_average - 100.0).abs() < 1.0);
        let (least, most) = view.remaining.unwrap();
        assert!(least <= Duration::from_secs(90) && most >= Duration::from_secs(90));
        assert!(most < least + Duration::from_secs(20), "{least:?} {most:?}");
    }

    #[test]
    fn nothing_is_said_of_the_time_left_before_something_is_known() {
        let (clock, mut meter) = meter();
        meter.set_total(1_000);
        meter.start(1);
        clock.advance(Duration::from_millis(700));
        meter.commit(10, 1);
        assert_eq!(meter.view().remaining, None);
    }

    #[test]
    fn a_pause_is_no_time_at_work() {
        let (clock, mut meter) = meter();
        meter.start(1);
        clock.advance(Duration::from_secs(2));
        meter.stop();
        clock.advance(Duration::from_secs(100));
        assert_eq!(meter.view().elapsed, Duration::from_secs(2));
        meter.start(1);
        clock.advance(Duration::from_secs(1));
        assert_eq!(meter.view().elapsed, Duration::from_secs(3));
    }

    #[test]
    fn a_stall_widens_the_range_and_does_not_make_it_endless() {
        let (clock, mut meter) = meter();
        meter.set_total(2_000);
        meter.start(1);
        for _ in 0..10 {
            clock.advance(Duration::from_secs(1));
            meter.commit(100, 100);
        }
        clock.advance(Duration::from_secs(10));
        let (least, most) = meter.view().remaining.unwrap();
        assert!(least <= Duration::from_secs(20), "{least:?}");
        assert!(
            most > Duration::from_secs(100) && most < Duration::from_secs(1_000),
            "{most:?}"
        );
        assert!(meter.view().rows_per_sec < 1.0);
    }

    #[test]
    fn the_bottleneck_is_the_busiest_for_each_thread() {
        let stages = StageTimes {
            read: Duration::from_secs(2),
            parse: Duration::from_secs(8),
            write: Duration::from_secs(5),
        };
        assert_eq!(stages.bottleneck(1), Some("parse"));
        assert_eq!(stages.bottleneck(4), Some("write"));
        assert_eq!(StageTimes::default().bottleneck(4), None);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Wait(u64),
        Start,
        Stop,
        Commit(u64, u64),
        Recall(u64, u64, u64),
        Total(u64),
        Finish,
        Restart,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_u64..5_000).prop_map(Step::Wait),
            Just(Step::Start),
            Just(Step::Stop),
            (0_u64..1_000_000, 0_u64..20_000).prop_map(|(bytes, rows)| Step::Commit(bytes, rows)),
            (0_u64..1_000_000, 0_u64..20_000, 0_u64..90)
                .prop_map(|(a, b, c)| Step::Recall(a, b, c)),
            (0_u64..2_000_000).prop_map(Step::Total),
            Just(Step::Finish),
            Just(Step::Restart),
        ]
    }

    proptest! {
        #[test]
        fn prop_nothing_that_was_done_is_ever_undone(steps in prop::collection::vec(step(), 0..120)) {
            let (clock, mut meter) = meter();
            let mut before = meter.view();
            let mut rows = 0;
            for step in steps {
                match step {
                    Step::Wait(millis) => clock.advance(Duration::from_millis(millis)),
                    Step::Start => meter.start(2),
                    Step::Stop => meter.stop(),
                    Step::Commit(bytes, count) => meter.commit(bytes, count),
                    Step::Recall(bytes, rows, secs) => {
                        meter.recall(bytes, rows, Duration::from_secs(secs), StageTimes::default());
                    }
                    Step::Total(bytes) => meter.set_total(bytes),
                    Step::Finish => meter.finish(),
                    // Another process takes over what the ledger holds.
                    Step::Restart => {
                        let mut next = Meter::new(Arc::new(clock.clone()));
                        next.recall(meter.bytes_done, meter.rows, meter.elapsed(), meter.stages());
                        next.set_total(meter.bytes_total);
                        meter = next;
                    }
                }
                let view = meter.view();
                prop_assert!(view.bytes_done >= before.bytes_done && meter.rows >= rows);
                prop_assert!(view.elapsed >= before.elapsed);
                prop_assert!(view.bytes_done <= view.bytes_total || view.bytes_total == 0);
                prop_assert!((0.0..=1.0).contains(&view.share()));
                prop_assert!(view.remaining.is_none_or(|(least, most)| least <= most));
                rows = meter.rows;
                before = view;
            }
        }
    }
}
