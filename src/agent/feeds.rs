//! [`FeedSet`]: the agent's feeds, and the rule that picks them when nobody did.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::watch;
use tokio::time::sleep;

use super::config::FeedPlan;
use crate::api::FeedState;
use crate::domain::{DataKind, FeedMode, Source, Symbol};
use crate::feed::{self, FeedContext, FeedHandle, FeedSpec};
use crate::runtime::{Clock, Supervisor};

/// A feed whose symbols the board does not know yet.
#[derive(Debug)]
pub(super) struct OpenedFeed {
    pub(super) name: &'static str,
    pub(super) data_kind: DataKind,
    pub(super) symbols: Vec<Symbol>,
}

/// One feed.
#[derive(Debug)]
struct Entry {
    spec: FeedSpec,
    handle: FeedHandle,
    /// Kept between two waits, so that no change falls in between.
    changes: watch::Receiver<u64>,
    is_registered: bool,
    /// Why we gave it up; replaces the feed's own reason.
    given_up: Option<String>,
}

/// The probe of the automatic plan.
#[derive(Debug)]
struct Probe {
    deadline: Duration,
    timeout: Duration,
    fallback: FeedSpec,
}

/// Every feed, in the order in which it was opened.
pub(super) struct FeedSet {
    supervisor: Supervisor,
    context: FeedContext,
    clock: Arc<dyn Clock>,
    entries: Vec<Entry>,
    probe: Option<Probe>,
}

impl FeedSet {
    /// Opens the feeds of `plan`.
    pub(super) fn open(plan: &FeedPlan, supervisor: Supervisor, context: FeedContext) -> Self {
        let clock = Arc::clone(&context.clock);
        let mut set = Self {
            supervisor,
            context,
            clock,
            entries: Vec::new(),
            probe: None,
        };
        match plan {
            FeedPlan::Listed(specs) => specs.iter().for_each(|spec| set.start(spec)),
            FeedPlan::Automatic {
                live,
                fallback,
                probe_timeout,
            } => {
                set.start(live);
                set.probe = Some(Probe {
                    deadline: set.clock.monotonic() + *probe_timeout,
                    timeout: *probe_timeout,
                    fallback: fallback.clone(),
                });
            }
        }
        set
    }

    fn start(&mut self, spec: &FeedSpec) {
        if let Some(handle) = feed::start(&self.supervisor, &self.context, spec) {
            self.entries.push(Entry {
                spec: spec.clone(),
                changes: handle.changes(),
                handle,
                is_registered: false,
                given_up: None,
            });
        }
    }

    /// Returns feeds whose symbols were not told before.
    pub(super) fn newly_opened(&mut self) -> Vec<OpenedFeed> {
        let fresh = self.entries.iter_mut().filter(|entry| {
            // A feed on probation gets no rows: they would vanish with it.
            self.probe.is_none() && !entry.is_registered && entry.given_up.is_none()
        });
        fresh
            .map(|entry| {
                entry.is_registered = true;
                OpenedFeed {
                    name: entry.handle.name(),
                    data_kind: entry.handle.data_kind(),
                    symbols: entry.handle.symbols(),
                }
            })
            .collect()
    }

    /// Ends the probe: keeps the live feed once the venue confirmed a symbol, falls back when it
    /// failed or its time is over.
    pub(super) fn supervise(&mut self) {
        let (Some(probe), Some(live)) = (&self.probe, self.entries.first_mut()) else {
            return;
        };
        let state = live.handle.state();
        let failure = match state.mode {
            FeedMode::Live | FeedMode::Degraded => {
                self.probe = None;
                return;
            }
            FeedMode::Connecting if state.symbols > 0 => {
                self.probe = None;
                return;
            }
            FeedMode::Reconnecting | FeedMode::Closed => state.reason,
            FeedMode::Connecting if self.clock.monotonic() >= probe.deadline => {
                format!("no answer within {:?}", probe.timeout)
            }
            FeedMode::Connecting => return,
        };
        tracing::warn!(
            feed = state.name,
            reason = failure,
            "live feed given up; falling back"
        );
        live.handle.stop();
        live.given_up = Some(failure);
        let fallback = probe.fallback.clone();
        self.probe = None;
        self.start(&fallback);
    }

    /// Returns true once it is decided which feeds are shown.
    pub(super) fn is_settled(&self) -> bool {
        self.probe.is_none()
            && self
                .entries
                .iter()
                .all(|entry| entry.handle.state().mode != FeedMode::Connecting)
    }

    /// Returns every feed's state.
    pub(super) fn states(&self) -> Vec<FeedState> {
        self.entries.iter().map(Entry::state).collect()
    }

    /// Returns every feed's name.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let entries = self.entries.iter();
        entries.map(|entry| entry.handle.name()).collect()
    }

    /// Opens `name` anew at once; false when there is no such feed.
    pub(super) fn reconnect(&mut self, name: &str) -> bool {
        let mut entries = self.entries.iter_mut();
        let Some(entry) = entries.find(|entry| entry.handle.name() == name) else {
            return false;
        };
        if entry.given_up.take().is_none() {
            entry.handle.reconnect();
        } else if let Some(handle) = feed::start(&self.supervisor, &self.context, &entry.spec) {
            entry.changes = handle.changes();
            entry.handle = handle;
            entry.is_registered = false;
        }
        true
    }

    /// Returns the feed that a source belongs to: a source is its feed's name, or begins with it up
    /// to a dot. `None` for a feed that was given up: its last events are not shown.
    pub(super) fn of_source(&self, source: &Source) -> Option<(&'static str, DataKind)> {
        let name = source.as_str().split('.').next()?;
        let mut shown = self.entries.iter().filter(|e| e.given_up.is_none());
        let entry = shown.find(|entry| entry.handle.name() == name)?;
        Some((entry.handle.name(), entry.handle.data_kind()))
    }

    /// Waits until a feed's mode changes, or a probe's time is over. Cancel safe.
    pub(super) async fn changed(&mut self) {
        let probe_left = self
            .probe
            .as_ref()
            .map(|probe| probe.deadline.saturating_sub(self.clock.monotonic()));
        let changes = self.entries.iter_mut().map(|e| e.changes.changed());
        let changes: Vec<_> = changes.map(Box::pin).collect();
        let has_feeds = !changes.is_empty();
        tokio::select! {
            _ = async { select_all(changes).await }, if has_feeds => {}
            () = sleep(probe_left.unwrap_or_default()), if probe_left.is_some() => {}
            else => std::future::pending().await,
        }
    }
}

impl Entry {
    fn state(&self) -> FeedState {
        let mut state = self.handle.state();
        if let Some(reason) = &self.given_up {
            state.mode = FeedMode::Closed;
            state.reason.clone_from(reason);
            state.next_attempt = None;
        }
        state
    }
}
