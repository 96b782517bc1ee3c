//! A feed with a bus, a supervisor and a listener.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mda::api::FeedState;
use mda::bus::Bus;
use mda::domain::{EventKind, FeedMode, MarketEvent};
use mda::feed::{self, FeedConfig, FeedContext, FeedHandle};
use mda::runtime::queue::Receiver;
use mda::runtime::{BackoffPolicy, Clock, Shutdown, Supervisor, SystemClock, WhenFull};
use tokio::time::{sleep, timeout};

/// No condition of these tests takes longer on a busy machine.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

pub(super) struct Rig {
    pub(super) feed: FeedHandle,
    pub(super) events: Receiver<Arc<MarketEvent>>,
    #[cfg(feature = "faults")]
    pub(super) supervisor: Supervisor,
    pub(super) shutdown: Shutdown,
}

/// Short time-outs, and a wait between attempts that outlasts the test: what the feed says of a
/// loss stays to be read.
pub(super) fn patient(url: &str) -> FeedConfig {
    FeedConfig {
        coinbase_url: url.to_owned(),
        connect_timeout: Duration::from_secs(5),
        ack_timeout: Duration::from_millis(400),
        idle_timeout: Duration::from_millis(600),
        backoff: backoff(60_000, 60_000),
        bar_grace: Duration::from_secs(2),
        ..FeedConfig::default()
    }
}

/// The same, with attempts at short distances.
pub(super) fn hasty(url: &str) -> FeedConfig {
    FeedConfig {
        backoff: backoff(20, 50),
        ..patient(url)
    }
}

pub(super) fn backoff(min_ms: u64, max_ms: u64) -> BackoffPolicy {
    let ms = Duration::from_millis;
    BackoffPolicy::try_new(ms(min_ms), ms(max_ms), 0.5).unwrap()
}

impl Rig {
    pub(super) fn start(spec: &str, config: FeedConfig) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let shutdown = Shutdown::new();
        let supervisor = Supervisor::new(Arc::clone(&clock), shutdown.clone());
        let bus = Bus::new();
        let room = NonZeroUsize::new(1 << 17).unwrap();
        let events = bus.subscribe("test", room, WhenFull::DropNewest);
        let context = FeedContext { bus, clock, config };
        let feed = feed::start(&supervisor, &context, &spec.parse().unwrap()).unwrap();
        Self {
            feed,
            events,
            #[cfg(feature = "faults")]
            supervisor,
            shutdown,
        }
    }

    /// Waits until the feed's state is as wanted, and returns it.
    pub(super) async fn until(
        &self,
        wanted: impl Fn(&FeedState) -> bool + Send + Sync,
    ) -> FeedState {
        let waiting = async {
            loop {
                let state = self.feed.state();
                if wanted(&state) {
                    return state;
                }
                sleep(Duration::from_millis(2)).await;
            }
        };
        match timeout(DEADLINE, waiting).await {
            Ok(state) => state,
            Err(elapsed) => panic!("{elapsed}; last seen: {:#?}", self.feed.state()),
        }
    }

    pub(super) async fn until_mode(&self, mode: FeedMode) -> FeedState {
        self.until(|state| state.mode == mode).await
    }

    /// Receives events until one is as wanted; returns all, that one last.
    pub(super) async fn events_until(
        &mut self,
        wanted: impl Fn(&EventKind) -> bool + Send,
    ) -> Vec<Arc<MarketEvent>> {
        let mut events = Vec::new();
        loop {
            match timeout(DEADLINE, self.events.recv()).await {
                Ok(Some(event)) => events.push(event),
                outcome => panic!("{outcome:?} after {events:#?}"),
            }
            if events.last().is_some_and(|event| wanted(&event.kind)) {
                return events;
            }
        }
    }

    /// Takes what is queued now.
    pub(super) fn events_now(&mut self) -> Vec<Arc<MarketEvent>> {
        std::iter::from_fn(|| self.events.try_recv()).collect()
    }
}

/// The numbers of the trades among `events`.
pub(super) fn trade_ids(events: &[Arc<MarketEvent>]) -> Vec<u64> {
    events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Trade(trade) => trade.trade_id,
            _ => None,
        })
        .collect()
}

/// The shared market data, or `None` after saying why the test is skipped.
pub(super) fn shared_data(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MDA_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    println!("SKIPPED: {test}: no shared test data `{file}` (set MDA_SHARED_DATA)");
    None
}
