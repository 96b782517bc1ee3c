//! Exact decimal text to and from integers scaled by 10⁻⁸: the arithmetic that [`super::Price`] and [`super::Volume`] share.

use std::fmt;

use thiserror::Error;

/// Decimal places kept by [`super::Price`] and [`super::Volume`].
pub const SCALE_DIGITS: u32 = 8;

/// One whole unit, in steps of 10⁻⁸.
pub(super) const ONE: i128 = 100_000_000;

/// The longest text read as a number; real vendor values stay under 40 characters.
const TEXT_LEN_MAX: usize = 64;

/// Exponents beyond this are refused: no price or volume needs them, and they would only cost time.
const EXPONENT_MAX: i32 = 60;

/// A value read from text, and whether digits beyond the eighth decimal had to be rounded (half to even).
///
/// Rounding is not an error: an importer reports it as a finding of low severity.
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
        /// The offending text.
        text: String,
    },
}

impl DecimalError {
    fn syntax(text: &str) -> Self {
        Self::Syntax {
            text: text.chars().take(TEXT_LEN_MAX).collect(),
        }
    }
}

/// Reads `text` (`-12.5`, `1.4E-05`, `.5`) as an integer number of 10⁻⁸ steps, rounding half to even.
///
/// Returns `None` as the value when the number does not fit an `i128`.
pub(super) fn parse_scaled(text: &str) -> Result<Option<Parsed<i128>>, DecimalError> {
    let body = text.trim();
    if body.is_empty() || body.len() > TEXT_LEN_MAX {
        return Err(DecimalError::syntax(text));
    }
    let (is_negative, unsigned) = match body.as_bytes()[0] {
        b'-' => (true, &body[1..]),
        b'+' => (false, &body[1..]),
        _ => (false, body),
    };
    let (mantissa, exponent) =
        split_exponent(unsigned).ok_or_else(|| DecimalError::syntax(text))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = !(whole.is_empty() && fraction.is_empty())
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit());
    if !is_number {
        return Err(DecimalError::syntax(text));
    }
    let point = whole.len() as i32 + exponent + SCALE_DIGITS as i32;
    let digits = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0');
    Ok(scale(digits, point).map(|parsed| Parsed {
        value: if is_negative {
            -parsed.value
        } else {
            parsed.value
        },
        ..parsed
    }))
}

fn split_exponent(text: &str) -> Option<(&str, i32)> {
    match text.find(['e', 'E']) {
        None => Some((text, 0)),
        Some(at) => {
            let exponent: i32 = text[at + 1..].parse().ok()?;
            (exponent.abs() <= EXPONENT_MAX).then_some((&text[..at], exponent))
        }
    }
}

/// Keeps the first `point` digits as the integer (padding with zeros), and rounds half to even on the rest.
fn scale(digits: impl Iterator<Item = u8>, point: i32) -> Option<Parsed<i128>> {
    let mut value: i128 = 0;
    let mut seen: i32 = 0;
    let mut first_dropped = 0u8;
    let mut is_tail_nonzero = false;
    for digit in digits {
        if seen < point {
            value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
        } else if seen == point.max(0) && point >= 0 {
            first_dropped = digit;
        } else {
            is_tail_nonzero |= digit != 0;
        }
        seen += 1;
    }
    for _ in seen..point {
        value = value.checked_mul(10)?;
    }
    let is_rounded = first_dropped != 0 || is_tail_nonzero;
    let is_up = match first_dropped {
        0..=4 => false,
        5 => is_tail_nonzero || value % 2 == 1,
        _ => true,
    };
    Some(Parsed {
        value: if is_up { value.checked_add(1)? } else { value },
        is_rounded,
    })
}

/// Writes `scaled` with all digits that matter and no more (`12.5`, `-0.00000001`, `3`).
pub(super) fn write_scaled(f: &mut fmt::Formatter<'_>, scaled: i128) -> fmt::Result {
    let text = format_scaled(scaled, f.precision());
    f.pad_integral(scaled >= 0, "", text.trim_start_matches('-'))
}

/// Formats `scaled` with `decimals` places, rounded half to even, or with as many as the value needs.
fn format_scaled(scaled: i128, decimals: Option<usize>) -> String {
    let Some(decimals) = decimals else {
        let whole = scaled.unsigned_abs() / ONE.unsigned_abs();
        let fraction = scaled.unsigned_abs() % ONE.unsigned_abs();
        let text = format!("{whole}.{fraction:08}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    };
    let places = decimals.min(SCALE_DIGITS as usize);
    let step = 10u128.pow(SCALE_DIGITS - places as u32);
    let magnitude = scaled.unsigned_abs();
    let (quotient, rest) = (magnitude / step, magnitude % step);
    let is_up = rest * 2 > step || (rest * 2 == step && quotient % 2 == 1);
    let rounded = quotient + u128::from(is_up);
    if places == 0 {
        return rounded.to_string();
    }
    let unit = 10u128.pow(places as u32);
    format!("{}.{:0places$}", rounded / unit, rounded % unit)
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
