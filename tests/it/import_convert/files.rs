//! Every line of sample files, against times of `chrono` and numbers of `bigdecimal`.

use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone};
use mda::api::{DateOrder, ValidationLevel};
use mda::domain::Bar;
use mda::import::convert::{Row, RowReader};
use mda::import::{Layout, TimeColumns, TimeFormat};
use mda::quality::QualityTally;

use super::rig::{NOW, layout, symbol, time};
use crate::support::skip::shared_data;

/// A file, how it is laid out, and what becomes of its records.
struct Sample {
    file: &'static str,
    delimiter: u8,
    lines_before: usize,
    /// Time, open, high, low, close, volume.
    columns: [usize; 6],
    format: TimeFormat,
    /// How `chrono` reads the time: a pattern, or nothing for seconds since 1970.
    pattern: &'static str,
    zone: Option<&'static str>,
    timeframe: &'static str,
    /// Bars and rejected records.
    counts: [usize; 2],
}

const YMD: TimeFormat = TimeFormat::Numeric(DateOrder::Ymd);

const SAMPLES: [Sample; 8] = [
    Sample {
        file: "yahoo-csv/aapl.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 1, 2, 3, 4, 6],
        format: YMD,
        pattern: "%Y-%m-%d",
        zone: None,
        timeframe: "1d",
        counts: [1_260, 0],
    },
    Sample {
        file: "google-finance/orcl-2010-googlefinance.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 1, 2, 3, 4, 5],
        format: TimeFormat::NamedMonth,
        pattern: "%d-%b-%y",
        zone: None,
        timeframe: "1d",
        counts: [252, 0],
    },
    Sample {
        file: "kraken-ohlcvt/XBTUSD_1440.csv",
        delimiter: b',',
        lines_before: 0,
        columns: [0, 1, 2, 3, 4, 5],
        format: TimeFormat::Epoch,
        pattern: "",
        zone: None,
        timeframe: "1d",
        counts: [3_178, 0],
    },
    Sample {
        file: "histdata-ascii/DAT_ASCII_EURUSD_M1_201703_1_10.csv",
        delimiter: b';',
        lines_before: 0,
        columns: [0, 1, 2, 3, 4, 5],
        format: YMD,
        pattern: "%Y%m%d %H%M%S",
        zone: Some("America/New_York"),
        timeframe: "1m",
        counts: [11_092, 0],
    },
    Sample {
        file: "misc-csv/issue0859-ist-offsets.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 1, 2, 3, 4, 5],
        format: YMD,
        pattern: "%Y-%m-%dT%H:%M:%S%:z",
        zone: None,
        timeframe: "3m",
        counts: [595, 0],
    },
    Sample {
        file: "dukascopy-csv/FOREX_EURUSD_1H_ASK.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 1, 2, 3, 4, 5],
        format: TimeFormat::Numeric(DateOrder::Dmy),
        pattern: "%d.%m.%Y %H:%M:%S%.f",
        zone: Some("UTC"),
        timeframe: "1h",
        counts: [6_225, 0],
    },
    Sample {
        file: "misc-csv/issue142-scientific.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 1, 2, 3, 4, 5],
        format: YMD,
        pattern: "%Y-%m-%d %H:%M:%S",
        zone: Some("+02:00"),
        timeframe: "1h",
        counts: [41, 0],
    },
    // Its first record has a time where the date belongs.
    Sample {
        file: "nasdaq-csv/tesla-stock-price.csv",
        delimiter: b',',
        lines_before: 1,
        columns: [0, 3, 4, 5, 1, 2],
        format: YMD,
        pattern: "%Y/%m/%d",
        zone: None,
        timeframe: "1d",
        counts: [756, 1],
    },
];

#[test]
fn every_line_of_the_sample_files_is_what_it_says() {
    for sample in &SAMPLES {
        let Some(path) = shared_data(&format!("ohlcv/{}", sample.file)) else {
            return;
        };
        let text = std::fs::read(path).unwrap();
        let mut lines = csv::ReaderBuilder::new()
            .delimiter(sample.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_slice());
        let records: Vec<_> = lines
            .byte_records()
            .skip(sample.lines_before)
            .map(Result::unwrap)
            .collect();
        let layout = layout_of(sample, records[0].len());
        let reader = RowReader::new(&layout, ValidationLevel::Standard, time(NOW)).unwrap();
        let mut tally = QualityTally::default();
        let mut counts = [0, 0];
        for record in &records {
            match reader.read(record, &mut tally) {
                Row::Bar(bar) => {
                    counts[0] += 1;
                    check(sample, record, &bar);
                }
                Row::Rejected(_) => counts[1] += 1,
                Row::Skipped => panic!("{}: nothing to skip", sample.file),
            }
        }
        assert_eq!(counts, sample.counts, "{}", sample.file);
        assert_eq!(tally.rows(), records.len() as u64, "{}", sample.file);
    }
}

fn layout_of(sample: &Sample, width: usize) -> Layout {
    let mut layout = layout(sample.timeframe, sample.zone);
    let [time, open, high, low, close, volume] = sample.columns;
    layout.dialect.header.clear();
    layout.dialect.width = width;
    layout.columns.time = TimeColumns::One(time);
    layout.columns.open = open;
    layout.columns.high = high;
    layout.columns.low = low;
    layout.columns.close = close;
    layout.columns.volume = Some(volume);
    layout.columns.trade_count = None;
    layout.columns.vwap = None;
    layout.columns.symbol = None;
    layout.symbol = Some(symbol("X"));
    layout.time.format = sample.format;
    layout.numbers.group = Some(',');
    layout
}

/// Compares a bar with its record, read by other means.
fn check(sample: &Sample, record: &csv::ByteRecord, bar: &Bar) {
    let field = |column: usize| std::str::from_utf8(&record[sample.columns[column]]).unwrap();
    let expected = time_of(sample, field(0));
    assert_eq!(bar.time.micros(), expected, "{}: {record:?}", sample.file);
    let prices = [bar.open, bar.high, bar.low, bar.close];
    for (place, price) in prices.into_iter().enumerate() {
        let expected = scaled(field(place + 1));
        assert_eq!(
            i128::from(price.scaled()),
            expected,
            "{}: {record:?}",
            sample.file
        );
    }
    assert_eq!(
        bar.volume.scaled(),
        scaled(field(5)),
        "{}: {record:?}",
        sample.file
    );
}

fn time_of(sample: &Sample, text: &str) -> i64 {
    let pattern = sample.pattern;
    if pattern.is_empty() {
        return text.parse::<i64>().unwrap() * 1_000_000;
    }
    if let Ok(time) = DateTime::parse_from_str(text, pattern) {
        return time.timestamp_micros();
    }
    let Ok(wall) = NaiveDateTime::parse_from_str(text, pattern) else {
        let date = NaiveDate::parse_from_str(text, pattern).unwrap();
        let midnight = date.and_hms_opt(0, 0, 0).unwrap();
        return midnight.and_utc().timestamp_micros();
    };
    let moment = match sample.zone.unwrap() {
        "America/New_York" => chrono_tz::America::New_York
            .from_local_datetime(&wall)
            .unwrap()
            .to_utc(),
        "+02:00" => wall.and_utc() - chrono::TimeDelta::hours(2),
        _ => wall.and_utc(),
    };
    moment.timestamp_micros()
}

fn scaled(text: &str) -> i128 {
    let exact = BigDecimal::from_str(&text.replace(',', "")).unwrap();
    let rounded = exact.with_scale_round(8, RoundingMode::HalfEven);
    (rounded * BigDecimal::from(100_000_000)).to_i128().unwrap()
}
