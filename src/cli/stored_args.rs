//! [`QueryArgs`], [`StatsArgs`], [`ExportArgs`]: what can be asked about stored bars.
//!
//! Values are checked while they are parsed: a wrong one is a usage error that says what is
//! expected.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};
use clap::{Args, ValueEnum, value_parser};

use crate::domain::{Source, Symbol, Timeframe, Timestamp};
use crate::storage::BarQuery;

/// Which bars, and how to print them.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct QueryArgs {
    /// What is traded, for example BTC-USD
    #[arg(value_name = "SYMBOL")]
    pub symbol: Symbol,

    /// Length of the bars; where none of it are stored they are put together from finer ones
    #[arg(long, value_name = "TF", default_value = "1m")]
    pub timeframe: Timeframe,

    /// First time wanted: 2024-01-31 or 2024-01-31T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<Timestamp>,

    /// First time no longer wanted
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<Timestamp>,

    /// Most bars: the oldest of the range with --from, else the newest [default: 500 for a table]
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parser!(u32).range(1..=i64::from(BarQuery::BARS_MAX))
    )]
    pub limit: Option<u32>,

    /// Bars of this source only [default: the first by precedence that has some]
    #[arg(long, value_name = "NAME")]
    pub source: Option<Source>,

    /// Tell which source and timeframe answered, and why
    #[arg(long)]
    pub explain: bool,

    /// How to print them
    #[arg(long, value_enum, default_value = "table")]
    pub format: RowFormat,
}

/// How to print what the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct StatsArgs {
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub format: RowFormat,
}

/// Which bars are written, and where.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ExportArgs {
    /// Which symbols [default: all]
    #[arg(value_name = "SYMBOL")]
    pub symbols: Vec<Symbol>,

    /// Bars of this length only, put together where none of it are stored [default: all stored]
    #[arg(long, value_name = "TF")]
    pub timeframe: Option<Timeframe>,

    /// Bars of this source only [default: all]
    #[arg(long, value_name = "NAME")]
    pub source: Option<Source>,

    /// How to write them
    #[arg(long, value_enum, default_value = "csv")]
    pub format: ExportFormat,

    /// File to write, replaced once it is complete [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// Columns for people
    Table,
    /// One JSON value
    Json,
    /// Comma-separated values with a header
    Csv,
    /// One JSON object a line
    Ndjson,
}

/// How exported rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated values with a header
    Csv,
    /// One JSON object a line
    Ndjson,
}

impl From<ExportFormat> for RowFormat {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Ndjson => Self::Ndjson,
        }
    }
}

impl QueryArgs {
    /// Says what is wrong with the range; `None` when nothing is.
    pub(super) fn range_fault(&self) -> Option<String> {
        let (from, to) = self.from.zip(self.to)?;
        (from > to).then(|| format!("--from {from} is after --to {to}"))
    }
}

/// Reads a time, or a day as its first moment in UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let day = text.parse::<NaiveDate>().ok();
    let midnight = day.map(|day| day.and_time(NaiveTime::MIN).and_utc().timestamp_micros());
    midnight
        .map(Timestamp::from_micros)
        .or_else(|| Timestamp::parse(text).ok())
        .ok_or_else(|| {
            "expected a day like 2024-01-31 or a time like 2024-01-31T09:30:00Z".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2024-01-31", "2024-01-31T00:00:00Z")]
    #[case("2024-01-31T09:30:00Z", "2024-01-31T09:30:00Z")]
    #[case("2024-01-31T09:30:00+02:00", "2024-01-31T07:30:00Z")]
    fn a_time_is_a_day_or_a_moment(#[case] text: &str, #[case] moment: &str) {
        assert_eq!(time(text).unwrap().to_string(), moment);
    }

    #[rstest]
    #[case("yesterday")]
    #[case("2024-02-30")]
    #[case("2024-01-31T09:30:00")]
    #[case("")]
    fn anything_else_is_told_what_is_expected(#[case] text: &str) {
        assert!(time(text).unwrap_err().contains("2024-01-31T09:30:00Z"));
    }
}
