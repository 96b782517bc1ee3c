//! Numbers of files against the parsers of the domain and against `bigdecimal`.

use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use mda::domain::{Price, Volume};
use mda::import::NumberRule;
use mda::import::convert::number::{self, NumberFault, Written};
use proptest::prelude::*;

const PLAIN: NumberRule = NumberRule {
    decimal: '.',
    group: None,
};

/// Returns the steps of 10⁻⁸ of an exact decimal, rounded half to even.
fn scaled(exact: &BigDecimal) -> i128 {
    let rounded = exact.with_scale_round(8, RoundingMode::HalfEven);
    (rounded * BigDecimal::from(100_000_000)).to_i128().unwrap()
}

/// Puts separators between groups of `len` digits, from the right, after a last group of three.
fn grouped(whole: &str, len: usize, separator: char) -> String {
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left >= 3 && (left - 3).is_multiple_of(len) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

fn plain_number() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+]?[0-9]{0,20}",
        "[-+]?[0-9]{0,12}\\.[0-9]{0,12}",
        "[-+]?[0-9]{1,11}\\.[0-9]{8}50{0,4}",
        "[-+]?[0-9]{1,4}(\\.[0-9]{1,9})?[eE][-+]?[0-9]{1,2}",
        "-?92233720368\\.5477580[0-9]{1,2}",
        "-?100000000000000000[0-9](\\.0{0,3}[0-9])?",
        "[-+.eE0-9]{1,12}",
        "[ -~]{0,12}",
    ]
}

proptest! {
    #[test]
    fn prop_a_price_is_read_as_the_domain_reads_it(text in plain_number()) {
        let read = number::price(PLAIN, text.as_bytes());
        match (Price::parse(&text), read) {
            (Ok(expected), Ok(Written::Value(parsed))) => prop_assert_eq!(parsed, expected),
            (Ok(_), read) => prop_assert!(false, "{:?} became {:?}", text, read),
            // Signs of money, parentheses and null tokens are of files alone.
            (Err(_), Ok(Written::Value(_))) => {
                let is_vendors = text.contains(['$', '(']) || text.contains("- ");
                prop_assert!(is_vendors, "{:?}", text);
            }
            (Err(_), Ok(Written::Missing) | Err(_)) => {}
        }
    }

    #[test]
    fn prop_a_volume_is_read_as_the_domain_reads_it(text in plain_number()) {
        let read = number::volume(PLAIN, text.as_bytes());
        match (Volume::parse(&text), read) {
            (Ok(expected), Ok(Written::Value(parsed))) => prop_assert_eq!(parsed, expected),
            (Ok(_), read) => prop_assert!(false, "{:?} became {:?}", text, read),
            (Err(_), Ok(Written::Value(_))) => {
                let suffixes = ['$', '(', 'k', 'K', 'm', 'M', 'b', 'B', 't', 'T'];
                prop_assert!(text.contains(suffixes), "{:?}", text);
            }
            (Err(_), Ok(Written::Missing) | Err(_)) => {}
        }
    }

    #[test]
    fn prop_what_vendors_put_around_a_number_does_not_change_it(
        whole in "[1-9][0-9]{0,9}",
        fraction in "[0-9]{0,12}",
        (decimal, group) in prop::sample::select(vec![
            ('.', ','), (',', '.'), ('.', ' '), (',', ' '), ('.', '\''),
        ]),
        group_len in 2..=3usize,
        around in prop::sample::select(vec![
            ("", "", 1), ("-", "", -1), ("$", "", 1), ("-$", "", -1), ("€ ", "", 1), ("", " €", 1),
            ("(", ")", -1), ("($", ")", -1), (" ", " ", 1),
        ]),
    ) {
        let rule = NumberRule { decimal, group: Some(group) };
        let (before, after, sign) = around;
        let point = if fraction.is_empty() { String::new() } else { decimal.to_string() };
        let digits = grouped(&whole, group_len, group);
        let text = format!("{before}{digits}{point}{fraction}{after}");
        let exact = BigDecimal::from_str(&format!("{whole}.{fraction}0")).unwrap();
        let expected = sign * scaled(&exact);
        let Ok(Written::Value(parsed)) = number::price(rule, text.as_bytes()) else {
            return Err(TestCaseError::fail(format!("{text:?} is no price")));
        };
        prop_assert_eq!(i128::from(parsed.value.scaled()), expected, "{}", text);
        let is_exact = fraction.trim_end_matches('0').len() <= 8;
        prop_assert_eq!(parsed.is_rounded, !is_exact, "{}", text);
    }

    #[test]
    fn prop_a_suffix_multiplies_exactly(
        whole in "[0-9]{1,6}",
        fraction in "[0-9]{1,20}",
        (suffix, zeros) in prop::sample::select(vec![("K", 3), ("m", 6), ("B", 9), (" T", 12)]),
    ) {
        let text = format!("{whole}.{fraction}{suffix}");
        let factor = BigDecimal::from(10u64.pow(zeros));
        let exact = BigDecimal::from_str(&format!("{whole}.{fraction}")).unwrap() * factor;
        let expected = scaled(&exact);
        match number::volume(PLAIN, text.as_bytes()) {
            Ok(Written::Value(parsed)) => prop_assert_eq!(parsed.value.scaled(), expected),
            Err(NumberFault::OutOfRange) => prop_assert!(expected > Volume::MAX.scaled()),
            other => prop_assert!(false, "{} became {:?}", text, other),
        }
    }

    #[test]
    fn prop_no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        for decimal in ['.', ','] {
            let rule = NumberRule { decimal, group: Some(' ') };
            let price = number::price(rule, &bytes);
            let volume = number::volume(rule, &bytes);
            prop_assert_eq!(
                price == Ok(Written::Missing),
                volume == Ok(Written::Missing)
            );
        }
    }
}
