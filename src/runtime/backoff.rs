//! SKELETON: signatures are settled, bodies are the runtime author's.

use std::time::Duration;

use thiserror::Error;

/// How long to wait between attempts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackoffPolicy {
    min: Duration,
    max: Duration,
    jitter: f64,
}

/// Why a policy makes no sense.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum BackoffError {
    /// min is zero or above max.
    #[error("backoff: min {min:?} must be above zero and not above max {max:?}")]
    Range {
        /// Smallest wait.
        min: Duration,
        /// Largest wait.
        max: Duration,
    },
    /// jitter outside 0–1.
    #[error("backoff: jitter `{0}` must lie between 0 and 1")]
    Jitter(f64),
}

impl BackoffPolicy {
    /// Checks the parameters; doubling from `min` to `max`, each wait shortened at random by up to `jitter` of it.
    pub fn try_new(min: Duration, max: Duration, jitter: f64) -> Result<Self, BackoffError> {
        let _ = (min, max, jitter);
        unimplemented!()
    }
}

/// One series of attempts.
#[derive(Debug, Clone)]
pub struct Backoff {
    policy: BackoffPolicy,
    attempts: u32,
}

impl Backoff {
    /// Starts a series. `seed` makes the jitter repeatable in tests.
    pub fn new(policy: BackoffPolicy, seed: u64) -> Self {
        let _ = seed;
        Self {
            policy,
            attempts: 0,
        }
    }

    /// Returns the next wait, and counts the attempt.
    pub fn next_wait(&mut self) -> Duration {
        unimplemented!()
    }

    /// Begins anew after a success.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Returns the attempts since the last success.
    pub fn attempts(&self) -> u32 {
        let _ = self.policy;
        self.attempts
    }
}
