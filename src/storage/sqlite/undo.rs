//! Taking back an import, one piece of one series in each transaction.
//!
//! ```text
//!   row of the import ─ has a before-image ─▶ becomes it again, old lineage included
//!                     └ has none, was new  ─▶ is deleted
//!   before-image of another import that holds a row of this one
//!                     ─ this one replaced a row ─▶ holds that row from now on
//!                     └ its row was new         ─▶ goes: below the other there is nothing
//! ```
//!
//! After a piece nothing tells of the import there any more, and `import_series.oldest` stands
//! behind the piece, in the same transaction: whoever is stopped goes on there.

use sqlx::sqlite::SqliteArguments;
use sqlx::{Connection, Sqlite, SqliteConnection};

use super::fault::Failure;
use super::{beside, row};
use crate::domain::{ImportId, Timeframe, Timestamp};
use crate::runtime::fault_point;
use crate::storage::UndoCounts;

/// Rows that are looked at in one transaction.
const PIECE_ROWS: i64 = 10_000;

/// `REPLACE`, not `UPDATE`: giving a row back is no replacement to be remembered.
const RESTORE: &str = "\
    REPLACE INTO bar (symbol_id, timeframe, ts, source_id, open, high, low, close, volume_whole,
        volume_fraction, trade_count, vwap, quality_score, import_id, ingested_at)
    SELECT symbol_id, timeframe, ts, source_id, open, high, low, close, volume_whole,
        volume_fraction, trade_count, vwap, quality_score, was_import_id, ingested_at
    FROM import_before AS image
    WHERE symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4 AND ts BETWEEN ?5 AND ?6
        AND import_id = ?1
        AND EXISTS (SELECT 1 FROM bar WHERE bar.symbol_id = image.symbol_id
            AND bar.timeframe = image.timeframe AND bar.ts = image.ts
            AND bar.source_id = image.source_id AND bar.import_id = ?1)";

const DELETE: &str = "\
    DELETE FROM bar
    WHERE symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4 AND ts BETWEEN ?5 AND ?6
        AND import_id = ?1";

const PASS_ON_IMAGES: &str = "\
    UPDATE import_before AS other
    SET open = own.open, high = own.high, low = own.low, close = own.close,
        volume_whole = own.volume_whole, volume_fraction = own.volume_fraction,
        trade_count = own.trade_count, vwap = own.vwap, quality_score = own.quality_score,
        was_import_id = own.was_import_id, ingested_at = own.ingested_at
    FROM import_before AS own
    WHERE other.symbol_id = ?2 AND other.timeframe = ?3 AND other.source_id = ?4
        AND other.ts BETWEEN ?5 AND ?6 AND other.was_import_id = ?1
        AND own.symbol_id = other.symbol_id AND own.timeframe = other.timeframe
        AND own.ts = other.ts AND own.source_id = other.source_id AND own.import_id = ?1";

const DROP_IMAGES: &str = "\
    DELETE FROM import_before
    WHERE symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4 AND ts BETWEEN ?5 AND ?6
        AND (import_id = ?1 OR was_import_id = ?1)";

/// A part of a series that an import may have written.
struct Piece {
    import: ImportId,
    symbol_id: i64,
    timeframe: Timeframe,
    source_id: i64,
    from: i64,
    /// Its last open.
    last: i64,
    /// Where the next piece begins; `None` when this is the last of the series.
    next: Option<i64>,
}

/// Takes back one piece; `Some` at the end, when the import is marked.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    import: ImportId,
    now_micros: i64,
) -> Result<Option<UndoCounts>, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let Some(piece) = next_piece(&mut transaction, import).await? else {
        let counts = finish(&mut transaction, import, now_micros).await?;
        transaction.commit().await?;
        return Ok(Some(counts));
    };
    mark_dirty(&mut transaction, &piece).await?;
    let restored = piece.execute(&mut transaction, RESTORE).await?;
    let deleted = piece.execute(&mut transaction, DELETE).await?;
    piece.execute(&mut transaction, PASS_ON_IMAGES).await?;
    piece.execute(&mut transaction, DROP_IMAGES).await?;
    if deleted > 0 {
        shrink_series(&mut transaction, &piece, deleted).await?;
    }
    count(&mut transaction, import, (deleted, restored)).await?;
    advance(&mut transaction, &piece).await?;
    fault_point("undo: before a commit");
    transaction.commit().await?;
    fault_point("undo: committed");
    Ok(None)
}

impl Piece {
    fn arguments(&self) -> Result<SqliteArguments, sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        let numbers = [
            self.import.0,
            self.symbol_id,
            row::timeframe_number(self.timeframe),
            self.source_id,
            self.from,
            self.last,
        ];
        for number in numbers {
            let added = sqlx::Arguments::add(&mut arguments, number);
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }

    /// Runs one of the statements above and returns how many rows it changed.
    async fn execute(
        &self,
        connection: &mut SqliteConnection,
        sql: &'static str,
    ) -> Result<u64, Failure> {
        let query = sqlx::query_with::<Sqlite, _>(sql, self.arguments()?);
        Ok(query.execute(connection).await?.rows_affected())
    }
}

async fn next_piece(
    connection: &mut SqliteConnection,
    import: ImportId,
) -> Result<Option<Piece>, Failure> {
    let next = sqlx::query(
        "SELECT symbol_id, timeframe, source_id, oldest, newest FROM import_series
         WHERE import_id = ? LIMIT 1",
    )
    .bind(import.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(next) = next else { return Ok(None) };
    let mut piece = Piece {
        import,
        symbol_id: row::value(&next, 0)?,
        timeframe: row::timeframe(&next, 1)?,
        source_id: row::value(&next, 2)?,
        from: row::value(&next, 3)?,
        last: row::value(&next, 4)?,
        next: None,
    };
    piece.next = sqlx::query_scalar(
        "SELECT ts FROM bar WHERE symbol_id = ? AND timeframe = ? AND ts > ? AND ts <= ?
         ORDER BY ts LIMIT 1 OFFSET ?",
    )
    .bind(piece.symbol_id)
    .bind(row::timeframe_number(piece.timeframe))
    .bind(piece.from)
    .bind(piece.last)
    .bind(PIECE_ROWS)
    .fetch_optional(connection)
    .await?;
    if let Some(next) = piece.next {
        piece.last = next - 1;
    }
    Ok(Some(piece))
}

/// Notes the buckets in which a row of the import stands.
async fn mark_dirty(connection: &mut SqliteConnection, piece: &Piece) -> Result<(), Failure> {
    let times: Vec<i64> = sqlx::query_scalar_with(
        "SELECT ts FROM bar
         WHERE symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4 AND ts BETWEEN ?5 AND ?6
             AND import_id = ?1",
        piece.arguments()?,
    )
    .fetch_all(&mut *connection)
    .await?;
    let timeframe = row::timeframe_number(piece.timeframe);
    let series = (piece.symbol_id, timeframe, piece.source_id);
    let bucket = beside::bucket_of(piece.timeframe);
    let buckets = times.into_iter().map(|ts| {
        let open = bucket.open_of(Timestamp::from_micros(ts));
        (series, open.micros())
    });
    beside::write_dirty(connection, &buckets.collect()).await
}

async fn shrink_series(
    connection: &mut SqliteConnection,
    piece: &Piece,
    deleted: u64,
) -> Result<(), Failure> {
    let key = |sql| {
        sqlx::query(sql)
            .bind(piece.symbol_id)
            .bind(row::timeframe_number(piece.timeframe))
            .bind(piece.source_id)
    };
    key("UPDATE series SET bar_count = bar_count - ?4
         WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3")
    .bind(deleted.cast_signed())
    .execute(&mut *connection)
    .await?;
    key("DELETE FROM series
         WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3 AND bar_count = 0")
    .execute(&mut *connection)
    .await?;
    // Looked for only where an end is gone: the search passes rows of other sources.
    key("UPDATE series SET
             oldest = iif(oldest NOT BETWEEN ?4 AND ?5, oldest, (SELECT ts FROM bar
                 WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3 AND ts >= ?4
                 ORDER BY ts LIMIT 1)),
             newest = iif(newest NOT BETWEEN ?4 AND ?5, newest, (SELECT ts FROM bar
                 WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3 AND ts <= ?5
                 ORDER BY ts DESC LIMIT 1))
         WHERE symbol_id = ?1 AND timeframe = ?2 AND source_id = ?3")
    .bind(piece.from)
    .bind(piece.last)
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds to what the undo did so far; from the first time on the import writes no more.
async fn count(
    connection: &mut SqliteConnection,
    import: ImportId,
    (deleted, restored): (u64, u64),
) -> Result<(), Failure> {
    let counted = sqlx::query(
        "UPDATE import_job SET undo_deleted = coalesce(undo_deleted, 0) + ?2,
             undo_restored = coalesce(undo_restored, 0) + ?3
         WHERE id = ?1",
    )
    .bind(import.0)
    .bind(deleted.cast_signed())
    .bind(restored.cast_signed())
    .execute(connection)
    .await?;
    if counted.rows_affected() == 0 {
        return Err(Failure::NoImport(import));
    }
    Ok(())
}

/// Leaves the piece behind.
async fn advance(connection: &mut SqliteConnection, piece: &Piece) -> Result<(), Failure> {
    let sql = match piece.next {
        Some(_) => {
            "UPDATE import_series SET oldest = ?5
             WHERE import_id = ?1 AND symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4"
        }
        None => {
            "DELETE FROM import_series
             WHERE import_id = ?1 AND symbol_id = ?2 AND timeframe = ?3 AND source_id = ?4"
        }
    };
    let query = sqlx::query(sql)
        .bind(piece.import.0)
        .bind(piece.symbol_id)
        .bind(row::timeframe_number(piece.timeframe))
        .bind(piece.source_id);
    let query = match piece.next {
        Some(next) => query.bind(next),
        None => query,
    };
    query.execute(connection).await?;
    Ok(())
}

/// Marks the import undone. What it wrote and is neither gone nor given back, somebody replaced.
async fn finish(
    connection: &mut SqliteConnection,
    import: ImportId,
    now_micros: i64,
) -> Result<UndoCounts, Failure> {
    count(connection, import, (0, 0)).await?;
    sqlx::query(
        "UPDATE import_job SET undone_at = coalesce(undone_at, ?2), updated_at = ?2 WHERE id = ?1",
    )
    .bind(import.0)
    .bind(now_micros)
    .execute(&mut *connection)
    .await?;
    let (deleted, restored, written): (i64, i64, i64) = sqlx::query_as(
        "SELECT undo_deleted, undo_restored,
             coalesce((SELECT sum(inserted + updated) FROM import_chunk WHERE import_id = id), 0)
         FROM import_job WHERE id = ?",
    )
    .bind(import.0)
    .fetch_one(connection)
    .await?;
    let (deleted, restored) = (deleted.cast_unsigned(), restored.cast_unsigned());
    Ok(UndoCounts {
        deleted,
        restored,
        kept: written.cast_unsigned().saturating_sub(deleted + restored),
    })
}
