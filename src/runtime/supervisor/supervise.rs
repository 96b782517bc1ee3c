//! [`Supervisor`] and [`TaskHandle`]: spawning, joining and restarting tasks.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use super::board::{Board, RowId, TaskPhase, TaskStatus};
use super::fault::Fault;
use crate::runtime::{Backoff, BackoffPolicy, Clock, Shutdown, ShutdownToken, Stage};

/// A task that ran this long has recovered: its next failure waits as the first one did.
const RECOVERED_AFTER: Duration = Duration::from_mins(1);

/// Why a task failed.
pub type TaskError = Box<dyn Error + Send + Sync>;

/// How a task ends.
pub type TaskResult = Result<(), TaskError>;

/// What happens after a task failed or panicked. A task that returns `Ok` is finished and never
/// restarted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RestartPolicy {
    /// It stays failed.
    Never,
    /// It is started again after a wait that grows.
    Always(BackoffPolicy),
}

/// Spawns, names, restarts and joins tasks. Clones share the tasks.
#[derive(Clone)]
pub struct Supervisor {
    runtime: Handle,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
    board: Arc<Board>,
}

impl Supervisor {
    /// Supervises on the current tokio runtime.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(clock: Arc<dyn Clock>, shutdown: Shutdown) -> Self {
        Self {
            runtime: Handle::current(),
            board: Arc::new(Board::new(Arc::clone(&clock))),
            clock,
            shutdown,
        }
    }

    /// Starts a task; any thread may call it. `start` is called anew for each restart, with a token
    /// registered under `name` in `stage`. The handle is for who wants to end this task before the
    /// others; dropping it changes nothing.
    ///
    /// A task of the same name that has ended gives up its place among [`Supervisor::tasks`].
    pub fn spawn<F, R>(
        &self,
        name: &str,
        stage: Stage,
        policy: RestartPolicy,
        start: F,
    ) -> TaskHandle
    where
        F: FnMut(ShutdownToken) -> R + Send + 'static,
        R: Future<Output = TaskResult> + Send + 'static,
    {
        let token = self.shutdown.register(stage, name);
        let fault = Fault::default();
        let handle = TaskHandle {
            name: Arc::from(name),
            order: token.order(),
            ended: CancellationToken::new(),
        };
        let supervised = Supervised {
            row: self.board.add(name, fault.clone()),
            name: Arc::clone(&handle.name),
            backoff: match policy {
                RestartPolicy::Never => None,
                RestartPolicy::Always(policy) => Some(Backoff::with_random_seed(policy)),
            },
            token,
            fault,
            runtime: self.runtime.clone(),
            clock: Arc::clone(&self.clock),
            board: Arc::clone(&self.board),
        };
        let ended = handle.ended.clone().drop_guard();
        self.runtime.spawn(async move {
            supervised.run(start).await;
            drop(ended);
        });
        handle
    }

    /// Returns every task, in order of spawning. Of those that ended, only the latest are kept.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        self.board.tasks()
    }

    /// Waits until a task's status changed since the last call on this receiver.
    ///
    /// [`TaskStatus::is_degraded`] falls by itself as time passes; that is not told here.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.board.changes()
    }

    /// Makes the named task fail with a panic at its next await; true when it exists and has not
    /// ended. For tests.
    #[cfg(feature = "faults")]
    pub fn panic_task(&self, name: &str) -> bool {
        self.board.panic_task(name)
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor")
            .field("tasks", &self.tasks())
            .finish_non_exhaustive()
    }
}

/// The owner's hold on one task. Clones hold the same task.
#[derive(Debug, Clone)]
pub struct TaskHandle {
    name: Arc<str>,
    order: CancellationToken,
    ended: CancellationToken,
}

impl TaskHandle {
    /// Returns the task's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks this task alone to stop, as the shutdown would; it is not started again. Returns at
    /// once.
    pub fn stop(&self) {
        self.order.cancel();
    }

    /// Waits until the task has ended, on whatever ground. It has signed off from the shutdown
    /// then. Cancel safe.
    pub async fn stopped(&self) {
        self.ended.cancelled().await;
    }

    /// Returns true when the task has ended.
    pub fn is_stopped(&self) -> bool {
        self.ended.is_cancelled()
    }
}

/// Writes an error and everything behind it: `a: b: c`.
pub fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Returns the words of a panic; those that were not text are named so.
pub fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    let words = literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without words")
}

/// One task with what is needed to run it again.
struct Supervised {
    row: RowId,
    name: Arc<str>,
    /// Absent when the task is never started again.
    backoff: Option<Backoff>,
    token: ShutdownToken,
    fault: Fault,
    runtime: Handle,
    clock: Arc<dyn Clock>,
    board: Arc<Board>,
}

impl Supervised {
    async fn run<F, R>(mut self, mut start: F)
    where
        F: FnMut(ShutdownToken) -> R + Send,
        R: Future<Output = TaskResult> + Send + 'static,
    {
        loop {
            let started = self.clock.monotonic();
            let Err(failure) = self.run_once(&mut start).await else {
                debug!(task = %self.name, "task finished");
                return self.board.set_phase(self.row, TaskPhase::Finished);
            };
            let ran = self.clock.monotonic().saturating_sub(started);
            let Some(wait) = self.wait_after(ran) else {
                error!(task = %self.name, failure, "task failed");
                return self.board.fail(self.row, TaskPhase::Failed, failure);
            };
            warn!(task = %self.name, failure, ?wait, "task failed, starts again after a wait");
            self.board.fail(self.row, TaskPhase::Restarting, failure);
            tokio::select! {
                biased;
                () = self.token.cancelled() => {
                    return self.board.set_phase(self.row, TaskPhase::Finished);
                }
                () = sleep(wait) => self.board.restart(self.row),
            }
        }
    }

    /// Runs the task in a task of its own, so that its panic ends nothing but itself.
    async fn run_once<F, R>(&self, start: &mut F) -> Result<(), String>
    where
        F: FnMut(ShutdownToken) -> R + Send,
        R: Future<Output = TaskResult> + Send + 'static,
    {
        let token = self.token.clone();
        // Nothing of `start` is looked at after a panic: it is either called again or dropped.
        let task = catch_unwind(AssertUnwindSafe(|| start(token)))
            .map_err(|panic| panic_text(panic.as_ref()))?;
        match self.runtime.spawn(self.fault.clone().guard(task)).await {
            Ok(result) => result.map_err(|error| error_chain(error.as_ref())),
            Err(error) => Err(join_error_text(error)),
        }
    }

    /// Returns how long to wait before the next start; `None` when there is none.
    fn wait_after(&mut self, ran: Duration) -> Option<Duration> {
        let backoff = self.backoff.as_mut()?;
        if self.token.is_cancelled() {
            return None;
        }
        if ran >= RECOVERED_AFTER {
            backoff.reset();
        }
        Some(backoff.next_wait())
    }
}

fn join_error_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => panic_text(panic.as_ref()),
        Err(error) => error.to_string(),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    format!("panicked: {}", panic_words(panic))
}
