//! [`Plain`]: a number without what vendors put around it.

use super::number::NumberFault;
use crate::import::NumberRule;

/// The longest number in a vendor's notation; a longer one has to be plain already.
const LEN_MAX: usize = 64;

/// Signs of money that may stand before or behind a number.
const MONEY: [char; 10] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₿', '¢'];

/// A number of digits, `.` and exponent, in a buffer on the stack or as it stood.
#[derive(Debug)]
pub(super) enum Plain<'a> {
    /// It was plain.
    As(&'a str),
    /// It was brought into form.
    Made {
        bytes: [u8; LEN_MAX + 4],
        len: usize,
    },
}

/// What stands around the digits.
#[derive(Debug, Default, Clone, Copy)]
struct Around {
    is_negative: bool,
    is_in_parentheses: bool,
    exponent: Option<&'static str>,
}

impl<'a> Plain<'a> {
    /// Brings a number into plain form; `may_scale`: a suffix for thousands and more is known.
    pub(super) fn of(
        rule: NumberRule,
        body: &'a [u8],
        may_scale: bool,
    ) -> Result<Self, NumberFault> {
        let text = std::str::from_utf8(body).map_err(|_| NumberFault::Syntax)?;
        let is_plain = body
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
        if is_plain && rule.decimal == '.' && rule.group != Some('.') {
            return Ok(Self::As(text));
        }
        if text.ends_with('%') {
            return Err(NumberFault::Percent);
        }
        if is_infinite(text) {
            return Err(NumberFault::Infinite);
        }
        if body.len() > LEN_MAX {
            return Err(NumberFault::Syntax);
        }
        let (around, digits) = strip(text, may_scale);
        let mut made = Self::Made {
            bytes: [0; LEN_MAX + 4],
            len: 0,
        };
        if around.is_negative {
            made.push("-");
        }
        made.push_number(rule, digits)?;
        if let Some(exponent) = around.exponent {
            if digits.contains(['e', 'E']) {
                return Err(NumberFault::Syntax);
            }
            made.push(exponent);
        }
        Ok(made)
    }

    /// Returns the plain form.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::As(text) => text,
            // Only ASCII is pushed; an empty text is no number to any parser.
            Self::Made { bytes, len } => std::str::from_utf8(&bytes[..*len]).unwrap_or(""),
        }
    }

    /// Returns true when a minus stands before it.
    pub(super) fn is_negative(&self) -> bool {
        self.as_str().starts_with('-')
    }

    /// Pushes mantissa and exponent, without groups and with a point.
    fn push_number(&mut self, rule: NumberRule, digits: &str) -> Result<(), NumberFault> {
        let end = digits.find(['e', 'E']).unwrap_or(digits.len());
        let (mantissa, exponent) = digits.split_at(end);
        let (whole, fraction) = match mantissa.split_once(rule.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        self.push_whole(rule.group, whole)?;
        if let Some(fraction) = fraction {
            self.push(".");
            self.push_digits(fraction)?;
        }
        let exponent_digits = exponent.get(1..).unwrap_or("");
        let unsigned = exponent_digits.strip_prefix(['+', '-']);
        if !unsigned
            .unwrap_or(exponent_digits)
            .bytes()
            .all(|b| b.is_ascii_digit())
        {
            return Err(NumberFault::Syntax);
        }
        self.push(exponent);
        Ok(())
    }

    /// Pushes the whole part; groups must be of three digits, or in the Indian way of two before
    /// the last three, or it is no number: `1,5` is never 15.
    fn push_whole(&mut self, group: Option<char>, whole: &str) -> Result<(), NumberFault> {
        let is_group = |c: char| group.is_some_and(|group| is_same_group(group, c));
        if !whole.contains(is_group) {
            return self.push_digits(whole);
        }
        let mut is_western = true;
        let mut is_indian = true;
        let last = whole.split(is_group).count() - 1;
        for (place, part) in whole.split(is_group).enumerate() {
            let len = part.len();
            is_western &= if place == 0 {
                (1..=3).contains(&len)
            } else {
                len == 3
            };
            is_indian &= match place {
                0 => (1..=2).contains(&len),
                _ if place == last => len == 3,
                _ => len == 2,
            };
            self.push_digits(part)?;
        }
        if is_western || is_indian {
            Ok(())
        } else {
            Err(NumberFault::Syntax)
        }
    }

    fn push_digits(&mut self, digits: &str) -> Result<(), NumberFault> {
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberFault::Syntax);
        }
        self.push(digits);
        Ok(())
    }

    /// Pushes text; there is room, since a made form is at most four bytes longer than the field.
    fn push(&mut self, text: &str) {
        if let Self::Made { bytes, len } = self
            && let Some(room) = bytes.get_mut(*len..*len + text.len())
        {
            room.copy_from_slice(text.as_bytes());
            *len += text.len();
        }
    }
}

/// Takes signs, parentheses, money and suffix away.
fn strip(text: &str, may_scale: bool) -> (Around, &str) {
    let mut around = Around::default();
    let mut rest = text;
    if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        around.is_negative = true;
        around.is_in_parentheses = true;
        rest = inner.trim();
    }
    rest = strip_sign(strip_money(rest), &mut around);
    rest = strip_money(rest);
    if may_scale {
        rest = strip_suffix(rest, &mut around);
    }
    (around, rest)
}

/// Takes one sign away; a second one stays, and makes it no number.
fn strip_sign<'a>(text: &'a str, around: &mut Around) -> &'a str {
    if around.is_in_parentheses {
        return text;
    }
    let minus = text
        .strip_prefix('-')
        .or_else(|| text.strip_prefix('\u{2212}'));
    if let Some(rest) = minus {
        around.is_negative = true;
        return rest;
    }
    text.strip_prefix('+').unwrap_or(text)
}

fn strip_money(text: &str) -> &str {
    let before = text.strip_prefix(MONEY).unwrap_or(text).trim();
    before.strip_suffix(MONEY).unwrap_or(before).trim()
}

fn strip_suffix<'a>(text: &'a str, around: &mut Around) -> &'a str {
    let exponent = match text.bytes().last().map(|byte| byte.to_ascii_uppercase()) {
        Some(b'K') => "e3",
        Some(b'M') => "e6",
        Some(b'B') => "e9",
        Some(b'T') => "e12",
        _ => return text,
    };
    around.exponent = Some(exponent);
    text[..text.len() - 1].trim_end()
}

/// A group of spaces may be of any kind of space, an apostrophe may be typographic.
fn is_same_group(group: char, c: char) -> bool {
    match group {
        ' ' => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
        '\'' => matches!(c, '\'' | '\u{2019}'),
        _ => c == group,
    }
}

fn is_infinite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    ["inf", "infinity", "∞"]
        .iter()
        .any(|word| unsigned.eq_ignore_ascii_case(word))
}
