//! What the store says of itself, retention, and the log of changed buckets.

use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqliteConnection};

use super::fault::Failure;
use super::{row, write};
use crate::domain::{Timeframe, Timestamp};
use crate::storage::{DirtyRange, SegmentHash, SegmentKey, SeriesKey, SeriesStatistics};

/// Rows of one transaction of retention: about 20 ms.
const PIECE_ROWS: i64 = 10_000;

/// Returns what each series holds.
pub(super) async fn series(
    connection: &mut SqliteConnection,
) -> Result<Vec<SeriesStatistics>, Failure> {
    let rows = sqlx::query(
        "SELECT symbol.name, series.timeframe, source.name, bar_count, oldest, newest
         FROM series
         JOIN symbol ON symbol.id = series.symbol_id
         JOIN source ON source.id = series.source_id
         ORDER BY symbol.name, series.timeframe, source.name",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SeriesStatistics {
                key: SeriesKey {
                    symbol: row::symbol(row, 0)?,
                    timeframe: row::timeframe(row, 1)?,
                    source: row::source(row, 2)?,
                },
                rows: row::value(row, 3)?,
                oldest: row::time(row, 4)?,
                newest: row::time(row, 5)?,
            })
        })
        .collect()
}

/// Returns the bytes of the database file, without its log.
pub(super) async fn size(connection: &mut SqliteConnection) -> Result<u64, Failure> {
    let row =
        sqlx::query("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            .fetch_one(connection)
            .await?;
    row::value(&row, 0)
}

/// Returns the journal mode and the version of the database.
pub(super) async fn engine(connection: &mut SqliteConnection) -> Result<(String, String), Failure> {
    let row = sqlx::query(
        "SELECT journal_mode, 'SQLite ' || sqlite_version() FROM pragma_journal_mode()",
    )
    .fetch_one(connection)
    .await?;
    Ok((row::value(&row, 0)?, row::value(&row, 1)?))
}

/// Hashes one month of one series, row by row.
pub(super) async fn segment_hash(
    connection: &mut SqliteConnection,
    segment: &SegmentKey,
) -> Result<SegmentHash, Failure> {
    let series = &segment.series;
    let mut rows = sqlx::query(
        "SELECT ts, open, high, low, close, volume_whole, volume_fraction, trade_count, vwap,
             quality_score
         FROM bar
         WHERE symbol_id = (SELECT id FROM symbol WHERE name = ?) AND timeframe = ?
             AND source_id = (SELECT id FROM source WHERE name = ?) AND ts >= ? AND ts < ?",
    )
    .bind(series.symbol.as_str())
    .bind(row::timeframe_number(series.timeframe))
    .bind(series.source.as_str())
    .bind(Timeframe::Mo1.open_of(segment.month).micros())
    .bind(Timeframe::Mo1.close_of(segment.month).micros())
    .fetch(connection);
    let mut hash = SegmentHash::default();
    while let Some(row) = rows.try_next().await? {
        hash.add(&row::bar(&row, 0, series)?);
    }
    Ok(hash)
}

/// Deletes one piece of what is too old, in one transaction; `None` when nothing is left.
pub(super) async fn delete_piece(
    connection: &mut SqliteConnection,
    timeframe: Timeframe,
    before: Timestamp,
) -> Result<Option<u64>, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let timeframe = row::timeframe_number(timeframe);
    let next = sqlx::query(
        "SELECT symbol_id, min(oldest) FROM series WHERE timeframe = ? AND oldest < ?
         GROUP BY symbol_id LIMIT 1",
    )
    .bind(timeframe)
    .bind(before.micros())
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(next) = next else { return Ok(None) };
    let symbol_id: i64 = row::value(&next, 0)?;
    let oldest: i64 = row::value(&next, 1)?;
    let end: Option<i64> = sqlx::query_scalar(
        "SELECT ts FROM bar WHERE symbol_id = ? AND timeframe = ? AND ts > ? AND ts < ?
         ORDER BY ts LIMIT 1 OFFSET ?",
    )
    .bind(symbol_id)
    .bind(timeframe)
    .bind(oldest)
    .bind(before.micros())
    .bind(PIECE_ROWS)
    .fetch_optional(&mut *transaction)
    .await?;
    let piece = (symbol_id, timeframe, end.unwrap_or(before.micros()));
    let deleted = delete_range(&mut transaction, piece).await?;
    transaction.commit().await?;
    Ok(Some(deleted))
}

/// Deletes the bars of a symbol and timeframe before a moment and mends what its series say.
async fn delete_range(
    connection: &mut SqliteConnection,
    (symbol_id, timeframe, end): (i64, i64, i64),
) -> Result<u64, Failure> {
    let gone: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT source_id, count(*) FROM bar
         WHERE symbol_id = ? AND timeframe = ? AND ts < ? GROUP BY source_id",
    )
    .bind(symbol_id)
    .bind(timeframe)
    .bind(end)
    .fetch_all(&mut *connection)
    .await?;
    let deleted = sqlx::query("DELETE FROM bar WHERE symbol_id = ? AND timeframe = ? AND ts < ?")
        .bind(symbol_id)
        .bind(timeframe)
        .bind(end)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    // Nobody can be given back what is gone.
    sqlx::query("DELETE FROM import_before WHERE symbol_id = ? AND timeframe = ? AND ts < ?")
        .bind(symbol_id)
        .bind(timeframe)
        .bind(end)
        .execute(&mut *connection)
        .await?;
    for (source_id, count) in gone {
        sqlx::query(
            "UPDATE series SET bar_count = bar_count - ?4,
                 oldest = coalesce((SELECT ts FROM bar
                     WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3 AND ts >= ?5
                     ORDER BY ts LIMIT 1), oldest)
             WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3",
        )
        .bind(symbol_id)
        .bind(timeframe)
        .bind(source_id)
        .bind(count)
        .bind(end)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query("DELETE FROM series WHERE symbol_id = ? AND timeframe = ? AND bar_count = 0")
        .bind(symbol_id)
        .bind(timeframe)
        .execute(connection)
        .await?;
    Ok(deleted)
}

/// Returns buckets that changed, oldest change first.
pub(super) async fn dirty_ranges(
    connection: &mut SqliteConnection,
    limit: u32,
) -> Result<Vec<DirtyRange>, Failure> {
    let rows = sqlx::query(
        "SELECT symbol.name, timeframe, source.name, bucket, generation
         FROM dirty_range
         JOIN symbol ON symbol.id = dirty_range.symbol_id
         JOIN source ON source.id = dirty_range.source_id
         ORDER BY generation, symbol.name, timeframe, source.name, bucket LIMIT ?",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let timeframe = row::timeframe(row, 1)?;
            let from = row::time(row, 3)?;
            Ok(DirtyRange {
                series: SeriesKey {
                    symbol: row::symbol(row, 0)?,
                    timeframe,
                    source: row::source(row, 2)?,
                },
                from,
                to: write::bucket_of(timeframe).close_of(from),
                generation: row::value(row, 4)?,
            })
        })
        .collect()
}

/// Clears buckets that did not change again since they were read.
pub(super) async fn clear_dirty(
    connection: &mut SqliteConnection,
    ranges: &[DirtyRange],
) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for range in ranges {
        sqlx::query(
            "DELETE FROM dirty_range
             WHERE symbol_id = (SELECT id FROM symbol WHERE name = ?) AND timeframe = ?
                 AND source_id = (SELECT id FROM source WHERE name = ?)
                 AND bucket = ? AND generation <= ?",
        )
        .bind(range.series.symbol.as_str())
        .bind(row::timeframe_number(range.series.timeframe))
        .bind(range.series.source.as_str())
        .bind(range.from.micros())
        .bind(range.generation.cast_signed())
        .execute(&mut *transaction)
        .await?;
    }
    Ok(transaction.commit().await?)
}

/// Empties the write-ahead log; false when a reader was in the way.
pub(super) async fn checkpoint(connection: &mut SqliteConnection) -> Result<bool, Failure> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(connection)
        .await?;
    let is_busy: i64 = row.try_get(0)?;
    Ok(is_busy == 0)
}
