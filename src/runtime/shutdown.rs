//! SKELETON: signatures are settled, bodies are the runtime author's.

use std::time::Duration;

/// The order in which things stop: earlier stages are gone before later ones are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// What brings work in: feeds, sockets, imports.
    Intake,
    /// What works: the bus and what computes on events.
    Processing,
    /// What writes results: stores, recordings, logs.
    Writing,
    /// What shows the end: publishers and viewers.
    Viewing,
}

impl Stage {
    /// In order of stopping.
    pub const ALL: [Self; 4] = [Self::Intake, Self::Processing, Self::Writing, Self::Viewing];
}

/// Who was asked to stop, and who did not in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShutdownReport {
    /// How long it took.
    pub elapsed: Duration,
    /// Names that had not completed at the deadline.
    pub late: Vec<String>,
}

/// Stops everything in order. Clones share the state.
#[derive(Debug, Clone)]
pub struct Shutdown {}

impl Shutdown {
    /// Nothing is registered, nothing is asked to stop.
    pub fn new() -> Self {
        Self {}
    }

    /// Registers a component; it has stopped when its token (and every clone) is dropped.
    pub fn register(&self, stage: Stage, name: &str) -> ShutdownToken {
        let _ = (stage, name);
        unimplemented!()
    }

    /// Asks stage after stage to stop; goes to the next when one is empty, and stops waiting for all at the deadline.
    pub async fn run(&self, deadline: Duration) -> ShutdownReport {
        let _ = deadline;
        unimplemented!()
    }

    /// Returns true once [`Shutdown::run`] began.
    pub fn is_begun(&self) -> bool {
        unimplemented!()
    }
}

/// A component's end of the shutdown. Completes on drop, so a panicking component cannot hang the exit.
#[derive(Debug, Clone)]
pub struct ShutdownToken {}

impl ShutdownToken {
    /// Waits until this component is asked to stop. Cancel safe.
    pub async fn cancelled(&self) {
        unimplemented!()
    }

    /// Returns true when this component is asked to stop.
    pub fn is_cancelled(&self) -> bool {
        unimplemented!()
    }
}
