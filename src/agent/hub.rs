//! The hub: one task that folds market events into the board, answers viewers, and sends each what
//! changed in its view.
//!
//! Order of the loop: stop, viewers, then data, then publication, so a flood of events never delays
//! an answer by more than one batch. Publication is due one frame after the last one; between,
//! nothing is assembled.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::feeds::FeedSet;
use super::mapping;
use super::viewer::{Viewer, ViewerEnds, ViewerId, Viewers};
use crate::api::{
    AgentInfo, AgentPhase, AgentState, Answer, Command, Instrument, LogLevel, Refusal, RefusalCode,
    Reply, Request, ViewSpec,
};
use crate::bus::Bus;
use crate::client::{AgentEnds, Link, link};
use crate::domain::{MarketEvent, Timestamp};
use crate::runtime::queue::Receiver;
use crate::runtime::{Clock, ShutdownToken, Supervisor, TaskResult};
use crate::telemetry::{LatencyWindow, LogReader};

/// Events taken from the bus at once, so that viewers are heard in between.
const BATCH_MAX: usize = 1_024;

/// Log lines sent to a viewer that looks at the log.
const LOG_LINES_MAX: usize = 500;

/// How often values that change without an event (rates, ages of failures) are looked at.
const TICK: Duration = Duration::from_secs(1);

/// A viewer that wants to be attached.
pub(super) type HubMail = AgentEnds;

type NextRequest = BoxFuture<'static, (ViewerId, mpsc::Receiver<Request>, Option<Request>)>;

/// What the hub reads and tells beside the market.
#[derive(Debug, Clone)]
pub(super) struct HubServices {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) supervisor: Supervisor,
    pub(super) bus: Bus,
    pub(super) log: LogReader,
    /// Cancelled when a viewer asks the agent to stop.
    pub(super) stop: CancellationToken,
    pub(super) info: AgentInfo,
    pub(super) frame: Duration,
}

/// Everything the hub owns; it outlives a restart of its task.
pub(super) struct Hub {
    services: HubServices,
    events: Receiver<Arc<MarketEvent>>,
    mail: mpsc::Receiver<HubMail>,
    requests: FuturesUnordered<NextRequest>,
    changes: Vec<watch::Receiver<u64>>,
    viewers: Viewers,
    next_viewer: u64,
    board: Board,
    feeds: FeedSet,
    latency: LatencyWindow,
    is_dirty: bool,
    last_publish: Duration,
}

/// Attaches a viewer; `None` when the agent is gone.
pub(super) async fn attach(hub: &mpsc::Sender<HubMail>) -> Option<Link> {
    let (link, ends) = link();
    hub.send(ends).await.ok()?;
    Some(link)
}

impl Hub {
    pub(super) fn new(
        services: HubServices,
        feeds: FeedSet,
        events: Receiver<Arc<MarketEvent>>,
        mail: mpsc::Receiver<HubMail>,
    ) -> Self {
        let changes = vec![services.supervisor.changes(), services.log.changes()];
        let latency = LatencyWindow::new(Arc::clone(&services.clock));
        Self {
            services,
            events,
            mail,
            requests: FuturesUnordered::new(),
            changes,
            viewers: Viewers::default(),
            next_viewer: 1,
            board: Board::default(),
            feeds,
            latency,
            is_dirty: true,
            last_publish: Duration::ZERO,
        }
    }

    /// Runs until asked to stop; then tells every viewer that the agent stops.
    pub(super) async fn run(&mut self, token: ShutdownToken) -> TaskResult {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let wait = self.frame_wait();
            // Every branch is cancel safe: a message that is not taken stays where it is.
            tokio::select! {
                biased;
                () = token.cancelled() => break,
                Some(ends) = self.mail.recv() => self.attach(ends),
                Some((id, receiver, request)) = self.requests.next(), if !self.requests.is_empty() => {
                    self.hear(id, receiver, request);
                }
                () = tokio::time::sleep(wait), if self.is_dirty => self.publish(),
                count = self.events.recv_many(&mut batch, BATCH_MAX) => {
                    if count == 0 {
                        return Err("the bus is gone".into());
                    }
                    self.apply(&mut batch);
                }
                () = any_change(&mut self.changes) => self.is_dirty = true,
                () = self.feeds.changed() => self.is_dirty = true,
                _ = tick.tick() => self.is_dirty = true,
            }
        }
        self.services.info.phase = AgentPhase::Stopping;
        self.publish();
        Ok(())
    }

    /// Returns how long the next state is not due yet.
    fn frame_wait(&self) -> Duration {
        let since = self
            .services
            .clock
            .monotonic()
            .saturating_sub(self.last_publish);
        self.services.frame.saturating_sub(since)
    }

    fn attach(&mut self, ends: AgentEnds) {
        let id = ViewerId(self.next_viewer);
        self.next_viewer += 1;
        self.requests.push(next_request(id, ends.requests));
        self.viewers.attach(
            id,
            ViewerEnds {
                states: ends.states,
                replies: ends.replies,
            },
        );
        self.is_dirty = true;
    }

    fn hear(&mut self, id: ViewerId, receiver: mpsc::Receiver<Request>, request: Option<Request>) {
        let Some(request) = request else {
            self.viewers.detach(id);
            self.is_dirty = true;
            return;
        };
        self.requests.push(next_request(id, receiver));
        let result = self.obey(id, request.command);
        if let Some(viewer) = self.viewers.find(id) {
            viewer.reply(Reply {
                id: request.id,
                result,
            });
        }
    }

    fn obey(&mut self, id: ViewerId, command: Command) -> Result<Answer, Refusal> {
        self.is_dirty = true;
        match command {
            Command::View(spec) => {
                if let Some(viewer) = self.viewers.find(id) {
                    viewer.spec = Some(spec);
                }
                Ok(Answer::Done)
            }
            Command::State => Ok(Answer::State(Arc::new(self.state_of(id)))),
            Command::ReconnectFeed { feed } => self.reconnect(&feed),
            Command::SetLogLevel { level } => {
                self.set_log_level(level);
                Ok(Answer::Done)
            }
            Command::Stop => {
                tracing::info!(viewer = id.0, "a viewer asked the agent to stop");
                self.services.stop.cancel();
                Ok(Answer::Done)
            }
        }
    }

    fn reconnect(&mut self, feed: &str) -> Result<Answer, Refusal> {
        if self.feeds.reconnect(feed) {
            tracing::info!(feed, "reconnecting on request");
            return Ok(Answer::Done);
        }
        Err(Refusal {
            code: RefusalCode::NotFound,
            message: format!("no feed is called `{feed}`"),
            next_step: Some(format!("feeds here: {}", self.feeds.names().join(", "))),
        })
    }

    fn set_log_level(&self, level: LogLevel) {
        self.services.log.set_level(level);
        tracing::info!(level = level.as_str(), "log level set");
    }

    fn apply(&mut self, batch: &mut Vec<Arc<MarketEvent>>) {
        let now = self.now();
        for event in batch.drain(..) {
            let (feed, data_kind) = self.feeds.of_source(&event.source);
            self.board.apply(&feed, data_kind, &event);
            self.latency.record(now.since(event.ts_recv));
        }
        self.is_dirty = true;
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.services.clock.unix_micros())
    }

    /// Sends every viewer its state, where something in it changed.
    fn publish(&mut self) {
        self.is_dirty = false;
        self.last_publish = self.services.clock.monotonic();
        self.feeds.supervise();
        self.register_feeds();
        let common = self.common_state();
        let all = self.board.instruments();
        let board = &self.board;
        let log = &self.services.log;
        for viewer in &mut self.viewers.list {
            let Some(spec) = viewer.spec.clone() else {
                continue;
            };
            let state = view(viewer, &spec, common.clone(), &all, board);
            let lines_max = if spec.has_logs { LOG_LINES_MAX } else { 0 };
            viewer.publish(AgentState {
                log: Arc::new(log.state(lines_max)),
                ..state
            });
        }
    }

    /// Makes rows for the symbols of feeds that were opened since, so that they show before their
    /// first event.
    fn register_feeds(&mut self) {
        for feed in self.feeds.newly_opened() {
            self.board
                .register(&feed.name, feed.data_kind, &feed.symbols);
        }
    }

    /// Assembles what is the same for every viewer.
    fn common_state(&mut self) -> AgentState {
        let services = &self.services;
        let mut info = services.info.clone();
        info.viewers = u32::try_from(self.viewers.list.len()).unwrap_or(u32::MAX);
        if info.phase == AgentPhase::Starting && self.feeds.is_settled() {
            info.phase = AgentPhase::Running;
            self.services.info.phase = AgentPhase::Running;
        }
        let services = &self.services;
        AgentState {
            revision: 0,
            as_of: self.now(),
            agent: info,
            feeds: self.feeds.states().into(),
            instruments: Arc::default(),
            chart: None,
            queues: services
                .bus
                .queues()
                .into_iter()
                .map(mapping::queue_state)
                .collect(),
            tasks: services
                .supervisor
                .tasks()
                .into_iter()
                .map(mapping::task_state)
                .collect(),
            publish_latency: self.latency.quantiles(),
            log: Arc::new(services.log.state(0)),
        }
    }

    /// Assembles the state of one viewer now; of the whole agent for a viewer that did not say what
    /// it looks at.
    fn state_of(&mut self, id: ViewerId) -> AgentState {
        self.feeds.supervise();
        self.register_feeds();
        let common = self.common_state();
        let all = self.board.instruments();
        let board = &self.board;
        let log = Arc::new(self.services.log.state(LOG_LINES_MAX));
        let Some(viewer) = self.viewers.find(id) else {
            return common;
        };
        let spec = viewer.spec.clone().unwrap_or_default();
        AgentState {
            log,
            ..view(viewer, &spec, common, &all, board)
        }
    }
}

/// Cuts the common state to what a viewer looks at.
fn view(
    viewer: &mut Viewer,
    spec: &ViewSpec,
    common: AgentState,
    all: &[Arc<Instrument>],
    board: &Board,
) -> AgentState {
    let is_wanted = |row: &&Arc<Instrument>| {
        spec.symbols
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&row.symbol))
    };
    let chart = spec
        .chart
        .as_ref()
        .and_then(|chart| board.chart(chart, &mut viewer.chart_cache));
    // An equal chart keeps its old address, by which the viewer's last state is compared.
    if viewer.chart.as_deref() != chart.as_ref() {
        viewer.chart = chart.map(Arc::new);
    }
    AgentState {
        instruments: all.iter().filter(is_wanted).cloned().collect(),
        chart: viewer.chart.clone(),
        ..common
    }
}

fn next_request(id: ViewerId, mut receiver: mpsc::Receiver<Request>) -> NextRequest {
    Box::pin(async move {
        let request = receiver.recv().await;
        (id, receiver, request)
    })
}

/// Waits until one of `changes` moved. Cancel safe.
pub(super) async fn any_change(changes: &mut [watch::Receiver<u64>]) {
    let waits = changes.iter_mut().map(|change| {
        Box::pin(async move {
            if change.changed().await.is_err() {
                // Its sender is gone: it will never move again.
                std::future::pending::<()>().await;
            }
        })
    });
    futures_util::future::select_all(waits).await;
}
