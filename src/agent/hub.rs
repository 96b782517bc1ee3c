//! The hub: one task that folds market events into the board, answers viewers, and sends each what
//! changed in its view.
//!
//! Order of the loop: stop, a state that is due, viewers, then data, so a flood of events delays an
//! answer or a state by one batch at most. A state is due one frame after the last one, when
//! something happened; until then nothing is assembled.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::feeds::FeedSet;
use super::importing::Importing;
use super::keeping::{History, Keeping, LateAnswer};
use super::mapping;
use super::viewer::{ViewerEnds, ViewerId, Viewers};
use crate::api::{
    AgentInfo, AgentPhase, AgentState, Answer, CacheState, Command, ImportJob, LogLevel,
    OperationLatency, Refusal, RefusalCode, Reply, Request, StoreState,
};
use crate::bus::Bus;
use crate::client::{AgentEnds, Link, link};
use crate::domain::{DataKind, MarketEvent, Timestamp};
use crate::runtime::queue::Receiver;
use crate::runtime::{Clock, ShutdownToken, Supervisor, TaskResult};
use crate::telemetry::{LatencyWindow, LogReader};

/// Events taken from the bus at once, so that viewers are heard in between.
const BATCH_MAX: usize = 1_024;

/// How often values that change without an event (rates, ages of failures) are looked at.
const TICK: Duration = Duration::from_secs(1);

/// A viewer that wants to be attached.
pub(super) type HubMail = AgentEnds;

type NextRequest = BoxFuture<'static, (ViewerId, mpsc::Receiver<Request>, Option<Request>)>;

type NextAnswer = BoxFuture<'static, (ViewerId, Reply)>;

/// What the hub reads and tells beside the market.
#[derive(Debug, Clone)]
pub(super) struct HubServices {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) supervisor: Supervisor,
    pub(super) bus: Bus,
    pub(super) keeping: Keeping,
    pub(super) importing: Importing,
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
    late_answers: FuturesUnordered<NextAnswer>,
    histories: FuturesUnordered<History>,
    task_changes: watch::Receiver<u64>,
    log_changes: watch::Receiver<u64>,
    import_changes: watch::Receiver<Arc<[Arc<ImportJob>]>>,
    viewers: Viewers,
    board: Board,
    feeds: FeedSet,
    latency: LatencyWindow,
    /// Receive times of events that no state tells of yet.
    untold: Vec<Timestamp>,
    /// What takes adding up, as of the last tick.
    latencies: Vec<OperationLatency>,
    cache: Arc<CacheState>,
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
        Self {
            task_changes: services.supervisor.changes(),
            log_changes: services.log.changes(),
            import_changes: services.importing.changes(),
            latency: LatencyWindow::new(Arc::clone(&services.clock)),
            services,
            events,
            mail,
            requests: FuturesUnordered::new(),
            late_answers: FuturesUnordered::new(),
            histories: FuturesUnordered::new(),
            viewers: Viewers::default(),
            board: Board::default(),
            feeds,
            untold: Vec::new(),
            latencies: Vec::new(),
            cache: Arc::default(),
            is_dirty: true,
            last_publish: Duration::ZERO,
        }
    }

    /// Runs until asked to stop; then tells every viewer that the agent stops.
    pub(super) async fn run(&mut self, token: ShutdownToken) -> TaskResult {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while !token.is_cancelled() {
            let wait = self.frame_wait();
            if self.is_dirty && wait.is_zero() {
                self.publish();
            }
            // Every branch is cancel safe: a message that is not taken stays where it is.
            tokio::select! {
                biased;
                () = token.cancelled() => {}
                Some(ends) = self.mail.recv() => self.attach(ends),
                Some((id, receiver, request)) = self.requests.next() => {
                    self.hear(id, receiver, request);
                }
                Some((id, reply)) = self.late_answers.next() => self.reply(id, reply),
                Some((feed, bars)) = self.histories.next() => {
                    self.board.preload(&feed, &bars);
                    self.is_dirty = true;
                }
                count = self.events.recv_many(&mut batch, BATCH_MAX) => {
                    if count == 0 {
                        return Err("the bus is gone".into());
                    }
                    self.apply(&mut batch);
                }
                Ok(()) = self.task_changes.changed() => self.is_dirty = true,
                Ok(()) = self.log_changes.changed() => self.is_dirty = true,
                Ok(()) = self.import_changes.changed() => self.is_dirty = true,
                () = self.feeds.changed() => self.is_dirty = true,
                _ = tick.tick() => self.look_slowly(),
                () = sleep(wait), if self.is_dirty => {}
            }
        }
        self.services.info.phase = AgentPhase::Stopping;
        self.publish();
        Ok(())
    }

    /// Takes in what changes without an event, and what is too dear for every frame.
    fn look_slowly(&mut self) {
        self.latencies = self.services.keeping.latencies();
        self.cache = Arc::new(self.services.keeping.cache());
        self.is_dirty = true;
    }

    /// Returns how long the next state is not due yet.
    fn frame_wait(&self) -> Duration {
        let now = self.services.clock.monotonic();
        let since = now.saturating_sub(self.last_publish);
        self.services.frame.saturating_sub(since)
    }

    fn attach(&mut self, ends: AgentEnds) {
        let id = self.viewers.attach(ViewerEnds {
            states: ends.states,
            replies: ends.replies,
            _ended: ends.ended.drop_guard(),
        });
        self.requests.push(next_request(id, ends.requests));
        self.is_dirty = true;
    }

    fn hear(&mut self, id: ViewerId, receiver: mpsc::Receiver<Request>, request: Option<Request>) {
        let Some(request) = request else {
            self.viewers.detach(id);
            self.is_dirty = true;
            return;
        };
        self.requests.push(next_request(id, receiver));
        match self.obey(id, request.command) {
            Heard::Answered(result) => self.reply(
                id,
                Reply {
                    id: request.id,
                    result,
                },
            ),
            Heard::Later(answer) => self.late_answers.push(Box::pin(async move {
                (
                    id,
                    Reply {
                        id: request.id,
                        result: answer.await,
                    },
                )
            })),
        }
    }

    fn reply(&mut self, id: ViewerId, reply: Reply) {
        if let Some(viewer) = self.viewers.find(id) {
            viewer.reply(reply);
        }
    }

    fn obey(&mut self, id: ViewerId, command: Command) -> Heard {
        self.is_dirty = true;
        let imports = &self.services.importing;
        Heard::Answered(match command {
            Command::View(spec) => {
                if let Some(viewer) = self.viewers.find(id) {
                    viewer.spec = Some(spec);
                }
                Ok(Answer::Done)
            }
            Command::State => self.state_of(id),
            Command::ReconnectFeed { feed } => self.reconnect(&feed),
            Command::SetLogLevel { level } => {
                self.set_log_level(level);
                Ok(Answer::Done)
            }
            Command::Bars(question) => {
                return Heard::Later(self.services.keeping.bars(question));
            }
            Command::Statistics => return Heard::Later(self.services.keeping.statistics()),
            Command::Backup { path } => return Heard::Later(self.services.keeping.backup(path)),
            Command::Verify => return Heard::Later(self.services.keeping.verify()),
            Command::PreviewImport(spec) => return Heard::Later(imports.preview(spec)),
            Command::StartImport(spec) => return Heard::Later(imports.begin(spec)),
            Command::SteerImport { id, verb } => return Heard::Later(imports.steer(id, verb)),
            Command::AnswerImport { id, answers } => {
                return Heard::Later(imports.give(id, answers));
            }
            Command::Imports { limit } => return Heard::Later(imports.jobs(limit)),
            Command::Import { id } => return Heard::Later(imports.job(id)),
            Command::Rejects { id, offset, limit } => {
                return Heard::Later(imports.rejects(id, (offset, limit)));
            }
            Command::CompletePath { prefix } => return Heard::Later(imports.paths(prefix)),
            Command::Stop => {
                tracing::info!(viewer = id.0, "a viewer asked the agent to stop");
                self.services.stop.cancel();
                Ok(Answer::Done)
            }
        })
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
        self.follow_feeds();
        for event in batch.drain(..) {
            if let Some((feed, data_kind)) = self.feeds.of_source(&event.source) {
                self.board.apply(feed, data_kind, &event);
                self.untold.push(event.ts_recv);
            }
        }
        self.is_dirty = true;
    }

    /// Sends every viewer its state, where something in it changed.
    fn publish(&mut self) {
        self.is_dirty = false;
        self.last_publish = self.services.clock.monotonic();
        let whole = self.whole_state();
        for viewer in &mut self.viewers.list {
            viewer.publish(&whole, &self.board, &self.services.log);
        }
    }

    /// Assembles the state of one viewer now.
    fn state_of(&mut self, id: ViewerId) -> Result<Answer, Refusal> {
        let whole = self.whole_state();
        let viewer = self.viewers.find(id).ok_or_else(|| Refusal {
            code: RefusalCode::NotNow,
            message: "the viewer is gone".to_owned(),
            next_step: None,
        })?;
        let state = viewer.view(&whole, &self.board, &self.services.log);
        Ok(Answer::State(Arc::new(state)))
    }

    /// Decides about the probe, makes rows for the symbols of feeds that were opened since (so that
    /// they show before their first event), and notes when all is decided.
    fn follow_feeds(&mut self) {
        self.feeds.supervise();
        for feed in self.feeds.newly_opened() {
            self.board
                .register(feed.name, feed.data_kind, &feed.symbols);
            if feed.data_kind == DataKind::Live {
                let keeping = &self.services.keeping;
                let symbols = feed.symbols.iter();
                self.histories
                    .extend(symbols.filter_map(|symbol| keeping.history(feed.name, symbol)));
            } else {
                self.services.keeping.begin_throwaway();
            }
        }
        let phase = &mut self.services.info.phase;
        if *phase == AgentPhase::Starting && self.feeds.is_settled() {
            *phase = AgentPhase::Running;
        }
    }

    /// Assembles what there is, without chart and log lines: these are a viewer's own.
    fn whole_state(&mut self) -> AgentState {
        self.follow_feeds();
        let now = Timestamp::from_micros(self.services.clock.unix_micros());
        for ts_recv in self.untold.drain(..) {
            self.latency.record(now.since(ts_recv));
        }
        let services = &self.services;
        let queues = services.bus.queues().into_iter();
        let tasks = services.supervisor.tasks().into_iter();
        AgentState {
            revision: 0,
            as_of: now,
            agent: AgentInfo {
                viewers: u32::try_from(self.viewers.list.len()).unwrap_or(u32::MAX),
                ..services.info.clone()
            },
            feeds: self.feeds.states().into(),
            instruments: self.board.instruments(),
            chart: None,
            queues: queues.map(mapping::queue_state).collect(),
            tasks: tasks.map(mapping::task_state).collect(),
            store: Arc::new(StoreState {
                latencies: self.latencies.clone(),
                ..services.keeping.state()
            }),
            cache: Arc::clone(&self.cache),
            imports: Arc::clone(&self.import_changes.borrow_and_update()),
            publish_latency: self.latency.quantiles(),
            log: Arc::new(services.log.state(0)),
        }
    }
}

/// What becomes of a request.
enum Heard {
    Answered(Result<Answer, Refusal>),
    Later(LateAnswer),
}

fn next_request(id: ViewerId, mut receiver: mpsc::Receiver<Request>) -> NextRequest {
    Box::pin(async move {
        let request = receiver.recv().await;
        (id, receiver, request)
    })
}
