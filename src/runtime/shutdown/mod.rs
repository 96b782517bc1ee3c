//! [`Shutdown`]: stopping is an order of stages, not an event.
//!
//! A component registers under a name, is asked to stop when its stage's turn comes, and has
//! stopped when its token and every clone of it are dropped. It does not kill anything: whoever is
//! late is named in the report, and the process ends anyway.
//!
//! ```text
//!   Intake ──empty──▶ Processing ──empty──▶ Writing ──empty──▶ Viewing ──empty──▶ report
//!      └─ used up its share of the deadline: the next stage is asked too, nobody is forgotten ─┘
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Clock, TokioClock};

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
pub struct Shutdown(Arc<Shared>);

impl Shutdown {
    /// Nothing is registered, nothing is asked to stop.
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            stages: Stage::ALL.map(|_| CancellationToken::new()),
            registry: Mutex::new(Registry::default()),
            completed: Notify::new(),
            report: OnceCell::new(),
        }))
    }

    /// Registers a component; it has stopped when its token (and every clone) is dropped.
    ///
    /// A component that registers after its stage was asked to stop is asked at once.
    pub fn register(&self, stage: Stage, name: &str) -> ShutdownToken {
        let id = {
            let mut registry = self.0.registry();
            let id = registry.next_id;
            registry.next_id += 1;
            registry.components.insert(id, (stage, name.to_owned()));
            id
        };
        ShutdownToken {
            asked: self.0.stage(stage).child_token(),
            _registration: Arc::new(Registration {
                id,
                shared: Arc::clone(&self.0),
            }),
        }
    }

    /// Asks stage after stage to stop; goes to the next when one is empty, and stops waiting for
    /// all at the deadline.
    ///
    /// So that one stuck feed does not cost the writer its flush, a stage keeps the next one
    /// waiting for no more than its share of the time that is left. A second call waits for the
    /// first and returns its report; when the first was cancelled, it goes on in its place. Cancel
    /// safe.
    pub async fn run(&self, deadline: Duration) -> ShutdownReport {
        let report = self.0.report.get_or_init(|| self.0.stop(deadline));
        report.await.clone()
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

/// A component's end of the shutdown. Completes on drop, so a panicking component cannot hang the
/// exit.
#[derive(Debug, Clone)]
pub struct ShutdownToken {
    asked: CancellationToken,
    _registration: Arc<Registration>,
}

impl ShutdownToken {
    /// Waits until this component is asked to stop. Cancel safe.
    pub async fn cancelled(&self) {
        self.asked.cancelled().await;
    }

    /// Returns true when this component is asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.asked.is_cancelled()
    }

    /// The order to this component alone; it keeps nobody's completion waiting.
    pub(super) fn order(&self) -> CancellationToken {
        self.asked.clone()
    }
}

struct Shared {
    /// One order for each of [`Stage::ALL`]; components hold children of it.
    stages: [CancellationToken; Stage::ALL.len()],
    registry: Mutex<Registry>,
    /// Told at each completion.
    completed: Notify,
    report: OnceCell<ShutdownReport>,
}

#[derive(Default)]
struct Registry {
    next_id: u64,
    /// Who has not stopped yet, in order of registration.
    components: BTreeMap<u64, (Stage, String)>,
}

impl Shared {
    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stage(&self, stage: Stage) -> &CancellationToken {
        &self.stages[stage as usize]
    }

    async fn stop(&self, deadline: Duration) -> ShutdownReport {
        let clock = TokioClock::new(0);
        let mut stages_left = Stage::ALL.len() as u32;
        for stage in Stage::ALL {
            self.stage(stage).cancel();
            let time_left = deadline.saturating_sub(clock.monotonic());
            let share = time_left / stages_left;
            stages_left -= 1;
            if timeout(share, self.emptied(stage)).await.is_err() {
                let late = self.names_until(stage);
                warn!(?stage, ?late, "stage did not stop in its share of time");
            }
        }
        let report = ShutdownReport {
            elapsed: clock.monotonic(),
            late: self.names_until(Stage::Viewing),
        };
        info!(elapsed = ?report.elapsed, late = ?report.late, "stopped");
        report
    }

    /// Waits until nobody of `stage` or an earlier one is left.
    async fn emptied(&self, stage: Stage) {
        loop {
            let completed = self.completed.notified();
            if self.names_until(stage).is_empty() {
                return;
            }
            completed.await;
        }
    }

    fn names_until(&self, stage: Stage) -> Vec<String> {
        let registry = self.registry();
        let components = registry.components.values();
        components
            .filter(|(of, _)| *of <= stage)
            .map(|(_, name)| name.clone())
            .collect()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("components", &self.registry().components)
            .finish_non_exhaustive()
    }
}

/// Shared by the clones of one token; the last one that goes signs the component off.
struct Registration {
    id: u64,
    shared: Arc<Shared>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.shared.registry().components.remove(&self.id);
        self.shared.completed.notify_waiters();
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.shared.registry().components.get(&self.id).cloned();
        f.debug_tuple("Registration").field(&name).finish()
    }
}

#[cfg(test)]
mod tests;
