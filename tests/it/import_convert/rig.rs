//! Layouts and records for the tests of this area.

use csv::ByteRecord;
use mda::api::{DateOrder, ValidationLevel};
use mda::domain::{Source, Symbol, Timestamp};
use mda::import::convert::{Row, RowFault, RowReader};
use mda::import::{
    Columns, Dialect, Layout, NumberRule, TextEncoding, TimeColumns, TimeFormat, TimeRule,
};
use mda::quality::QualityTally;

/// The moment of judgement in all tests.
pub(super) const NOW: &str = "2026-01-01T00:00:00Z";

/// `time,open,high,low,close,volume,trades,vwap,symbol`.
pub(super) fn layout(timeframe: &str, zone: Option<&str>) -> Layout {
    let names = "time,open,high,low,close,volume,trades,,symbol";
    Layout {
        id: "test".to_owned(),
        dialect: Dialect {
            delimiter: b',',
            quote: Some(b'"'),
            encoding: TextEncoding::Utf8,
            body_from: 0,
            body_to: None,
            lines_before: 1,
            header: names.split(',').map(str::to_owned).collect(),
            width: 9,
        },
        columns: Columns {
            time: TimeColumns::One(0),
            open: 1,
            high: 2,
            low: 3,
            close: 4,
            volume: Some(5),
            trade_count: Some(6),
            vwap: Some(7),
            symbol: Some(8),
        },
        time: TimeRule {
            format: TimeFormat::Numeric(DateOrder::Ymd),
            zone: zone.map(str::to_owned),
        },
        numbers: NumberRule {
            decimal: '.',
            group: None,
        },
        symbol: None,
        timeframe: timeframe.parse().unwrap(),
        source: Source::parse("test").unwrap(),
    }
}

pub(super) fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).unwrap()
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Reads one record of fields between `|`.
pub(super) fn read(layout: &Layout, level: ValidationLevel, record: &str) -> Row {
    let mut tally = QualityTally::default();
    let reader = RowReader::new(layout, level, time(NOW)).unwrap();
    reader.read(&fields(record), &mut tally)
}

pub(super) fn fields(record: &str) -> ByteRecord {
    record.split('|').collect::<Vec<_>>().into()
}

/// Writes a row in a word or two: `bar 80`, `skipped`, `V2 low`.
pub(super) fn word(row: &Row) -> String {
    match row {
        Row::Bar(bar) => format!("bar {}", bar.quality_score),
        Row::Skipped => "skipped".to_owned(),
        Row::Rejected(fault) => {
            let column = fault.column.as_deref().unwrap_or("-");
            format!("{} {column}", fault.rule)
        }
    }
}

pub(super) fn fault(row: Row) -> RowFault {
    match row {
        Row::Rejected(fault) => fault,
        Row::Bar(_) | Row::Skipped => panic!("not rejected: {row:?}"),
    }
}
