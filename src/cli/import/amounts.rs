//! Numbers as reports and progress lines write them.

use std::time::Duration;

/// Writes a number with its thousands apart (`1,234,567`).
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a number with what is counted (`1 row`, `2 rows`).
pub(super) fn counted(number: u64, word: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {word}{ending}", count(number))
}

/// Writes a number of bytes in the largest unit of which there is one (`12.0 MiB`).
pub(super) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if number < 1_024 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1_024.0;
    let mut unit = 0;
    // What would be written as 1024.0 is 1.0 of the next.
    while value >= 1_023.95 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Writes rows a second; what cannot be measured is 0.
pub(super) fn rate(per_sec: f64) -> String {
    format!("{} rows/s", count(finite(per_sec).round() as u64))
}

/// Makes 0 of what is no measured rate.
pub(super) fn finite(per_sec: f64) -> f64 {
    if per_sec.is_finite() {
        per_sec.max(0.0)
    } else {
        0.0
    }
}

/// Writes a time span: tenths below ten seconds, two units above a minute.
pub(super) fn span(span: Duration) -> String {
    // What would be written as 10.0 is 10.
    if span < Duration::from_millis(9_950) {
        return format!("{:.1} s", span.as_secs_f64());
    }
    let secs = span.as_secs_f64().round() as u64;
    match secs {
        0..60 => format!("{secs} s"),
        60..3_600 => format!("{} min {} s", secs / 60, secs % 60),
        _ => format!("{} h {} min", secs / 3_600, secs % 3_600 / 60),
    }
}

/// Writes how long something will take, at least and at most, in whole seconds or coarser.
pub(super) fn span_range((least, most): (Duration, Duration)) -> String {
    let whole = |span: Duration| match span.as_secs_f64().ceil() as u64 {
        secs @ 0..60 => format!("{secs} s"),
        secs @ 60..3_600 => format!("{} min", secs.div_ceil(60)),
        secs => format!("{} h", secs.div_ceil(3_600)),
    };
    let (least, most) = (whole(least), whole(most));
    if least == most {
        return least;
    }
    match (least.split_once(' '), most.split_once(' ')) {
        (Some((number, a)), Some((_, b))) if a == b => format!("{number}–{most}"),
        (_, _) => format!("{least}–{most}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1,000")]
    #[case(1_234_567, "1,234,567")]
    fn thousands_are_apart(#[case] number: u64, #[case] text: &str) {
        assert_eq!(count(number), text);
    }

    #[rstest]
    #[case(0, "0 B")]
    #[case(1_023, "1023 B")]
    #[case(1_024, "1.0 KiB")]
    #[case((1 << 20) - 1, "1.0 MiB")]
    #[case(12 << 20, "12.0 MiB")]
    #[case(u64::MAX, "16777216.0 TiB")]
    fn bytes_are_of_the_largest_unit(#[case] number: u64, #[case] text: &str) {
        assert_eq!(bytes(number), text);
    }

    #[rstest]
    #[case(0, "0.0 s")]
    #[case(9_949, "9.9 s")]
    #[case(9_950, "10 s")]
    #[case(59_600, "1 min 0 s")]
    #[case(3_725_000, "1 h 2 min")]
    fn a_span_has_at_most_two_units(#[case] millis: u64, #[case] text: &str) {
        assert_eq!(span(Duration::from_millis(millis)), text);
    }

    #[rstest]
    #[case(8, 12, "8–12 s")]
    #[case(8, 8, "8 s")]
    #[case(50, 70, "50 s–2 min")]
    #[case(4_000, 8_000, "2–3 h")]
    fn a_range_names_a_unit_once(#[case] least: u64, #[case] most: u64, #[case] text: &str) {
        let range = (Duration::from_secs(least), Duration::from_secs(most));
        assert_eq!(span_range(range), text);
    }

    #[test]
    fn a_rate_that_is_none_is_zero() {
        for none in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(rate(none), "0 rows/s");
        }
        assert_eq!(rate(512_000.4), "512,000 rows/s");
    }
}
