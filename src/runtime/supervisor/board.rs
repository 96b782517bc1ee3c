//! Who stands where: the rows behind [`Supervisor::tasks`](super::Supervisor::tasks).
//!
//! Only the supervising tasks write here; a short lock a change. Tasks that ended are forgotten,
//! oldest first, once there are more than [`ENDED_MAX`] of them, so that a task for each connection
//! does not fill the memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::fault::Fault;
use crate::runtime::Clock;

/// Failures within [`DEGRADED_WINDOW`] that make a task degraded.
const DEGRADED_FAILURES: usize = 3;
const DEGRADED_WINDOW: Duration = Duration::from_mins(1);

/// Ended tasks that are still shown.
pub(super) const ENDED_MAX: usize = 32;

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

impl TaskPhase {
    const fn is_ended(self) -> bool {
        match self {
            Self::Running | Self::Restarting => false,
            Self::Failed | Self::Finished => true,
        }
    }
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

/// Names a row for as long as the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowId(u64);

/// Every task's row.
#[derive(Debug)]
pub(super) struct Board {
    clock: Arc<dyn Clock>,
    rows: Mutex<Rows>,
    changes: watch::Sender<u64>,
}

impl Board {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            rows: Mutex::new(Rows::default()),
            changes: watch::Sender::new(0),
        }
    }

    /// Adds a running task, in the place of an ended one of the same name.
    pub(super) fn add(&self, name: &str, fault: Fault) -> RowId {
        let id = self.rows().add(name, fault);
        self.tell();
        id
    }

    pub(super) fn set_phase(&self, id: RowId, phase: TaskPhase) {
        self.change(id, |row| row.phase = phase);
    }

    /// Notes a failure that happened now.
    pub(super) fn fail(&self, id: RowId, phase: TaskPhase, failure: String) {
        let now = self.clock.monotonic();
        let now_micros = self.clock.unix_micros();
        self.change(id, |row| {
            row.phase = phase;
            row.last_error = Some(failure);
            row.last_failure_micros = Some(now_micros);
            if row.failures.len() == DEGRADED_FAILURES {
                row.failures.pop_front();
            }
            row.failures.push_back(now);
        });
    }

    /// Notes that the task runs again.
    pub(super) fn restart(&self, id: RowId) {
        self.change(id, |row| {
            row.phase = TaskPhase::Running;
            row.restarts += 1;
        });
    }

    pub(super) fn tasks(&self) -> Vec<TaskStatus> {
        let now = self.clock.monotonic();
        let rows = self.rows();
        rows.rows.iter().map(|row| row.status(now)).collect()
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    #[cfg(feature = "faults")]
    pub(super) fn panic_task(&self, name: &str) -> bool {
        let rows = self.rows();
        let mut rows = rows.rows.iter();
        let row = rows.find(|row| row.name == name && !row.phase.is_ended());
        row.inspect(|row| row.fault.set_off()).is_some()
    }

    fn change(&self, id: RowId, change: impl FnOnce(&mut Row)) {
        {
            let mut rows = self.rows();
            if let Some(row) = rows.rows.iter_mut().find(|row| row.id == id) {
                change(row);
            }
            rows.forget_ended();
        }
        self.tell();
    }

    fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Rows {
    next_id: u64,
    /// In order of spawning.
    rows: Vec<Row>,
}

impl Rows {
    fn add(&mut self, name: &str, fault: Fault) -> RowId {
        let id = RowId(self.next_id);
        self.next_id += 1;
        let row = Row {
            id,
            name: name.to_owned(),
            phase: TaskPhase::Running,
            restarts: 0,
            last_error: None,
            last_failure_micros: None,
            failures: VecDeque::new(),
            fault,
        };
        let mut rows = self.rows.iter_mut();
        match rows.find(|row| row.name == name && row.phase.is_ended()) {
            Some(place) => *place = row,
            None => self.rows.push(row),
        }
        id
    }

    fn forget_ended(&mut self) {
        let ended = self.rows.iter().filter(|row| row.phase.is_ended()).count();
        if ended <= ENDED_MAX {
            return;
        }
        // A failure is worth more to a reader than an end as it should be.
        let finished = |row: &Row| row.phase == TaskPhase::Finished;
        let oldest = self.rows.iter().position(finished);
        let oldest = oldest.or_else(|| self.rows.iter().position(|row| row.phase.is_ended()));
        if let Some(oldest) = oldest {
            self.rows.remove(oldest);
        }
    }
}

#[derive(Debug)]
struct Row {
    id: RowId,
    name: String,
    phase: TaskPhase,
    restarts: u64,
    last_error: Option<String>,
    last_failure_micros: Option<i64>,
    /// Monotonic times of the newest failures, at most [`DEGRADED_FAILURES`].
    failures: VecDeque<Duration>,
    #[cfg_attr(
        not(feature = "faults"),
        expect(dead_code, reason = "only a build with faults sets it off")
    )]
    fault: Fault,
}

impl Row {
    fn status(&self, now: Duration) -> TaskStatus {
        TaskStatus {
            name: self.name.clone(),
            phase: self.phase,
            restarts: self.restarts,
            last_error: self.last_error.clone(),
            last_failure_micros: self.last_failure_micros,
            is_degraded: self.is_degraded(now),
        }
    }

    fn is_degraded(&self, now: Duration) -> bool {
        let oldest = self.failures.front();
        self.failures.len() == DEGRADED_FAILURES
            && oldest.is_some_and(|at| now.saturating_sub(*at) < DEGRADED_WINDOW)
    }
}
