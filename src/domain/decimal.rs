//! Exact decimal text to and from integers scaled by 10⁻⁸.
//!
//! The arithmetic that [`super::Price`] and [`super::Volume`] share, with the product's one
//! rounding rule: half to even. It knows neither of their ranges, and never panics whatever the
//! text.

use std::cmp::Ordering;
use std::fmt;

use thiserror::Error;

/// Decimal places kept by [`super::Price`] and [`super::Volume`].
pub const SCALE_DIGITS: u32 = 8;

/// One whole unit, in steps of 10⁻⁸.
pub(super) const ONE: i128 = 100_000_000;

/// The longest text read as a number, in bytes: the exact expansion of any binary double fits.
const TEXT_LEN_MAX: usize = 1_200;

/// The most characters of a wrong text that an error repeats.
const ERROR_TEXT_LEN_MAX: usize = 64;

/// Exponents are cut to this: with [`TEXT_LEN_MAX`] digits a larger one changes no result.
const EXPONENT_MAX: i32 = 10_000;

/// A value read from text, and whether it had to be rounded.
///
/// Digits beyond the eighth decimal are rounded half to even. That is not an error: an importer
/// reports it as a finding of low severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The exact or rounded value.
    pub value: T,
    /// True when the text had more decimals than the value can hold.
    pub is_rounded: bool,
}

/// Why a text is not an exact decimal of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// The text is not a decimal number.
    #[error("not a decimal number: `{text}`")]
    Syntax {
        /// The offending text, cut to 64 characters.
        text: String,
    },
    /// The number lies outside what the type holds.
    #[error("{what} out of range ({range}): `{text}`")]
    OutOfRange {
        /// `price` or `volume`.
        what: &'static str,
        /// The range that is held.
        range: &'static str,
        /// The offending text, cut to 64 characters.
        text: String,
    },
}

impl DecimalError {
    pub(super) fn syntax(text: &str) -> Self {
        Self::Syntax { text: cut(text) }
    }

    pub(super) fn out_of_range(what: &'static str, range: &'static str, text: &str) -> Self {
        let text = cut(text);
        Self::OutOfRange { what, range, text }
    }
}

fn cut(text: &str) -> String {
    text.trim().chars().take(ERROR_TEXT_LEN_MAX).collect()
}

/// Reads `text` (`-12.5`, `1.4E-05`, `.5`) as an integer number of 10⁻⁸ steps.
///
/// Returns `None` as the value when the number does not fit an `i128`.
pub(super) fn parse_scaled(text: &str) -> Result<Option<Parsed<i128>>, DecimalError> {
    let body = text.trim();
    if body.len() > TEXT_LEN_MAX {
        return Err(DecimalError::syntax(text));
    }
    let (is_negative, unsigned) = match body.as_bytes().first() {
        Some(b'-') => (true, &body[1..]),
        Some(b'+') => (false, &body[1..]),
        _ => (false, body),
    };
    let (mantissa, exponent) =
        split_exponent(unsigned).ok_or_else(|| DecimalError::syntax(text))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    let mut bytes = whole.bytes().chain(fraction.bytes());
    if !(has_digits && bytes.all(|b| b.is_ascii_digit())) {
        return Err(DecimalError::syntax(text));
    }
    let point = whole.len() as i32 + exponent + SCALE_DIGITS as i32;
    let digits = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0');
    let sign = if is_negative { -1 } else { 1 };
    Ok(scale(digits, point).map(|parsed| Parsed {
        value: sign * parsed.value,
        ..parsed
    }))
}

/// Splits `1.5e-3` at its exponent; `None` when what follows the `e` is no whole number.
fn split_exponent(text: &str) -> Option<(&str, i32)> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Some((text, 0));
    };
    let (sign, digits) = match exponent.as_bytes().first() {
        Some(b'-') => (-1, &exponent[1..]),
        Some(b'+') => (1, &exponent[1..]),
        _ => (1, exponent),
    };
    if digits.is_empty() {
        return None;
    }
    let mut size: i32 = 0;
    for byte in digits.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        size = (size * 10 + i32::from(byte - b'0')).min(EXPONENT_MAX);
    }
    Some((mantissa, sign * size))
}

/// Keeps the first `point` digits as the integer, padding with zeros, and rounds on the rest.
fn scale(digits: impl Iterator<Item = u8>, point: i32) -> Option<Parsed<i128>> {
    let mut value: i128 = 0;
    let mut seen: i32 = 0;
    let mut first_dropped = 0u8;
    let mut is_tail_nonzero = false;
    for digit in digits {
        match seen.cmp(&point) {
            Ordering::Less => value = value.checked_mul(10)?.checked_add(i128::from(digit))?,
            Ordering::Equal => first_dropped = digit,
            Ordering::Greater => is_tail_nonzero |= digit != 0,
        }
        seen += 1;
    }
    if value != 0 {
        for _ in seen..point {
            value = value.checked_mul(10)?;
        }
    }
    let is_up = match first_dropped {
        0..=4 => false,
        5 => is_tail_nonzero || value % 2 == 1,
        _ => true,
    };
    Some(Parsed {
        value: value.checked_add(i128::from(is_up))?,
        is_rounded: first_dropped != 0 || is_tail_nonzero,
    })
}

/// Divides by a positive `divisor`, rounding half to even.
pub(super) fn div_half_even(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend.div_euclid(divisor);
    let rest = dividend.rem_euclid(divisor);
    let is_up = match rest.cmp(&(divisor - rest)) {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 != 0,
        Ordering::Greater => true,
    };
    quotient + i128::from(is_up)
}

/// Writes `scaled` with all digits that matter and no more (`12.5`, `-0.00000001`, `3`), or with as
/// many decimals as the formatter's precision asks for. What rounds to zero has no sign.
pub(super) fn write_scaled(f: &mut fmt::Formatter<'_>, scaled: i128) -> fmt::Result {
    let decimals = f
        .precision()
        .unwrap_or_else(|| decimals_of(scaled) as usize);
    let kept = decimals.min(SCALE_DIGITS as usize);
    let step = 10i128.pow(SCALE_DIGITS - kept as u32);
    let rounded = div_half_even(scaled, step);
    let mut text = format!("{:0width$}", rounded.unsigned_abs(), width = kept + 1);
    if decimals > 0 {
        text.insert(text.len() - kept, '.');
        text.extend(std::iter::repeat_n('0', decimals - kept));
    }
    f.pad_integral(rounded >= 0, "", &text)
}

/// Counts the decimals that `scaled` needs to be written exactly (0–8).
pub(super) fn decimals_of(scaled: i128) -> u32 {
    let mut rest = scaled.unsigned_abs() % ONE.unsigned_abs();
    if rest == 0 {
        return 0;
    }
    let mut decimals = SCALE_DIGITS;
    while rest.is_multiple_of(10) {
        rest /= 10;
        decimals -= 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_half_to_even_on_both_sides_of_zero() {
        for (dividend, divisor, expected) in [
            (25, 10, 2),
            (35, 10, 4),
            (-25, 10, -2),
            (-35, 10, -4),
            (24, 10, 2),
            (26, 10, 3),
            (-26, 10, -3),
            (1, 3, 0),
            (2, 3, 1),
            (-1, 2, 0),
            (-3, 2, -2),
            (0, 7, 0),
        ] {
            assert_eq!(
                div_half_even(dividend, divisor),
                expected,
                "{dividend}/{divisor}"
            );
        }
    }

    #[test]
    fn division_by_the_largest_divisor_does_not_overflow() {
        assert_eq!(div_half_even(i128::MAX, i128::MAX), 1);
        assert_eq!(div_half_even(i128::MIN, i128::MAX), -1);
        assert_eq!(div_half_even(i128::MAX - 1, i128::MAX), 1);
    }

    #[test]
    fn huge_exponents_cost_nothing_and_change_no_result() {
        let zero = |is_rounded| {
            Some(Parsed {
                value: 0,
                is_rounded,
            })
        };
        assert_eq!(parse_scaled("0e999999999999"), Ok(zero(false)));
        assert_eq!(parse_scaled("1e-2147483648"), Ok(zero(true)));
        assert_eq!(parse_scaled("1e-99999999999999999999"), Ok(zero(true)));
        assert_eq!(parse_scaled("1e2147483648"), Ok(None));
    }

    #[test]
    fn text_up_to_the_limit_is_read_and_beyond_it_is_refused() {
        let exact = format!("0.{}", "1".repeat(TEXT_LEN_MAX - 2));
        let parsed = parse_scaled(&exact).unwrap().unwrap();
        assert_eq!((parsed.value, parsed.is_rounded), (11_111_111, true));
        let error = parse_scaled(&format!("{exact}1")).unwrap_err();
        assert_eq!(error, DecimalError::syntax(&exact[..ERROR_TEXT_LEN_MAX]));
    }

    #[test]
    fn decimals_are_those_needed_for_the_exact_value() {
        for (scaled, decimals) in [(0, 0), (ONE, 0), (-ONE / 2, 1), (1, 8), (10, 7), (-120, 7)] {
            assert_eq!(decimals_of(scaled), decimals, "{scaled}");
        }
    }
}
