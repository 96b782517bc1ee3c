//! [`FeedSet`]: the agent's feeds, and the rule that picks them when nobody did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::config::FeedPlan;
use crate::api::FeedState;
use crate::domain::{DataKind, FeedMode, Source, Symbol};
use crate::feed::{self, FeedContext, FeedHandle, FeedSpec};
use crate::runtime::{Clock, Supervisor};

/// A feed whose symbols the board does not know yet.
#[derive(Debug)]
pub(super) struct OpenedFeed {
    pub(super) name: String,
    pub(super) data_kind: DataKind,
    pub(super) symbols: Vec<Symbol>,
}

/// One feed.
#[derive(Debug)]
struct Entry {
    spec: FeedSpec,
    handle: FeedHandle,
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
    by_source: HashMap<Source, (Arc<str>, DataKind)>,
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
            by_source: HashMap::new(),
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
                let state = entry.handle.state();
                OpenedFeed {
                    name: state.name,
                    data_kind: state.data_kind,
                    symbols: entry.handle.symbols(),
                }
            })
            .collect()
    }

    /// Ends the probe: keeps the live feed once the venue confirmed it, falls back when it failed
    /// or its time is over.
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
        live.given_up = Some(format!("{failure}; r tries again"));
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
    pub(super) fn names(&self) -> Vec<String> {
        self.entries
            .iter()
            .map(|entry| entry.handle.state().name)
            .collect()
    }

    /// Opens `name` anew at once; false when there is no such feed.
    pub(super) fn reconnect(&mut self, name: &str) -> bool {
        let mut entries = self.entries.iter_mut();
        let Some(entry) = entries.find(|entry| entry.handle.state().name == name) else {
            return false;
        };
        if entry.given_up.take().is_none() {
            entry.handle.reconnect();
        } else if let Some(handle) = feed::start(&self.supervisor, &self.context, &entry.spec) {
            entry.handle = handle;
            entry.is_registered = false;
        }
        true
    }

    /// Returns the feed that a source belongs to: sources are a feed's own, or `<own>.<what was
    /// made of it>`.
    pub(super) fn of_source(&mut self, source: &Source) -> (Arc<str>, DataKind) {
        if let Some((name, data_kind)) = self.by_source.get(source) {
            return (Arc::clone(name), *data_kind);
        }
        let root = source.as_str().split('.').next().unwrap_or_default();
        let state = self
            .entries
            .iter()
            .map(|entry| entry.handle.state())
            .find(|state| state.name == root);
        let data_kind = state.map_or(DataKind::Replay, |state| state.data_kind);
        let name: Arc<str> = Arc::from(root);
        self.by_source
            .insert(source.clone(), (Arc::clone(&name), data_kind));
        (name, data_kind)
    }

    /// Waits until a feed's mode changes, or a probe's time is over. Cancel safe.
    pub(super) async fn changed(&mut self) {
        let deadline = self
            .probe
            .as_ref()
            .map(|probe| probe.deadline.saturating_sub(self.clock.monotonic()));
        let probe = async {
            match deadline {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        let mut changes: Vec<watch::Receiver<u64>> = self
            .entries
            .iter()
            .map(|entry| entry.handle.changes())
            .collect();
        tokio::select! {
            () = super::hub::any_change(&mut changes), if !changes.is_empty() => {}
            () = probe => {}
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
