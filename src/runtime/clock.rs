//! [`Clock`]: the only door to the time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time of day and measures durations. Tests give it, so no test waits for a real second.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns microseconds since 1970-01-01T00:00:00Z.
    fn unix_micros(&self) -> i64;

    /// Returns the time since some fixed moment; never runs backwards.
    fn monotonic(&self) -> Duration;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts measuring now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock the others are told to use"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock the others are told to use"
    )]
    fn unix_micros(&self) -> i64 {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands on tokio's: under paused time it moves exactly as the timers do.
#[derive(Debug, Clone, Copy)]
pub struct TokioClock {
    epoch_micros: i64,
    started: tokio::time::Instant,
}

impl TokioClock {
    /// Starts at `epoch_micros` now. Call it inside a tokio runtime.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock the others are told to use"
    )]
    pub fn new(epoch_micros: i64) -> Self {
        Self {
            epoch_micros,
            started: tokio::time::Instant::now(),
        }
    }
}

impl Clock for TokioClock {
    fn unix_micros(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.epoch_micros.saturating_add(elapsed)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that moves only when told to. Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start_micros: i64,
    now_micros: Arc<AtomicI64>,
}

impl ManualClock {
    /// Starts at `micros` since the epoch.
    pub fn new(micros: i64) -> Self {
        Self {
            start_micros: micros,
            now_micros: Arc::new(AtomicI64::new(micros)),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.now_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn unix_micros(&self) -> i64 {
        self.now_micros.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        let elapsed = self.unix_micros() - self.start_micros;
        Duration::from_micros(u64::try_from(elapsed).unwrap_or(0))
    }
}
