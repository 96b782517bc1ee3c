//! What vendors write where a number belongs.

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
