//! [`MemorySink`]: a whole second implementation of `ImportSink`, in memory, for tests.
//!
//! It keeps the promises of a store: a chunk given twice is written once, an older claim is
//! refused, what is written together is there together, and an import can be taken back. Orders of
//! the test make it fail now and then, or hang in a commit as a process does that is killed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mda::api::{ImportCounts, ImportState, Reject, RejectOutcome};
use mda::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};
use mda::import::{Commit, CommitLine, ImportSink, SavedImport, SinkError, SinkResult, Undone};
use tokio::sync::Notify;

/// Identity of a row.
pub(super) type Key = (Symbol, Timeframe, Timestamp, Source);

/// A row, and who brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) bar: Bar,
    pub(super) import: ImportId,
}

/// What survives the end of a process. Clones are the same store.
#[derive(Clone, Default)]
pub(super) struct MemorySink {
    kept: Arc<Mutex<Kept>>,
    trouble: Arc<Mutex<Trouble>>,
    /// Commits asked for since trouble was ordered.
    calls: Arc<AtomicU64>,
    hung: Arc<Notify>,
    released: Arc<Notify>,
}

#[derive(Default)]
struct Kept {
    rows: BTreeMap<Key, Row>,
    imports: BTreeMap<ImportId, Import>,
    commits: Vec<(ImportId, u64)>,
}

struct Import {
    saved: SavedImport,
    ledger: Vec<CommitLine>,
    rejects: Vec<Reject>,
    /// What stood there before; `None`: nothing.
    before: Vec<(Key, Option<Row>)>,
}

/// What is to go wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trouble {
    /// Every so many commits fail, and may be retried.
    pub(super) fails_every: Option<u64>,
    /// The commit that fails and may not be retried.
    pub(super) breaks_at: Option<u64>,
    /// The commit that hangs until it is released, and whether it was written before.
    pub(super) hangs_at: Option<(u64, bool)>,
}

impl MemorySink {
    /// Orders trouble, counted from now.
    pub(super) fn trouble(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
        self.calls.store(0, Ordering::SeqCst);
    }

    /// Lets the commit that hangs go on.
    pub(super) fn release(&self) {
        self.released.notify_one();
    }

    /// Waits until a commit hangs.
    pub(super) async fn hangs(&self) {
        self.hung.notified().await;
    }

    /// Returns every row.
    pub(super) fn rows(&self) -> BTreeMap<Key, Row> {
        self.kept().rows.clone()
    }

    /// Returns import and chunk of every commit that wrote, in order.
    pub(super) fn commits(&self) -> Vec<(ImportId, u64)> {
        self.kept().commits.clone()
    }

    /// Returns the rejects of an import as they are kept.
    pub(super) fn all_rejects(&self, id: ImportId) -> Vec<Reject> {
        self.kept().imports[&id].rejects.clone()
    }

    /// Returns the ledger of an import without what differs from run to run.
    pub(super) fn ledger_of(&self, id: ImportId) -> Vec<CommitLine> {
        let mut ledger = self.kept().imports[&id].ledger.clone();
        for line in &mut ledger {
            line.state.clear();
        }
        ledger
    }

    /// Returns an import's record.
    pub(super) fn saved(&self, id: ImportId) -> SavedImport {
        self.kept().imports[&id].saved.clone()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what goes wrong with this commit.
    fn next_trouble(&self) -> Wrong {
        let trouble = *self.trouble.lock().unwrap();
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if trouble.breaks_at == Some(call) {
            return Wrong::Broken;
        }
        match trouble.hangs_at {
            Some((at, is_written)) if at == call => return Wrong::Hangs { is_written },
            _ => {}
        }
        match trouble.fails_every {
            Some(every) if call.is_multiple_of(every) => Wrong::Fails,
            _ => Wrong::Nothing,
        }
    }

    async fn commit_now(&self, commit: Commit) -> SinkResult<CommitLine> {
        match self.next_trouble() {
            Wrong::Nothing => self.kept().commit(&commit),
            Wrong::Fails => Err(error("the store is busy", true)),
            Wrong::Broken => Err(error("the disk is full", false)),
            Wrong::Hangs { is_written } => {
                if is_written {
                    self.kept().commit(&commit)?;
                }
                self.hung.notify_one();
                self.released.notified().await;
                self.kept().commit(&commit)
            }
        }
    }
}

enum Wrong {
    Nothing,
    Fails,
    Broken,
    Hangs { is_written: bool },
}

fn error(reason: &str, is_retryable: bool) -> SinkError {
    SinkError {
        reason: reason.to_owned(),
        is_retryable,
        is_fenced: false,
    }
}

fn key_of(bar: &Bar) -> Key {
    (
        bar.symbol.clone(),
        bar.timeframe,
        bar.time,
        bar.source.clone(),
    )
}

impl Kept {
    fn import(&mut self, id: ImportId, epoch: u64) -> SinkResult<&mut Import> {
        let import = self
            .imports
            .get_mut(&id)
            .ok_or_else(|| error("no such import", false))?;
        if import.saved.epoch == epoch {
            return Ok(import);
        }
        Err(SinkError {
            is_fenced: true,
            ..error("the import was claimed by somebody else", false)
        })
    }

    fn commit(&mut self, commit: &Commit) -> SinkResult<CommitLine> {
        let import = self.import(commit.import, commit.epoch)?;
        let number = commit.line.chunk as usize;
        if let Some(line) = import.ledger.get(number) {
            return Ok(line.clone());
        }
        assert_eq!(
            number,
            import.ledger.len(),
            "chunks come in the order of the plan"
        );
        let mut line = commit.line.clone();
        let mut before = Vec::new();
        for bar in commit.bars.iter() {
            before.extend(self.write(bar, commit.import, &mut line.counts));
        }
        let mut rejects = commit.rejects.clone();
        for (bar, reject) in &commit.duplicates {
            let first = &self.rows[&key_of(bar)].bar;
            if first != bar {
                rejects.push(reject.clone());
            }
        }
        self.commits.push((commit.import, line.chunk));
        let import = self.import(commit.import, commit.epoch)?;
        import.before.extend(before);
        import.rejects.extend(rejects);
        import
            .rejects
            .sort_by(|a, b| (&a.file, a.byte).cmp(&(&b.file, b.byte)));
        import.saved.counts += line.counts;
        import.saved.bytes_done += line.byte_to - line.byte_from;
        import.ledger.push(line.clone());
        Ok(line)
    }

    fn write(
        &mut self,
        bar: &Bar,
        import: ImportId,
        counts: &mut ImportCounts,
    ) -> Option<(Key, Option<Row>)> {
        let key = key_of(bar);
        let old = self.rows.get(&key).cloned();
        match &old {
            Some(row) if row.bar == *bar => {
                counts.unchanged += 1;
                return None;
            }
            Some(_) => counts.updated += 1,
            None => counts.inserted += 1,
        }
        let bar = bar.clone();
        self.rows.insert(key.clone(), Row { bar, import });
        Some((key, old))
    }

    fn undo(&mut self, id: ImportId) -> SinkResult<Undone> {
        let import = self
            .imports
            .get_mut(&id)
            .ok_or_else(|| error("no such import", false))?;
        let before = std::mem::take(&mut import.before);
        import.saved.undone = Some(Timestamp::from_secs(1));
        let mut undone = Undone::default();
        for (key, old) in before.into_iter().rev() {
            if self.rows.get(&key).is_none_or(|row| row.import != id) {
                undone.kept += 1;
                continue;
            }
            if let Some(row) = old {
                self.rows.insert(key, row);
                undone.restored += 1;
            } else {
                self.rows.remove(&key);
                undone.deleted += 1;
            }
        }
        Ok(undone)
    }
}

impl fmt::Debug for MemorySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        f.debug_struct("MemorySink")
            .field("rows", &kept.rows.len())
            .field("imports", &kept.imports.len())
            .finish()
    }
}

impl ImportSink for MemorySink {
    fn create(&self, state: ImportState, body: String) -> BoxFuture<'_, SinkResult<SavedImport>> {
        async move {
            let mut kept = self.kept();
            let id = ImportId(kept.imports.len() as i64 + 1);
            let saved = SavedImport {
                id,
                epoch: 1,
                state,
                created: Timestamp::from_secs(1_700_000_000 + id.0),
                body,
                undone: None,
                counts: ImportCounts::default(),
                bytes_done: 0,
            };
            let import = Import {
                saved: saved.clone(),
                ledger: Vec::new(),
                rejects: Vec::new(),
                before: Vec::new(),
            };
            kept.imports.insert(id, import);
            Ok(saved)
        }
        .boxed()
    }

    fn claim(&self, id: ImportId) -> BoxFuture<'_, SinkResult<SavedImport>> {
        async move {
            let mut kept = self.kept();
            let import = kept
                .imports
                .get_mut(&id)
                .ok_or_else(|| error("no such import", false))?;
            import.saved.epoch += 1;
            Ok(import.saved.clone())
        }
        .boxed()
    }

    fn save(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> BoxFuture<'_, SinkResult<()>> {
        async move {
            let mut kept = self.kept();
            let import = kept.import(id, epoch)?;
            import.saved.state = state;
            import.saved.body = body;
            Ok(())
        }
        .boxed()
    }

    fn import(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Option<SavedImport>>> {
        async move {
            Ok(self
                .kept()
                .imports
                .get(&id)
                .map(|import| import.saved.clone()))
        }
        .boxed()
    }

    fn imports(&self, limit: u32) -> BoxFuture<'_, SinkResult<Vec<SavedImport>>> {
        async move {
            let kept = self.kept();
            let newest = kept.imports.values().rev().take(limit as usize);
            Ok(newest.map(|import| import.saved.clone()).collect())
        }
        .boxed()
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, SinkResult<CommitLine>> {
        self.commit_now(commit).boxed()
    }

    fn ledger(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Vec<CommitLine>>> {
        async move { Ok(self.kept().imports[&id].ledger.clone()) }.boxed()
    }

    fn rejects(
        &self,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> BoxFuture<'_, SinkResult<Vec<Reject>>> {
        async move {
            let rejects = self.all_rejects(id).into_iter();
            Ok(rejects.skip(offset as usize).take(limit as usize).collect())
        }
        .boxed()
    }

    fn compare(&self, bars: Arc<[Bar]>) -> BoxFuture<'_, SinkResult<ImportCounts>> {
        async move {
            let kept = self.kept();
            let mut counts = ImportCounts::default();
            for bar in bars.iter() {
                match kept.rows.get(&key_of(bar)) {
                    Some(row) if row.bar == *bar => counts.unchanged += 1,
                    Some(_) => counts.updated += 1,
                    None => counts.inserted += 1,
                }
            }
            Ok(counts)
        }
        .boxed()
    }

    fn undo(&self, id: ImportId) -> BoxFuture<'_, SinkResult<Undone>> {
        async move { self.kept().undo(id) }.boxed()
    }
}

/// Returns how many rejects are duplicates with other values.
pub(super) fn differing(rejects: &[Reject]) -> usize {
    let duplicates = rejects
        .iter()
        .filter(|reject| reject.outcome == RejectOutcome::Duplicate);
    duplicates.count()
}
