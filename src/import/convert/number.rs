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

/// The most digits that an `u64` holds, whatever they are.
const SHORT_DIGITS_MAX: usize = 19;

const SCALE: usize = SCALE_DIGITS as usize;

/// The powers of ten that shift a short number to eight decimals.
const TENS: [u64; SHORT_DIGITS_MAX - SCALE + 1] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
];

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
    if let Some(short) = short(rule.decimal, body) {
        let size = i64::try_from(short.size).map_err(|_| NumberFault::OutOfRange)?;
        let scaled = if short.is_negative { -size } else { size };
        return Ok(Written::Value(Parsed {
            value: Price::from_scaled(scaled),
            is_rounded: short.is_rounded,
        }));
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
    if let Some(short) = short(rule.decimal, body) {
        if short.is_negative && short.size > 0 {
            return Err(NumberFault::Negative);
        }
        let value = Volume::from_scaled(i128::from(short.size)).ok_or(NumberFault::OutOfRange)?;
        return Ok(Written::Value(Parsed {
            value,
            is_rounded: short.is_rounded,
        }));
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

/// A number that took the short road: its size in steps of 10⁻⁸.
struct Short {
    is_negative: bool,
    size: u64,
    is_rounded: bool,
}

/// Reads `[-]digits[.digits]` of at most 19 digits; `None` when it is anything else, or would not
/// fit.
fn short(decimal: char, body: &[u8]) -> Option<Short> {
    let is_negative = body.first() == Some(&b'-');
    let digits = &body[usize::from(is_negative)..];
    if digits.len() > SHORT_DIGITS_MAX + 1 {
        return None;
    }
    let mut value: u64 = 0;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // Twenty digits would not fit: they are refused below.
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if point.is_none() && char::from(byte) == decimal {
            point = Some(at);
        } else {
            return None;
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    if count == 0 || count > SHORT_DIGITS_MAX {
        return None;
    }
    let decimals = point.map_or(0, |before| count - before);
    let (size, is_rounded) = match SCALE.checked_sub(decimals) {
        Some(zeros) => (value.checked_mul(TENS[zeros])?, false),
        None => half_even(value, TENS[decimals - SCALE]),
    };
    Some(Short {
        is_negative,
        size,
        is_rounded,
    })
}

/// Divides by a power of ten, half to even; tells whether there was a rest.
fn half_even(value: u64, divisor: u64) -> (u64, bool) {
    let (quotient, rest) = (value / divisor, value % divisor);
    let half = divisor / 2;
    let is_up = rest > half || rest == half && quotient % 2 == 1;
    (quotient + u64::from(is_up), rest != 0)
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
