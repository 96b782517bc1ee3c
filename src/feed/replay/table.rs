//! The bars inside the program, read into our exact types.
//!
//! Where they come from, and their licences, is told in `assets/README.md`.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use thiserror::Error;

use crate::domain::{
    Bar, BarError, DecimalError, NameError, Price, QualityScore, Source, Symbol, TimeError,
    Timeframe, Timestamp, Volume,
};

const STOCKS: &[u8] = include_bytes!("../../../assets/bars/stocks.csv.gz");
const EURUSD: &[u8] = include_bytes!("../../../assets/bars/eurusd-1h.csv.gz");

const STOCKS_HEADER: &str = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close";
const EURUSD_HEADER: &str = "Time,Open,High,Low,Close,Volume";

/// In the order of a watchlist.
const STOCK_SYMBOLS: [&str; 5] = ["AAPL", "MSFT", "GOOG", "IBM", "FB"];

/// Why a bundled table is not what this program was built with. A test reads both tables, so a
/// release never fails so.
#[derive(Debug, Error)]
pub(super) enum TableError {
    /// The packed bytes are damaged.
    #[error("failed to unpack bundled bars")]
    Unpack(#[from] io::Error),
    /// The first line is not the one expected.
    #[error("bundled bars begin with `{found}`")]
    Header {
        /// The line.
        found: String,
    },
    /// A row has too few fields, or a date of another form.
    #[error("bundled bars hold a row of another form: `{row}`")]
    Row {
        /// The row.
        row: String,
    },
    /// A symbol or source that is none.
    #[error("bundled bars hold a bad name")]
    Name(#[from] NameError),
    /// A price or volume that is none.
    #[error("bundled bars hold a bad number")]
    Number(#[from] DecimalError),
    /// A time that is none.
    #[error("bundled bars hold a bad time")]
    Time(#[from] TimeError),
    /// Prices that do not fit together.
    #[error("bundled bars hold a broken bar")]
    Bar(#[from] BarError),
}

/// Reads both tables: one series of bars per symbol, oldest first, in the order of a watchlist.
pub(super) fn read_bundled() -> Result<Vec<Vec<Bar>>, TableError> {
    let stocks = read_rows(STOCKS, STOCKS_HEADER, stock_bar)?;
    let mut series: Vec<Vec<Bar>> = STOCK_SYMBOLS
        .into_iter()
        .map(|name| {
            let of_symbol = |bar: &&Bar| bar.symbol.as_str() == name;
            stocks.iter().filter(of_symbol).cloned().collect()
        })
        .collect();
    series.push(read_rows(EURUSD, EURUSD_HEADER, eurusd_bar)?);
    Ok(series)
}

fn read_rows(
    packed: &[u8],
    header: &str,
    to_bar: impl Fn(&[&str]) -> Result<Option<Bar>, TableError>,
) -> Result<Vec<Bar>, TableError> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text)?;
    let mut rows = text.lines();
    let found = rows.next().unwrap_or_default();
    if found != header {
        return Err(TableError::Header {
            found: found.to_owned(),
        });
    }
    rows.map(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        let bar = to_bar(&fields)?.ok_or_else(|| TableError::Row {
            row: row.to_owned(),
        })?;
        bar.check()?;
        Ok(bar)
    })
    .collect()
}

/// `AAPL,2000-03-01,118.56,132.06,118.5,130.31,9616100,4.186662803811`: prices as traded; the
/// adjusted close is left out.
fn stock_bar(fields: &[&str]) -> Result<Option<Bar>, TableError> {
    let [symbol, date, prices @ .., _adjusted] = fields else {
        return Ok(None);
    };
    let time = Timestamp::parse(&format!("{date}T00:00:00Z"))?;
    bar(symbol, Timeframe::D1, time, prices)
}

/// `01.01.2017 22:00:00.000,1.05236,1.05253,1.05221,1.05227,143539993.3`: day first, GMT.
fn eurusd_bar(fields: &[&str]) -> Result<Option<Bar>, TableError> {
    let [moment, prices @ ..] = fields else {
        return Ok(None);
    };
    let Some((date, clock)) = moment.split_once(' ') else {
        return Ok(None);
    };
    let day_month_year: Vec<&str> = date.split('.').collect();
    let [day, month, year] = day_month_year[..] else {
        return Ok(None);
    };
    let time = Timestamp::parse(&format!("{year}-{month}-{day}T{clock}Z"))?;
    bar("EURUSD", Timeframe::H1, time, prices)
}

fn bar(
    symbol: &str,
    timeframe: Timeframe,
    time: Timestamp,
    prices: &[&str],
) -> Result<Option<Bar>, TableError> {
    let [open, high, low, close, volume] = prices else {
        return Ok(None);
    };
    let source = if timeframe == Timeframe::H1 {
        "replay.dukascopy"
    } else {
        "replay.stocks"
    };
    Ok(Some(Bar {
        symbol: Symbol::parse(symbol)?,
        timeframe,
        time,
        open: Price::parse(open)?.value,
        high: Price::parse(high)?.value,
        low: Price::parse(low)?.value,
        close: Price::parse(close)?.value,
        volume: Volume::parse(volume)?.value,
        trade_count: None,
        vwap: None,
        source: Source::parse(source)?,
        quality_score: QualityScore::MAX,
    }))
}
