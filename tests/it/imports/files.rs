//! Real vendor files: what is stored equals what an independent reader makes of them.

use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use rstest::rstest;

use super::program::{Bars, exact, report, run, stored, told};
use crate::support::skip::shared_data;

/// How an independent reader finds the time of a row.
#[derive(Debug, Clone, Copy)]
enum When {
    /// A date, by its format.
    Date(&'static str),
    /// A moment by the clock of a zone.
    Local(&'static str, Tz),
    /// Units since 1970, so many of them a second.
    Epoch(i64),
}

/// How an independent reader reads a file.
#[derive(Debug, Clone, Copy)]
struct Reader {
    has_header: bool,
    time: (usize, When),
    /// Open, high, low, close, volume.
    columns: [usize; 5],
}

const fn daily(format: &'static str, columns: [usize; 5]) -> Reader {
    Reader {
        has_header: true,
        time: (0, When::Date(format)),
        columns,
    }
}

const fn epoch(has_header: bool, time: usize, a_second: i64, columns: [usize; 5]) -> Reader {
    Reader {
        has_header,
        time: (time, When::Epoch(a_second)),
        columns,
    }
}

const fn local(format: &'static str, zone: Tz) -> Reader {
    Reader {
        has_header: true,
        time: (0, When::Local(format, zone)),
        columns: [1, 2, 3, 4, 5],
    }
}

const YAHOO: Reader = daily("%Y-%m-%d", [1, 2, 3, 4, 6]);
const YAHOO_LEGACY: Reader = daily("%Y-%m-%d", [1, 2, 3, 4, 5]);
const DUKASCOPY: Reader = local("%d.%m.%Y %H:%M:%S%.3f", Tz::UTC);
const METATRADER: Reader = local("%Y.%m.%d %H:%M:%S", Tz::Europe__Athens);
const BINANCE: [usize; 5] = [1, 2, 3, 4, 5];

fn moment(text: &str, when: When) -> DateTime<Utc> {
    match when {
        When::Date(format) => NaiveDate::parse_from_str(text, format)
            .unwrap()
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc(),
        When::Local(format, zone) => {
            let clock = NaiveDateTime::parse_from_str(text, format).unwrap();
            zone.from_local_datetime(&clock)
                .earliest()
                .unwrap()
                .to_utc()
        }
        When::Epoch(a_second) => {
            let units: i64 = text.parse().unwrap();
            DateTime::from_timestamp(units / a_second, 0).unwrap()
        }
    }
}

/// Reads a file without anything of ours. Of rows with one time the first counts.
fn read(path: &Path, reader: Reader) -> Bars {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(reader.has_header)
        .from_path(path)
        .unwrap();
    let mut bars = Bars::new();
    for row in rows.records() {
        let row = row.unwrap();
        let time = moment(&row[reader.time.0], reader.time.1);
        let time = time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let values = reader.columns.map(|column| exact(&row[column]));
        bars.entry(time).or_insert(values);
    }
    bars
}

#[rstest]
#[case::yahoo("yahoo-csv/aapl.csv", "--symbol=AAPL", "AAPL 1d yahoo", YAHOO)]
#[case::yahoo_crypto("yahoo-csv/BTC-USD.csv", "--symbol=BTC-USD", "BTC-USD 1d yahoo", YAHOO)]
#[case::yahoo_stock(
    "yahoo-csv/STOCKS_GOOGL.csv",
    "--symbol=GOOGL",
    "GOOGL 1d yahoo",
    YAHOO
)]
#[case::yahoo_index("yahoo-csv/sp500-2000.csv", "--symbol=^GSPC", "^GSPC 1d yahoo", YAHOO)]
#[case::yahoo_long(
    "yahoo-csv/yahoofinance-AAPL-20040819-20180120.csv",
    "--symbol=AAPL",
    "AAPL 1d yahoo",
    YAHOO
)]
#[case::yahoo_flagged(
    "yahoo-csv/yahoofinance-SPY-20080101-20180101.csv",
    "--symbol=SPY",
    "SPY 1d yahoo",
    YAHOO
)]
#[case::legacy(
    "yahoo-csv-legacy/table.csv",
    "--symbol=ORCL",
    "ORCL 1d yahoo-legacy",
    YAHOO_LEGACY
)]
#[case::legacy_2000(
    "yahoo-csv-legacy/orcl-2000-yahoofinance.csv",
    "--symbol=ORCL",
    "ORCL 1d yahoo-legacy",
    YAHOO_LEGACY
)]
#[case::legacy_2007(
    "yahoo-csv-legacy/DBC-2007-yahoofinance.csv",
    "--symbol=DBC",
    "DBC 1d yahoo-legacy",
    YAHOO_LEGACY
)]
#[case::binance_minutes(
    "binance-klines-csv/ADABTC-1m-2021-11-27.csv",
    "",
    "ADABTC 1m binance",
    epoch(false, 0, 1_000, BINANCE)
)]
#[case::binance_minutes_next(
    "binance-klines-csv/ADABTC-1m-2021-11-28.csv",
    "",
    "ADABTC 1m binance",
    epoch(false, 0, 1_000, BINANCE)
)]
#[case::binance_hours(
    "binance-klines-csv/BTCUSDT-1h-2023-01.csv",
    "",
    "BTCUSDT 1h binance",
    epoch(true, 0, 1_000, BINANCE)
)]
#[case::binance_hours_next(
    "binance-klines-csv/BTCUSDT-1h-2023-02.csv",
    "",
    "BTCUSDT 1h binance",
    epoch(true, 0, 1_000, BINANCE)
)]
#[case::kraken(
    "kraken-ohlcvt/XBTUSD_1440.csv",
    "",
    "XBTUSD 1d kraken",
    epoch(false, 0, 1, BINANCE)
)]
#[case::dukascopy(
    "dukascopy-csv/FOREX_EURUSD_1H_ASK.csv",
    "--symbol=EURUSD --timezone=UTC",
    "EURUSD 1h dukascopy",
    DUKASCOPY
)]
#[case::metatrader(
    "metatrader-csv/EURUSD_15M.csv",
    "--symbol=EURUSD --timezone=Europe/Athens",
    "EURUSD 15m metatrader",
    METATRADER
)]
#[case::metatrader_epoch("metatrader-csv/EURUSD_M5.csv", "--symbol=EURUSD", "EURUSD 5m metatrader", epoch(true, 1, 1, [2, 3, 4, 5, 6]))]
fn every_value_equals_an_independent_reading(
    #[case] file: &str,
    #[case] options: &str,
    #[case] series: &str,
    #[case] reader: Reader,
) {
    let Some(path) = shared_data(&format!("ohlcv/{file}")) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut arguments = vec!["import", path.to_str().unwrap(), "--format", "json"];
    arguments.extend(options.split_whitespace());
    let output = run(home.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let report = report(&output);
    let expected = read(&path, reader);
    assert_eq!(report["rows_inserted"], expected.len(), "{report}");
    let [symbol, timeframe, source] = series.split(' ').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(stored(home.path(), symbol, timeframe), expected);

    let stats = run(home.path(), &["stats", "--format", "csv"]);
    let told_source = format!("{symbol},{timeframe},{source},");
    assert!(String::from_utf8_lossy(&stats.stdout).contains(&told_source));

    let again = run(home.path(), &arguments);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["rows_unchanged"], expected.len(), "{again}");
}

#[rstest]
#[case::zone("dukascopy-csv/FOREX_EURUSD_1H_ASK.csv", "--symbol=EURUSD", &["--timezone"])]
#[case::zone_of_minutes("metatrader-csv/EURUSD_15M.csv", "--symbol=EURUSD", &["--timezone"])]
#[case::symbol("yahoo-csv/aapl.csv", "", &["--symbol"])]
#[case::both("histdata-ascii/DAT_ASCII_EURUSD_M1_201703_1_10.csv", "", &["--timezone"])]
#[case::symbol_and_zone("misc-csv/spy-intraday.csv", "", &["--symbol", "--timezone"])]
fn what_a_file_does_not_say_is_asked_for_and_nothing_is_written(
    #[case] file: &str,
    #[case] options: &str,
    #[case] flags: &[&str],
) {
    let Some(path) = shared_data(&format!("ohlcv/{file}")) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut arguments = vec!["import", path.to_str().unwrap()];
    arguments.extend(options.split_whitespace());
    let output = run(home.path(), &arguments);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(5), "{told}");
    for flag in flags {
        assert!(told.contains(flag), "{flag} is not named: {told}");
    }
    let stats = run(home.path(), &["stats", "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&stats.stdout).lines().count(), 1);
}

#[test]
fn a_file_of_trades_is_not_taken_for_bars() {
    let Some(path) = shared_data("trades/kraken-csv/BCHEUR.csv") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["import", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
}
