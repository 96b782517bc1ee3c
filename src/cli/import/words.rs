//! The words of `mda import`'s choices, with what each means, and of a time zone.

use std::fmt::Debug;

use chrono_tz::{TZ_VARIANTS, Tz};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::api::{DateOrder, DecimalSign, ImportMode, ImportPriority, ValidationLevel};

/// A word, what it means, and its value.
type Word<T> = (&'static str, &'static str, T);

/// Orders of a numeric date.
pub(super) const DATE_ORDERS: &[Word<DateOrder>] = &[
    ("dmy", "31/12/2024", DateOrder::Dmy),
    ("mdy", "12/31/2024", DateOrder::Mdy),
    ("ymd", "2024/12/31", DateOrder::Ymd),
];

/// Decimal signs.
pub(super) const DECIMALS: &[Word<DecimalSign>] = &[
    ("point", "1234.5", DecimalSign::Point),
    ("comma", "1234,5", DecimalSign::Comma),
];

/// How strictly rows are judged.
pub(super) const VALIDATIONS: &[Word<ValidationLevel>] = &[
    (
        "none",
        "Only what is no bar at all is rejected",
        ValidationLevel::None,
    ),
    (
        "basic",
        "The rules of single values",
        ValidationLevel::Basic,
    ),
    (
        "standard",
        "Those, and the rules between the values of a bar",
        ValidationLevel::Standard,
    ),
    (
        "strict",
        "All rules; what is flagged elsewhere is rejected",
        ValidationLevel::Strict,
    ),
];

/// Who parses.
pub(super) const MODES: &[Word<ImportMode>] = &[
    ("auto", "What suits the machine", ImportMode::Auto),
    (
        "single",
        "One thread reads, parses and judges",
        ImportMode::Single,
    ),
    ("threads", "Several threads parse", ImportMode::Threads),
];

/// Who goes first.
pub(super) const PRIORITIES: &[Word<ImportPriority>] = &[
    ("critical", "Before all others", ImportPriority::Critical),
    ("high", "Before the usual ones", ImportPriority::High),
    ("normal", "As usual", ImportPriority::Normal),
    ("low", "After all others", ImportPriority::Low),
];

/// Returns the parser of a choice: its words, for the help and the completions too.
pub(super) fn one_of<T>(words: &'static [Word<T>]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Debug + Send + Sync + 'static,
{
    let known = words
        .iter()
        .map(|(word, meaning, _)| PossibleValue::new(*word).help(*meaning));
    PossibleValuesParser::new(known).try_map(move |typed| {
        let found = words.iter().find(|(word, _, _)| *word == typed);
        found
            .map(|(_, _, value)| *value)
            .ok_or("it is none of the words")
    })
}

/// Reads a time zone: `UTC`, a name of the IANA data base in any case, or an offset.
///
/// # Errors
/// When it is none of these; says which is near.
pub(super) fn timezone(text: &str) -> Result<String, String> {
    if is_offset(text) {
        return Ok(text.to_owned());
    }
    let mut zones = TZ_VARIANTS.iter().map(|zone| zone.name());
    if let Some(zone) = zones.find(|zone| zone.eq_ignore_ascii_case(text)) {
        return Ok(zone.to_owned());
    }
    let expected = "expected UTC, a name like America/New_York or an offset like +05:30";
    Err(match nearest_zone(text) {
        Some(zone) => format!("{expected}; is it {zone}?"),
        None => expected.to_owned(),
    })
}

/// Returns true for `+05:30`, up to 14 hours east and 12 west, as zones lie on the earth.
fn is_offset(text: &str) -> bool {
    let (hours_max, digits) = match text.as_bytes() {
        [b'+', digits @ ..] => (14, digits),
        [b'-', digits @ ..] => (12, digits),
        _ => return false,
    };
    let &[h1, h2, b':', m1, m2] = digits else {
        return false;
    };
    if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let (hours, minutes) = ((h1 - b'0') * 10 + h2 - b'0', (m1 - b'0') * 10 + m2 - b'0');
    minutes < 60 && (hours < hours_max || (hours == hours_max && minutes == 0))
}

/// Returns the zone whose name, or the city of it, is nearest to what was typed.
fn nearest_zone(text: &str) -> Option<&'static str> {
    let typed = text.to_lowercase().replace(' ', "_");
    let likeness = |zone: &Tz| {
        let name = zone.name().to_lowercase();
        let city = name.rsplit('/').next().unwrap_or(&name);
        strsim::jaro_winkler(&typed, &name).max(strsim::jaro_winkler(&typed, city))
    };
    let near = TZ_VARIANTS.iter().map(|zone| (likeness(zone), zone.name()));
    let best = near.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(likeness, _)| *likeness > 0.85)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("UTC")]
    #[case("America/New_York")]
    #[case("+05:30")]
    #[case("-12:00")]
    #[case("+14:00")]
    fn a_zone_is_a_name_or_an_offset(#[case] text: &str) {
        assert_eq!(timezone(text).as_deref(), Ok(text));
        assert_eq!(timezone(&text.to_lowercase()).as_deref(), Ok(text));
    }

    #[rstest]
    #[case("America/New_Yrok", "is it America/New_York?")]
    #[case("new york", "is it America/New_York?")]
    #[case("+5:30", "an offset like +05:30")]
    #[case("+14:30", "an offset like")]
    #[case("-13:00", "an offset like")]
    #[case("+05:60", "an offset like")]
    #[case("", "expected UTC")]
    fn anything_else_is_told_what_is_expected(#[case] text: &str, #[case] told: &str) {
        let fault = timezone(text).unwrap_err();
        assert!(fault.contains(told), "{fault}");
    }

    /// The words of the flags are those of the contract's JSON.
    #[test]
    fn every_word_is_the_one_of_the_contract() {
        fn told<T: serde::Serialize + Copy>(words: &[Word<T>]) {
            for (word, _, value) in words {
                assert_eq!(serde_json::to_value(value).unwrap(), *word);
            }
        }
        told(DATE_ORDERS);
        told(DECIMALS);
        told(VALIDATIONS);
        told(MODES);
        told(PRIORITIES);
    }
}
