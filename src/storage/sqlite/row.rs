//! Bars to and from the columns of a row.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Decode, Row, Sqlite, Type};

use super::fault::Failure;
use crate::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};
use crate::storage::SeriesKey;

/// Steps of 10⁻⁸ in a whole unit.
const ONE: i128 = 100_000_000;

/// The place of a bar in the table; ordered as the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    pub(super) symbol_id: i64,
    pub(super) timeframe: i64,
    pub(super) ts: i64,
    pub(super) source_id: i64,
}

/// What all rows of a batch share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) import_id: Option<i64>,
    pub(super) ingested_at: i64,
}

/// Adds the fifteen columns of one bar, in the order of `super::write`'s statements.
pub(super) fn bind(
    arguments: &mut SqliteArguments,
    key: RowKey,
    bar: &Bar,
    origin: Origin,
) -> Result<(), sqlx::Error> {
    let volume = bar.volume.scaled();
    let required = [
        key.symbol_id,
        key.timeframe,
        key.ts,
        key.source_id,
        bar.open.scaled(),
        bar.high.scaled(),
        bar.low.scaled(),
        bar.close.scaled(),
        // A volume has at most 10^18 whole units, by its type.
        (volume / ONE) as i64,
        (volume % ONE) as i64,
    ];
    for value in required {
        arguments.add(value).map_err(sqlx::Error::Encode)?;
    }
    let optional = [
        bar.trade_count.map(u64::cast_signed),
        bar.vwap.map(Price::scaled),
        Some(i64::from(bar.quality_score.get())),
        origin.import_id,
        Some(origin.ingested_at),
    ];
    for value in optional {
        arguments.add(value).map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}

/// Reads a bar out of the ten columns from `ts` to `quality_score`.
pub(super) fn bar(row: &SqliteRow, first: usize, series: &SeriesKey) -> Result<Bar, Failure> {
    let price = |index: usize| value(row, first + index).map(Price::from_scaled);
    let score: i64 = value(row, first + 9)?;
    Ok(Bar {
        symbol: series.symbol.clone(),
        timeframe: series.timeframe,
        time: time(row, first)?,
        open: price(1)?,
        high: price(2)?,
        low: price(3)?,
        close: price(4)?,
        volume: volume(value(row, first + 5)?, value(row, first + 6)?)?,
        trade_count: value::<Option<i64>>(row, first + 7)?.map(i64::cast_unsigned),
        vwap: value::<Option<i64>>(row, first + 8)?.map(Price::from_scaled),
        source: series.source.clone(),
        quality_score: u8::try_from(score)
            .ok()
            .and_then(QualityScore::new)
            .ok_or_else(|| wrong("quality score", &score))?,
    })
}

fn volume(whole: i64, fraction: i64) -> Result<Volume, Failure> {
    let scaled = i128::from(whole) * ONE + i128::from(fraction);
    Volume::from_scaled(scaled).ok_or_else(|| wrong("volume", &scaled))
}

/// Returns the number of a timeframe: its length in seconds.
pub(super) const fn timeframe_number(timeframe: Timeframe) -> i64 {
    timeframe.nominal_micros() / 1_000_000
}

/// Reads the number of a timeframe.
pub(super) fn timeframe(row: &SqliteRow, index: usize) -> Result<Timeframe, Failure> {
    let number: i64 = value(row, index)?;
    Timeframe::ALL
        .into_iter()
        .find(|timeframe| timeframe_number(*timeframe) == number)
        .ok_or_else(|| wrong("timeframe", &number))
}

/// Reads the name of a symbol.
pub(super) fn symbol(row: &SqliteRow, index: usize) -> Result<Symbol, Failure> {
    let name: String = value(row, index)?;
    Symbol::parse(&name).map_err(|_| wrong("symbol", &name))
}

/// Reads the name of a source.
pub(super) fn source(row: &SqliteRow, index: usize) -> Result<Source, Failure> {
    let name: String = value(row, index)?;
    Source::parse(&name).map_err(|_| wrong("source", &name))
}

/// Reads a moment.
pub(super) fn time(row: &SqliteRow, index: usize) -> Result<Timestamp, Failure> {
    value(row, index).map(Timestamp::from_micros)
}

/// Reads one column. The tables are STRICT, so its type is what the migration says.
pub(super) fn value<'r, T>(row: &'r SqliteRow, index: usize) -> Result<T, Failure>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(index).map_err(Failure::Sql)
}

/// A stored value that this program would never write.
pub(super) fn wrong(what: &'static str, value: &impl ToString) -> Failure {
    let value = value.to_string();
    Failure::WrongValue { what, value }
}
