//! SKELETON: signatures are settled, bodies are the runtime author's.

use std::error::Error;
use std::sync::Arc;

use super::{BackoffPolicy, Clock, Shutdown, ShutdownToken, Stage};

/// Why a task failed.
pub type TaskError = Box<dyn Error + Send + Sync>;

/// How a task ends.
pub type TaskResult = Result<(), TaskError>;

/// What happens after a task failed or panicked. A task that returns `Ok` is finished and never restarted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RestartPolicy {
    /// It stays failed.
    Never,
    /// It is started again after a wait that grows.
    Always(BackoffPolicy),
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskPhase {
    /// It runs.
    Running,
    /// It failed and waits to be started again.
    Restarting,
    /// It failed and is not started again.
    Failed,
    /// It ended as it should.
    Finished,
}

/// A task as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStatus {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub phase: TaskPhase,
    /// How often it was started again.
    pub restarts: u64,
    /// Why it failed last, whole chain.
    pub last_error: Option<String>,
    /// When it failed last, microseconds since the epoch.
    pub last_failure_micros: Option<i64>,
    /// True while it failed three times or more within the last minute.
    pub is_degraded: bool,
}

/// Spawns, names, restarts and joins tasks. Clones share the tasks.
#[derive(Debug, Clone)]
pub struct Supervisor {}

impl Supervisor {
    /// Supervises on the current tokio runtime.
    pub fn new(clock: Arc<dyn Clock>, shutdown: Shutdown) -> Self {
        let _ = (clock, shutdown);
        unimplemented!()
    }

    /// Starts a task. `start` is called anew for each restart, with a token registered under `name` in `stage`.
    pub fn spawn<F, R>(&self, name: &str, stage: Stage, policy: RestartPolicy, start: F)
    where
        F: FnMut(ShutdownToken) -> R + Send + 'static,
        R: Future<Output = TaskResult> + Send + 'static,
    {
        let _ = (name, stage, policy, start);
        unimplemented!()
    }

    /// Returns every task, in order of spawning.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        unimplemented!()
    }

    /// Waits until a task's status changed since the last call on this receiver.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        unimplemented!()
    }

    /// Makes the named task fail with a panic at its next await; true when it exists. For tests.
    #[cfg(feature = "faults")]
    pub fn panic_task(&self, name: &str) -> bool {
        let _ = name;
        unimplemented!()
    }
}
