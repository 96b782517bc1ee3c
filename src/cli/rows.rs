//! [`RowWriter`]: rows of one kind, as a table, JSON, CSV or JSON lines.
//!
//! Everything but a table is written as it comes, so that any number of rows takes no memory.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::RowFormat;
use super::text::visible;
use crate::api::SeriesContents;
use crate::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};

/// What has columns.
pub(super) trait Row: Serialize {
    /// Their names, as the JSON fields have them.
    const COLUMNS: &'static [&'static str];

    /// Returns the values, in the order of the columns.
    fn cells(&self) -> Vec<String>;
}

/// A bar as the contract with scripts has it; prices and volumes are decimal strings.
#[derive(Debug, Serialize)]
pub(super) struct BarRow<'a> {
    time: Timestamp,
    symbol: &'a Symbol,
    timeframe: Timeframe,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    volume: Volume,
    source: &'a Source,
    quality_score: QualityScore,
}

impl<'a> From<&'a Bar> for BarRow<'a> {
    fn from(bar: &'a Bar) -> Self {
        Self {
            time: bar.time,
            symbol: &bar.symbol,
            timeframe: bar.timeframe,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
            source: &bar.source,
            quality_score: bar.quality_score,
        }
    }
}

impl Row for BarRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "time",
        "symbol",
        "timeframe",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "source",
        "quality_score",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.time.to_string(),
            self.symbol.to_string(),
            self.timeframe.to_string(),
            self.open.to_string(),
            self.high.to_string(),
            self.low.to_string(),
            self.close.to_string(),
            self.volume.to_string(),
            self.source.to_string(),
            u8::from(self.quality_score).to_string(),
        ]
    }
}

impl Row for SeriesContents {
    const COLUMNS: &'static [&'static str] =
        &["symbol", "timeframe", "source", "rows", "oldest", "newest"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.symbol.to_string(),
            self.timeframe.to_string(),
            self.source.to_string(),
            self.rows.to_string(),
            self.oldest.to_string(),
            self.newest.to_string(),
        ]
    }
}

/// Writes rows of one kind.
#[derive(Debug)]
pub(super) struct RowWriter<W> {
    out: W,
    format: RowFormat,
    columns: &'static [&'static str],
    rows: u64,
    /// Of a table alone: its columns are as wide as their widest value.
    table: Vec<Vec<String>>,
}

impl<W: Write> RowWriter<W> {
    /// Writes what comes before the first row.
    ///
    /// # Errors
    /// Whatever writing gives, here and in the other methods.
    pub(super) fn begin<R: Row>(mut out: W, format: RowFormat) -> io::Result<Self> {
        match format {
            RowFormat::Csv => write_csv(&mut out, R::COLUMNS)?,
            RowFormat::Json => out.write_all(b"[")?,
            RowFormat::Table | RowFormat::Ndjson => {}
        }
        let columns = R::COLUMNS;
        Ok(Self {
            out,
            format,
            columns,
            rows: 0,
            table: Vec::new(),
        })
    }

    /// Writes a row.
    pub(super) fn write(&mut self, row: &impl Row) -> io::Result<()> {
        match self.format {
            RowFormat::Table => {
                let cells = row.cells();
                self.table
                    .push(cells.iter().map(|cell| visible(cell)).collect());
            }
            RowFormat::Csv => write_csv(&mut self.out, &row.cells())?,
            RowFormat::Json => {
                let before: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
                self.out.write_all(before)?;
                serde_json::to_writer(&mut self.out, row)?;
            }
            RowFormat::Ndjson => {
                serde_json::to_writer(&mut self.out, row)?;
                self.out.write_all(b"\n")?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes what comes after the last row, and returns where it was written.
    pub(super) fn end(mut self) -> io::Result<W> {
        match self.format {
            RowFormat::Table if self.rows > 0 => {
                write_table(&mut self.out, self.columns, &self.table)?;
            }
            RowFormat::Json if self.rows > 0 => self.out.write_all(b"\n]\n")?,
            RowFormat::Json => self.out.write_all(b"]\n")?,
            RowFormat::Table | RowFormat::Csv | RowFormat::Ndjson => {}
        }
        self.out.flush()?;
        Ok(self.out)
    }

    /// Returns how many rows were written.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }
}

/// Writes a record of CSV (RFC 4180, but for the line end); text of a file may hold anything.
fn write_csv(out: &mut impl Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        let (before, cell) = (if index == 0 { "" } else { "," }, cell.as_ref());
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "{before}\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            write!(out, "{before}{cell}")?;
        }
    }
    out.write_all(b"\n")
}

fn write_table(out: &mut impl Write, columns: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let mut widths: Vec<usize> = columns.iter().map(|name| name.len()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    write_aligned(out, &widths, columns)?;
    rows.iter()
        .try_for_each(|row| write_aligned(out, &widths, row))
}

fn write_aligned(
    out: &mut impl Write,
    widths: &[usize],
    cells: &[impl AsRef<str>],
) -> io::Result<()> {
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let before = if index == 0 { "" } else { "  " };
        let (cell, blank) = (cell.as_ref(), "");
        let padding = width.saturating_sub(cell.width());
        write!(out, "{before}{blank:padding$}{cell}")?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(time: &str, source: &str) -> Bar {
        let price = |text: &str| text.parse().unwrap();
        Bar {
            symbol: Symbol::parse("EURUSD").unwrap(),
            timeframe: Timeframe::H1,
            time: time.parse().unwrap(),
            open: price("1.1"),
            high: price("1.25"),
            low: price("-0.00000001"),
            close: price("1.2"),
            volume: "12345678901.00000001".parse().unwrap(),
            trade_count: None,
            vwap: None,
            source: Source::parse(source).unwrap(),
            quality_score: QualityScore::MAX,
        }
    }

    fn written(format: RowFormat, bars: &[Bar]) -> String {
        let mut rows = RowWriter::begin::<BarRow<'_>>(Vec::new(), format).unwrap();
        for bar in bars {
            rows.write(&BarRow::from(bar)).unwrap();
        }
        String::from_utf8(rows.end().unwrap()).unwrap()
    }

    fn two() -> [Bar; 2] {
        [
            bar("2024-01-31T09:00:00Z", "a,\"b\""),
            bar("2024-01-31T10:00:00Z", "yahoo"),
        ]
    }

    #[test]
    fn no_rows_are_an_empty_result_of_each_format() {
        assert_eq!(written(RowFormat::Table, &[]), "");
        assert_eq!(written(RowFormat::Json, &[]), "[]\n");
        assert_eq!(written(RowFormat::Ndjson, &[]), "");
        assert_eq!(
            written(RowFormat::Csv, &[]),
            "time,symbol,timeframe,open,high,low,close,volume,source,quality_score\n"
        );
    }

    #[test]
    fn csv_quotes_what_would_be_read_as_more_columns() {
        let text = written(RowFormat::Csv, &two()[..1]);
        assert_eq!(
            text.lines().nth(1).unwrap(),
            "2024-01-31T09:00:00Z,EURUSD,1h,1.1,1.25,-0.00000001,1.2,\
             12345678901.00000001,\"a,\"\"b\"\"\",100"
        );
    }

    #[test]
    fn json_and_json_lines_say_the_same() {
        let array: serde_json::Value =
            serde_json::from_str(&written(RowFormat::Json, &two())).unwrap();
        let lines: Vec<serde_json::Value> = written(RowFormat::Ndjson, &two())
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(array, serde_json::Value::from(lines));
        assert_eq!(array[0]["low"], "-0.00000001");
        assert_eq!(array[0]["quality_score"], 100);
        assert_eq!(array[0].as_object().unwrap().len(), BarRow::COLUMNS.len());
    }

    #[test]
    fn the_columns_of_a_table_end_below_each_other() {
        let text = written(RowFormat::Table, &two());
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths.len(), 3);
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{text}");
    }
}
