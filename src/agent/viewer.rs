//! [`Viewers`]: who looks at the agent, and at what.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::DropGuard;

use super::board::{Board, ChartCache};
use super::importing;
use crate::api::{AgentState, ChartDetail, Reply, ViewSpec};
use crate::telemetry::LogReader;

/// Log lines sent to a viewer that looks at the log.
const LOG_LINES_MAX: usize = 500;

/// Names a viewer within this agent; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ViewerId(pub(super) u64);

/// Where a viewer's answers go.
#[derive(Debug)]
pub(super) struct ViewerEnds {
    /// The newest state replaces the one that was not looked at.
    pub(super) states: watch::Sender<Option<Arc<AgentState>>>,
    /// A reply that does not fit is dropped and logged.
    pub(super) replies: mpsc::Sender<Reply>,
    /// Tells the viewer that the agent is gone, when this goes.
    pub(super) _ended: DropGuard,
}

/// One viewer.
#[derive(Debug)]
pub(super) struct Viewer {
    id: ViewerId,
    ends: ViewerEnds,
    /// `None` until the viewer said what it looks at: until then it is sent nothing.
    pub(super) spec: Option<ViewSpec>,
    chart_cache: ChartCache,
    /// The chart of the last state, shared as long as it is equal.
    chart: Option<Arc<ChartDetail>>,
    revision: u64,
}

/// Every viewer.
#[derive(Debug, Default)]
pub(super) struct Viewers {
    pub(super) list: Vec<Viewer>,
    last_id: u64,
}

impl Viewers {
    pub(super) fn attach(&mut self, ends: ViewerEnds) -> ViewerId {
        self.last_id += 1;
        let id = ViewerId(self.last_id);
        self.list.push(Viewer {
            id,
            ends,
            spec: None,
            chart_cache: ChartCache::default(),
            chart: None,
            revision: 0,
        });
        id
    }

    pub(super) fn detach(&mut self, id: ViewerId) {
        self.list.retain(|viewer| viewer.id != id);
    }

    pub(super) fn find(&mut self, id: ViewerId) -> Option<&mut Viewer> {
        self.list.iter_mut().find(|viewer| viewer.id == id)
    }
}

impl Viewer {
    /// Cuts `whole`, which holds every instrument, to what this viewer looks at; to everything but
    /// charts while it did not say.
    pub(super) fn view(
        &mut self,
        whole: &AgentState,
        board: &Board,
        log: &LogReader,
    ) -> AgentState {
        let spec = self.spec.as_ref();
        let instruments = match spec.and_then(|spec| spec.symbols.as_ref()) {
            Some(wanted) => {
                let all = whole.instruments.iter();
                let rows = all.filter(|row| wanted.contains(&row.symbol));
                rows.cloned().collect()
            }
            None => Arc::clone(&whole.instruments),
        };
        let chart = spec.and_then(|spec| spec.chart.as_ref());
        let chart = chart.and_then(|chart| board.chart(chart, &mut self.chart_cache));
        // An equal chart keeps its old address, by which states are compared.
        if self.chart.as_deref() != chart.as_ref() {
            self.chart = chart.map(Arc::new);
        }
        let has_logs = spec.is_none_or(|spec| spec.has_logs);
        let has_imports = spec.is_none_or(|spec| spec.has_imports);
        AgentState {
            revision: self.revision,
            instruments,
            chart: self.chart.clone(),
            imports: importing::view(&whole.imports, has_imports),
            log: Arc::new(log.state(if has_logs { LOG_LINES_MAX } else { 0 })),
            ..whole.clone()
        }
    }

    /// Sends the viewer its view, unless nothing but its time differs from the last one sent.
    pub(super) fn publish(&mut self, whole: &AgentState, board: &Board, log: &LogReader) {
        if self.spec.is_none() {
            return;
        }
        let mut state = self.view(whole, board, log);
        let is_old = matches!(&*self.ends.states.borrow(), Some(last) if is_same(last, &state));
        if is_old {
            return;
        }
        self.revision += 1;
        state.revision = self.revision;
        self.ends.states.send_replace(Some(Arc::new(state)));
    }

    /// Answers a request.
    pub(super) fn reply(&self, reply: Reply) {
        if let Err(error) = self.ends.replies.try_send(reply) {
            tracing::warn!(viewer = self.id.0, %error, "reply dropped");
        }
    }
}

/// Compares all but revision and time. Parts shared with the last state compare by pointer first.
fn is_same(last: &AgentState, next: &AgentState) -> bool {
    last.agent == next.agent
        && is_same_list(&last.instruments, &next.instruments)
        && last.feeds == next.feeds
        && is_same_chart(last.chart.as_ref(), next.chart.as_ref())
        && last.queues == next.queues
        && last.tasks == next.tasks
        && last.store == next.store
        && last.cache == next.cache
        && is_same_list(&last.imports, &next.imports)
        && last.publish_latency == next.publish_latency
        && last.log == next.log
}

fn is_same_list<T>(last: &[Arc<T>], next: &[Arc<T>]) -> bool {
    last.len() == next.len() && last.iter().zip(next).all(|(a, b)| Arc::ptr_eq(a, b))
}

fn is_same_chart(last: Option<&Arc<ChartDetail>>, next: Option<&Arc<ChartDetail>>) -> bool {
    match (last, next) {
        (Some(last), Some(next)) => Arc::ptr_eq(last, next),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
