//! [`Price`] and [`Volume`]: text, rounding, ranges, formatting and arithmetic.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use mda::domain::{DecimalError, Price, Volume};
use proptest::prelude::*;
use rstest::rstest;

use super::naive;

const VOLUME_MAX_SCALED: i128 = 100_000_000_000_000_000_000_000_000;

/// A number as text, and its exact value.
#[derive(Debug, Clone)]
struct Number {
    text: String,
    exact: BigDecimal,
}

fn number(sign: &str, whole: &str, fraction: &str, exponent: Option<i64>) -> Number {
    let point = if fraction.is_empty() { "" } else { "." };
    let power = exponent.map_or_else(String::new, |power| format!("e{power}"));
    let scale = fraction.len() as i64 - exponent.unwrap_or(0);
    Number {
        text: format!("{sign}{whole}{point}{fraction}{power}"),
        exact: naive::decimal(sign == "-", &format!("0{whole}{fraction}"), scale),
    }
}

fn any_number() -> impl Strategy<Value = Number> {
    let sign = prop::sample::select(vec!["", "-", "+"]);
    // Fractions that end in a tie, or in zeros, come far too seldom by chance.
    let fraction = prop_oneof![
        "[0-9]{0,40}",
        "[0-9]{8}50{0,10}",
        "[0-9]{8}50{0,10}1",
        "[0-9]{1,8}0{1,8}"
    ];
    let exponent = prop::option::weighted(0.3, -30i64..30);
    (sign, "0{0,4}[0-9]{0,21}", fraction, exponent)
        .prop_filter("a number has a digit", |(_, whole, fraction, _)| {
            !(whole.is_empty() && fraction.is_empty())
        })
        .prop_map(|(sign, whole, fraction, power)| number(sign, &whole, &fraction, power))
}

/// Numbers within a few steps of 10⁻¹⁰ of what a type can hold at most.
fn number_near(limit_scaled: i128) -> impl Strategy<Value = Number> {
    (prop::sample::select(vec!["", "-"]), -300i128..300).prop_map(move |(sign, offset)| {
        let digits = format!("{:011}", (limit_scaled * 100 + offset).abs());
        let (whole, fraction) = digits.split_at(digits.len() - 10);
        number(sign, whole, fraction, None)
    })
}

fn check_price(number: &Number) -> Result<(), TestCaseError> {
    let expected = naive::to_scaled(&number.exact)
        .and_then(|scaled| i64::try_from(scaled).ok())
        .filter(|scaled| *scaled != i64::MIN);
    match (Price::parse(&number.text), expected) {
        (Ok(parsed), Some(scaled)) => {
            prop_assert_eq!(parsed.value.scaled(), scaled);
            let is_rounded = number.exact != BigDecimal::new(scaled.into(), 8);
            prop_assert_eq!(parsed.is_rounded, is_rounded);
        }
        (Err(DecimalError::OutOfRange { what, text, .. }), None) => {
            prop_assert_eq!(what, "price");
            prop_assert_eq!(&text, &number.text.chars().take(64).collect::<String>());
        }
        (parsed, expected) => prop_assert!(false, "{parsed:?}, expected {expected:?}"),
    }
    Ok(())
}

fn check_volume(number: &Number) -> Result<(), TestCaseError> {
    let expected =
        naive::to_scaled(&number.exact).filter(|scaled| (0..=VOLUME_MAX_SCALED).contains(scaled));
    match (Volume::parse(&number.text), expected) {
        (Ok(parsed), Some(scaled)) => {
            prop_assert_eq!(parsed.value.scaled(), scaled);
            let is_rounded = number.exact != BigDecimal::new(scaled.into(), 8);
            prop_assert_eq!(parsed.is_rounded, is_rounded);
        }
        (Err(DecimalError::OutOfRange { what, .. }), None) => prop_assert_eq!(what, "volume"),
        (parsed, expected) => prop_assert!(false, "{parsed:?}, expected {expected:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn prop_any_number_is_read_as_bigdecimal_reads_it(number in any_number()) {
        check_price(&number)?;
        check_volume(&number)?;
    }

    #[test]
    fn prop_the_limits_are_exact(
        price in number_near(i128::from(i64::MAX)),
        volume in number_near(VOLUME_MAX_SCALED),
        tiny in number_near(0),
    ) {
        check_price(&price)?;
        check_volume(&volume)?;
        check_price(&tiny)?;
        check_volume(&tiny)?;
    }

    #[test]
    fn prop_printed_values_are_exact_and_parse_to_themselves(
        scaled in any::<i64>(),
        volume in 0..=VOLUME_MAX_SCALED,
    ) {
        let price = Price::from_scaled(scaled);
        let exact = BigDecimal::new(price.scaled().into(), 8).normalized().to_plain_string();
        prop_assert_eq!(price.to_string(), exact);
        prop_assert_eq!(price.to_string().parse(), Ok(price));
        let volume = Volume::from_scaled(volume).unwrap();
        let exact = BigDecimal::new(volume.scaled().into(), 8).normalized().to_plain_string();
        prop_assert_eq!(volume.to_string(), exact);
        prop_assert_eq!(volume.to_string().parse(), Ok(volume));
    }

    #[test]
    fn prop_fixed_decimals_round_half_to_even(
        scaled in prop_oneof![
            any::<i64>(),
            -100_000i64..100_000,
            (-1000i64..1000).prop_map(|halves| halves * 50_000_000),
        ],
        decimals in 0usize..14,
    ) {
        let exact = BigDecimal::new(scaled.into(), 8);
        let expected = exact.with_scale_round(decimals as i64, RoundingMode::HalfEven);
        let text = format!("{:.decimals$}", Price::from_scaled(scaled));
        prop_assert_eq!(&text, &expected.to_plain_string());
        if let Some(volume) = Volume::from_scaled(scaled.into()) {
            prop_assert_eq!(format!("{volume:.decimals$}"), text);
        }
    }

    #[test]
    fn prop_decimals_are_those_of_the_printed_text(scaled in any::<i64>(), zeros in 0u32..12) {
        let zeros = 10i64.pow(zeros);
        let price = Price::from_scaled(scaled / zeros * zeros);
        let text = price.to_string();
        let printed = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        prop_assert_eq!(price.decimals() as usize, printed);
    }

    #[test]
    fn prop_arithmetic_is_exact_or_refused(a in any::<i64>(), b in any::<i64>()) {
        let (a, b) = (Price::from_scaled(a), Price::from_scaled(b));
        let held = |scaled: i128| {
            (scaled.abs() <= i128::from(i64::MAX)).then(|| Price::from_scaled(scaled as i64))
        };
        let (wide_a, wide_b) = (i128::from(a.scaled()), i128::from(b.scaled()));
        prop_assert_eq!(a.checked_add(b), held(wide_a + wide_b));
        prop_assert_eq!(a.checked_sub(b), held(wide_a - wide_b));
    }

    #[test]
    fn prop_volume_sums_are_exact_or_stop_at_the_limit(
        a in 0..=VOLUME_MAX_SCALED,
        b in 0..=VOLUME_MAX_SCALED,
    ) {
        let (first, second) = (Volume::from_scaled(a).unwrap(), Volume::from_scaled(b).unwrap());
        let sum = Volume::from_scaled(a + b);
        prop_assert_eq!(first.checked_add(second), sum);
        prop_assert_eq!(first.saturating_add(second), sum.unwrap_or(Volume::MAX));
    }

    #[test]
    fn prop_change_is_the_exact_quotient_cut_towards_zero(
        now in any::<i64>(),
        base in any::<i64>(),
    ) {
        let (now, base) = (Price::from_scaled(now), Price::from_scaled(base));
        prop_assume!(base != Price::ZERO);
        let change = i128::from(now.scaled()) - i128::from(base.scaled());
        let bps = BigDecimal::from(change * 10_000) / BigDecimal::from(base.scaled()).abs();
        let expected = bps.with_scale_round(0, RoundingMode::Down).to_i64();
        prop_assert_eq!(now.change_bps(base), expected);
    }

    #[test]
    fn prop_no_text_makes_a_parser_panic(text in any::<String>(), almost in "[-+.eE0-9 ]{0,80}") {
        for text in [&text, &almost] {
            drop(Price::parse(text).map(|parsed| parsed.value.to_string()));
            drop(Volume::parse(text).map(|parsed| parsed.value.to_string()));
        }
    }
}

#[rstest]
#[case::plain("190.25", 19_025_000_000, false)]
#[case::no_whole(".5", 50_000_000, false)]
#[case::no_fraction("5.", 500_000_000, false)]
#[case::plus_and_blanks(" +1.5\r\n", 150_000_000, false)]
#[case::exponent("1.4E-05", 1_400, false)]
#[case::positive_exponent("1.5e+3", 150_000_000_000, false)]
#[case::negative_zero("-0.0", 0, false)]
#[case::trailing_zeros_are_not_rounding("1.500000000000", 150_000_000, false)]
#[case::tie_to_even_down("0.000000005", 0, true)]
#[case::tie_to_even_up("0.000000015", 2, true)]
#[case::above_a_tie("0.0000000050000000001", 1, true)]
#[case::negative_tie("-0.000000025", -2, true)]
#[case::far_below_a_step("1e-400", 0, true)]
#[case::highest("92233720368.54775807", i64::MAX, false)]
#[case::rounds_into_range("92233720368.547758074999", i64::MAX, true)]
#[case::lowest("-92233720368.54775807", -i64::MAX, false)]
#[case::exact_binary_double(
    "0.1000000000000000055511151231257827021181583404541015625",
    10_000_000,
    true
)]
fn price_text_is_read(#[case] text: &str, #[case] scaled: i64, #[case] is_rounded: bool) {
    let parsed = Price::parse(text).unwrap();
    assert_eq!(
        (parsed.value.scaled(), parsed.is_rounded),
        (scaled, is_rounded)
    );
}

#[rstest]
fn what_is_no_number_is_refused(
    #[values(
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e1.5",
        "1e--5",
        "--1",
        "+-1",
        "1.2.3",
        "1,5",
        "1 000",
        "0x1F",
        "NaN",
        "inf",
        "Infinity",
        "1_000",
        "\u{661}",
        "1\u{66b}5",
        "$1",
        "1e5e5"
    )]
    text: &str,
) {
    let expected = DecimalError::Syntax {
        text: text.trim().to_owned(),
    };
    assert_eq!(Price::parse(text), Err(expected.clone()));
    assert_eq!(Volume::parse(text).unwrap_err(), expected);
    assert_eq!(
        expected.to_string(),
        format!("not a decimal number: `{}`", text.trim())
    );
}

#[rstest]
#[case("92233720368.54775808")]
#[case("-92233720368.54775808")]
#[case("92233720368.547758075")]
#[case("1e11")]
#[case("1e400")]
#[case("99999999999999999999999999999999999999999999999999999999999")]
fn a_price_beyond_the_range_is_refused_with_its_text(#[case] text: &str) {
    assert_eq!(
        Price::parse(text).unwrap_err().to_string(),
        format!("price out of range (±92233720368.54775807): `{text}`")
    );
}

#[rstest]
#[case("-0.00000001")]
#[case("1000000000000000000.00000001")]
#[case("1e19")]
fn a_volume_beyond_the_range_is_refused_with_its_text(#[case] text: &str) {
    assert_eq!(
        Volume::parse(text).unwrap_err().to_string(),
        format!("volume out of range (0 to 10^18): `{text}`")
    );
}

#[test]
fn the_largest_volume_is_held_and_no_more() {
    let largest = "1000000000000000000".parse::<Volume>().unwrap();
    assert_eq!(largest, Volume::MAX);
    assert_eq!(largest.scaled(), VOLUME_MAX_SCALED);
    assert_eq!(Volume::from_scaled(VOLUME_MAX_SCALED + 1), None);
    assert_eq!(Volume::from_scaled(-1), None);
    assert!(Volume::ZERO.is_zero() && !largest.is_zero());
}

#[test]
fn no_price_lies_below_the_lowest() {
    let lowest = Price::from_scaled(i64::MIN);
    assert_eq!(lowest, Price::MIN);
    assert_eq!(lowest.to_string().parse(), Ok(lowest));
    assert_eq!(lowest.checked_sub(Price::from_scaled(1)), None);
}

#[test]
fn formatting_honours_width_fill_and_sign() {
    let price: Price = "-12.5".parse().unwrap();
    assert_eq!(format!("{price:10}|"), "     -12.5|");
    assert_eq!(format!("{price:<10.2}|"), "-12.50    |");
    assert_eq!(format!("{price:010.1}"), "-0000012.5");
    let price: Price = "12.5".parse().unwrap();
    assert_eq!(format!("{price:+.3}"), "+12.500");
    assert_eq!(format!("{price:.0}"), "12");
    assert_eq!(format!("{price:.10}"), "12.5000000000");
}

#[test]
fn what_rounds_to_zero_has_no_sign() {
    let price: Price = "-0.004".parse().unwrap();
    assert_eq!(format!("{price:.2}"), "0.00");
    assert_eq!(format!("{price:.3}"), "-0.004");
}

#[rstest]
#[case("110", "100", Some(1_000))]
#[case("100", "110", Some(-909))]
#[case("0.99999", "1", Some(0))]
#[case("-90", "-100", Some(1_000))]
#[case("1", "0", None)]
#[case("92233720368.54775807", "0.00000001", None)]
fn change_is_counted_from_its_basis(
    #[case] now: Price,
    #[case] base: Price,
    #[case] bps: Option<i64>,
) {
    assert_eq!(now.change_bps(base), bps);
}
