//! What the runtime knows, in the words of the contract.

use crate::api::{QueueState, TaskPhase, TaskState};
use crate::domain::Timestamp;
use crate::runtime::{self, QueueStats, TaskStatus};

/// Tells a queue's counters.
pub(super) fn queue_state(stats: QueueStats) -> QueueState {
    QueueState {
        name: stats.name,
        capacity: stats.capacity as u64,
        depth: stats.depth as u64,
        high_water: stats.high_water as u64,
        dropped: stats.dropped,
    }
}

/// Tells where a task stands.
pub(super) fn task_state(status: TaskStatus) -> TaskState {
    TaskState {
        name: status.name,
        phase: match status.phase {
            runtime::TaskPhase::Running => TaskPhase::Running,
            runtime::TaskPhase::Restarting => TaskPhase::Restarting,
            runtime::TaskPhase::Failed => TaskPhase::Failed,
            runtime::TaskPhase::Finished => TaskPhase::Finished,
        },
        restarts: status.restarts,
        last_error: status.last_error,
        last_failure: status.last_failure_micros.map(Timestamp::from_micros),
        is_degraded: status.is_degraded,
    }
}
