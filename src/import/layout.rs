//! [`Layout`]: how the bytes of a file become bars, decided once and stored with the job.
//!
//! Plain data: `mapping` finds it, `csv` cuts by its dialect, `convert` reads by its rules. A
//! resumed import uses the stored one and never looks again.

use serde::{Deserialize, Serialize};

use crate::api::DateOrder;
use crate::domain::{Source, Symbol, Timeframe};

/// How one file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Its id: a vendor's (`yahoo`, `binance`), else `ohlcv`.
    pub id: String,
    /// How text is cut into records and fields.
    pub dialect: Dialect,
    /// What each used column holds.
    pub columns: Columns,
    /// How times are read.
    pub time: TimeRule,
    /// How numbers are written.
    pub numbers: NumberRule,
    /// Symbol of every row, where no column tells it.
    pub symbol: Option<Symbol>,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// Source of every row.
    pub source: Source,
}

/// How text is cut into records and fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// The byte between fields, of the text as UTF-8.
    pub delimiter: u8,
    /// The byte around fields that hold a delimiter or a line break.
    pub quote: Option<u8>,
    /// How characters are written.
    pub encoding: TextEncoding,
    /// Bytes before the first record: byte order mark, preamble and header lines.
    pub body_from: u64,
    /// The byte after the last record: footer lines begin here; `None`: the end of the file.
    pub body_to: Option<u64>,
    /// Lines before `body_from`.
    pub lines_before: u64,
    /// Names of the columns; empty without a header.
    pub header: Vec<String>,
    /// Fields of a regular record.
    pub width: usize,
}

/// How characters are written. Byte offsets always count the bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// UTF-8, and so ASCII.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows code page 1252, and so Latin 1.
    Windows1252,
}

/// What each used column holds, by its place from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// When the bar opens.
    pub time: TimeColumns,
    /// First price.
    pub open: usize,
    /// Highest price.
    pub high: usize,
    /// Lowest price.
    pub low: usize,
    /// Last price.
    pub close: usize,
    /// Quantity traded; without it every volume is 0.
    pub volume: Option<usize>,
    /// Number of trades.
    pub trade_count: Option<usize>,
    /// Volume-weighted average price.
    pub vwap: Option<usize>,
    /// What was traded.
    pub symbol: Option<usize>,
}

/// Where a time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeColumns {
    /// In one column.
    One(usize),
    /// The date in one, the time of day in another.
    DateAndTime {
        /// The date.
        date: usize,
        /// The time of day.
        time: usize,
    },
}

/// How times are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRule {
    /// How they are written.
    pub format: TimeFormat,
    /// Zone of times that carry no offset: `UTC`, an IANA name, or an offset (`-05:00`). `None`
    /// only where none is needed: epochs, values with an offset, bars of a day and longer.
    pub zone: Option<String>,
}

/// How a time is written. What may be missing or differ from row to row is read as it comes: time
/// of day, fraction of a second, offset, separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// Seconds, milli-, micro- or nanoseconds since 1970 in UTC; which, each row's magnitude says.
    Epoch,
    /// Date of numbers with separators or without (`20240131 170000`), in this order.
    Numeric(DateOrder),
    /// Date with the month's name (`31-Dec-10`, `Jan 07, 2020`).
    NamedMonth,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRule {
    /// `.` or `,`.
    pub decimal: char,
    /// What groups thousands, where anything does: `,`, `.`, space or `'`.
    pub group: Option<char>,
}
