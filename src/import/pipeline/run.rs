//! [`run`]: one run of an import, from a place to its end or to an order to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::commit::Committer;
use super::crew::{Crew, CrewError, CrewPlan, Cut, Parse};
use super::parse::{Judgement, Parsed, parse};
use super::source::{FilePlan, Piece, Place, Source};
use super::state::ChunkState;
use super::target::Target;
use crate::api::{ImportCounts, ValidationLevel};
use crate::domain::{ImportId, Timestamp};
use crate::import::convert::LayoutFault;
use crate::import::csv::CutLimits;
use crate::import::keys::KeySet;
use crate::import::progress::StageTimes;
use crate::import::{Commit, CommitLine, SinkError};
use crate::quality::QualityTally;
use crate::runtime::{Backoff, BackoffPolicy, Clock};

/// Attempts at a chunk before the import fails.
const ATTEMPTS_MAX: u32 = 8;
const WAIT_MIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(5);
const WAIT_JITTER: f64 = 0.3;

/// What is to be run.
#[derive(Debug)]
pub struct Run {
    /// Which import.
    pub import: ImportId,
    /// Under which claim.
    pub epoch: u64,
    /// Its files.
    pub files: Arc<[FilePlan]>,
    /// Where to begin.
    pub place: Place,
    /// How much a chunk holds.
    pub limits: CutLimits,
    /// The keys of everything before.
    pub keys: KeySet,
    /// How strictly rows are judged.
    pub level: ValidationLevel,
    /// The moment of judgement.
    pub now: Timestamp,
    /// Parsers; 0: one thread does everything.
    pub parsers: u32,
    /// How long it ran before, and how long the stages worked.
    pub before: (Duration, StageTimes),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Every record is committed.
    Finished,
    /// It was told to stop; what was under way is committed.
    Stopped,
}

/// Why a run could not go on. What was committed stays.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A thread could not go on.
    #[error(transparent)]
    Crew(#[from] CrewError),
    /// A layout reads nothing.
    #[error(transparent)]
    Layout(#[from] LayoutFault),
    /// The sink refuses.
    #[error("failed to commit chunk {chunk} of the import")]
    Sink {
        /// Which chunk.
        chunk: u64,
        /// Why.
        #[source]
        source: SinkError,
    },
}

impl RunError {
    /// Returns true when somebody else has claimed the import.
    pub fn is_fenced(&self) -> bool {
        match self {
            Self::Sink { source, .. } => source.is_fenced,
            Self::Crew(_) | Self::Layout(_) => false,
        }
    }
}

/// What is told of a committed chunk.
#[derive(Debug)]
pub struct Committed {
    /// Its bytes.
    pub bytes: u64,
    /// What became of its records.
    pub counts: ImportCounts,
    /// What was found in them.
    pub tally: QualityTally,
    /// How long the stages worked so far.
    pub stages: StageTimes,
}

/// Runs until the end, or until `stop`; tells each commit to `tell`.
///
/// Not cancel safe by intent: dropped, it ends its threads; a commit under way is then decided by
/// the sink alone, and the ledger says what happened.
///
/// # Errors
/// [`RunError`]; whatever was committed before is good.
pub async fn run(
    run: Run,
    target: &Target,
    clock: &Arc<dyn Clock>,
    stop: &CancellationToken,
    mut tell: impl FnMut(Committed) + Send,
) -> Result<RunEnd, RunError> {
    let started = clock.monotonic();
    let (elapsed_before, stages_before) = run.before;
    let mut crew = start(&run, clock)?;
    let mut write = Duration::ZERO;
    let mut committer = Committer {
        import: run.import,
        epoch: run.epoch,
        files: run.files,
        keys: run.keys,
        chunk: run.place.chunk,
    };
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(RunEnd::Stopped),
            next = crew.next() => next?,
        };
        let Some(parsed) = next else {
            return Ok(RunEnd::Finished);
        };
        let began = clock.monotonic();
        let stages = stages_before.plus(stages(&crew, write));
        let state = ChunkState {
            elapsed: elapsed_before + began.saturating_sub(started),
            stages,
            ..ChunkState::default()
        };
        let parsed = parsed?;
        let tally = parsed.tally.clone();
        let Some(line) = commit(committer.commit(parsed, state), target, stop).await? else {
            return Ok(RunEnd::Stopped);
        };
        crew.permit();
        write += clock.monotonic().saturating_sub(began);
        tell(Committed {
            bytes: line.byte_to - line.byte_from,
            counts: line.counts,
            tally,
            stages: stages_before.plus(self::stages(&crew, write)),
        });
    }
}

fn start(
    run: &Run,
    clock: &Arc<dyn Clock>,
) -> Result<Crew<Result<Parsed, LayoutFault>>, CrewError> {
    let plan = CrewPlan {
        name: format!("import-{}", run.import),
        parsers: run.parsers,
    };
    let mut source = Source::new(Arc::clone(&run.files), run.place, run.limits);
    let cut: Cut<Piece> = Box::new(move || source.next());
    let files = Arc::clone(&run.files);
    let judgement = Judgement {
        level: run.level,
        now: run.now,
    };
    let parse: Parse<Piece, _> = Arc::new(move |piece: Piece| {
        let file = &files[piece.file];
        parse(piece, file, judgement)
    });
    Crew::start(&plan, clock, cut, parse)
}

fn stages<P: Send + 'static>(crew: &Crew<P>, write: Duration) -> StageTimes {
    let (read, parse) = crew.busy();
    StageTimes { read, parse, write }
}

/// Commits, again and again while the sink says that it may help; `None` when told to stop between.
async fn commit(
    commit: Commit,
    target: &Target,
    stop: &CancellationToken,
) -> Result<Option<CommitLine>, RunError> {
    let mut backoff = Backoff::with_random_seed(policy());
    loop {
        let source = match target.commit(commit.clone()).await {
            Ok(line) => return Ok(Some(line)),
            Err(error) => error,
        };
        let chunk = commit.line.chunk;
        if !source.is_retryable || backoff.attempts() + 1 >= ATTEMPTS_MAX {
            return Err(RunError::Sink { chunk, source });
        }
        let wait = backoff.next_wait();
        tracing::warn!(import = %commit.import, chunk, reason = %source, ?wait, "retrying a commit");
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(None),
            () = sleep(wait) => {}
        }
    }
}

/// Returns how long to wait between attempts at the sink.
pub(in crate::import) fn policy() -> BackoffPolicy {
    BackoffPolicy::try_new(WAIT_MIN, WAIT_MAX, WAIT_JITTER)
        .expect("the waits are above zero and in order, the jitter is a share")
}
