//! Feeds as text: what is accepted, how it is written again, what is refused and how.

use proptest::prelude::*;
use rstest::rstest;

use super::{DEFAULT_COINBASE_SYMBOLS, FeedSpec};
use crate::domain::Symbol;

fn parse(text: &str) -> FeedSpec {
    text.parse().unwrap()
}

fn refusal(text: &str) -> String {
    text.parse::<FeedSpec>().unwrap_err().to_string()
}

#[rstest]
#[case("coinbase:BTC-USD,ETH-USD")]
#[case("replay:bundled")]
#[case("replay:bundled@10")]
#[case("replay:/data/COINBASE.ws.28.0@max")]
#[case("replay:captures/a@b@1")]
#[case("replay:C:/captures/x@0.5")]
#[case("simulated:500@2000")]
#[case("simulated:AAPL,MSFT")]
#[case("none")]
fn specs_print_as_they_parse(#[case] text: &str) {
    let spec = parse(text);
    assert_eq!(spec.to_string(), text);
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(json, format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<FeedSpec>(&json).unwrap(), spec);
}

#[test]
fn a_bare_name_takes_the_default_symbols() {
    let FeedSpec::Coinbase { symbols } = parse("coinbase") else {
        panic!("not coinbase");
    };
    let names: Vec<&str> = symbols.iter().map(Symbol::as_str).collect();
    assert_eq!(names, DEFAULT_COINBASE_SYMBOLS);
    assert_eq!(parse("simulated").to_string().matches(',').count(), 7);
}

#[test]
fn symbols_are_upper_cased_and_taken_once() {
    let spec = parse(" Coinbase:btc-usd, eth-usd,BTC-USD,");
    assert_eq!(spec.to_string(), "coinbase:BTC-USD,ETH-USD");
}

#[test]
fn generated_symbols_are_numbered() {
    let FeedSpec::Simulated { symbols, .. } = parse("simulated:1001@5") else {
        panic!("not simulated");
    };
    let names: Vec<String> = symbols.to_vec().iter().map(Symbol::to_string).collect();
    assert_eq!(names.len(), 1001);
    assert_eq!(
        (names[0].as_str(), names[1000].as_str()),
        ("SIM001", "SIM1001")
    );
}

#[rstest]
#[case("coinbse:BTC-USD", "unknown feed `coinbse`; did you mean `coinbase`?")]
#[case("replays:x", "unknown feed `replays`; did you mean `replay`?")]
#[case("simulate", "unknown feed `simulate`; did you mean `simulated`?")]
#[case("zzz", "unknown feed `zzz`; expected one of coinbase")]
#[case("", "unknown feed ``; expected one of")]
#[case(
    "kraken:BTC/USD",
    "feed `kraken` is not built yet in this version; what works: coinbase"
)]
#[case("binance", "feed `binance` is not built yet")]
#[case("alpaca:AAPL", "feed `alpaca` is not built yet")]
#[case("mda:ws://localhost", "feed `mda` is not built yet")]
#[case("none:x", "feed `none` takes nothing after it, but `x` follows")]
#[case("replay", "feed `replay` needs a file")]
#[case("replay:", "feed `replay` needs a file")]
#[case("replay:@10", "feed `replay` needs a file")]
#[case("replay:x@fast", "feed `replay`: a file whose name holds `@`")]
#[case("coinbase:", "feed `coinbase:` lists no symbol")]
#[case("coinbase:BTC USD", "feed `coinbase`: bad symbol")]
#[case(
    "coinbase:BTC/USD",
    "feed `coinbase` spells its products BASE-QUOTE, as in `BTC-USD`; `BTC/USD` is not"
)]
#[case("coinbase:BTCUSD", "feed `coinbase` spells its products")]
#[case("simulated:@5", "feed `simulated:` lists no symbol")]
#[case(
    "simulated:5@0",
    "feed `simulated`: `0` ticks a second are not possible"
)]
#[case("simulated:0", "feed `simulated`: `0` symbols are not possible")]
#[case(
    "simulated:10001",
    "feed `simulated`: `10001` symbols are not possible"
)]
fn what_is_no_feed_is_refused_with_what_to_do(#[case] text: &str, #[case] expected: &str) {
    let said = refusal(text);
    assert!(said.starts_with(expected), "{said}");
}

proptest! {
    #[test]
    fn prop_any_accepted_text_prints_to_the_same_feed(
        text in "(coinbase|replay|simulated|none)(:[A-Za-z0-9@.,/ -]{0,24})?",
    ) {
        if let Ok(spec) = text.parse::<FeedSpec>() {
            prop_assert_eq!(spec.to_string().parse::<FeedSpec>().unwrap(), spec);
        }
    }
}
