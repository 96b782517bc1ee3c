//! [`Cell`]: one import in memory: its record, how far it is, and who works on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::{ImportCounts, ImportFile, ImportJob, ImportState};
use crate::domain::{ImportId, Timestamp};
use crate::import::SavedImport;
use crate::import::job::{Body, Event, Impossible, advance};
use crate::import::pipeline::DryRun;
use crate::import::progress::{Meter, StageTimes};
use crate::quality::QualityTally;
use crate::runtime::Clock;

/// One import in memory.
#[derive(Debug)]
pub(super) struct Cell {
    /// Its number.
    pub(super) id: ImportId,
    live: Mutex<Live>,
    /// Held while the record is written: the last to write writes the latest.
    pub(super) saving: tokio::sync::Mutex<()>,
}

/// What changes of an import.
#[derive(Debug)]
pub(super) struct Live {
    /// The claim this process has; `None` before it needed one.
    pub(super) epoch: Option<u64>,
    pub(super) state: ImportState,
    pub(super) created: Timestamp,
    pub(super) undone: Option<Timestamp>,
    pub(super) body: Body,
    pub(super) counts: ImportCounts,
    pub(super) tally: QualityTally,
    pub(super) meter: Meter,
    /// Tells who works on it to stop.
    pub(super) stop: CancellationToken,
    /// Somebody works on it.
    pub(super) is_driven: bool,
    /// The record says something else.
    pub(super) is_unsaved: bool,
    /// Why this program cannot touch the record.
    pub(super) foreign: Option<String>,
    /// The ledger of a dry run.
    pub(super) dry: Option<Arc<DryRun>>,
    /// When it was last shown.
    pub(super) shown: Duration,
}

impl Cell {
    /// Takes an import from its record.
    pub(super) fn of(saved: &SavedImport, clock: &Arc<dyn Clock>) -> Self {
        let (body, foreign) = match Body::parse(&saved.body) {
            Ok(body) => (body, None),
            Err(error) => (Body::default(), Some(crate::runtime::error_chain(&error))),
        };
        let id = saved.id;
        let live = Live::of(saved, body, foreign, clock);
        Self {
            id,
            live: Mutex::new(live),
            saving: tokio::sync::Mutex::new(()),
        }
    }

    /// Looks at it, or changes it, for a moment.
    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out an event.
    ///
    /// # Errors
    /// [`Impossible`] when its state forbids it.
    pub(super) fn change(&self, event: Event) -> Result<ImportState, Impossible> {
        let mut live = self.live();
        let state = advance(self.id, live.state, event)?;
        live.is_unsaved |= state != live.state;
        live.state = state;
        Ok(state)
    }

    /// Returns what a viewer sees of it.
    pub(super) fn view(&self) -> Arc<ImportJob> {
        let live = self.live();
        Arc::new(live.view(self.id))
    }
}

impl Live {
    fn of(
        saved: &SavedImport,
        body: Body,
        foreign: Option<String>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let mut meter = Meter::new(Arc::clone(clock));
        let counts = body.dry.as_ref().map_or(saved.counts, |dry| dry.counts);
        let total: u64 = body.files.iter().map(|file| file.bytes).sum();
        let is_whole = matches!(saved.state, ImportState::Completed | ImportState::Partial);
        let done = if is_whole { total } else { saved.bytes_done };
        meter.recall(done, counts.read, body.elapsed, body.stages);
        meter.recall_peak(body.peak_memory_bytes);
        meter.set_total(total);
        Self {
            epoch: None,
            state: saved.state,
            created: saved.created,
            undone: saved.undone,
            counts,
            body,
            tally: QualityTally::default(),
            meter,
            stop: CancellationToken::new(),
            is_driven: false,
            is_unsaved: false,
            foreign,
            dry: None,
            shown: Duration::ZERO,
        }
    }

    /// Brings the record up to what is known now.
    pub(super) fn settle(&mut self) {
        self.body.elapsed = self.meter.elapsed();
        self.body.stages = self.meter.stages();
        let peak = self.meter.view().peak_memory_bytes;
        self.body.peak_memory_bytes = self.body.peak_memory_bytes.max(peak);
    }

    /// Forgets what was found wrong, to go on.
    pub(super) fn forgive(&mut self) {
        self.body.problem = None;
        self.body.is_file_changed = false;
        self.body.finished = None;
        self.body.questions.clear();
    }

    /// Takes over the sums of a ledger.
    pub(super) fn recall(
        &mut self,
        counts: ImportCounts,
        tally: QualityTally,
        bytes: u64,
        times: (Duration, StageTimes),
    ) {
        self.counts = counts;
        self.tally = tally;
        self.meter.recall(bytes, counts.read, times.0, times.1);
    }

    fn view(&self, id: ImportId) -> ImportJob {
        let body = &self.body;
        let file = |file: &crate::import::job::BodyFile| ImportFile {
            path: file.path.clone(),
            bytes: file.bytes,
            layout: Some(file.layout.id.clone()),
        };
        let quality = if self.tally.rows() > 0 && !self.state.is_ended() {
            self.tally.report(&self.counts)
        } else {
            body.quality.clone()
        };
        ImportJob {
            id,
            state: self.state,
            spec: body.spec.clone(),
            files: body.files.iter().map(file).collect(),
            created: self.created,
            started: body.started,
            finished: body.finished,
            counts: self.counts,
            progress: self.meter.view(),
            questions: body.questions.clone(),
            problem: body.problem.clone().or_else(|| self.foreign.clone()),
            notes: body.notes.clone(),
            quality,
            is_undoing: self.body.is_undoing,
            undone: self.undone,
        }
    }
}
