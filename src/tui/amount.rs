//! Sizes, spans of time, shares and rates as text: one way for every screen.
//!
//! Three digits are enough for the eye, and change less often than more would.

use std::time::Duration;

use super::format::{UNKNOWN, count};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Writes a number of bytes (`512 B`, `1.2 kB`, `124 MB`).
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    let unit = UNITS.into_iter().find(|(size, _)| bytes >= *size);
    match unit {
        Some((size, unit)) => format!("{} {unit}", three_digits(bytes as f64 / size as f64)),
        None => format!("{bytes} B"),
    }
}

/// Writes a rate without its unit (`0`, `842`, `9,310`, `118K`, `1.25M`).
pub(crate) fn rate(per_sec: f64) -> String {
    if !per_sec.is_finite() || per_sec < 0.0 {
        return UNKNOWN.to_owned();
    }
    match per_sec {
        v if v >= 999_500.0 => format!("{}M", three_digits(v / 1e6)),
        v if v >= 9_999.5 => format!("{}K", three_digits(v / 1e3)),
        v => count(v.round() as u64),
    }
}

/// Writes how long something took (`0.42 s`, `12.4 s`, `3m 20s`, `1h 05m`).
pub(crate) fn span(span: Duration) -> String {
    let secs = span.as_secs();
    match secs {
        0..MINUTE => format!("{} s", three_digits(span.as_secs_f64().min(59.9))),
        MINUTE..HOUR => format!("{}m {:02}s", secs / MINUTE, secs % MINUTE),
        _ => format!("{}h {:02}m", count(secs / HOUR), secs % HOUR / MINUTE),
    }
}

/// Writes how long something will take, at least and at most (`40s–1m`); one value where both are
/// alike.
pub(crate) fn remaining(range: (Duration, Duration)) -> String {
    let (least, most) = (coarse(range.0), coarse(range.1));
    if least == most {
        least
    } else {
        format!("{least}–{most}")
    }
}

/// Nobody needs the second of something that lasts minutes.
fn coarse(span: Duration) -> String {
    let secs = span.as_secs_f64().ceil() as u64;
    match secs {
        0..10 => format!("{secs}s"),
        10..MINUTE => format!("{}s", secs.div_ceil(5) * 5),
        MINUTE..HOUR => format!("{}m", secs.div_ceil(MINUTE)),
        HOUR..DAY => format!("{}h", secs.div_ceil(HOUR)),
        _ => format!("{}d", count(secs.div_ceil(DAY))),
    }
}

/// Writes nanoseconds (`850 ns`, `1.2 µs`, `3.4 ms`).
pub(crate) fn nanos(nanos: u64) -> String {
    let value = nanos as f64;
    match nanos {
        0..1_000 => format!("{nanos} ns"),
        1_000..1_000_000 => format!("{} µs", three_digits(value / 1e3)),
        1_000_000..1_000_000_000 => format!("{} ms", three_digits(value / 1e6)),
        _ => format!("{} s", three_digits(value / 1e9)),
    }
}

/// Writes microseconds (`850 µs`, `1.2 ms`, `3.4 s`).
pub(crate) fn micros(micros: u64) -> String {
    nanos(micros.saturating_mul(1_000))
}

/// Writes a share in whole percent, rounded down so that only what is whole says so.
pub(crate) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return UNKNOWN.to_owned();
    }
    format!("{:.0}%", (share.clamp(0.0, 1.0) * 100.0).floor())
}

/// Writes which part of `all` a `part` is, in percent with one decimal, never rounded to all or to
/// nothing; `None` of nothing.
pub(crate) fn part(part: u64, all: u64) -> Option<String> {
    if all == 0 {
        return None;
    }
    let permille = u128::from(part) * 1_000 / u128::from(all);
    Some(match (permille, part) {
        (0, 1..) => "<0.1%".to_owned(),
        (1_000.., _) => "100%".to_owned(),
        (permille, _) => format!("{}.{}%", permille / 10, permille % 10),
    })
}

/// Writes a score of 0–100 with one decimal, rounded down.
pub(crate) fn score(score: f64) -> String {
    if !score.is_finite() {
        return UNKNOWN.to_owned();
    }
    format!("{:.1}", (score * 10.0).floor() / 10.0)
}

fn three_digits(value: f64) -> String {
    let decimals = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0 B")]
    #[case(999, "999 B")]
    #[case(1_200, "1.2 kB")]
    #[case(124_000_000, "124 MB")]
    #[case(u64::MAX, "18446744 TB")]
    fn sizes_take_three_digits(#[case] size: u64, #[case] text: &str) {
        assert_eq!(bytes(size), text);
    }

    #[rstest]
    #[case(0.0, "0")]
    #[case(842.4, "842")]
    #[case(9_310.0, "9,310")]
    #[case(118_345.0, "118K")]
    #[case(12_345.0, "12.3K")]
    #[case(1_254_000.0, "1.25M")]
    #[case(f64::NAN, "–")]
    fn rates_take_three_digits(#[case] per_sec: f64, #[case] text: &str) {
        assert_eq!(rate(per_sec), text);
    }

    #[rstest]
    #[case(420, "0.42 s")]
    #[case(12_440, "12.4 s")]
    #[case(59_999, "59.9 s")]
    #[case(200_000, "3m 20s")]
    #[case(3_900_000, "1h 05m")]
    fn spans_are_told_as_finely_as_they_are_long(#[case] millis: u64, #[case] text: &str) {
        assert_eq!(span(Duration::from_millis(millis)), text);
    }

    #[rstest]
    #[case(38, 61, "40s–2m")]
    #[case(3, 3, "3s")]
    #[case(3_500, 7_300, "59m–3h")]
    fn what_remains_is_a_range(#[case] least: u64, #[case] most: u64, #[case] text: &str) {
        let range = (Duration::from_secs(least), Duration::from_secs(most));
        assert_eq!(remaining(range), text);
    }

    #[rstest]
    #[case(1, 3, Some("33.3%"))]
    #[case(99_999, 100_000, Some("99.9%"))]
    #[case(1, 100_000, Some("<0.1%"))]
    #[case(0, 5, Some("0.0%"))]
    #[case(5, 5, Some("100%"))]
    #[case(0, 0, None)]
    fn a_part_is_never_rounded_to_all_or_nothing(
        #[case] of: u64,
        #[case] all: u64,
        #[case] text: Option<&str>,
    ) {
        assert_eq!(part(of, all).as_deref(), text);
    }

    #[test]
    fn only_what_is_whole_says_so() {
        assert_eq!(percent(0.9999), "99%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(score(89.99), "89.9");
    }
}
