//! Faults that a test asks for by `MDA_FAULT`; only in a build with the feature `faults`.

use super::backend::Backend;

/// Sets off `panic-task:NAME` in our own agent.
pub(super) fn set_off(backend: &Backend) {
    let Ok(fault) = std::env::var("MDA_FAULT") else {
        return;
    };
    if let (Some(task), Backend::Own(agent)) = (fault.strip_prefix("panic-task:"), backend) {
        let is_found = agent.supervisor().panic_task(task);
        tracing::warn!(task, is_found, "fault set off");
    }
}
