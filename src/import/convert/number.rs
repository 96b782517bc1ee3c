//! Numbers as files write them, into exact prices and volumes.
//!
//! A plain number takes a short road; whatever else a vendor writes (grouping, signs of money, `K`,
//! parentheses, exponents) is brought into plain form and read by the parser of the domain, so that
//! there is one rule for rounding and range. Never allocates for what it reads.

use thiserror::Error;

use super::plain::Plain;
use crate::domain::{DecimalError, Parsed, Price, SCALE_DIGITS, Volume};
use crate::import::NumberRule;

/// What stands for a missing value, in any case.
const NULLS: [&str; 11] = [
    "null", "nan", "n/a", "#n/a", "na", "none", "nil", "-", "--", "\\n", "#n/a n/a",
];

/// The longest of them.
const NULL_LEN_MAX: usize = 8;

/// A field that should hold a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<T> {
    /// Nothing, or what stands for nothing.
    Missing,
    /// A number, and whether it had to be rounded.
    Value(Parsed<T>),
}

/// Why a field holds no usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberFault {
    /// It is no number of this rule.
    #[error("not a number in this file's notation")]
    Syntax,
    /// A share where an amount belongs.
    #[error("a percentage, where a value belongs")]
    Percent,
    /// It is infinite.
    #[error("not finite")]
    Infinite,
    /// It is larger than can be held.
    #[error("larger than can be held")]
    OutOfRange,
    /// A quantity below 0.
    #[error("below 0")]
    Negative,
    /// A count with a fraction.
    #[error("not a whole number")]
    Fraction,
}

/// Reads a price. A suffix (`1.2K`) is no price.
pub fn price(rule: NumberRule, text: &[u8]) -> Result<Written<Price>, NumberFault> {
    let body = text.trim_ascii();
    if let Some((is_negative, size)) = short(rule.decimal, body) {
        let size = i64::try_from(size).map_err(|_| NumberFault::OutOfRange)?;
        return Ok(exact(Price::from_scaled(if is_negative {
            -size
        } else {
            size
        })));
    }
    if is_null(body) {
        return Ok(Written::Missing);
    }
    let plain = Plain::of(rule, body, false)?;
    match Price::parse(plain.as_str()) {
        Ok(parsed) => Ok(Written::Value(parsed)),
        Err(error) => Err(fault_of(&error)),
    }
}

/// Reads a volume; `K`, `M`, `B` and `T` behind it are thousands, millions, 10⁹ and 10¹².
pub fn volume(rule: NumberRule, text: &[u8]) -> Result<Written<Volume>, NumberFault> {
    let body = text.trim_ascii();
    if let Some((is_negative, size)) = short(rule.decimal, body) {
        if is_negative && size > 0 {
            return Err(NumberFault::Negative);
        }
        let volume = Volume::from_scaled(i128::from(size)).ok_or(NumberFault::OutOfRange)?;
        return Ok(exact(volume));
    }
    if is_null(body) {
        return Ok(Written::Missing);
    }
    let plain = Plain::of(rule, body, true)?;
    match Volume::parse(plain.as_str()) {
        Ok(parsed) => Ok(Written::Value(parsed)),
        Err(error) => match fault_of(&error) {
            NumberFault::OutOfRange if plain.is_negative() => Err(NumberFault::Negative),
            fault => Err(fault),
        },
    }
}

/// Reads a number of trades; `12.0` is 12.
pub fn count(rule: NumberRule, text: &[u8]) -> Result<Written<u64>, NumberFault> {
    let Written::Value(parsed) = volume(rule, text)? else {
        return Ok(Written::Missing);
    };
    let one = 10i128.pow(SCALE_DIGITS);
    let scaled = parsed.value.scaled();
    if parsed.is_rounded || scaled % one != 0 {
        return Err(NumberFault::Fraction);
    }
    let whole = u64::try_from(scaled / one).map_err(|_| NumberFault::OutOfRange)?;
    Ok(exact(whole))
}

/// Returns true for an empty field, and for what stands for nothing (`null`, `N/A`, `-`, …).
pub fn is_null(text: &[u8]) -> bool {
    let body = text.trim_ascii();
    body.is_empty()
        || body.len() <= NULL_LEN_MAX
            && NULLS
                .iter()
                .any(|null| body.eq_ignore_ascii_case(null.as_bytes()))
}

/// Reads `[-]digits[.digits]` with at most 18 digits, eight of them decimals, into sign and steps
/// of 10⁻⁸; `None` when it is anything else, or would not fit.
fn short(decimal: char, body: &[u8]) -> Option<(bool, u64)> {
    const TENS: [u64; 9] = [
        100_000_000,
        10_000_000,
        1_000_000,
        100_000,
        10_000,
        1_000,
        100,
        10,
        1,
    ];
    let is_negative = body.first() == Some(&b'-');
    let digits = &body[usize::from(is_negative)..];
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value: u64 = 0;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + u64::from(digit);
        } else if point.is_none() && char::from(byte) == decimal {
            point = Some(at);
        } else {
            return None;
        }
    }
    let decimals = point.map_or(0, |at| digits.len() - 1 - at);
    let has_digits = digits.len() > usize::from(point.is_some());
    let is_short = has_digits && digits.len() - usize::from(point.is_some()) <= 18;
    let tens = is_short.then(|| TENS.get(decimals).copied())??;
    Some((is_negative, value.checked_mul(tens)?))
}

fn exact<T>(value: T) -> Written<T> {
    Written::Value(Parsed {
        value,
        is_rounded: false,
    })
}

fn fault_of(error: &DecimalError) -> NumberFault {
    match error {
        DecimalError::Syntax { .. } => NumberFault::Syntax,
        DecimalError::OutOfRange { .. } => NumberFault::OutOfRange,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: NumberRule = NumberRule {
        decimal: '.',
        group: None,
    };
    const ENGLISH: NumberRule = NumberRule {
        decimal: '.',
        group: Some(','),
    };
    const GERMAN: NumberRule = NumberRule {
        decimal: ',',
        group: Some('.'),
    };

    fn price_of(rule: NumberRule, text: &str) -> String {
        match price(rule, text.as_bytes()) {
            Ok(Written::Value(parsed)) if parsed.is_rounded => format!("~{}", parsed.value),
            Ok(Written::Value(parsed)) => parsed.value.to_string(),
            Ok(Written::Missing) => "missing".to_owned(),
            Err(fault) => fault.to_string(),
        }
    }

    fn volume_of(rule: NumberRule, text: &str) -> String {
        match volume(rule, text.as_bytes()) {
            Ok(Written::Value(parsed)) => parsed.value.to_string(),
            Ok(Written::Missing) => "missing".to_owned(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn every_null_token_is_missing_in_any_case_and_with_spaces() {
        for null in NULLS
            .iter()
            .chain(&["", " ", "NaN", "N/A", "#N/A", "None", "NULL"])
        {
            for text in [
                (*null).to_owned(),
                null.to_uppercase(),
                format!("  {null} "),
            ] {
                assert_eq!(price_of(PLAIN, &text), "missing", "{text:?}");
                assert_eq!(volume_of(GERMAN, &text), "missing", "{text:?}");
            }
        }
    }

    #[test]
    fn prices_are_read_in_the_notation_of_the_file() {
        for (rule, text, expected) in [
            (PLAIN, "190.25", "190.25"),
            (PLAIN, " 190 ", "190"),
            (PLAIN, "-37.63", "-37.63"),
            (PLAIN, "+1.5", "1.5"),
            (PLAIN, ".5", "0.5"),
            (PLAIN, "5.", "5"),
            (PLAIN, "2.11e-05", "0.0000211"),
            (PLAIN, "0.00002853", "0.00002853"),
            (PLAIN, "14.5500004291534", "~14.55000043"),
            (PLAIN, "92233720368.54775807", "92233720368.54775807"),
            (PLAIN, "$191.38", "191.38"),
            (PLAIN, "-$1.5", "-1.5"),
            (PLAIN, "$-1.5", "-1.5"),
            (PLAIN, "191,38", "not a number in this file's notation"),
            (PLAIN, "(1.5)", "-1.5"),
            (PLAIN, "12 €", "12"),
            (ENGLISH, "1,612.34", "1612.34"),
            (ENGLISH, "12,34,567.5", "1234567.5"),
            (ENGLISH, "1,234,567", "1234567"),
            (ENGLISH, "(1,234.5)", "-1234.5"),
            (GERMAN, "1.612,34", "1612.34"),
            (GERMAN, "1612,34", "1612.34"),
            (GERMAN, "1.612", "1612"),
            (GERMAN, "2,11e-05", "0.0000211"),
        ] {
            assert_eq!(price_of(rule, text), expected, "{text}");
        }
    }

    #[test]
    fn a_group_in_the_wrong_place_is_no_number() {
        for text in [
            "1,5", "1,23,4", ",123", "1,234,56", "1,,234", "1.5,000", "1234,567",
        ] {
            let expected = "not a number in this file's notation";
            assert_eq!(price_of(ENGLISH, text), expected, "{text}");
        }
    }

    #[test]
    fn groups_of_spaces_and_apostrophes_may_be_typographic() {
        let rule = |group| NumberRule {
            decimal: '.',
            group: Some(group),
        };
        for (group, text) in [
            (' ', "1 234 567.5"),
            (' ', "1\u{a0}234\u{a0}567.5"),
            (' ', "1\u{202f}234\u{202f}567.5"),
            ('\'', "1'234'567.5"),
            ('\'', "1\u{2019}234\u{2019}567.5"),
        ] {
            assert_eq!(price_of(rule(group), text), "1234567.5", "{text}");
        }
    }

    #[test]
    fn volumes_take_suffixes_and_prices_do_not() {
        for (text, expected) in [
            ("120.5M", "120500000"),
            ("1K", "1000"),
            ("1.25B", "1250000000"),
            ("2t", "2000000000000"),
            ("1,234K", "1234000"),
            ("9899.999999999998", "9900"),
            ("-5", "below 0"),
            ("(5)", "below 0"),
            ("-1.5K", "below 0"),
            ("-0", "0"),
            ("1e3K", "not a number in this file's notation"),
            ("1000000000000000000", "1000000000000000000"),
            ("1000000000000000001", "larger than can be held"),
        ] {
            assert_eq!(volume_of(ENGLISH, text), expected, "{text}");
        }
        assert_eq!(
            price_of(ENGLISH, "1K"),
            "not a number in this file's notation"
        );
    }

    #[test]
    fn what_is_no_amount_is_told_apart() {
        for (text, expected) in [
            ("5%", "a percentage, where a value belongs"),
            ("inf", "not finite"),
            ("-Infinity", "not finite"),
            ("1e400", "larger than can be held"),
            ("92233720368.54775808", "larger than can be held"),
            ("abc", "not a number in this file's notation"),
            ("1e", "not a number in this file's notation"),
            ("--1", "not a number in this file's notation"),
            ("-(1)", "not a number in this file's notation"),
            ("(-1)", "not a number in this file's notation"),
            ("1.2.3", "not a number in this file's notation"),
            (".", "not a number in this file's notation"),
            ("$", "not a number in this file's notation"),
        ] {
            assert_eq!(price_of(PLAIN, text), expected, "{text}");
        }
    }

    #[test]
    fn trades_are_counted_in_whole_numbers() {
        assert_eq!(count(PLAIN, b"12.0"), Ok(exact(12)));
        assert_eq!(count(PLAIN, b"12.5"), Err(NumberFault::Fraction));
        assert_eq!(count(PLAIN, b"-1"), Err(NumberFault::Negative));
        assert_eq!(count(PLAIN, b""), Ok(Written::Missing));
    }
}
