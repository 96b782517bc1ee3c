//! [`Fault`]: a test's way to make a task panic from outside.
//!
//! Without the feature `faults` it is nothing: no bytes, no branch, the task's future is run as it
//! is.

use super::TaskResult;

/// Makes the task it guards panic once it is set off. Clones are one fault.
#[derive(Debug, Clone, Default)]
pub(super) struct Fault {
    #[cfg(feature = "faults")]
    trigger: std::sync::Arc<tokio::sync::Notify>,
}

#[cfg(not(feature = "faults"))]
impl Fault {
    /// Returns the task as it is.
    #[expect(
        clippy::unused_self,
        reason = "with the feature there is something in it"
    )]
    pub(super) fn guard<R>(self, task: R) -> R
    where
        R: Future<Output = TaskResult>,
    {
        task
    }
}

#[cfg(feature = "faults")]
impl Fault {
    /// Runs the task until it ends or the fault is set off.
    pub(super) async fn guard<R>(self, task: R) -> TaskResult
    where
        R: Future<Output = TaskResult>,
    {
        tokio::select! {
            biased;
            () = self.trigger.notified() => panic!("fault set off by a test"),
            result = task => result,
        }
    }

    /// Makes the task panic at its next poll; a task that waits to be started again panics when it
    /// is.
    pub(super) fn set_off(&self) {
        self.trigger.notify_one();
    }
}
