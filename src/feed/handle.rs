//! [`start`] and [`FeedHandle`]: the door to a feed.

use std::sync::Arc;

use tokio::sync::watch;

use super::FeedConfig;
use super::live::LiveFeed;
use super::orders::Orders;
use super::replay::{BUNDLED_SYMBOLS, BundledReplay, FrameReplay};
use super::simulated::SimulatedFeed;
use super::spec::{FeedSpec, ReplayFrom};
use super::status::{FeedStatus, Identity};
use super::venue::Coinbase;
use crate::api::FeedState;
use crate::bus::Bus;
use crate::domain::{DataKind, FeedMode, NameError, Source, Symbol};
use crate::runtime::{
    Clock, RestartPolicy, ShutdownToken, Stage, Supervisor, TaskHandle, TaskResult,
};

/// What every feed works with.
#[derive(Debug, Clone)]
pub struct FeedContext {
    /// Where events go.
    pub bus: Bus,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How to connect, wait and give up.
    pub config: FeedConfig,
}

/// The owner's hold on a feed. Clones hold the same feed; dropping it changes nothing.
#[derive(Debug, Clone)]
pub struct FeedHandle {
    status: Arc<FeedStatus>,
    reconnects: Arc<watch::Sender<u64>>,
    task: TaskHandle,
}

/// Starts a feed as a supervised task of the first stage of the shutdown, named `feed <name>`;
/// `None` for [`FeedSpec::None`].
pub fn start(
    supervisor: &Supervisor,
    context: &FeedContext,
    spec: &FeedSpec,
) -> Option<FeedHandle> {
    let feed = Arc::new(Feed::of_spec(spec, context)?);
    let status = Arc::clone(feed.status());
    let reconnects = Arc::new(watch::Sender::new(0));
    let wishes = Arc::clone(&reconnects);
    let context = context.clone();
    let policy = RestartPolicy::Always(context.config.backoff);
    let task_name = format!("feed {}", spec.name());
    let task = supervisor.spawn(&task_name, Stage::Intake, policy, move |token| {
        run(
            Arc::clone(&feed),
            context.clone(),
            token,
            wishes.subscribe(),
        )
    });
    Some(FeedHandle {
        status,
        reconnects,
        task,
    })
}

async fn run(
    feed: Arc<Feed>,
    context: FeedContext,
    token: ShutdownToken,
    reconnects: watch::Receiver<u64>,
) -> TaskResult {
    let fault = FaultNotice(Some(Arc::clone(feed.status())));
    let result = feed.run(&context, Orders::new(token, reconnects)).await;
    if result.is_ok() {
        fault.withdraw();
    }
    result
}

impl FeedHandle {
    /// Returns the name that the feed goes by; the sources of its events begin with it.
    pub fn name(&self) -> &'static str {
        self.status.identity().name
    }

    /// Returns whether its values are of the market now, then, or of none.
    pub fn data_kind(&self) -> DataKind {
        self.status.identity().data_kind
    }

    /// Puts together what a viewer sees of the feed, now.
    pub fn state(&self) -> FeedState {
        if self.task.is_stopped() && self.status.mode() != FeedMode::Closed {
            // It was told to stop while the supervisor waited to start it again.
            self.status.step(FeedMode::Closed, "stopped");
        }
        self.status.state()
    }

    /// Tells of every change of mode or reason; counters change without a word.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.status.changes()
    }

    /// Returns the symbols it brings, in the order they were asked for; a replay learns them while
    /// it plays.
    pub fn symbols(&self) -> Vec<Symbol> {
        self.status.symbols()
    }

    /// Drops the connection and opens it anew at once; a replay plays from the beginning, a closed
    /// feed tries again.
    pub fn reconnect(&self) {
        self.reconnects.send_modify(|wishes| *wishes += 1);
    }

    /// Asks the feed to stop. Returns at once.
    pub fn stop(&self) {
        self.task.stop();
    }

    /// Waits until the feed has stopped. Cancel safe.
    pub async fn stopped(&self) {
        self.task.stopped().await;
    }
}

/// A feed ready to run, and to run again after a fault.
enum Feed {
    Live(LiveFeed),
    Frames(FrameReplay),
    Bundled(BundledReplay),
    Simulated(SimulatedFeed),
}

impl Feed {
    fn of_spec(spec: &FeedSpec, context: &FeedContext) -> Option<Self> {
        let status = |endpoint: String, data_kind, symbols| {
            let identity = Identity {
                name: spec.name(),
                endpoint,
                data_kind,
            };
            let clock = Arc::clone(&context.clock);
            Arc::new(FeedStatus::new(identity, symbols, clock))
        };
        Some(match spec {
            FeedSpec::None => return None,
            FeedSpec::Coinbase { symbols } => {
                let url = context.config.coinbase_url.clone();
                Self::Live(LiveFeed {
                    venue: Box::new(Coinbase::new(&url)),
                    symbols: symbols.clone(),
                    sources: sources(spec.name()),
                    config: context.config.clone(),
                    clock: Arc::clone(&context.clock),
                    status: status(url, DataKind::Live, symbols.clone()),
                })
            }
            FeedSpec::Replay { from, speed } => match from {
                ReplayFrom::File(path) => Self::Frames(FrameReplay {
                    path: path.clone(),
                    speed: *speed,
                    status: status(path.display().to_string(), DataKind::Replay, Vec::new()),
                }),
                ReplayFrom::Bundled => Self::Bundled(BundledReplay {
                    speed: *speed,
                    status: status("bundled".to_owned(), DataKind::Replay, bundled_symbols()),
                }),
            },
            FeedSpec::Simulated {
                symbols,
                ticks_per_sec,
            } => Self::Simulated(SimulatedFeed {
                symbols: symbols.to_vec(),
                ticks_per_sec: *ticks_per_sec,
                sources: sources(spec.name()),
                status: status("dice".to_owned(), DataKind::Simulated, symbols.to_vec()),
            }),
        })
    }

    const fn status(&self) -> &Arc<FeedStatus> {
        match self {
            Self::Live(feed) => &feed.status,
            Self::Frames(feed) => &feed.status,
            Self::Bundled(feed) => &feed.status,
            Self::Simulated(feed) => &feed.status,
        }
    }

    async fn run(&self, context: &FeedContext, orders: Orders) -> TaskResult {
        match self {
            Self::Live(feed) => feed.run(context, orders).await,
            Self::Frames(feed) => feed.run(context, orders).await,
            Self::Bundled(feed) => feed.run(context, orders).await,
            Self::Simulated(feed) => feed.run(context, orders).await,
        }
    }
}

/// The sources of a feed's own events and of the bars made of its trades.
fn sources(feed: &'static str) -> (Source, Source) {
    let parse = |text: &str| -> Result<Source, NameError> { Source::parse(text) };
    let bars = parse(&format!("{feed}.trades"));
    let events = parse(feed);
    events
        .and_then(|events| bars.map(|bars| (events, bars)))
        .expect("a feed's name is short visible ASCII")
}

fn bundled_symbols() -> Vec<Symbol> {
    BUNDLED_SYMBOLS
        .into_iter()
        .filter_map(|name| Symbol::parse(name).ok())
        .collect()
}

/// Says that the feed is down when its task ends by a fault, so that no viewer believes its last
/// mode.
struct FaultNotice(Option<Arc<FeedStatus>>);

impl FaultNotice {
    fn withdraw(mut self) {
        self.0 = None;
    }
}

impl Drop for FaultNotice {
    fn drop(&mut self) {
        if let Some(status) = self.0.take()
            && status.mode() != FeedMode::Closed
        {
            status.step(
                FeedMode::Reconnecting,
                "the feed failed inside; it is started again, the log tells why",
            );
        }
    }
}
