//! Ranges and newest values, each out of one source. Every statement carries a time bound.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::fault::Failure;
use super::{beside, row};
use crate::domain::{Bar, Source, Symbol, Timeframe, Timestamp};
use crate::storage::{BarPoint, BarQuery, BarSeries, Precedence, SeriesKey};

const OLDEST_FIRST: &str = "\
    SELECT ts, open, high, low, close, volume_whole, volume_fraction, trade_count, vwap,
        quality_score
    FROM bar
    WHERE symbol_id = ? AND timeframe = ? AND source_id = ? AND ts >= ? AND ts < ?
    ORDER BY ts LIMIT ?";

const NEWEST_FIRST: &str = "\
    SELECT ts, open, high, low, close, volume_whole, volume_fraction, trade_count, vwap,
        quality_score
    FROM bar
    WHERE symbol_id = ? AND timeframe = ? AND source_id = ? AND ts >= ? AND ts < ?
    ORDER BY ts DESC LIMIT ?";

/// Opens of bars: the first that is wanted, and the first that no longer is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Range {
    pub(super) fn of(query: &BarQuery) -> Self {
        Self {
            from: query.from.unwrap_or(Timestamp::from_micros(i64::MIN)),
            to: query.to.unwrap_or(Timestamp::from_micros(i64::MAX)),
        }
    }
}

/// Which end of a range is wanted when there is more than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Oldest,
    Newest,
}

impl End {
    pub(super) fn of(query: &BarQuery) -> Self {
        if query.limit.is_some() && query.from.is_none() {
            Self::Newest
        } else {
            Self::Oldest
        }
    }
}

/// A series that exists, by name and by number.
#[derive(Debug, Clone)]
pub(super) struct StoredSeries {
    pub(super) key: SeriesKey,
    pub(super) symbol_id: i64,
    pub(super) source_id: i64,
    pub(super) oldest: Timestamp,
    pub(super) newest: Timestamp,
}

/// Returns every series of a symbol, those of the sources that are asked first in front.
pub(super) async fn series_of(
    connection: &mut SqliteConnection,
    symbol: &Symbol,
    precedence: &Precedence,
) -> Result<Vec<StoredSeries>, Failure> {
    let rows = sqlx::query(
        "SELECT series.symbol_id, series.timeframe, series.source_id, source.name,
             series.oldest, series.newest
         FROM symbol
         JOIN series ON series.symbol_id = symbol.id
         JOIN source ON source.id = series.source_id
         WHERE symbol.name = ?",
    )
    .bind(symbol.as_str())
    .fetch_all(connection)
    .await?;
    let mut stored = Vec::with_capacity(rows.len());
    for row in &rows {
        stored.push(StoredSeries {
            key: SeriesKey {
                symbol: symbol.clone(),
                timeframe: row::timeframe(row, 1)?,
                source: row::source(row, 3)?,
            },
            symbol_id: row::value(row, 0)?,
            source_id: row::value(row, 2)?,
            oldest: row::time(row, 4)?,
            newest: row::time(row, 5)?,
        });
    }
    stored.sort_by(|a, b| {
        let rank = |series: &StoredSeries| precedence.rank(symbol, &series.key.source).0;
        (rank(a), &a.key.source).cmp(&(rank(b), &b.key.source))
    });
    Ok(stored)
}

/// Answers [`crate::storage::MarketStore::bars`].
pub(super) async fn bars(
    connection: &mut SqliteConnection,
    query: &BarQuery,
    precedence: &Precedence,
) -> Result<BarSeries, Failure> {
    let stored = series_of(connection, &query.symbol, precedence).await?;
    let range = Range::of(query);
    let is_wanted = |series: &&StoredSeries| {
        series.key.timeframe == query.timeframe
            && query
                .source
                .as_ref()
                .is_none_or(|source| *source == series.key.source)
            && series.newest >= range.from
            && series.oldest < range.to
    };
    for series in stored.iter().filter(is_wanted) {
        let bars = read(connection, series, range, Limit::of(query)).await?;
        if !bars.is_empty() {
            let source = Some(series.key.source.clone());
            let base = query.timeframe;
            return limited(query, BarSeries { source, base, bars });
        }
    }
    Ok(nothing(query))
}

/// The answer when no bar is found.
pub(super) fn nothing(query: &BarQuery) -> BarSeries {
    BarSeries {
        source: query.source.clone(),
        base: query.timeframe,
        bars: Vec::new(),
    }
}

/// How many rows are read, and from which end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) rows: u32,
    pub(super) end: End,
}

impl Limit {
    /// One row more than an answer holds, so that too many are noticed.
    fn of(query: &BarQuery) -> Self {
        let rows = query.limit.unwrap_or(u32::MAX).min(BarQuery::BARS_MAX + 1);
        let end = End::of(query);
        Self { rows, end }
    }
}

/// Refuses an answer of more bars than one holds.
pub(super) fn limited(query: &BarQuery, series: BarSeries) -> Result<BarSeries, Failure> {
    if series.bars.len() <= BarQuery::BARS_MAX as usize {
        return Ok(series);
    }
    Err(Failure::TooManyBars {
        symbol: query.symbol.to_string(),
        bars_max: BarQuery::BARS_MAX,
    })
}

/// Reads bars of one series, in rising order of time.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    series: &StoredSeries,
    range: Range,
    limit: Limit,
) -> Result<Vec<Bar>, Failure> {
    let sql = match limit.end {
        End::Oldest => OLDEST_FIRST,
        End::Newest => NEWEST_FIRST,
    };
    let rows = sqlx::query(sql)
        .bind(series.symbol_id)
        .bind(row::timeframe_number(series.key.timeframe))
        .bind(series.source_id)
        .bind(range.from.micros())
        .bind(range.to.micros())
        .bind(limit.rows)
        .fetch_all(connection)
        .await?;
    let bar = |row: &SqliteRow| row::bar(row, 0, &series.key);
    match limit.end {
        End::Oldest => rows.iter().map(bar).collect(),
        End::Newest => rows.iter().rev().map(bar).collect(),
    }
}

/// Answers [`crate::storage::MarketStore::last_bar_at_or_before`].
pub(super) async fn last_bar_at_or_before(
    connection: &mut SqliteConnection,
    point: &BarPoint,
    precedence: &Precedence,
) -> Result<Option<Bar>, Failure> {
    let stored = series_of(connection, &point.symbol, precedence).await?;
    let is_wanted = |series: &&StoredSeries| {
        series.key.timeframe == point.timeframe
            && point
                .source
                .as_ref()
                .is_none_or(|source| *source == series.key.source)
            && series.oldest <= point.time
    };
    for series in stored.iter().filter(is_wanted) {
        let range = Range {
            from: series.oldest,
            to: Timestamp::from_micros(point.time.micros().saturating_add(1)),
        };
        let limit = Limit {
            rows: 1,
            end: End::Newest,
        };
        if let Some(bar) = read(connection, series, range, limit).await?.pop() {
            return Ok(Some(bar));
        }
    }
    Ok(None)
}

/// Answers [`crate::storage::MarketStore::latest_bars`] in one statement.
pub(super) async fn latest_bars(
    connection: &mut SqliteConnection,
    symbols: &[Symbol],
    timeframe: Timeframe,
    precedence: &Precedence,
) -> Result<Vec<Bar>, Failure> {
    let rows = sqlx::query(
        "SELECT asked.key, source.name, ts, open, high, low, close, volume_whole,
             volume_fraction, trade_count, vwap, quality_score
         FROM json_each(?) AS asked
         CROSS JOIN symbol ON symbol.name = asked.value
         CROSS JOIN series ON series.symbol_id = symbol.id AND series.timeframe = ?
         CROSS JOIN bar ON bar.symbol_id = symbol.id AND bar.timeframe = series.timeframe
             AND bar.ts = series.newest AND bar.source_id = series.source_id
         CROSS JOIN source ON source.id = series.source_id
         ORDER BY asked.key",
    )
    .bind(beside::json(symbols)?)
    .bind(row::timeframe_number(timeframe))
    .fetch_all(connection)
    .await?;
    let mut newest: Vec<(usize, Bar)> = Vec::with_capacity(symbols.len());
    for row in &rows {
        let place = row.try_get::<i64, _>(0)? as usize;
        let key = SeriesKey {
            symbol: symbols[place].clone(),
            timeframe,
            source: row::source(row, 1)?,
        };
        let bar = row::bar(row, 2, &key)?;
        let rank = |source: &Source| (precedence.rank(&key.symbol, source).0, source.clone());
        match newest.last_mut() {
            Some((of, kept)) if *of == place => {
                if rank(&bar.source) < rank(&kept.source) {
                    *kept = bar;
                }
            }
            _ => newest.push((place, bar)),
        }
    }
    Ok(newest.into_iter().map(|(_, bar)| bar).collect())
}

/// Returns the sources of a symbol, in the order in which they are asked.
pub(super) async fn sources(
    connection: &mut SqliteConnection,
    symbol: &Symbol,
    precedence: &Precedence,
) -> Result<Vec<Source>, Failure> {
    let stored = series_of(connection, symbol, precedence).await?;
    let mut sources: Vec<_> = stored.into_iter().map(|series| series.key.source).collect();
    sources.dedup();
    Ok(sources)
}

/// Returns every symbol that has a bar.
pub(super) async fn symbols(connection: &mut SqliteConnection) -> Result<Vec<Symbol>, Failure> {
    let rows = sqlx::query(
        "SELECT name FROM symbol
         WHERE EXISTS (SELECT 1 FROM series WHERE series.symbol_id = symbol.id)
         ORDER BY name",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row::symbol(row, 0)).collect()
}
