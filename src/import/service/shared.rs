//! [`Shared`]: what the service and its runner both hold.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, watch};

use super::cell::Cell;
use crate::api::{ImportJob, ImportState};
use crate::domain::{ImportId, Timestamp};
use crate::import::job::{Event, next};
use crate::import::{ImportConfig, ImportError, ImportSink, SavedImport, SinkResult};
use crate::runtime::Clock;

/// Imports that are shown and remembered.
pub(super) const LISTED_MAX: usize = 200;

/// Shortest time between two pictures of the same running import.
const SHOWN_EVERY: Duration = Duration::from_millis(100);

/// What is shown: newest first.
pub(super) type Listed = Arc<[Arc<ImportJob>]>;

/// What the service and its runner both hold.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) sink: Arc<dyn ImportSink>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: ImportConfig,
    /// Tells the runner that there may be something to do.
    pub(super) wake: Notify,
    cells: Mutex<BTreeMap<ImportId, Shown>>,
    board: watch::Sender<Listed>,
    loaded: OnceCell<()>,
}

/// An import, and its last picture.
#[derive(Debug)]
struct Shown {
    cell: Arc<Cell>,
    picture: Arc<ImportJob>,
}

impl Shared {
    /// Nothing is known yet.
    pub(super) fn new(
        sink: Arc<dyn ImportSink>,
        clock: Arc<dyn Clock>,
        config: ImportConfig,
    ) -> Self {
        let (board, _) = watch::channel(Listed::default());
        Self {
            sink,
            clock,
            config,
            wake: Notify::new(),
            cells: Mutex::default(),
            board,
            loaded: OnceCell::new(),
        }
    }

    /// Returns the present time.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.unix_micros())
    }

    /// Returns what is shown, now and from now on.
    pub(super) fn states(&self) -> watch::Receiver<Listed> {
        self.board.subscribe()
    }

    /// Takes what the sink remembers into memory, once.
    pub(super) async fn load(&self) -> Result<(), ImportError> {
        let load = || async {
            let saved = self.sink.imports(LISTED_MAX as u32).await?;
            for import in saved {
                self.take(&import);
            }
            self.publish();
            self.wake.notify_one();
            Ok::<(), ImportError>(())
        };
        self.loaded.get_or_try_init(load).await.copied()
    }

    /// Returns an import.
    ///
    /// # Errors
    /// [`ImportError::NotFound`], or the sink's.
    pub(super) async fn cell(&self, id: ImportId) -> Result<Arc<Cell>, ImportError> {
        if let Some(shown) = self.cells().get(&id) {
            return Ok(Arc::clone(&shown.cell));
        }
        let saved = self.sink.import(id).await?;
        let cell = self.take(&saved.ok_or(ImportError::NotFound { id })?);
        self.publish();
        Ok(cell)
    }

    /// Takes a record into memory, unless it is there; one that was found at work has no owner.
    pub(super) fn take(&self, saved: &SavedImport) -> Arc<Cell> {
        let mut cells = self.cells();
        let id = saved.id;
        let shown = cells.entry(id).or_insert_with(|| {
            let cell = Arc::new(Cell::of(saved, &self.clock));
            self.adopt(&cell);
            let picture = cell.view();
            Shown { cell, picture }
        });
        Arc::clone(&shown.cell)
    }

    /// Takes an import that was just ordered into memory.
    pub(super) fn take_new(&self, saved: &SavedImport) -> Arc<Cell> {
        let id = saved.id;
        let epoch = saved.epoch;
        let cell = Arc::new(Cell::of(saved, &self.clock));
        cell.live().epoch = Some(epoch);
        let picture = cell.view();
        let shown = Shown {
            cell: Arc::clone(&cell),
            picture,
        };
        self.cells().insert(id, shown);
        self.publish();
        cell
    }

    /// Returns every import in memory, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Cell>> {
        self.cells()
            .values()
            .map(|shown| Arc::clone(&shown.cell))
            .collect()
    }

    /// Shows how an import is now.
    pub(super) fn show(&self, cell: &Cell) {
        self.picture(cell);
        self.publish();
    }

    /// Shows how far an import is, unless that was done a moment ago.
    pub(super) fn show_progress(&self, cell: &Cell) {
        let now = self.clock.monotonic();
        {
            let mut live = cell.live();
            if now.saturating_sub(live.shown) < SHOWN_EVERY {
                return;
            }
            live.shown = now;
        }
        self.show(cell);
    }

    /// Writes the record as the import is now. The last to write writes the latest.
    ///
    /// # Errors
    /// The sink's; the record is marked as unsaved then.
    pub(super) async fn save(&self, cell: &Cell) -> SinkResult<()> {
        let _saving = cell.saving.lock().await;
        let claimed = {
            let live = cell.live();
            if live.foreign.is_some() {
                return Ok(());
            }
            live.epoch
        };
        let epoch = match claimed {
            Some(epoch) => epoch,
            None => self.claim_now(cell).await?,
        };
        let (state, body) = {
            let mut live = cell.live();
            live.settle();
            live.is_unsaved = false;
            (live.state, live.body.to_json())
        };
        let saved = self.sink.save(cell.id, epoch, state, body).await;
        if let Err(error) = &saved {
            // Whoever fenced us off writes the record from now on.
            cell.live().is_unsaved = !error.is_fenced;
            self.wake.notify_one();
        }
        saved
    }

    /// Claims an import anew: a commit of an earlier run that is still under way is refused then.
    pub(super) async fn claim(&self, cell: &Cell) -> SinkResult<u64> {
        let _saving = cell.saving.lock().await;
        self.claim_now(cell).await
    }

    async fn claim_now(&self, cell: &Cell) -> SinkResult<u64> {
        let saved = self.sink.claim(cell.id).await?;
        let mut live = cell.live();
        live.epoch = Some(saved.epoch);
        live.undone = live.undone.or(saved.undone);
        Ok(saved.epoch)
    }

    /// An import found at work without a worker waits for the next one, or for its owner.
    pub(super) fn adopt(&self, cell: &Cell) {
        let mut live = cell.live();
        let event = if self.config.resumes_at_start {
            Event::Adopted
        } else {
            Event::Shelved
        };
        let Some(state) = next(live.state, event).filter(|_| live.foreign.is_none()) else {
            return;
        };
        // One that is shelved stays at work in its record: the next program that goes on with
        // interrupted imports finds it so, whatever looked at it in between.
        let is_shelved = event == Event::Shelved && state == ImportState::Paused;
        live.is_unsaved |= state != live.state && !is_shelved;
        live.body.is_interrupted = state != ImportState::Cancelled;
        live.state = state;
        if is_shelved {
            let id = cell.id;
            live.body
                .note(format!("interrupted; go on with `mda import resume {id}`"));
        }
        if state == ImportState::Cancelled {
            live.body.finished = Some(self.now());
        }
    }

    /// Draws an import anew, and shows all.
    fn picture(&self, cell: &Cell) {
        let picture = cell.view();
        if let Some(shown) = self.cells().get_mut(&cell.id) {
            shown.picture = picture;
        }
    }

    fn publish(&self) {
        let mut cells = self.cells();
        forget(&mut cells);
        let listed = cells.values().rev().take(LISTED_MAX);
        let listed: Listed = listed.map(|shown| Arc::clone(&shown.picture)).collect();
        // Under the lock, so that a later list is never overtaken by an earlier one.
        self.board.send_replace(listed);
    }

    fn cells(&self) -> MutexGuard<'_, BTreeMap<ImportId, Shown>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets imports that have ended and are too old to be shown.
fn forget(cells: &mut BTreeMap<ImportId, Shown>) {
    let surplus = cells.len().saturating_sub(LISTED_MAX);
    let is_over = |shown: &Shown| {
        let live = shown.cell.live();
        live.state.is_ended() && !live.is_driven && !live.is_unsaved
    };
    let oldest = cells.iter().take(surplus);
    let ended: Vec<ImportId> = oldest
        .filter(|(_, shown)| is_over(shown))
        .map(|(id, _)| *id)
        .collect();
    for id in ended {
        cells.remove(&id);
    }
}
