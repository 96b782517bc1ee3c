//! The same file in other clothes: renamed, reordered, without a header, with other delimiters.

use mda::api::ImportSpec;
use rstest::rstest;

use super::rig::{Step, asked, line_of, map_text, rows};

fn found(header: &str, row: &str) -> String {
    let lines = rows(row, Step::Day, 40);
    let text = if header.is_empty() {
        lines
    } else {
        format!("{header}\n{lines}")
    };
    line_of(&map_text("x.csv", &text, &ImportSpec::default()))
}

#[rstest]
#[case("DATE,OPEN,HIGH,LOW,CLOSE,VOLUME")]
#[case("date,open,high,low,close,volume")]
#[case("Trade Date,Open Price,High Price,Low Price,Close Price,Total Trade Quantity")]
#[case("t,o,h,l,c,v")]
#[case("<Date>,<Open>,<High>,<Low>,<Close>,<Volume>")]
#[case("datadate,opening_price,highest_price,lowest_price,closing_price,shares traded")]
#[case("Day,First,Max,Min,Last,Qty")]
#[case("BTC-USD Date,BTC-USD Open,BTC-USD High,BTC-USD Low,BTC-USD Close,BTC-USD Volume")]
#[case("day,openPrice,highPrice,lowPrice,closePrice,tradedVolume")]
fn renamed_columns_mean_the_same(#[case] header: &str) {
    let expected = "ohlcv | time open high low close volume | ymd - 1d ?";
    assert_eq!(found(header, "%Y-%m-%d,{o},{h},{l},{c},{v}"), expected);
}

#[rstest]
#[case(
    "{c},{v},%Y-%m-%d,{l},{h},{o}",
    "Close,Volume,Date,Low,High,Open",
    "close volume time low high open"
)]
#[case(
    "{v},{o},{h},{l},{c},%Y-%m-%d",
    "volume,open,high,low,close,date",
    "volume open high low close time"
)]
fn reordered_columns_are_found_by_name(
    #[case] row: &str,
    #[case] header: &str,
    #[case] roles: &str,
) {
    assert_eq!(found(header, row), format!("ohlcv | {roles} | ymd - 1d ?"));
}

#[rstest]
#[case("%Y-%m-%d,{o},{h},{l},{c},{v}", "time open high low close volume")]
#[case("%Y-%m-%d,{o},{c},{h},{l},{v}", "time open close high low volume")]
#[case("%Y-%m-%d,{o},{c},{l},{h},{v}", "time open close low high volume")]
#[case("%Y-%m-%d,{c},{h},{l},{o},{v}", "time close high low open volume")]
#[case("{o},{h},{l},{c},{v},%Y-%m-%d", "open high low close volume time")]
#[case(
    "AAPL,%Y-%m-%d,{o},{h},{l},{c},{v}",
    "symbol time open high low close volume"
)]
fn columns_without_names_are_found_by_their_values(#[case] row: &str, #[case] roles: &str) {
    let line = found("", row);
    assert!(
        line.starts_with(&format!("ohlcv | {roles} | ymd - 1d")),
        "{line}"
    );
}

#[rstest]
#[case(";")]
#[case("\t")]
#[case("|")]
fn the_delimiter_does_not_matter(#[case] delimiter: &str) {
    let header = "Date,Open,High,Low,Close,Adj Close,Volume".replace(',', delimiter);
    let row = "%Y-%m-%d,{o},{h},{l},{c},{c},{v}".replace(',', delimiter);
    let expected = "yahoo | time open high low close - volume | ymd - 1d ?";
    assert_eq!(found(&header, &row), expected);
}

#[test]
fn the_newest_row_may_come_first() {
    let lines = rows("%m/%d/%Y,{c},{v},{o},{h},{l}", Step::Day, 40);
    let newest_first: Vec<&str> = lines.lines().rev().collect();
    let text = format!(
        "Date,Close/Last,Volume,Open,High,Low\n{}\n",
        newest_first.join("\n")
    );
    let line = line_of(&map_text("x.csv", &text, &ImportSpec::default()));
    assert_eq!(
        line,
        "nasdaq | time close volume open high low | mdy - 1d ?"
    );
}

#[test]
fn a_duplicated_name_means_the_first_column_that_holds_it() {
    let line = found(
        "Date,Date,Open,High,Low,Close,Volume",
        "x,%Y-%m-%d,{o},{h},{l},{c},{v}",
    );
    assert_eq!(
        line,
        "ohlcv | - time open high low close volume | ymd - 1d ?"
    );
}

#[test]
fn too_few_rows_without_names_are_asked_about() {
    let text = rows("%Y-%m-%d,{o},{h},{l},{c},{v}", Step::Day, 3);
    let mapping = map_text("x.csv", &text, &ImportSpec::default());
    assert!(asked(&mapping).contains(&"--layout"));
}

#[test]
fn symbols_within_one_file_do_not_disturb_the_spacing() {
    let rows = rows("%Y-%m-%d,{o},{h},{l},{c},{v}", Step::Day, 20);
    let mut text = "Symbol,Date,Open,High,Low,Close,Volume\n".to_owned();
    for line in rows.lines() {
        text.push_str(&format!("AAPL,{line}\nMSFT,{line}\n"));
    }
    let line = line_of(&map_text("x.csv", &text, &ImportSpec::default()));
    assert_eq!(
        line,
        "ohlcv | symbol time open high low close volume | ymd - 1d AAPL, MSFT"
    );
}
