//! The upsert: a batch in one transaction, with exact counts.
//!
//! Rows go in the order of the table, many to a statement. Each statement first inserts what is
//! new (`DO NOTHING` for the rest), which gives the exact number of inserted rows. Only when some
//! were there already, a second statement replaces those that differ; now that every key exists,
//! the rows it touches are exactly the updated ones. Fresh data so costs one pass.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::fault::Failure;
use super::names::{Names, NamesOfWrite};
use super::row::{self, Origin, RowKey};
use crate::domain::{Bar, Timeframe, Timestamp};
use crate::storage::{BarBatch, Lineage, UpsertCounts};

pub(super) const COLUMNS: &str = "symbol_id, timeframe, ts, source_id, open, high, low, close, \
                                  volume_whole, volume_fraction, trade_count, vwap, \
                                  quality_score, import_id, ingested_at";

/// Few lengths, so that each is prepared once: a batch is cut into the longest that fit.
pub(super) const STATEMENT_ROWS: [usize; 6] = [1_024, 256, 64, 16, 4, 1];

/// The columns of what a bar says; where it came from does not make it different.
const VALUES: [&str; 9] = [
    "open",
    "high",
    "low",
    "close",
    "volume_whole",
    "volume_fraction",
    "trade_count",
    "vwap",
    "quality_score",
];

/// Returns the condition that the rows of two tables differ in what they say.
pub(super) fn differs(one: &str, other: &str) -> String {
    let values = |table: &str| VALUES.map(|column| format!("{table}.{column}")).join(", ");
    format!("({}) IS NOT ({})", values(one), values(other))
}

/// Replaces a row that differs.
fn replace() -> String {
    let set = VALUES.map(|column| format!("{column} = excluded.{column}"));
    format!(
        "ON CONFLICT (symbol_id, timeframe, ts, source_id) DO UPDATE SET {},
             import_id = excluded.import_id, ingested_at = excluded.ingested_at
         WHERE {}",
        set.join(", "),
        differs("bar", "excluded")
    )
}

struct Statement {
    rows: usize,
    /// Inserts what is new.
    insert: Arc<str>,
    /// The same, and names the series of each row that was new.
    insert_told: Arc<str>,
    /// Inserts what is new and replaces what differs.
    replace: Arc<str>,
}

static STATEMENTS: LazyLock<[Statement; STATEMENT_ROWS.len()]> = LazyLock::new(|| {
    let replace = replace();
    STATEMENT_ROWS.map(|rows| {
        let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let insert = format!(
            "INSERT INTO bar ({COLUMNS}) VALUES {}",
            vec![row; rows].join(", ")
        );
        let nothing = format!("{insert} ON CONFLICT DO NOTHING");
        Statement {
            rows,
            insert: nothing.as_str().into(),
            insert_told: format!("{nothing} RETURNING symbol_id, timeframe, source_id").into(),
            replace: format!("{insert} {replace}").into(),
        }
    })
});

pub(super) type SeriesIds = (i64, i64, i64);

/// A row and the bar it is made of.
struct Place<'a> {
    key: RowKey,
    bar: &'a Bar,
}

impl Place<'_> {
    const fn series(&self) -> SeriesIds {
        (self.key.symbol_id, self.key.timeframe, self.key.source_id)
    }
}

/// What a transaction did, gathered while it goes.
#[derive(Default)]
struct Tally {
    counts: UpsertCounts,
    /// New rows of each series.
    inserted: BTreeMap<SeriesIds, i64>,
    /// Buckets in which something may have changed.
    dirty: BTreeSet<(SeriesIds, i64)>,
}

/// Writes a batch in one transaction; what fails changed nothing.
pub(super) async fn upsert(
    connection: &mut SqliteConnection,
    names: &mut Names,
    batch: &BarBatch,
    now_micros: i64,
) -> Result<UpsertCounts, Failure> {
    let origin = Origin {
        import_id: match batch.lineage {
            Lineage::Feed => None,
            Lineage::Import(id) => Some(id.0),
        },
        ingested_at: now_micros,
    };
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut names_of_write = NamesOfWrite::new(names);
    let rows = (&batch.bars[..], origin);
    let counts = upsert_within(&mut transaction, &mut names_of_write, rows).await?;
    transaction.commit().await?;
    let learned = names_of_write.into_learned();
    names.learn(learned);
    Ok(counts)
}

/// Writes rows within a transaction of the caller, and all that is kept beside them.
pub(super) async fn upsert_within(
    connection: &mut SqliteConnection,
    names: &mut NamesOfWrite<'_>,
    (bars, origin): (&[Bar], Origin),
) -> Result<UpsertCounts, Failure> {
    let places = places(connection, names, bars).await?;
    let mut tally = Tally::default();
    let mut rest = places.as_slice();
    for statement in STATEMENTS.iter() {
        while rest.len() >= statement.rows {
            let (piece, tail) = rest.split_at(statement.rows);
            write_piece(connection, statement, (piece, origin), &mut tally).await?;
            rest = tail;
        }
    }
    let ends = ends(&places);
    write_series(connection, &ends, &tally.inserted).await?;
    if let Some(import_id) = origin.import_id
        && !tally.dirty.is_empty()
    {
        write_reach(connection, import_id, &ends).await?;
    }
    write_dirty(connection, &tally.dirty).await?;
    Ok(tally.counts)
}

/// Finds the place of each bar, in the order of the table. Rows of one key keep their order.
async fn places<'a>(
    connection: &mut SqliteConnection,
    names: &mut NamesOfWrite<'_>,
    bars: &'a [Bar],
) -> Result<Vec<Place<'a>>, sqlx::Error> {
    let mut places = Vec::with_capacity(bars.len());
    let mut last: Option<(&Bar, i64, i64)> = None;
    for bar in bars {
        let (symbol_id, source_id) = match last {
            Some((of, symbol_id, source_id))
                if of.symbol == bar.symbol && of.source == bar.source =>
            {
                (symbol_id, source_id)
            }
            _ => (
                names.symbol(connection, &bar.symbol).await?,
                names.source(connection, &bar.source).await?,
            ),
        };
        last = Some((bar, symbol_id, source_id));
        let key = RowKey {
            symbol_id,
            timeframe: row::timeframe_number(bar.timeframe),
            ts: bar.time.micros(),
            source_id,
        };
        places.push(Place { key, bar });
    }
    if !places.is_sorted_by_key(|place| place.key) {
        places.sort_by_key(|place| place.key);
    }
    Ok(places)
}

async fn write_piece(
    connection: &mut SqliteConnection,
    statement: &Statement,
    (piece, origin): (&[Place<'_>], Origin),
    tally: &mut Tally,
) -> Result<(), sqlx::Error> {
    let rows = piece.len() as u64;
    let inserted = insert(connection, statement, (piece, origin), tally).await?;
    let updated = if inserted < rows {
        execute(connection, &statement.replace, (piece, origin)).await?
    } else {
        0
    };
    tally.counts += UpsertCounts {
        inserted,
        updated,
        unchanged: rows - inserted - updated,
    };
    if inserted + updated > 0 {
        let buckets = piece
            .iter()
            .map(|place| (place.series(), bucket(place.bar).micros()));
        tally.dirty.extend(buckets);
    }
    Ok(())
}

/// Inserts what is new, and notes of which series it was.
///
/// Naming each new row costs half the speed, so it is done only when it cannot be told from the
/// count: rows of several series, some of them new. That attempt is then taken back and made again.
async fn insert(
    connection: &mut SqliteConnection,
    statement: &Statement,
    (piece, origin): (&[Place<'_>], Origin),
    tally: &mut Tally,
) -> Result<u64, sqlx::Error> {
    let series = piece[0].series();
    if piece.iter().all(|place| place.series() == series) {
        let inserted = execute(connection, &statement.insert, (piece, origin)).await?;
        *tally.inserted.entry(series).or_default() += inserted as i64;
        return Ok(inserted);
    }
    let mut attempt = connection.begin().await?;
    let inserted = execute(&mut attempt, &statement.insert, (piece, origin)).await?;
    if inserted == 0 || inserted == piece.len() as u64 {
        attempt.commit().await?;
        for place in piece.iter().take(inserted as usize) {
            *tally.inserted.entry(place.series()).or_default() += 1;
        }
        return Ok(inserted);
    }
    attempt.rollback().await?;
    let sql = AssertSqlSafe(Arc::clone(&statement.insert_told));
    let told: Vec<SeriesIds> = sqlx::query_as_with(sql, arguments(piece, origin)?)
        .fetch_all(connection)
        .await?;
    for series in &told {
        *tally.inserted.entry(*series).or_default() += 1;
    }
    Ok(told.len() as u64)
}

async fn execute(
    connection: &mut SqliteConnection,
    sql: &Arc<str>,
    (piece, origin): (&[Place<'_>], Origin),
) -> Result<u64, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(Arc::clone(sql)), arguments(piece, origin)?);
    Ok(query.execute(connection).await?.rows_affected())
}

fn arguments(piece: &[Place<'_>], origin: Origin) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    sqlx::Arguments::reserve(&mut arguments, piece.len() * 15, 0);
    for place in piece {
        row::bind(&mut arguments, place.key, place.bar, origin)?;
    }
    Ok(arguments)
}

/// Returns the open of the bucket that a rollup makes anew when this bar changed.
fn bucket(bar: &Bar) -> Timestamp {
    bucket_of(bar.timeframe).open_of(bar.time)
}

/// Returns how long the dirty buckets of a timeframe are.
pub(super) fn bucket_of(timeframe: Timeframe) -> Timeframe {
    if timeframe.is_daily_or_longer() {
        Timeframe::Mo1
    } else {
        Timeframe::D1
    }
}

/// Oldest and newest of what is written of each series.
type Ends = BTreeMap<SeriesIds, (i64, i64)>;

fn ends(places: &[Place<'_>]) -> Ends {
    let mut ends = Ends::new();
    for place in places {
        let ts = place.key.ts;
        let (oldest, newest) = ends.entry(place.series()).or_insert((ts, ts));
        *oldest = ts.min(*oldest);
        *newest = ts.max(*newest);
    }
    ends
}

/// Keeps count, oldest and newest of each series that grew.
async fn write_series(
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
async fn write_reach(
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
