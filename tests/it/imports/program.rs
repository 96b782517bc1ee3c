//! The program as these tests run it, and what it left in its store.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode};
use serde_json::Value;

use crate::support::served::mda;

/// Open, high, low, close and volume, exactly.
pub(super) type Values = [BigDecimal; 5];

/// Bars by the text of their times.
pub(super) type Bars = BTreeMap<String, Values>;

/// Runs the program in a home.
pub(super) fn run(home: &Path, arguments: &[&str]) -> Output {
    mda(home).args(arguments).output().unwrap()
}

/// Returns what was printed to stderr.
pub(super) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Reads a report, whose counts must add up.
pub(super) fn report(output: &Output) -> Value {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("no report: {error}; {}", told(output)));
    let rows = |name: &str| report[format!("rows_{name}")].as_u64().unwrap();
    let parts = [
        "inserted",
        "updated",
        "unchanged",
        "rejected",
        "duplicate",
        "skipped",
    ];
    let sum: u64 = parts.into_iter().map(rows).sum();
    assert_eq!(rows("read"), sum, "{report}");
    report
}

/// Rounds as the product promises: to eight decimals, half to even.
pub(super) fn exact(text: &str) -> BigDecimal {
    BigDecimal::from_str(text)
        .unwrap()
        .with_scale_round(8, RoundingMode::HalfEven)
        .normalized()
}

/// Reads every stored bar of a symbol and timeframe.
pub(super) fn stored(home: &Path, symbol: &str, timeframe: &str) -> Bars {
    let arguments = ["query", symbol, "--timeframe", timeframe, "--format", "csv"];
    let output = run(home, &arguments);
    assert!(output.status.success(), "{}", told(&output));
    let mut rows = csv::Reader::from_reader(&*output.stdout);
    let mut bars = Bars::new();
    for row in rows.records() {
        let row = row.unwrap();
        let values = [3, 4, 5, 6, 7].map(|column| exact(&row[column]));
        bars.insert(row[0].to_owned(), values);
    }
    bars
}
