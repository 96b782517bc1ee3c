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
#[path = "number_tests.rs"]
mod tests;
