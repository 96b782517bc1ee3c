//! [`Symbol`] and [`Source`]: lengths, alphabet, case, text form.

use mda::domain::{Source, Symbol};
use proptest::prelude::*;
use rstest::rstest;

proptest! {
    #[test]
    fn prop_every_visible_ascii_name_round_trips(text in "[!-~]{1,40}") {
        let symbol = Symbol::parse(&text).unwrap();
        prop_assert_eq!(symbol.as_str(), text.to_ascii_uppercase());
        prop_assert_eq!(Symbol::parse(&symbol.to_string()).unwrap(), symbol);
        let source = Source::parse(&text).unwrap();
        prop_assert_eq!(source.as_str(), &text);
        prop_assert_eq!(Source::parse(&source.to_string()).unwrap(), source);
    }

    #[test]
    fn prop_a_name_is_valid_exactly_by_length_and_alphabet(text in any::<String>()) {
        let name = text.trim();
        let is_visible = !name.is_empty() && name.chars().all(|c| ('!'..='~').contains(&c));
        let length = name.chars().count();
        prop_assert_eq!(Symbol::parse(&text).is_ok(), is_visible && length <= 40);
        prop_assert_eq!(Source::parse(&text).is_ok(), is_visible && length <= 50);
    }
}

#[rstest]
#[case::longest_symbol(40, true, true)]
#[case::too_long_for_a_symbol(41, false, true)]
#[case::longest_source(50, false, true)]
#[case::too_long_for_both(51, false, false)]
fn lengths_are_held(#[case] length: usize, #[case] is_symbol: bool, #[case] is_source: bool) {
    let text = "x".repeat(length);
    assert_eq!(Symbol::parse(&text).is_ok(), is_symbol);
    assert_eq!(Source::parse(&text).is_ok(), is_source);
}

#[rstest]
#[case("")]
#[case("  ")]
#[case("BTC USD")]
#[case("BTC\tUSD")]
#[case("BTC\u{1b}[31m")]
#[case("ÄPFEL")]
#[case("BTC\u{200b}")]
fn what_is_not_visible_ascii_is_refused_with_its_text(#[case] text: &str) {
    assert_eq!(
        Symbol::parse(text).unwrap_err().to_string(),
        format!(
            "invalid symbol `{}`: expected 1 to 40 visible ASCII characters",
            text.trim()
        )
    );
    assert_eq!(
        Source::parse(text).unwrap_err().to_string(),
        format!(
            "invalid source `{}`: expected 1 to 50 visible ASCII characters",
            text.trim()
        )
    );
}

#[test]
fn an_error_repeats_no_more_than_shows_the_fault() {
    let error = Symbol::parse(&"é".repeat(10_000)).unwrap_err().to_string();
    assert_eq!(error.matches('é').count(), 41);
}

#[test]
fn symbols_are_upper_case_sources_keep_theirs() {
    assert_eq!(" btc-usd ".parse::<Symbol>().unwrap().as_str(), "BTC-USD");
    assert_eq!(
        " coinbase.Trades ".parse::<Source>().unwrap().as_str(),
        "coinbase.Trades"
    );
    assert_eq!(format!("{:>8}|", Symbol::parse("es").unwrap()), "      ES|");
}
