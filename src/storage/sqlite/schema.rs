//! Bringing a database to the newest schema, one transaction for all steps.

use sqlx::{Connection, SqliteConnection};

/// `mda1`: how a database of ours is told from any other.
pub(super) const APPLICATION_ID: i64 = 0x6d64_6131;

struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// In order; the number of a migration is its place, from 1. A published one never changes.
const MIGRATIONS: [Migration; 2] = [
    Migration {
        name: "bars",
        sql: include_str!("../../../migrations/sqlite/0001_bars.sql"),
    },
    Migration {
        name: "imports",
        sql: include_str!("../../../migrations/sqlite/0002_imports.sql"),
    },
];

/// The newest schema this program knows.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Empty,
    Ours { version: u32 },
    Foreign,
}

/// Looks at a database without changing it.
pub(super) async fn inspect(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *connection)
        .await?;
    if tables == 0 {
        return Ok(Found::Empty);
    }
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await?;
    if id != APPLICATION_ID {
        return Ok(Found::Foreign);
    }
    let version = version(connection).await?;
    Ok(Found::Ours { version })
}

/// Returns the number of the newest migration that was applied.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<u32, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM schema_version")
        .fetch_one(connection)
        .await
}

/// Applies what is missing.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    now_micros: i64,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(
        "PRAGMA application_id = 0x6d646131;
         CREATE TABLE IF NOT EXISTS schema_version (
             version    INTEGER PRIMARY KEY,
             name       TEXT NOT NULL,
             applied_at INTEGER NOT NULL
         ) STRICT",
    )
    .execute(&mut *transaction)
    .await?;
    let applied = version(&mut transaction).await?;
    for (number, migration) in (1_u32..).zip(&MIGRATIONS) {
        if number <= applied {
            continue;
        }
        sqlx::raw_sql(migration.sql)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)")
            .bind(number)
            .bind(migration.name)
            .bind(now_micros)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}
