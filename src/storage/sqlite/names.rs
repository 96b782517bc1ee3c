//! The numbers that stand for symbols and sources in the tables.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::domain::{Source, Symbol};

/// What the writing connection knows. Holds only names whose transaction was committed.
#[derive(Debug, Default)]
pub(super) struct Names {
    symbols: HashMap<Symbol, i64>,
    sources: HashMap<Source, i64>,
}

impl Names {
    /// Takes over what a transaction learned, once it is committed.
    pub(super) fn learn(&mut self, learned: Self) {
        self.symbols.extend(learned.symbols);
        self.sources.extend(learned.sources);
    }
}

/// Names within one transaction: those known before it, and those it learns.
pub(super) struct NamesOfWrite<'a> {
    known: &'a Names,
    learned: Names,
}

impl<'a> NamesOfWrite<'a> {
    pub(super) fn new(known: &'a Names) -> Self {
        let learned = Names::default();
        Self { known, learned }
    }

    pub(super) fn into_learned(self) -> Names {
        self.learned
    }

    /// Returns the number of a symbol, giving it one when it has none.
    pub(super) async fn symbol(
        &mut self,
        connection: &mut SqliteConnection,
        symbol: &Symbol,
    ) -> Result<i64, sqlx::Error> {
        let known = self.known.symbols.get(symbol);
        if let Some(id) = known.or_else(|| self.learned.symbols.get(symbol)) {
            return Ok(*id);
        }
        sqlx::query("INSERT INTO symbol (name) VALUES (?) ON CONFLICT DO NOTHING")
            .bind(symbol.as_str())
            .execute(&mut *connection)
            .await?;
        let id = sqlx::query_scalar("SELECT id FROM symbol WHERE name = ?")
            .bind(symbol.as_str())
            .fetch_one(connection)
            .await?;
        self.learned.symbols.insert(symbol.clone(), id);
        Ok(id)
    }

    /// Returns the number of a source, giving it one when it has none.
    pub(super) async fn source(
        &mut self,
        connection: &mut SqliteConnection,
        source: &Source,
    ) -> Result<i64, sqlx::Error> {
        let known = self.known.sources.get(source);
        if let Some(id) = known.or_else(|| self.learned.sources.get(source)) {
            return Ok(*id);
        }
        sqlx::query("INSERT INTO source (name) VALUES (?) ON CONFLICT DO NOTHING")
            .bind(source.as_str())
            .execute(&mut *connection)
            .await?;
        let id = sqlx::query_scalar("SELECT id FROM source WHERE name = ?")
            .bind(source.as_str())
            .fetch_one(connection)
            .await?;
        self.learned.sources.insert(source.clone(), id);
        Ok(id)
    }
}
