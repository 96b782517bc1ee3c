//! Records of imports, the ledger of their chunks, and the records they refused.

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};

use super::fault::Failure;
use super::{row, write};
use crate::api::{ImportCounts, ImportState, Reject};
use crate::domain::{ImportId, Timestamp};
use crate::storage::{ImportRecord, LedgerLine};

const RECORDS: &str = "\
    SELECT id, epoch, import_job.state, created_at, updated_at, body, undone_at,
        coalesce(sum(byte_to - byte_from), 0),
        coalesce(sum(read), 0), coalesce(sum(inserted), 0), coalesce(sum(updated), 0),
        coalesce(sum(unchanged), 0), coalesce(sum(rejected), 0), coalesce(sum(duplicate), 0),
        coalesce(sum(skipped), 0)
    FROM import_job LEFT JOIN import_chunk ON import_id = id
    WHERE id BETWEEN ? AND ? GROUP BY id ORDER BY id DESC LIMIT ?";

const LINES: &str = "\
    SELECT chunk, file, byte_from, byte_to, line_to, hash, state,
        read, inserted, updated, unchanged, rejected, duplicate, skipped
    FROM import_chunk WHERE import_id = ? AND chunk BETWEEN ? AND ? ORDER BY chunk";

/// Rejects of one statement: about a megabyte of text.
const REJECTS_AT_ONCE: usize = 1_000;

/// Makes the record of a new import, claimed by who makes it.
pub(super) async fn create(
    connection: &mut SqliteConnection,
    state: ImportState,
    body: &str,
    now_micros: i64,
) -> Result<ImportRecord, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO import_job (epoch, state, created_at, updated_at, body)
         VALUES (1, ?1, ?2, ?2, ?3) RETURNING id",
    )
    .bind(state.as_str())
    .bind(now_micros)
    .bind(body)
    .fetch_one(&mut *transaction)
    .await?;
    let record = required(&mut transaction, ImportId(id)).await?;
    transaction.commit().await?;
    Ok(record)
}

/// Raises the epoch of an import.
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    id: ImportId,
    now_micros: i64,
) -> Result<ImportRecord, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("UPDATE import_job SET epoch = epoch + 1, updated_at = ? WHERE id = ?")
        .bind(now_micros)
        .bind(id.0)
        .execute(&mut *transaction)
        .await?;
    let record = required(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(record)
}

/// Replaces state and body under a claim.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    (id, epoch): (ImportId, u64),
    (state, body): (ImportState, &str),
    now_micros: i64,
) -> Result<(), Failure> {
    let saved = sqlx::query(
        "UPDATE import_job SET state = ?, body = ?, updated_at = ? WHERE id = ? AND epoch = ?",
    )
    .bind(state.as_str())
    .bind(body)
    .bind(now_micros)
    .bind(id.0)
    .bind(epoch.cast_signed())
    .execute(&mut *connection)
    .await?;
    if saved.rows_affected() == 1 {
        return Ok(());
    }
    required(connection, id).await?;
    Err(Failure::Fenced(id))
}

/// Makes sure that an import may be written under this claim.
pub(super) async fn check_claim(
    connection: &mut SqliteConnection,
    id: ImportId,
    epoch: u64,
) -> Result<(), Failure> {
    let found: Option<(i64, bool)> =
        sqlx::query_as("SELECT epoch, undo_deleted IS NOT NULL FROM import_job WHERE id = ?")
            .bind(id.0)
            .fetch_optional(connection)
            .await?;
    match found {
        None => Err(Failure::NoImport(id)),
        Some((newest, false)) if newest.cast_unsigned() == epoch => Ok(()),
        Some(_) => Err(Failure::Fenced(id)),
    }
}

/// Returns imports, newest first; one or all.
pub(super) async fn records(
    connection: &mut SqliteConnection,
    id: Option<ImportId>,
    limit: u32,
) -> Result<Vec<ImportRecord>, Failure> {
    let rows = sqlx::query(RECORDS)
        .bind(id.map_or(i64::MIN, |id| id.0))
        .bind(id.map_or(i64::MAX, |id| id.0))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(record).collect()
}

async fn required(
    connection: &mut SqliteConnection,
    id: ImportId,
) -> Result<ImportRecord, Failure> {
    let found = records(connection, Some(id), 1).await?.pop();
    found.ok_or(Failure::NoImport(id))
}

fn record(row: &SqliteRow) -> Result<ImportRecord, Failure> {
    let state: String = row::value(row, 2)?;
    let state = ImportState::ALL
        .into_iter()
        .find(|known| known.as_str() == state)
        .ok_or_else(|| row::wrong("import state", &state))?;
    Ok(ImportRecord {
        id: ImportId(row::value(row, 0)?),
        epoch: unsigned(row, 1)?,
        state,
        created: row::time(row, 3)?,
        updated: row::time(row, 4)?,
        body: row::value(row, 5)?,
        undone: row::value::<Option<i64>>(row, 6)?.map(Timestamp::from_micros),
        counts: counts(row, 8)?,
        bytes_done: unsigned(row, 7)?,
    })
}

/// Returns the ledger of an import in the order of its chunks; one line or all.
pub(super) async fn lines(
    connection: &mut SqliteConnection,
    id: ImportId,
    chunk: Option<u64>,
) -> Result<Vec<LedgerLine>, Failure> {
    let rows = sqlx::query(LINES)
        .bind(id.0)
        .bind(chunk.map_or(i64::MIN, u64::cast_signed))
        .bind(chunk.map_or(i64::MAX, u64::cast_signed))
        .fetch_all(connection)
        .await?;
    rows.iter().map(line).collect()
}

fn line(row: &SqliteRow) -> Result<LedgerLine, Failure> {
    Ok(LedgerLine {
        chunk: unsigned(row, 0)?,
        file: row::value(row, 1)?,
        byte_from: unsigned(row, 2)?,
        byte_to: unsigned(row, 3)?,
        line_to: unsigned(row, 4)?,
        hash: unsigned(row, 5)?,
        counts: counts(row, 7)?,
        state: row::value(row, 6)?,
    })
}

/// Reads the seven counts from column `first` on.
fn counts(row: &SqliteRow, first: usize) -> Result<ImportCounts, Failure> {
    Ok(ImportCounts {
        read: unsigned(row, first)?,
        inserted: unsigned(row, first + 1)?,
        updated: unsigned(row, first + 2)?,
        unchanged: unsigned(row, first + 3)?,
        rejected: unsigned(row, first + 4)?,
        duplicate: unsigned(row, first + 5)?,
        skipped: unsigned(row, first + 6)?,
    })
}

/// Reads 64 bits of an unsigned number.
fn unsigned(row: &SqliteRow, index: usize) -> Result<u64, Failure> {
    row::value(row, index).map(i64::cast_unsigned)
}

/// Adds a line to the ledger.
pub(super) async fn add_line(
    connection: &mut SqliteConnection,
    id: ImportId,
    line: &LedgerLine,
) -> Result<(), Failure> {
    let counts = line.counts;
    let numbers = [
        line.chunk,
        u64::from(line.file),
        line.byte_from,
        line.byte_to,
        line.line_to,
        line.hash,
        counts.read,
        counts.inserted,
        counts.updated,
        counts.unchanged,
        counts.rejected,
        counts.duplicate,
        counts.skipped,
    ];
    let insert = sqlx::query(
        "INSERT INTO import_chunk (import_id, chunk, file, byte_from, byte_to, line_to, hash, read,
             inserted, updated, unchanged, rejected, duplicate, skipped, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    numbers
        .into_iter()
        .fold(insert.bind(id.0), |insert, number| {
            insert.bind(number.cast_signed())
        })
        .bind(line.state.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds what a chunk refused.
pub(super) async fn add_rejects(
    connection: &mut SqliteConnection,
    id: ImportId,
    line: &LedgerLine,
    rejects: &[&Reject],
) -> Result<(), Failure> {
    for (piece, rejects) in rejects.chunks(REJECTS_AT_ONCE).enumerate() {
        sqlx::query(
            "INSERT INTO import_reject (import_id, file, line, chunk, place, body)
             SELECT ?, ?, value ->> 'line', ?, ? + key, value FROM json_each(?)",
        )
        .bind(id.0)
        .bind(line.file)
        .bind(line.chunk.cast_signed())
        .bind((piece * REJECTS_AT_ONCE) as i64)
        .bind(write::json(rejects)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Returns refused records in the order of files and lines.
pub(super) async fn rejects(
    connection: &mut SqliteConnection,
    id: ImportId,
    offset: u64,
    limit: u32,
) -> Result<Vec<Reject>, Failure> {
    let bodies: Vec<String> = sqlx::query_scalar(
        "SELECT body FROM import_reject WHERE import_id = ?
         ORDER BY file, line, chunk, place LIMIT ? OFFSET ?",
    )
    .bind(id.0)
    .bind(limit)
    .bind(i64::try_from(offset).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    let reject = |body: &String| serde_json::from_str(body).map_err(|_| row::wrong("reject", body));
    bodies.iter().map(reject).collect()
}
