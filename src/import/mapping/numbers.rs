//! How numbers are written, told by all numbers of the sample.
//!
//! It reads no number itself; that is [`super::super::convert`]'s. What may be a thousand or a
//! thousandth is [`Verdict::Unsure`], never a guess.

use super::table::Table;
use crate::api::DecimalSign;
use crate::import::NumberRule;
use crate::import::convert::number::{self, Written};

/// A point, and nothing between thousands.
pub(super) const PLAIN: NumberRule = NumberRule {
    decimal: '.',
    group: None,
};

/// The rules under which a value may be a number at all.
const RULES: [NumberRule; 6] = [
    PLAIN,
    NumberRule {
        decimal: '.',
        group: Some(','),
    },
    NumberRule {
        decimal: ',',
        group: Some('.'),
    },
    NumberRule {
        decimal: ',',
        group: Some(' '),
    },
    NumberRule {
        decimal: '.',
        group: Some('\''),
    },
    NumberRule {
        decimal: '.',
        group: Some(' '),
    },
];

/// How numbers are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// By this rule; and why.
    Proven(NumberRule, String),
    /// This value can be read as two numbers.
    Unsure(String),
}

/// Returns the character of a decimal sign.
pub(super) const fn sign(sign: DecimalSign) -> char {
    match sign {
        DecimalSign::Point => '.',
        DecimalSign::Comma => ',',
    }
}

/// Returns the rule of a decimal sign: the other one groups thousands.
pub(super) const fn rule_of(asked: DecimalSign) -> NumberRule {
    let group = match asked {
        DecimalSign::Point => ',',
        DecimalSign::Comma => '.',
    };
    NumberRule {
        decimal: sign(asked),
        group: Some(group),
    }
}

/// What one value says of the signs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Nothing.
    None,
    /// This is the decimal sign, and that groups thousands.
    Known(char, Option<char>),
    /// This groups thousands; the decimal sign does not occur.
    Group(char),
    /// This may be either: one sign and three digits behind it.
    Either(char),
}

/// Returns true when `text` is a number under some rule; what stands for nothing is none.
pub(super) fn is_number(text: &str) -> bool {
    RULES.iter().any(|rule| amount(*rule, text).is_some())
}

/// Returns true for what stands for no number at all: `null`, `N/A`, `-`.
pub(super) fn is_nothing(text: &str) -> bool {
    number::is_null(text.as_bytes())
}

/// Returns the size of a number in steps of 10⁻⁸, of prices and volumes alike.
pub(super) fn amount(rule: NumberRule, text: &str) -> Option<i128> {
    if let Ok(Written::Value(parsed)) = number::volume(rule, text.as_bytes()) {
        return Some(parsed.value.scaled());
    }
    match number::price(rule, text.as_bytes()) {
        Ok(Written::Value(parsed)) => Some(i128::from(parsed.value.scaled())),
        Ok(Written::Missing) | Err(_) => None,
    }
}

/// What all values together say of the signs in them.
#[derive(Debug, Clone, Default)]
struct Signs<'a> {
    /// A point, or a comma, that can only be the decimal sign.
    has_point: bool,
    has_comma: bool,
    /// The first value whose only point, or comma, may also group thousands.
    point: Option<&'a str>,
    comma: Option<&'a str>,
    groups: Vec<char>,
}

/// Finds the rule by which the numbers of `columns` are written.
pub(super) fn judge(table: &Table<'_>, columns: &[usize]) -> Verdict {
    let mut signs = Signs::default();
    for text in columns.iter().flat_map(|column| table.filled(*column)) {
        match sign_of(text) {
            Sign::None => {}
            Sign::Known(decimal, group) => {
                signs.has_point |= decimal == '.';
                signs.has_comma |= decimal == ',';
                signs.groups.extend(group);
            }
            Sign::Group(group) => signs.groups.push(group),
            Sign::Either('.') => signs.point = signs.point.or(Some(text)),
            Sign::Either(_) => signs.comma = signs.comma.or(Some(text)),
        }
    }
    decide(&signs)
}

fn decide(signs: &Signs<'_>) -> Verdict {
    let group_for = |decimal: char| signs.groups.iter().copied().find(|sign| *sign != decimal);
    let groups_by_comma = signs.groups.contains(&',');
    match (signs.has_point, signs.has_comma) {
        (true, true) => {
            let evidence = "points and commas contradict each other; the point is read";
            Verdict::Proven(PLAIN, evidence.to_owned())
        }
        (false, true) => rule(',', signs.point.map(|_| '.').or(group_for(','))),
        (true, false) => rule('.', signs.comma.map(|_| ',').or(group_for('.'))),
        (false, false) => match signs.comma {
            Some(_) if groups_by_comma || signs.point.is_some() => rule('.', Some(',')),
            Some(text) => Verdict::Unsure(text.to_owned()),
            None if signs.groups.contains(&'.') => rule(',', Some('.')),
            None => rule('.', group_for('.')),
        },
    }
}

fn rule(decimal: char, group: Option<char>) -> Verdict {
    let decimal_name = if decimal == ',' { "comma" } else { "point" };
    let evidence = match group {
        Some(_) => format!("thousands are grouped, the decimal sign is a {decimal_name}"),
        None if decimal == ',' => "decimal commas occur".to_owned(),
        None => "no thousands are grouped".to_owned(),
    };
    Verdict::Proven(NumberRule { decimal, group }, evidence)
}

/// Tells what the signs within the digits of `text` are.
fn sign_of(text: &str) -> Sign {
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(from), Some(to)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return Sign::None;
    };
    // A sign of money before the digits may be of several bytes; only `.5` begins before them.
    let before = usize::from(text[..from].ends_with(['.', ',']));
    let body = &text[from - before..=to];
    let body = body.split(['e', 'E']).next().unwrap_or(body);
    let signs: Vec<(usize, char)> = body
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}'))
        .collect();
    let Some((last_at, last)) = signs.last().copied() else {
        return Sign::None;
    };
    let first = signs[0].1;
    let behind = body.len() - last_at - last.len_utf8();
    if first != last {
        return Sign::Known(last, Some(first));
    }
    if signs.len() > 1 || !matches!(last, '.' | ',') {
        return Sign::Group(last);
    }
    let before = body[..last_at].trim_start_matches(['-', '+', '$', '(']);
    let can_group = behind == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
    if can_group {
        Sign::Either(last)
    } else {
        Sign::Known(last, None)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("190.25", Sign::Known('.', None))]
    #[case("190", Sign::None)]
    #[case("-0.5", Sign::Known('.', None))]
    #[case(".5", Sign::Known('.', None))]
    #[case("2.11e-05", Sign::Known('.', None))]
    #[case("1,612.34", Sign::Known('.', Some(',')))]
    #[case("1.612,34", Sign::Known(',', Some('.')))]
    #[case("12,34,567", Sign::Group(','))]
    #[case("4,787,699", Sign::Group(','))]
    #[case("1 612,34", Sign::Known(',', Some(' ')))]
    #[case("1,612", Sign::Either(','))]
    #[case("0,612", Sign::Known(',', None))]
    #[case("1612,345", Sign::Known(',', None))]
    #[case("$191.38", Sign::Known('.', None))]
    #[case("120.5M", Sign::Known('.', None))]
    #[case("é€\u{feff}\u{2028}0.97", Sign::Known('.', None))]
    fn signs_within_digits_are_told_apart(#[case] text: &str, #[case] expected: Sign) {
        assert_eq!(sign_of(text), expected);
    }

    #[test]
    fn numbers_of_any_notation_are_numbers() {
        for text in [
            "1.5", "1,612.34", "1.612,34", "$191.38", "120.5M", "2.1e-5", "-3",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "N/A", "AAPL", "2024-01-02", "09:30"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
