//! How bars stand to the stored rows, without writing.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

use super::fault::Failure;
use super::row::{self, Origin, RowKey};
use super::write::{self, COLUMNS, STATEMENT_ROWS};
use crate::domain::Bar;
use crate::storage::UpsertCounts;

/// What the store says of the key of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has no row.
    New,
    /// Its row says something else.
    Differs,
    /// Its row says the same.
    Alike,
}

/// One statement for each number of rows: given bars beside their rows.
static STATEMENTS: LazyLock<[Arc<str>; STATEMENT_ROWS.len()]> = LazyLock::new(|| {
    STATEMENT_ROWS.map(|rows| {
        let values = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows].join(", ");
        let differs = write::differs("bar", "given");
        let sql = format!(
            "WITH given ({COLUMNS}, place) AS (VALUES {values})
             SELECT place, iif(bar.ts IS NULL, 0, iif({differs}, 1, 2))
             FROM given LEFT JOIN bar ON bar.symbol_id = given.symbol_id
                 AND bar.timeframe = given.timeframe AND bar.ts = given.ts
                 AND bar.source_id = given.source_id"
        );
        sql.into()
    })
});

/// Counts what an upsert of these bars, one by one, would do.
pub(super) async fn counts(
    connection: &mut SqliteConnection,
    bars: &[Bar],
) -> Result<UpsertCounts, Failure> {
    let mut sorted: Vec<&Bar> = bars.iter().collect();
    sorted.sort_by_key(|bar| key(bar));
    let of_keys: Vec<&[&Bar]> = sorted.chunk_by(|a, b| key(a) == key(b)).collect();
    let firsts: Vec<&Bar> = of_keys.iter().map(|bars| bars[0]).collect();
    let mut counts = UpsertCounts::default();
    for (bars, standing) in of_keys.iter().zip(standings(connection, &firsts).await?) {
        match standing {
            Standing::New => counts.inserted += 1,
            Standing::Differs => counts.updated += 1,
            Standing::Alike => counts.unchanged += 1,
        }
        let changes = bars.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
        counts.updated += changes;
        counts.unchanged += bars.len() as u64 - 1 - changes;
    }
    Ok(counts)
}

fn key(bar: &Bar) -> (&str, &str, i64, i64) {
    let timeframe = row::timeframe_number(bar.timeframe);
    let (symbol, source) = (bar.symbol.as_str(), bar.source.as_str());
    (symbol, source, timeframe, bar.time.micros())
}

/// Tells of each bar, in the order given, how it stands to its stored row.
pub(super) async fn standings(
    connection: &mut SqliteConnection,
    bars: &[&Bar],
) -> Result<Vec<Standing>, Failure> {
    let mut standings = vec![Standing::New; bars.len()];
    let keys = known_keys(connection, bars).await?;
    let mut rest = keys.as_slice();
    for (rows, sql) in STATEMENT_ROWS.into_iter().zip(STATEMENTS.iter()) {
        while rest.len() >= rows {
            let (piece, tail) = rest.split_at(rows);
            let sql = AssertSqlSafe(Arc::clone(sql));
            let told: Vec<(i64, i64)> = sqlx::query_as_with(sql, arguments(piece, bars)?)
                .fetch_all(&mut *connection)
                .await?;
            for (place, told) in told {
                standings[place as usize] = match told {
                    0 => Standing::New,
                    1 => Standing::Differs,
                    _ => Standing::Alike,
                };
            }
            rest = tail;
        }
    }
    Ok(standings)
}

/// Returns places and keys of those bars whose symbol and source have a number: no other is stored.
async fn known_keys(
    connection: &mut SqliteConnection,
    bars: &[&Bar],
) -> Result<Vec<(usize, RowKey)>, Failure> {
    let mut symbols: HashMap<&str, Option<i64>> = HashMap::new();
    let mut sources: HashMap<&str, Option<i64>> = HashMap::new();
    for bar in bars {
        symbols.insert(bar.symbol.as_str(), None);
        sources.insert(bar.source.as_str(), None);
    }
    for (name, id) in &mut symbols {
        *id = number(connection, "SELECT id FROM symbol WHERE name = ?", name).await?;
    }
    for (name, id) in &mut sources {
        *id = number(connection, "SELECT id FROM source WHERE name = ?", name).await?;
    }
    let known = bars.iter().enumerate().filter_map(|(place, bar)| {
        let key = RowKey {
            symbol_id: symbols[bar.symbol.as_str()]?,
            timeframe: row::timeframe_number(bar.timeframe),
            ts: bar.time.micros(),
            source_id: sources[bar.source.as_str()]?,
        };
        Some((place, key))
    });
    Ok(known.collect())
}

async fn number(
    connection: &mut SqliteConnection,
    sql: &'static str,
    name: &str,
) -> Result<Option<i64>, Failure> {
    let number = sqlx::query_scalar(sql).bind(name);
    Ok(number.fetch_optional(connection).await?)
}

fn arguments(piece: &[(usize, RowKey)], bars: &[&Bar]) -> Result<SqliteArguments, sqlx::Error> {
    let nowhere = Origin {
        import_id: None,
        ingested_at: 0,
    };
    let mut arguments = SqliteArguments::default();
    arguments.reserve(piece.len() * 16, 0);
    for (place, key) in piece {
        row::bind(&mut arguments, *key, bars[*place], nowhere)?;
        let place = arguments.add(*place as i64);
        place.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
