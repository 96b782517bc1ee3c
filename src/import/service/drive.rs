//! [`drive`]: one import from its turn to its end, or to an order to stop.
//!
//! ```text
//!   claim ─▶ nothing committed: look at the files ─▶ questions: needs_input
//!     │                                            └▶ run
//!     └─▶ something committed: recall, verify ───────▶ run ─▶ finished | stopped | broke
//! ```

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::available_parallelism;

use futures_util::FutureExt as _;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::cell::Cell;
use super::plan::{self, Understood};
use super::refresh::{Refreshed, refresh};
use super::resume::{self, Recalled};
use super::shared::Shared;
use crate::api::{ImportMode, ImportSpec, ImportState, Reject, RejectOutcome};
use crate::import::job::Event;
use crate::import::pipeline::{Committed, DryRun, Run, RunEnd, Target, run};
use crate::import::{CommitLine, ImportConfig, ImportError};
use crate::runtime::{error_chain, fault_point, panic_words};

/// Below this, threads cost more than they save.
const SINGLE_BYTES_MAX: u64 = 2 << 20;

/// Rejects that are asked for at once.
const REJECTS_PAGE: u32 = 10_000;

/// How the drive of an import ended.
#[derive(Debug)]
enum End {
    /// Everything is committed.
    Finished,
    /// It was told to stop.
    Stopped,
    /// Somebody must answer.
    Questioned,
}

/// Works on an import until it ends or `stop`; its cell and record then say how it stands.
pub(super) async fn drive(shared: Arc<Shared>, cell: Arc<Cell>, stop: CancellationToken) {
    // What a panic leaves half done is in the cell, which is settled as after any failure.
    let work = AssertUnwindSafe(work(&shared, &cell, &stop)).catch_unwind();
    let mut end = work.await.unwrap_or_else(|panic| {
        let words = panic_words(panic.as_ref()).to_owned();
        Err(ImportError::Panicked(words))
    });
    if let Ok(End::Finished) = end {
        fault_point("import: before the end");
        end = finish(&shared, &cell).await.map(|()| End::Finished);
    }
    match end {
        Ok(End::Finished) => {}
        Ok(End::Stopped) => stopped(&shared, &cell),
        Ok(End::Questioned) => settle(&shared, &cell, Event::Questioned),
        Err(error) => broke(&shared, &cell, &error),
    }
    cell.live().is_driven = false;
    shared.show(&cell);
    keep_record(&shared, &cell).await;
    fault_point("import: after the end");
}

/// Saves the record; the runner tries again when that fails.
async fn keep_record(shared: &Shared, cell: &Cell) {
    if let Err(error) = shared.save(cell).await {
        tracing::warn!(import = %cell.id, reason = %error, "failed to save an import's record");
    }
}

async fn work(shared: &Shared, cell: &Cell, stop: &CancellationToken) -> Result<End, ImportError> {
    let epoch = shared.claim(cell).await?;
    let target = target(shared, cell);
    let ledger = match &target {
        Target::Store(sink) => sink.ledger(cell.id).await?,
        Target::Dry(dry) => dry.ledger(),
    };
    let recalled = if ledger.is_empty() {
        if let Some(end) = look(shared, cell, stop).await? {
            return Ok(end);
        }
        Recalled::default()
    } else {
        let Some(recalled) = go_on(cell, ledger, stop).await? else {
            return Ok(End::Stopped);
        };
        recalled
    };
    settle(shared, cell, Event::Understood);
    let order = begin(shared, cell, epoch, recalled);
    shared.show(cell);
    keep_record(shared, cell).await;
    let tell = |committed| tell(shared, cell, &committed);
    match run(order, &target, &shared.clock, stop, tell).await? {
        RunEnd::Finished => Ok(End::Finished),
        RunEnd::Stopped => Ok(End::Stopped),
    }
}

/// Looks at the files of an import of which nothing is committed; `None` when it can run.
async fn look(
    shared: &Shared,
    cell: &Cell,
    stop: &CancellationToken,
) -> Result<Option<End>, ImportError> {
    let (spec, paths) = {
        let live = cell.live();
        (live.body.spec.clone(), live.body.paths.clone())
    };
    let looked = blocking(stop, move || plan::understand(&spec, &paths)).await?;
    let Some(Understood {
        files,
        questions,
        notes,
    }) = looked
    else {
        return Ok(Some(End::Stopped));
    };
    let is_questioned = !questions.is_empty();
    {
        let mut live = cell.live();
        live.body.questions = questions;
        live.body.files = if is_questioned { Vec::new() } else { files };
        for note in notes {
            live.body.note(note);
        }
    }
    if is_questioned {
        return Ok(Some(End::Questioned));
    }
    note_same_content(shared, cell);
    Ok(None)
}

/// Takes over what is committed, once the files have proved to be the same; `None` when stopped.
async fn go_on(
    cell: &Cell,
    ledger: Vec<CommitLine>,
    stop: &CancellationToken,
) -> Result<Option<Recalled>, ImportError> {
    let (spec, files) = {
        let live = cell.live();
        (live.body.spec.clone(), live.body.files.clone())
    };
    let work_stop = stop.clone();
    let work = move || {
        resume::verify(&files, &ledger, &work_stop)?;
        let recalled = resume::recall(&ledger)?;
        let refreshed = refresh(&spec, files, recalled.place.file)?;
        Ok((recalled, refreshed))
    };
    let Some((recalled, Refreshed { files, notes })) = blocking(stop, work).await? else {
        return Ok(None);
    };
    let mut live = cell.live();
    live.body.files = files;
    for note in notes {
        live.body.note(note);
    }
    Ok(Some(recalled))
}

/// Runs blocking work beside the runtime; `None` when told to stop before it was done.
async fn blocking<R: Send + 'static>(
    stop: &CancellationToken,
    work: impl FnOnce() -> Result<R, ImportError> + Send + 'static,
) -> Result<Option<R>, ImportError> {
    let working = spawn_blocking(work);
    let done = tokio::select! {
        biased;
        // It only reads; it is left to end by itself.
        () = stop.cancelled() => return Ok(None),
        done = working => done,
    };
    match done {
        Ok(result) => result.map(Some),
        Err(error) => Err(ImportError::Panicked(error.to_string())),
    }
}

/// Returns where the chunks of an import go.
fn target(shared: &Shared, cell: &Cell) -> Target {
    let mut live = cell.live();
    if !live.body.spec.dry_run {
        return Target::Store(Arc::clone(&shared.sink));
    }
    let new = || Arc::new(DryRun::new(Arc::clone(&shared.sink)));
    Target::Dry(Arc::clone(live.dry.get_or_insert_with(new)))
}

/// Takes over what was done, begins to measure, and says what is to be run.
fn begin(shared: &Shared, cell: &Cell, epoch: u64, recalled: Recalled) -> Run {
    let mut live = cell.live();
    let live = &mut *live;
    let files = &live.body.files;
    let total: u64 = files.iter().map(|file| file.bytes).sum();
    let parsers = parsers(&live.body.spec, &shared.config, total);
    let order = Run {
        import: cell.id,
        epoch,
        files: plan::plans(files),
        place: recalled.place,
        limits: shared.config.chunks,
        keys: recalled.keys,
        level: live.body.spec.validation,
        now: live.created,
        parsers,
        before: recalled.times,
    };
    live.recall(
        recalled.counts,
        recalled.tally,
        recalled.bytes,
        recalled.times,
    );
    live.meter.set_total(total);
    live.meter.start(parsers.max(1));
    live.body.started.get_or_insert(shared.now());
    order
}

/// Counts a committed chunk.
fn tell(shared: &Shared, cell: &Cell, committed: &Committed) {
    {
        let mut live = cell.live();
        live.counts += committed.counts;
        live.tally.merge(&committed.tally);
        live.meter.set_stages(committed.stages);
        live.meter.commit(committed.bytes, committed.counts.read);
    }
    shared.show_progress(cell);
}

/// Returns how many threads parse; 0: the one that reads does everything.
fn parsers(spec: &ImportSpec, config: &ImportConfig, bytes: u64) -> u32 {
    let cores = available_parallelism().map_or(1, |cores| cores.get() as u32);
    let workers = spec.workers.or(config.workers).unwrap_or(cores);
    let workers = workers.clamp(1, ImportConfig::WORKERS_MAX);
    match spec.mode {
        ImportMode::Single => 0,
        ImportMode::Auto if workers == 1 || bytes < SINGLE_BYTES_MAX => 0,
        ImportMode::Auto | ImportMode::Threads => workers,
    }
}

/// Says that the same content was imported before.
fn note_same_content(shared: &Shared, cell: &Cell) {
    let body = cell.live().body.clone();
    let others = shared.all();
    let same = others
        .iter()
        .rev()
        .filter(|other| other.id != cell.id)
        .find(|other| {
            let other = other.live();
            let is_whole = matches!(other.state, ImportState::Completed | ImportState::Partial);
            is_whole
                && other.undone.is_none()
                && !other.body.is_undoing
                && other.body.is_same_content(&body)
        });
    if let Some(other) = same {
        cell.live()
            .body
            .note(format!("same content as import {}", other.id));
    }
}

/// Everything is committed: judges, and ends.
async fn finish(shared: &Shared, cell: &Cell) -> Result<(), ImportError> {
    let (counts, dry) = {
        let live = cell.live();
        (live.counts, live.dry.clone())
    };
    let differing = if dry.is_none() && counts.duplicate > 0 {
        differing_duplicates(shared, cell).await?
    } else {
        0
    };
    {
        let mut live = cell.live();
        live.meter.finish();
        for number in 0..counts.duplicate {
            live.tally.add_duplicate(number >= differing);
        }
        live.body.quality = live.tally.report(&counts);
        live.body.dry = dry.map(|dry| dry.outcome());
        live.body.is_interrupted = false;
        live.body.finished = Some(shared.now());
        live.body.problem = left_out(counts.rejected, differing);
    }
    let is_partial = counts.rejected + differing > 0;
    settle(shared, cell, Event::Finished { is_partial });
    Ok(())
}

/// Says what is not in the store although the file has it.
fn left_out(rejected: u64, differing: u64) -> Option<String> {
    let rejected = (rejected > 0).then(|| format!("{rejected} records were rejected"));
    let differing = (differing > 0).then(|| {
        format!(
            "{differing} records give other values for bars that came earlier, and were left out"
        )
    });
    let reasons: Vec<String> = [rejected, differing].into_iter().flatten().collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Counts duplicates that differ from the row that is stored; which do, only the store knows.
async fn differing_duplicates(shared: &Shared, cell: &Cell) -> Result<u64, ImportError> {
    let mut differing = 0;
    let mut offset = 0;
    loop {
        let rejects = shared.sink.rejects(cell.id, offset, REJECTS_PAGE).await?;
        let is_duplicate = |reject: &&Reject| reject.outcome == RejectOutcome::Duplicate;
        differing += rejects.iter().filter(is_duplicate).count() as u64;
        if rejects.len() < REJECTS_PAGE as usize {
            return Ok(differing);
        }
        offset += u64::from(REJECTS_PAGE);
    }
}

/// It was told to stop: by its owner, or by the end of the program, which leaves its state.
fn stopped(shared: &Shared, cell: &Cell) {
    cell.live().meter.stop();
    let state = cell.live().state;
    if matches!(state, ImportState::Pausing | ImportState::Cancelling) {
        settle(shared, cell, Event::Drained);
    }
}

fn broke(shared: &Shared, cell: &Cell, error: &ImportError) {
    let reason = error_chain(error);
    tracing::warn!(import = %cell.id, reason, "an import failed");
    {
        let mut live = cell.live();
        live.meter.stop();
        live.body.problem = Some(reason);
        live.body.is_file_changed = matches!(error, ImportError::Changed(_));
    }
    settle(shared, cell, Event::Broke);
}

/// Carries out what happened to an import at work.
fn settle(shared: &Shared, cell: &Cell, event: Event) {
    match cell.change(event) {
        Ok(ImportState::Failed | ImportState::Cancelled) => {
            let mut live = cell.live();
            live.body.quality = live.tally.report(&live.counts);
            live.body.finished = Some(shared.now());
        }
        Ok(_) => {}
        // Its owner was faster: what it became is what counts.
        Err(error) => tracing::debug!(%error, ?event, "nothing to settle"),
    }
}
