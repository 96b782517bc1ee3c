//! Numbers and times as text: one way for every screen.
//!
//! Prices stay exact (their own decimals, never through a float). What is unknown is [`UNKNOWN`],
//! never 0. Ages are told in steps, so that a screen whose values stand still changes at most every
//! five seconds.

use std::time::Duration;

use crate::domain::{Price, Timestamp, Volume};

/// What stands where a value is not known.
pub(crate) const UNKNOWN: &str = "–";

/// Ages below this are not told: the value is fresh.
const AGE_HIDDEN: Duration = Duration::from_secs(5);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Writes `price` with `decimals` places and the thousands apart (`67,123.40`).
pub(crate) fn price(price: Price, decimals: u8) -> String {
    group(&format!("{price:.*}", usize::from(decimals)))
}

/// Writes a difference of prices with its sign (`+1.20`, `-0.05`, `0.00`).
pub(crate) fn signed_price(difference: Price, decimals: u8) -> String {
    let text = price(difference, decimals);
    if difference > Price::ZERO {
        format!("+{text}")
    } else {
        text
    }
}

/// Puts commas between the thousands of a decimal text.
fn group(text: &str) -> String {
    let (sign, unsigned) = text
        .strip_prefix('-')
        .map_or(("", text), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    if whole.len() <= 3 {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + whole.len() / 3);
    out.push_str(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    out
}

/// Returns how many cells [`price`] takes at most, without writing it: rounding may add a digit.
pub(crate) fn price_width(price: Price, decimals: u8) -> u16 {
    let half_step = 10_u64.pow(8_u32.saturating_sub(u32::from(decimals))) / 2;
    let mut whole = price.scaled().unsigned_abs().saturating_add(half_step) / 100_000_000;
    let mut digits: u16 = 1;
    while whole >= 10 {
        whole /= 10;
        digits += 1;
    }
    let point = u16::from(decimals > 0);
    let sign = u16::from(price < Price::ZERO);
    sign + digits + (digits - 1) / 3 + point + u16::from(decimals)
}

/// Writes hundredths of a percent (`+1.23%`, `+123.4%`, `+1234%`); `is_up` gives the sign of a
/// change too small to be seen in them.
pub(crate) fn percent(bps: i64, is_up: Option<bool>) -> String {
    let sign = match is_up {
        Some(true) => "+",
        Some(false) => "-",
        None => "",
    };
    let bps = bps.unsigned_abs();
    match bps {
        0..10_000 => format!("{sign}{}.{:02}%", bps / 100, bps % 100),
        10_000..100_000 => format!("{sign}{}.{}%", bps / 100, bps % 100 / 10),
        _ => format!("{sign}{}%", bps / 100),
    }
}

/// Writes a quantity in four digits and a unit (`1.234M`, `0.0412`, `250`).
pub(crate) fn volume(volume: Volume) -> String {
    const UNITS: [(f64, &str); 5] = [(1e15, "P"), (1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")];
    let value = volume.to_plot();
    let unit = UNITS.into_iter().find(|(size, _)| value >= *size);
    match unit {
        Some((size, unit)) => format!("{}{unit}", four_digits(value / size)),
        None if value == 0.0 => "0".to_owned(),
        None if value < 1.0 => trim_zeros(&format!("{volume:.6}")),
        None => trim_zeros(&four_digits(value)),
    }
}

/// Pads numbers at their right so that their points stand below each other; those with a unit
/// stay as they are.
pub(crate) fn below_each_other(numbers: impl Iterator<Item = String>) -> Vec<String> {
    let mut numbers: Vec<String> = numbers.collect();
    // What comes after the whole part: the point and the decimals.
    let rest = |text: &str| text.find('.').map_or(0, |at| text.len() - at);
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let plain = numbers.iter().filter(|text| is_plain(text));
    let most = plain.map(|text| rest(text)).max().unwrap_or(0);
    for text in &mut numbers {
        if is_plain(text) {
            let missing = most - rest(text);
            text.extend(std::iter::repeat_n(' ', missing));
        }
    }
    numbers
}

fn four_digits(value: f64) -> String {
    let decimals = if value < 10.0 {
        3
    } else if value < 100.0 {
        2
    } else {
        1
    };
    format!("{value:.decimals$}")
}

/// A quantity that rounds to nothing still is one, so its exact digits are kept in that case by the
/// caller's precision.
fn trim_zeros(text: &str) -> String {
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "0" {
        return "<0.000001".to_owned();
    }
    trimmed.to_owned()
}

/// Writes a whole number with the thousands apart.
pub(crate) fn count(number: u64) -> String {
    group(&number.to_string())
}

/// Writes a number with what is counted (`1 symbol`, `2 symbols`).
pub(crate) fn counted(number: u64, word: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {word}{ending}", count(number))
}

/// Writes events a second (`0.4/s`, `142/s`, `12.3K/s`).
pub(crate) fn rate(per_sec: f64) -> String {
    if !per_sec.is_finite() || per_sec < 0.0 {
        return UNKNOWN.to_owned();
    }
    if per_sec >= 10_000.0 {
        return format!("{:.1}K/s", per_sec / 1_000.0);
    }
    if per_sec >= 100.0 {
        return format!("{}/s", group(&format!("{per_sec:.0}")));
    }
    format!("{per_sec:.1}/s")
}

/// Writes a number of microseconds (`85 µs`, `1.2 ms`, `3.4 s`), with its sign when negative.
pub(crate) fn micros(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let magnitude = micros.unsigned_abs();
    let value = magnitude as f64;
    match magnitude {
        0..1_000 => format!("{sign}{magnitude} µs"),
        1_000..10_000 => format!("{sign}{:.1} ms", value / 1e3),
        10_000..1_000_000 => format!("{sign}{:.0} ms", value / 1e3),
        _ => format!("{sign}{:.1} s", value / 1e6),
    }
}

/// Writes an age in steps: nothing below five seconds, then by five seconds, minutes, hours, days.
pub(crate) fn age(age: Duration) -> Option<String> {
    if age < AGE_HIDDEN {
        return None;
    }
    let secs = age.as_secs();
    Some(match secs {
        0..MINUTE => format!("{}s", secs / 5 * 5),
        MINUTE..HOUR => format!("{}m", secs / MINUTE),
        HOUR..DAY => format!("{}h", secs / HOUR),
        _ => format!("{}d", secs / DAY),
    })
}

/// Returns when the text of [`age`] changes next, always after `now`.
pub(crate) fn age_change(received: Timestamp, now: Timestamp) -> Timestamp {
    let secs = now.since(received).as_secs();
    let step = match secs {
        0..MINUTE => 5,
        MINUTE..HOUR => MINUTE,
        HOUR..DAY => HOUR,
        _ => DAY,
    };
    received.plus(Duration::from_secs((secs / step + 1) * step))
}

/// Returns how many whole seconds are left, rounded up so that a countdown ends at 1.
pub(crate) fn seconds_left(until: Timestamp, now: Timestamp) -> u64 {
    until.since(now).as_micros().div_ceil(1_000_000) as u64
}

/// Writes the minute of the day (`14:32`).
pub(crate) fn minute(time: Timestamp) -> String {
    formatted(time, "%H:%M")
}

/// Writes the second of the day (`14:32:07`).
pub(crate) fn second(time: Timestamp) -> String {
    formatted(time, "%H:%M:%S")
}

/// Writes the date (`2024-01-31`).
pub(crate) fn date(time: Timestamp) -> String {
    formatted(time, "%Y-%m-%d")
}

/// Writes `time` in a calendar pattern; [`UNKNOWN`] outside the calendar.
pub(crate) fn formatted(time: Timestamp, pattern: &str) -> String {
    time.to_utc()
        .map_or_else(|| UNKNOWN.to_owned(), |utc| utc.format(pattern).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn p(text: &str) -> Price {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("67123.4", 2, "67,123.40")]
    #[case("-1234567", 0, "-1,234,567")]
    #[case("0.00001234", 8, "0.00001234")]
    #[case("999.5", 1, "999.5")]
    #[case("-0.5", 2, "-0.50")]
    fn prices_keep_their_decimals(#[case] text: &str, #[case] decimals: u8, #[case] out: &str) {
        assert_eq!(price(p(text), decimals), out);
    }

    #[rstest]
    #[case(123, Some(true), "+1.23%")]
    #[case(-123, Some(false), "-1.23%")]
    #[case(0, Some(false), "-0.00%")]
    #[case(0, None, "0.00%")]
    #[case(12_345, Some(true), "+123.4%")]
    #[case(1_234_567, Some(true), "+12345%")]
    fn percents_keep_their_sign(#[case] bps: i64, #[case] up: Option<bool>, #[case] out: &str) {
        assert_eq!(percent(bps, up), out);
    }

    #[rstest]
    #[case("0", "0")]
    #[case("0.0412", "0.0412")]
    #[case("0.00000001", "<0.000001")]
    #[case("250", "250")]
    #[case("9.5", "9.5")]
    #[case("1234567", "1.235M")]
    #[case("98765432109", "98.77B")]
    fn volumes_take_four_digits(#[case] text: &str, #[case] out: &str) {
        assert_eq!(volume(text.parse().unwrap()), out);
    }

    #[rstest]
    #[case(4, None)]
    #[case(5, Some("5s"))]
    #[case(14, Some("10s"))]
    #[case(59, Some("55s"))]
    #[case(60, Some("1m"))]
    #[case(7_300, Some("2h"))]
    #[case(200_000, Some("2d"))]
    fn ages_go_by_steps(#[case] secs: u64, #[case] out: Option<&str>) {
        assert_eq!(age(Duration::from_secs(secs)).as_deref(), out);
    }

    #[rstest]
    #[case(850, "850 µs")]
    #[case(1_250, "1.2 ms")]
    #[case(-23_000, "-23 ms")]
    #[case(3_400_000, "3.4 s")]
    fn latencies_carry_their_unit(#[case] value: i64, #[case] out: &str) {
        assert_eq!(micros(value), out);
    }

    #[test]
    fn countdown_rounds_up() {
        let now = Timestamp::from_micros(0);
        assert_eq!(seconds_left(Timestamp::from_micros(3_200_000), now), 4);
        assert_eq!(seconds_left(now, now), 0);
    }

    #[test]
    fn rate_of_nonsense_is_unknown() {
        assert_eq!(rate(f64::NAN), UNKNOWN);
        assert_eq!(rate(12_345.0), "12.3K/s");
    }

    proptest! {
        #[test]
        fn prop_price_fits_its_width(scaled in any::<i64>(), decimals in 0_u8..=8) {
            let value = Price::from_scaled(scaled.max(i64::MIN + 1));
            let text = price(value, decimals).len();
            let width = usize::from(price_width(value, decimals));
            prop_assert!(text <= width && width <= text + 2, "{text} in {width}");
        }

        #[test]
        fn prop_age_changes_after_now_and_not_before(
            received in 0_i64..1 << 50,
            later in 0_i64..1 << 40,
        ) {
            let now = Timestamp::from_micros(received + later);
            let received = Timestamp::from_micros(received);
            let change = age_change(received, now);
            prop_assert!(change > now);
            let shown = age(now.since(received));
            let just_before = change.minus(Duration::from_micros(1));
            prop_assert_eq!(age(just_before.since(received)), shown.clone());
            prop_assert_ne!(age(change.since(received)), shown);
        }
    }

    #[test]
    fn points_stand_below_each_other() {
        let numbers = ["1.6", "12", "0.0412", "1.2K"].map(str::to_owned);
        let aligned = below_each_other(numbers.into_iter());
        assert_eq!(aligned, ["1.6   ", "12     ", "0.0412", "1.2K"]);
    }

    #[test]
    fn one_is_counted_in_the_singular() {
        assert_eq!(counted(1, "symbol"), "1 symbol");
        assert_eq!(counted(1_200, "update"), "1,200 updates");
    }
}
