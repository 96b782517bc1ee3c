//! [`Backoff`]: how long to wait before the next attempt.
//!
//! Waits double from a smallest to a largest one; each is shortened at random, so that many who
//! lost the same server do not come back in the same moment. It only computes: who waits, and for
//! what, is the caller's. It cannot fail once its policy was accepted.

use std::time::Duration;

use fastrand::Rng;
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
    /// Checks the parameters; doubling from `min` to `max`, each wait shortened at random by up to
    /// `jitter` of it.
    ///
    /// # Errors
    /// [`BackoffError`] names the parameter that makes no sense.
    pub fn try_new(min: Duration, max: Duration, jitter: f64) -> Result<Self, BackoffError> {
        if min.is_zero() || min > max {
            return Err(BackoffError::Range { min, max });
        }
        if !(0.0..=1.0).contains(&jitter) {
            return Err(BackoffError::Jitter(jitter));
        }
        Ok(Self { min, max, jitter })
    }
}

/// One series of attempts.
#[derive(Debug, Clone)]
pub struct Backoff {
    policy: BackoffPolicy,
    attempts: u32,
    /// The next wait before jitter.
    full_wait: Duration,
    rng: Rng,
}

impl Backoff {
    /// Starts a series. `seed` makes the jitter repeatable in tests.
    pub fn new(policy: BackoffPolicy, seed: u64) -> Self {
        Self {
            policy,
            attempts: 0,
            full_wait: policy.min,
            rng: Rng::with_seed(seed),
        }
    }

    /// Starts a series whose jitter differs from every other's.
    pub fn with_random_seed(policy: BackoffPolicy) -> Self {
        Self::new(policy, fastrand::u64(..))
    }

    /// Returns the next wait, and counts the attempt.
    pub fn next_wait(&mut self) -> Duration {
        let full_wait = self.full_wait;
        self.full_wait = full_wait.saturating_mul(2).min(self.policy.max);
        self.attempts = self.attempts.saturating_add(1);
        let kept = 1.0 - self.policy.jitter * self.rng.f64();
        // The largest durations do not survive the way through f64; those are waited in full.
        Duration::try_from_secs_f64(full_wait.as_secs_f64() * kept)
            .map_or(full_wait, |wait| wait.min(full_wait))
    }

    /// Begins anew after a success.
    pub fn reset(&mut self) {
        self.attempts = 0;
        self.full_wait = self.policy.min;
    }

    /// Returns the attempts since the last success.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn policy(jitter: f64) -> BackoffPolicy {
        BackoffPolicy::try_new(Duration::from_millis(250), Duration::from_secs(2), jitter).unwrap()
    }

    #[test]
    fn waits_double_up_to_the_largest() {
        let mut backoff = Backoff::new(policy(0.0), 1);
        let waits: Vec<u128> = (0..6).map(|_| backoff.next_wait().as_millis()).collect();
        assert_eq!(waits, [250, 500, 1_000, 2_000, 2_000, 2_000]);
        assert_eq!(backoff.attempts(), 6);
    }

    #[test]
    fn a_success_begins_the_series_anew() {
        let mut backoff = Backoff::new(policy(0.0), 1);
        backoff.next_wait();
        backoff.next_wait();
        backoff.reset();
        assert_eq!(backoff.attempts(), 0);
        assert_eq!(backoff.next_wait(), Duration::from_millis(250));
    }

    #[test]
    fn the_same_seed_gives_the_same_waits_and_another_does_not() {
        let waits = |seed| {
            let mut backoff = Backoff::new(policy(0.5), seed);
            (0..5).map(|_| backoff.next_wait()).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    #[rstest]
    #[case(Duration::ZERO, Duration::from_secs(1))]
    #[case(Duration::from_secs(2), Duration::from_secs(1))]
    fn a_range_that_makes_no_sense_is_refused(#[case] min: Duration, #[case] max: Duration) {
        let refused = BackoffPolicy::try_new(min, max, 0.0);
        assert_eq!(refused, Err(BackoffError::Range { min, max }));
    }

    #[rstest]
    #[case(-0.1)]
    #[case(1.1)]
    #[case(f64::NAN)]
    fn a_jitter_outside_nought_to_one_is_refused(#[case] jitter: f64) {
        let second = Duration::from_secs(1);
        let refused = BackoffPolicy::try_new(second, second, jitter);
        assert!(matches!(refused, Err(BackoffError::Jitter(_))));
    }

    proptest! {
        #[test]
        fn prop_a_wait_is_shortened_by_no_more_than_the_jitter(
            min_nanos in 1_u64..=u64::MAX,
            more_nanos in 0_u64..=u64::MAX,
            jitter in 0.0_f64..=1.0,
            seed: u64,
        ) {
            let min = Duration::from_nanos(min_nanos);
            let max = min.saturating_add(Duration::from_nanos(more_nanos));
            let policy = BackoffPolicy::try_new(min, max, jitter).unwrap();
            let mut backoff = Backoff::new(policy, seed);
            let mut full_wait = min;
            for _ in 0..70 {
                let wait = backoff.next_wait();
                prop_assert!(wait <= full_wait);
                let shortest = full_wait.as_secs_f64() * (1.0 - jitter);
                prop_assert!(wait.as_secs_f64() >= shortest * 0.999_999 - 1e-9);
                full_wait = full_wait.saturating_mul(2).min(max);
            }
        }

        #[test]
        fn prop_the_longest_durations_do_not_panic(jitter in 0.0_f64..=1.0, seed: u64) {
            let policy = BackoffPolicy::try_new(Duration::MAX, Duration::MAX, jitter).unwrap();
            prop_assert!(Backoff::new(policy, seed).next_wait() <= Duration::MAX);
        }
    }
}
