//! [`ImportService`]: what viewers ask of imports.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::cell::Cell;
use super::paths;
use super::preview;
use super::runner::ImportRunner;
use super::shared::Shared;
use crate::api::{ImportJob, ImportPreview, ImportSpec, ImportState, ImportVerb, Reject};
use crate::domain::ImportId;
use crate::import::job::{Body, Event};
use crate::import::{ImportConfig, ImportError, ImportSink};
use crate::runtime::Clock;

/// Starts, steers and shows imports. Cheap to clone; clones are the same service. It answers at
/// once and works in its [`ImportRunner`].
#[derive(Debug, Clone)]
pub struct ImportService {
    shared: Arc<Shared>,
}

impl ImportService {
    /// Makes a service, and the runner that one supervised task is to run.
    pub fn new(
        sink: Arc<dyn ImportSink>,
        clock: Arc<dyn Clock>,
        config: ImportConfig,
    ) -> (Self, ImportRunner) {
        let shared = Arc::new(Shared::new(sink, clock, config));
        let runner = ImportRunner::new(Arc::clone(&shared));
        (Self { shared }, runner)
    }

    /// Tells how files would be read, and writes nothing.
    ///
    /// # Errors
    /// What is wrong with the order or a file.
    pub async fn preview(&self, spec: ImportSpec) -> Result<ImportPreview, ImportError> {
        let now = self.shared.now();
        blocking(move || preview::preview(&spec, now)).await
    }

    /// Orders an import. The same order as one that was interrupted goes on with that one.
    ///
    /// # Errors
    /// What is wrong with the order, or the sink's.
    pub async fn start(&self, spec: ImportSpec) -> Result<Arc<ImportJob>, ImportError> {
        let patterns = spec.paths.clone();
        let paths = blocking(move || paths::expand(&patterns)).await?;
        self.shared.load().await?;
        if let Some(job) = self.go_on_with(&spec, &paths).await? {
            return Ok(job);
        }
        self.create(spec, paths).await
    }

    /// Asks something of an import, and returns it as it is then; of a restarted one, the new one.
    ///
    /// # Errors
    /// [`ImportError::is_impossible`] says what can be asked instead.
    pub async fn steer(
        &self,
        id: ImportId,
        verb: ImportVerb,
    ) -> Result<Arc<ImportJob>, ImportError> {
        let cell = self.shared.cell(id).await?;
        if verb == ImportVerb::Undo && cell.live().body.is_undoing {
            // It is under way: ordered before, or cut off and gone on with since the start.
            return Ok(cell.view());
        }
        allow(&cell)?;
        match verb {
            ImportVerb::Pause | ImportVerb::Cancel => self.stop(&cell, verb).await,
            ImportVerb::Resume => self.resume(&cell).await,
            ImportVerb::Restart => self.restart(&cell).await,
            ImportVerb::Undo => self.undo(&cell).await,
        }
    }

    /// Answers the questions of an import; what the answer leaves open stays as it was ordered.
    ///
    /// # Errors
    /// [`ImportError::Impossible`] when it asks nothing.
    pub async fn answer(
        &self,
        id: ImportId,
        answers: ImportSpec,
    ) -> Result<Arc<ImportJob>, ImportError> {
        let cell = self.shared.cell(id).await?;
        allow(&cell)?;
        cell.change(Event::Answered)?;
        {
            let mut live = cell.live();
            let answered = merged(live.body.spec.clone(), answers);
            live.body.spec = answered;
            live.body.questions.clear();
        }
        self.settled(&cell).await
    }

    /// Returns imports, newest first.
    ///
    /// # Errors
    /// The sink's.
    pub async fn jobs(&self, limit: u32) -> Result<Vec<Arc<ImportJob>>, ImportError> {
        self.shared.load().await?;
        let saved = self.shared.sink.imports(limit).await?;
        Ok(saved
            .into_iter()
            .map(|import| self.shared.take(&import).view())
            .collect())
    }

    /// Returns one import.
    ///
    /// # Errors
    /// [`ImportError::NotFound`], or the sink's.
    pub async fn job(&self, id: ImportId) -> Result<Arc<ImportJob>, ImportError> {
        Ok(self.shared.cell(id).await?.view())
    }

    /// Returns rejected records of an import, in the order of files and lines; of a dry run the
    /// first ones only.
    ///
    /// # Errors
    /// [`ImportError::NotFound`], or the sink's.
    pub async fn rejects(
        &self,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Reject>, ImportError> {
        let cell = self.shared.cell(id).await?;
        let dry = {
            let live = cell.live();
            let running = live.dry.as_ref().map(|dry| dry.outcome());
            running.or_else(|| live.body.dry.clone())
        };
        let Some(dry) = dry else {
            return Ok(self.shared.sink.rejects(id, offset, limit).await?);
        };
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(dry
            .rejects
            .into_iter()
            .skip(skipped)
            .take(limit as usize)
            .collect())
    }

    /// Returns paths that begin with what was typed, at most 200.
    ///
    /// # Errors
    /// [`ImportError::Panicked`] only.
    pub async fn complete_path(&self, typed: String) -> Result<Vec<String>, ImportError> {
        blocking(move || Ok(paths::complete(&typed))).await
    }

    /// Returns the imports, newest first, now and whenever one changes; at most 200.
    pub fn states(&self) -> watch::Receiver<Arc<[Arc<ImportJob>]>> {
        self.shared.states()
    }

    /// Goes on with an interrupted import of the same order, where there is one.
    async fn go_on_with(
        &self,
        spec: &ImportSpec,
        paths: &[String],
    ) -> Result<Option<Arc<ImportJob>>, ImportError> {
        let all = self.shared.all();
        let found = all.iter().rev().find(|cell| {
            let live = cell.live();
            let stands_still = match live.state {
                ImportState::Failed => !live.body.is_file_changed,
                ImportState::Queued
                | ImportState::Probing
                | ImportState::Running
                | ImportState::Paused => live.body.is_interrupted,
                ImportState::NeedsInput
                | ImportState::Pausing
                | ImportState::Cancelling
                | ImportState::Cancelled
                | ImportState::Completed
                | ImportState::Partial => false,
            };
            stands_still && live.undone.is_none() && live.body.is_same_work(spec, paths)
        });
        let Some(cell) = found else {
            return Ok(None);
        };
        cell.live()
            .body
            .note(format!("continues import {}", cell.id));
        // One that was cancelled in this moment is not gone on with.
        match self.resume(cell).await {
            Ok(job) => Ok(Some(job)),
            Err(error) if error.is_impossible() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create(
        &self,
        spec: ImportSpec,
        paths: Vec<String>,
    ) -> Result<Arc<ImportJob>, ImportError> {
        let body = Body::new(spec, paths).to_json();
        let saved = self.shared.sink.create(ImportState::Queued, body).await?;
        let cell = self.shared.take_new(&saved);
        self.shared.wake.notify_one();
        Ok(cell.view())
    }

    /// Answers as soon as it is asked to stop; what is under way is written by the runner.
    async fn stop(
        &self,
        cell: &Arc<Cell>,
        verb: ImportVerb,
    ) -> Result<Arc<ImportJob>, ImportError> {
        let state = cell.change(Event::Asked(verb))?;
        let is_at_work = matches!(state, ImportState::Pausing | ImportState::Cancelling);
        if is_at_work {
            cell.live().stop.cancel();
            self.shared.show(cell);
            return Ok(cell.view());
        }
        {
            let mut live = cell.live();
            // A shelved import is at work in its record until somebody wants it to stand still.
            live.is_unsaved |= live.body.is_interrupted;
            live.body.is_interrupted = false;
            if state == ImportState::Cancelled {
                live.body.finished.get_or_insert(self.shared.now());
            }
        }
        self.settled(cell).await
    }

    async fn resume(&self, cell: &Arc<Cell>) -> Result<Arc<ImportJob>, ImportError> {
        let state = cell.change(Event::Asked(ImportVerb::Resume))?;
        if state == ImportState::Queued {
            cell.live().forgive();
        }
        self.settled(cell).await
    }

    async fn restart(&self, cell: &Arc<Cell>) -> Result<Arc<ImportJob>, ImportError> {
        cell.change(Event::Asked(ImportVerb::Restart))?;
        let spec = cell.live().body.spec.clone();
        let patterns = spec.paths.clone();
        let paths = blocking(move || paths::expand(&patterns)).await?;
        self.create(spec, paths).await
    }

    async fn undo(&self, cell: &Arc<Cell>) -> Result<Arc<ImportJob>, ImportError> {
        let id = cell.id;
        {
            let live = cell.live();
            if live.body.spec.dry_run {
                return Err(ImportError::NothingToUndo { id });
            }
            if live.undone.is_some() {
                drop(live);
                return Ok(cell.view());
            }
        }
        cell.change(Event::Asked(ImportVerb::Undo))?;
        {
            let mut live = cell.live();
            live.body.is_undoing = true;
            live.body.is_interrupted = false;
            live.is_unsaved = true;
        }
        self.settled(cell).await
    }

    /// Shows a change, wakes the runner and saves the record.
    async fn settled(&self, cell: &Arc<Cell>) -> Result<Arc<ImportJob>, ImportError> {
        self.shared.show(cell);
        self.shared.wake.notify_one();
        let is_unsaved = {
            let live = cell.live();
            live.is_unsaved && !live.is_driven
        };
        if is_unsaved && let Err(error) = self.shared.save(cell).await {
            // The change holds; the runner saves it again.
            tracing::warn!(import = %cell.id, reason = %error, "failed to save an import's record");
        }
        Ok(cell.view())
    }
}

/// Checks what no state tells.
fn allow(cell: &Cell) -> Result<(), ImportError> {
    let id = cell.id;
    let live = cell.live();
    if let Some(reason) = live.foreign.clone() {
        return Err(ImportError::Foreign { id, reason });
    }
    if live.body.is_undoing {
        return Err(ImportError::Undoing { id });
    }
    Ok(())
}

/// Adds answers to an order.
fn merged(order: ImportSpec, answers: ImportSpec) -> ImportSpec {
    ImportSpec {
        symbol: answers.symbol.or(order.symbol),
        timeframe: answers.timeframe.or(order.timeframe),
        source: answers.source.or(order.source),
        timezone: answers.timezone.or(order.timezone),
        date_order: answers.date_order.or(order.date_order),
        decimal: answers.decimal.or(order.decimal),
        layout: answers.layout.or(order.layout),
        ..order
    }
}

/// Runs work that reads files beside the runtime.
async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, ImportError> + Send + 'static,
) -> Result<R, ImportError> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ImportError::Panicked(error.to_string())))
}
