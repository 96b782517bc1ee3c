//! `mda restore FILE`: puts a copy of a store in the place of the store.
//!
//! ```text
//!   lease on the data folder ─▶ copy beside the store ─▶ is it one of ours, and sound?
//!     ─▶ may the store be replaced? ─▶ close it, keep it ─▶ one rename
//! ```
//!
//! Until the rename the store is as it was; from then on it is the copy, whole. What is restored
//! stays where it is.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use chrono::DateTime;

use super::args::RestoreArgs;
use super::swap::{Copied, keep};
use crate::cli::exit::UsageError;
use crate::cli::paths::Paths;
use crate::cli::print;
use crate::cli::session::Session;
use crate::runtime::{Clock, Lease, error_chain};
use crate::storage::{MarketStore, SqliteOptions, SqliteStore, StoreError, StoreStatistics};

/// Restores, and prints what was done.
pub(in crate::cli) async fn run(session: &Session, args: &RestoreArgs) -> anyhow::Result<()> {
    let paths = Paths::new(session.settings());
    let told = restore(&paths, args, session.clock()).await?;
    print::result(&told)?;
    Ok(())
}

async fn restore(
    paths: &Paths,
    args: &RestoreArgs,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<String> {
    let named = args.file.display();
    check_file(&args.file, &paths.store)?;
    // Held to the end: nobody else opens the store meanwhile.
    let _lease = Lease::acquire(&paths.data_dir)?;
    let copied = Copied::of(&args.file, &paths.store)?;
    let restored = sound(copied.path(), &clock)
        .await
        .with_context(|| format!("`{named}` cannot be restored; nothing was changed"))?;
    let before = Before::of(&paths.store, &clock).await;
    if let Some(why) = before.refusal(args.force) {
        bail!("{why}; `--force` keeps it under another name and puts `{named}` in its place");
    }
    let kept = match before {
        Before::Nothing => None,
        Before::Holds(_) | Before::Unreadable(_) => Some(keep(&paths.store, &time_word(&*clock))?),
    };
    copied.put_in_place(&paths.store)?;
    let mut told = vec![
        format!("restored: {named} as {}", paths.store.display()),
        format!(
            "rows:     {} in {} series",
            restored.rows,
            restored.series.len()
        ),
    ];
    told.extend(kept.map(|kept| format!("before:   kept as {}", kept.display())));
    Ok(told.join("\n") + "\n")
}

/// Refuses what is certainly no copy of a store, before anything is locked or copied.
fn check_file(file: &Path, store: &Path) -> anyhow::Result<()> {
    let named = file.display();
    let wrong = |why: String| Err(UsageError(why).into());
    let Ok(metadata) = file.metadata() else {
        return wrong(format!("no file `{named}`"));
    };
    if !metadata.is_file() {
        return wrong(format!("`{named}` is no file"));
    }
    // An empty file would become an empty store.
    if metadata.len() == 0 {
        return wrong(format!("`{named}` is empty: it is no copy of a store"));
    }
    let same = file.canonicalize().ok().zip(store.canonicalize().ok());
    if same.is_some_and(|(file, store)| file == store) {
        return wrong(format!("`{named}` is the store itself"));
    }
    Ok(())
}

/// Reads all of a store, and closes it, so that all of it is in its file.
///
/// # Errors
/// When it is not ours, cannot be read, or something in it is not as it was written.
async fn sound(path: &Path, clock: &Arc<dyn Clock>) -> anyhow::Result<StoreStatistics> {
    let store = SqliteStore::open(SqliteOptions::at(path), Arc::clone(clock)).await?;
    let read = async {
        let report = store.verify().await?;
        Ok::<_, StoreError>((report, store.statistics().await?))
    };
    let read = read.await;
    let closed = store.close().await;
    let (report, statistics) = read?;
    closed?;
    if !report.faults.is_empty() {
        bail!("it is damaged: {}", report.faults.join("; "));
    }
    Ok(statistics)
}

/// Counts the bars of a store, and closes it as [`sound`] does.
async fn counted(path: &Path, clock: &Arc<dyn Clock>) -> Result<u64, StoreError> {
    let store = SqliteStore::open(SqliteOptions::at(path), Arc::clone(clock)).await?;
    let statistics = store.statistics().await;
    let closed = store.close().await;
    let rows = statistics?.rows;
    closed.map(|()| rows)
}

/// What is where the copy goes.
#[derive(Debug)]
enum Before {
    Nothing,
    /// So many bars.
    Holds(u64),
    /// It cannot be read.
    Unreadable(StoreError),
}

impl Before {
    /// Looks at the store that is there, and closes it in order.
    async fn of(store: &Path, clock: &Arc<dyn Clock>) -> Self {
        if store.symlink_metadata().is_err() {
            return Self::Nothing;
        }
        match counted(store, clock).await {
            Ok(rows) => Self::Holds(rows),
            Err(error) => Self::Unreadable(error),
        }
    }

    /// Says why it is not replaced; `None` when it may be.
    fn refusal(&self, is_forced: bool) -> Option<anyhow::Error> {
        match self {
            _ if is_forced => None,
            Self::Nothing | Self::Holds(0) => None,
            Self::Holds(rows) => Some(anyhow!("the store holds {rows} bars")),
            Self::Unreadable(error) => {
                let reason = error_chain(error);
                Some(anyhow!("the store cannot be read ({reason})"))
            }
        }
    }
}

/// Writes the time as a part of a file's name (`20240131T093000Z`).
fn time_word(clock: &dyn Clock) -> String {
    let time = DateTime::from_timestamp_micros(clock.unix_micros()).unwrap_or_default();
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
