//! [`ReplaySpeed`]: how fast the past is played.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// Why a text is not a speed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a speed: expected `max`, or 0.001 to 100000 with at most three decimals")]
pub struct SpeedError {
    text: String,
}

/// A multiple of real time, exact to a thousandth, or as fast as it goes. Prints and parses one
/// way: `10`, `0.5`, `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplaySpeed {
    /// This many thousandths of real time.
    Thousandths(NonZeroU32),
    /// Without waiting.
    Max,
}

impl ReplaySpeed {
    /// One second in one second.
    pub const REAL_TIME: Self = Self::Thousandths(NonZeroU32::new(1_000).expect("not zero"));

    /// The fastest that still waits: 100,000 times real time.
    const THOUSANDTHS_MAX: u32 = 100_000_000;

    /// Returns how long `recorded` takes at this speed.
    pub fn scale(self, recorded: Duration) -> Duration {
        match self {
            Self::Thousandths(speed) => {
                let nanos = recorded.as_nanos().saturating_mul(1_000) / u128::from(speed.get());
                Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
            }
            Self::Max => Duration::ZERO,
        }
    }

    /// Returns the multiple of real time; `None` without a limit.
    pub fn multiple(self) -> Option<f64> {
        match self {
            Self::Thousandths(speed) => Some(f64::from(speed.get()) / 1_000.0),
            Self::Max => None,
        }
    }
}

impl FromStr for ReplaySpeed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("max") {
            return Ok(Self::Max);
        }
        parse_thousandths(text.trim_end_matches(['x', 'X']))
            .and_then(NonZeroU32::new)
            .filter(|speed| speed.get() <= Self::THOUSANDTHS_MAX)
            .map(Self::Thousandths)
            .ok_or_else(|| SpeedError {
                text: text.chars().take(40).collect(),
            })
    }
}

fn parse_thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || fraction.len() > 3 {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(fraction)
}

impl fmt::Display for ReplaySpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => f.write_str("max"),
            Self::Thousandths(speed) => {
                let text = format!("{}.{:03}", speed.get() / 1_000, speed.get() % 1_000);
                f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_print_as_they_parse() {
        for text in ["10", "0.5", "1", "0.001", "100000", "max", "12.125"] {
            let speed: ReplaySpeed = text.parse().unwrap();
            assert_eq!(speed.to_string(), text);
        }
        assert_eq!("10x".parse(), "10".parse::<ReplaySpeed>());
        assert_eq!("MAX".parse(), Ok(ReplaySpeed::Max));
    }

    #[test]
    fn what_is_no_speed_is_refused_by_name() {
        for text in [
            "", "0", "0.000", "-1", "fast", "1.2.3", "0.0001", "100001", ".5", "5.",
        ] {
            let error = text.parse::<ReplaySpeed>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{text}` is not")));
        }
    }

    #[test]
    fn a_recorded_time_shrinks_by_the_speed() {
        let second = Duration::from_secs(1);
        let at = |text: &str| text.parse::<ReplaySpeed>().unwrap().scale(second);
        assert_eq!(at("10"), Duration::from_millis(100));
        assert_eq!(at("0.5"), Duration::from_secs(2));
        assert_eq!(at("max"), Duration::ZERO);
    }
}
