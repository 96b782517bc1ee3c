//! Reading everything: to verify a store, and to make sure of a copy.

use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::fault::{self, Failure};
use super::maintain;
use super::row;
use super::write::SeriesIds;
use crate::domain::{Source, Symbol, Timestamp};
use crate::storage::{SegmentHash, SeriesKey, SeriesStatistics, VerifyReport};

/// What is wrong, as far as it is told one by one.
#[derive(Default)]
struct Faults {
    told: Vec<String>,
    more: u64,
}

impl Faults {
    fn add(&mut self, fault: String) {
        if self.told.len() < VerifyReport::FAULTS_MAX {
            self.told.push(fault);
        } else {
            self.more += 1;
        }
    }

    fn into_lines(mut self) -> Vec<String> {
        if self.more > 0 {
            self.told.push(format!("and {} more", self.more));
        }
        self.told
    }
}

/// What the rows of one series say of it.
struct Scanned {
    /// `None` when a number stands for no name.
    key: Option<SeriesKey>,
    rows: u64,
    oldest: Timestamp,
    newest: Timestamp,
}

/// Reads everything within one snapshot.
pub(super) async fn verify(connection: &mut SqliteConnection) -> Result<VerifyReport, Failure> {
    let mut faults = Faults::default();
    or_fault(check_engine(connection, &mut faults).await, &mut faults)?;
    let mut hash = SegmentHash::default();
    let checked = check_series(connection, &mut hash, &mut faults).await;
    or_fault(checked, &mut faults)?;
    Ok(VerifyReport {
        rows: hash.rows,
        hash,
        faults: faults.into_lines(),
    })
}

/// Takes what a damaged file causes for a fault of the file, and anything else for a failure.
fn or_fault(checked: Result<(), Failure>, faults: &mut Faults) -> Result<(), Failure> {
    match checked {
        Err(Failure::Sql(error)) if fault::is_corrupt(&error) => {
            faults.add(format!("not read to the end: {error}"));
            Ok(())
        }
        Err(Failure::WrongValue { what, value }) => {
            faults.add(format!("a series has a wrong {what}: `{value}`"));
            Ok(())
        }
        other => other,
    }
}

/// Asks the engine, which looks at every page.
async fn check_engine(
    connection: &mut SqliteConnection,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let mut lines = sqlx::query_scalar("PRAGMA integrity_check").fetch(connection);
    while let Some(line) = lines.try_next().await? {
        let line: String = line;
        if line != "ok" {
            faults.add(line);
        }
    }
    Ok(())
}

/// Reads every bar and compares what is said of each series with it.
async fn check_series(
    connection: &mut SqliteConnection,
    hash: &mut SegmentHash,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let scanned = scan(connection, hash, faults).await?;
    compare(&maintain::series(connection).await?, scanned, faults);
    Ok(())
}

/// Reads every bar, in the order of the table.
async fn scan(
    connection: &mut SqliteConnection,
    hash: &mut SegmentHash,
    faults: &mut Faults,
) -> Result<BTreeMap<SeriesIds, Scanned>, Failure> {
    let symbols = names(connection, "SELECT id, name FROM symbol").await?;
    let sources = names(connection, "SELECT id, name FROM source").await?;
    let mut scanned: BTreeMap<SeriesIds, Scanned> = BTreeMap::new();
    let mut rows = sqlx::query(
        "SELECT symbol_id, timeframe, source_id, ts, open, high, low, close, volume_whole,
             volume_fraction, trade_count, vwap, quality_score
         FROM bar ORDER BY symbol_id, timeframe, ts, source_id",
    )
    .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let ids = (
            row::value(&row, 0)?,
            row::value(&row, 1)?,
            row::value(&row, 2)?,
        );
        let time = row::time(&row, 3)?;
        let series = scanned.entry(ids).or_insert_with(|| {
            let key = key(&row, symbols.get(&ids.0), sources.get(&ids.2));
            if key.is_none() {
                faults.add(format!("bars of series {ids:?}, which has no name"));
            }
            Scanned {
                key,
                rows: 0,
                oldest: time,
                newest: time,
            }
        });
        series.rows += 1;
        series.newest = time;
        let Some(key) = &series.key else { continue };
        match row::bar(&row, 3, key) {
            Ok(bar) => hash.add(&bar),
            Err(Failure::WrongValue { what, value }) => {
                let name = name(key);
                faults.add(format!("{name} at {time} holds a wrong {what}: `{value}`"));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(scanned)
}

async fn names(
    connection: &mut SqliteConnection,
    sql: &'static str,
) -> Result<HashMap<i64, String>, Failure> {
    let names: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(names.into_iter().collect())
}

fn key(row: &SqliteRow, symbol: Option<&String>, source: Option<&String>) -> Option<SeriesKey> {
    Some(SeriesKey {
        symbol: Symbol::parse(symbol?).ok()?,
        timeframe: row::timeframe(row, 1).ok()?,
        source: Source::parse(source?).ok()?,
    })
}

fn name(key: &SeriesKey) -> String {
    format!("`{}` {} of `{}`", key.symbol, key.timeframe, key.source)
}

/// Compares what the series say of themselves with what their rows say.
fn compare(told: &[SeriesStatistics], scanned: BTreeMap<SeriesIds, Scanned>, faults: &mut Faults) {
    let mut by_key: BTreeMap<SeriesKey, Scanned> = scanned
        .into_values()
        .filter_map(|scanned| Some((scanned.key.clone()?, scanned)))
        .collect();
    for series in told {
        let name = name(&series.key);
        let Some(found) = by_key.remove(&series.key) else {
            faults.add(format!(
                "{name} is said to hold {} bars, and has none",
                series.rows
            ));
            continue;
        };
        if series.rows != found.rows {
            let (told, found) = (series.rows, found.rows);
            faults.add(format!(
                "{name} is said to hold {told} bars, and has {found}"
            ));
        }
        if (series.oldest, series.newest) != (found.oldest, found.newest) {
            faults.add(format!(
                "{name} is said to reach from {} to {}, and reaches from {} to {}",
                series.oldest, series.newest, found.oldest, found.newest
            ));
        }
    }
    for (key, found) in by_key {
        let name = name(&key);
        faults.add(format!("{name} has {} bars, and is not listed", found.rows));
    }
}
