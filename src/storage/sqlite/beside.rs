//! What is kept beside the bars in the transaction that writes them: the ends of each series, the
//! reach of each import, the buckets that changed.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqliteConnection;

use super::fault::Failure;
use crate::domain::Timeframe;

/// The numbers of symbol, timeframe and source.
pub(super) type SeriesIds = (i64, i64, i64);

/// Oldest and newest of what is written of each series.
pub(super) type Ends = BTreeMap<SeriesIds, (i64, i64)>;

/// Returns how long the dirty buckets of a timeframe are.
pub(super) fn bucket_of(timeframe: Timeframe) -> Timeframe {
    if timeframe.is_daily_or_longer() {
        Timeframe::Mo1
    } else {
        Timeframe::D1
    }
}

/// Keeps count, oldest and newest of each series that grew.
pub(super) async fn write_series(
    connection: &mut SqliteConnection,
    ends: &Ends,
    inserted: &BTreeMap<SeriesIds, i64>,
) -> Result<(), Failure> {
    let rows: Vec<_> = inserted
        .iter()
        .filter(|(_, count)| **count > 0)
        .filter_map(|(series, count)| {
            let (oldest, newest) = ends.get(series)?;
            Some([series.0, series.1, series.2, *count, *oldest, *newest])
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO series (symbol_id, timeframe, source_id, bar_count, oldest, newest)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
         FROM json_each(?) WHERE true
         ON CONFLICT (symbol_id, timeframe, source_id) DO UPDATE SET
             bar_count = bar_count + excluded.bar_count,
             oldest = min(oldest, excluded.oldest),
             newest = max(newest, excluded.newest)",
    )
    .bind(json(&rows)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps which part of each series an import may have written.
pub(super) async fn write_reach(
    connection: &mut SqliteConnection,
    import_id: i64,
    ends: &Ends,
) -> Result<(), Failure> {
    let rows: Vec<_> = ends
        .iter()
        .map(|(series, (oldest, newest))| [series.0, series.1, series.2, *oldest, *newest])
        .collect();
    sqlx::query(
        "INSERT INTO import_series (import_id, symbol_id, timeframe, source_id, oldest, newest)
         SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         FROM json_each(?) WHERE true
         ON CONFLICT (import_id, symbol_id, timeframe, source_id) DO UPDATE SET
             oldest = min(oldest, excluded.oldest),
             newest = max(newest, excluded.newest)",
    )
    .bind(import_id)
    .bind(json(&rows)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes which buckets changed, under the number of this write.
pub(super) async fn write_dirty(
    connection: &mut SqliteConnection,
    dirty: &BTreeSet<(SeriesIds, i64)>,
) -> Result<(), Failure> {
    if dirty.is_empty() {
        return Ok(());
    }
    let generation: i64 =
        sqlx::query_scalar("UPDATE generation SET value = value + 1 RETURNING value")
            .fetch_one(&mut *connection)
            .await?;
    let rows: Vec<_> = dirty
        .iter()
        .map(|((symbol_id, timeframe, source_id), bucket)| {
            [*symbol_id, *timeframe, *source_id, *bucket]
        })
        .collect();
    sqlx::query(
        "INSERT INTO dirty_range (symbol_id, timeframe, source_id, bucket, generation)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?
         FROM json_each(?) WHERE true
         ON CONFLICT (symbol_id, timeframe, source_id, bucket)
         DO UPDATE SET generation = excluded.generation",
    )
    .bind(generation)
    .bind(json(&rows)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes rows of integers as JSON: the way to hand a table to one statement.
pub(super) fn json<T: serde::Serialize>(rows: &[T]) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}
