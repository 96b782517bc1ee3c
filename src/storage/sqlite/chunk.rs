//! One chunk of an import in one transaction: rows, rejects, its line of the ledger.

use sqlx::{Connection, SqliteConnection};

use super::compare::{self, Standing};
use super::fault::Failure;
use super::imports;
use super::names::{Names, NamesOfWrite};
use super::row::Origin;
use super::write;
use crate::api::Reject;
use crate::runtime::fault_point;
use crate::storage::{ImportChunk, LedgerLine};

/// Writes a chunk, unless the ledger has it already; what fails changed nothing.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    names: &mut Names,
    chunk: &ImportChunk,
    now_micros: i64,
) -> Result<LedgerLine, Failure> {
    fault_point("chunk: before");
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    fault_point("chunk: begun");
    imports::check_claim(&mut transaction, chunk.import, chunk.epoch).await?;
    let number = Some(chunk.line.chunk);
    let written = imports::lines(&mut transaction, chunk.import, number).await?;
    if let Some(line) = written.into_iter().next() {
        return Ok(line);
    }
    let mut names_of_write = NamesOfWrite::new(names);
    let origin = Origin {
        import_id: Some(chunk.import.0),
        ingested_at: now_micros,
    };
    let rows = (&chunk.bars[..], origin);
    let upserted = write::upsert_within(&mut transaction, &mut names_of_write, rows).await?;
    fault_point("chunk: rows");
    let mut rejects: Vec<&Reject> = chunk.rejects.iter().collect();
    rejects.extend(differing(&mut transaction, chunk).await?);
    rejects.sort_by_key(|reject| (reject.line, reject.byte));
    imports::add_rejects(&mut transaction, chunk.import, &chunk.line, &rejects).await?;
    fault_point("chunk: rejects");
    let mut line = chunk.line.clone();
    line.counts.inserted = upserted.inserted;
    line.counts.updated = upserted.updated;
    line.counts.unchanged = upserted.unchanged;
    line.counts.duplicate = chunk.duplicates.len() as u64;
    imports::add_line(&mut transaction, chunk.import, &line).await?;
    fault_point("chunk: ledger");
    transaction.commit().await?;
    fault_point("chunk: committed");
    let learned = names_of_write.into_learned();
    names.learn(learned);
    Ok(line)
}

/// Returns what is kept of those duplicates that differ from the row that is stored by now.
async fn differing<'a>(
    connection: &mut SqliteConnection,
    chunk: &'a ImportChunk,
) -> Result<Vec<&'a Reject>, Failure> {
    let bars: Vec<_> = chunk.duplicates.iter().map(|(bar, _)| bar).collect();
    let standings = compare::standings(connection, &bars).await?;
    let told = chunk.duplicates.iter().zip(standings);
    let differing = told.filter(|(_, standing)| *standing != Standing::Alike);
    Ok(differing.map(|((_, reject), _)| reject).collect())
}
