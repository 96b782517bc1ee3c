//! The SQLite store behind a cache passes the same suite.

use std::sync::Arc;

use mda::hybrid::CachedStore;
use mda::storage::{MarketStore, Precedence};

use super::conformance::conformance;
use super::support::{Factory, Opening, SqliteFile, clock};

struct CachedFile(SqliteFile);

impl Factory for CachedFile {
    fn open(&self, precedence: Precedence) -> Opening<'_> {
        Box::pin(async {
            let inner = self.0.open(precedence).await;
            let store = CachedStore::new(inner, CachedStore::BYTES_MAX, clock());
            Arc::new(store) as Arc<dyn MarketStore>
        })
    }

    fn beside(&self) -> Option<SqliteFile> {
        self.0.beside()
    }
}

conformance!(CachedFile(SqliteFile::new()));
