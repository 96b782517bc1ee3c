//! Durations as text: a whole number and a unit, `250ms`, `10s`, `2m`, `1h`.
//!
//! One form only, so that a duration reads the same in the file, on the screen and in the help.
//! Fractions and sums (`1m30s`) are refused: `90s` says it.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Reads a duration; `None` when it is not one, or has more milliseconds than 64 bits hold.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*millis).map(Duration::from_millis)
}

/// Writes a duration with the largest unit that leaves a whole number; parts of a millisecond are
/// cut off.
pub fn format_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let (unit, size) = UNITS
        .iter()
        .rev()
        .find(|(_, size)| millis != 0 && millis.is_multiple_of(u128::from(*size)))
        .unwrap_or(&("s", 1_000));
    format!("{}{unit}", millis / u128::from(*size))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("250ms", 250)]
    #[case("10s", 10_000)]
    #[case("2m", 120_000)]
    #[case("1h", 3_600_000)]
    #[case("0s", 0)]
    fn a_number_and_a_unit_is_a_duration(#[case] text: &str, #[case] millis: u64) {
        assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)));
        assert_eq!(format_duration(Duration::from_millis(millis)), text);
    }

    #[rstest]
    #[case("")]
    #[case("10")]
    #[case("s")]
    #[case("1.5s")]
    #[case("1m30s")]
    #[case("-1s")]
    #[case("10 s")]
    #[case("10S")]
    #[case("١s")]
    #[case("18446744073709551615h")]
    fn anything_else_is_not(#[case] text: &str) {
        assert_eq!(parse_duration(text), None);
    }

    proptest! {
        #[test]
        fn prop_a_written_duration_reads_back(millis in 0_u64..=u64::MAX / 4) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
        }
    }
}
