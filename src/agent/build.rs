//! [`Agent`]: built, attached to, and stopped.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::config::AgentConfig;
use super::feeds::FeedSet;
use super::hub::{Hub, HubMail, HubServices, attach};
use super::importing::Importing;
use super::keeping::Keeping;
use super::socket;
use crate::api::{AgentInfo, AgentPhase};
use crate::bus::Bus;
use crate::client::Link;
use crate::domain::Timestamp;
use crate::feed::FeedContext;
use crate::import::ImportConfig;
use crate::runtime::{
    BackoffPolicy, Clock, Lease, LeaseError, RestartPolicy, Shutdown, ShutdownReport, Stage,
    Supervisor, WhenFull, socket_path,
};
use crate::telemetry::LogReader;

/// Events waiting for the hub: two seconds of a very busy market. Full: the oldest is lost and
/// counted, the newest shown.
const HUB_EVENTS_MAX: NonZeroUsize = NonZeroUsize::new(65_536).expect("not zero");

/// Viewers waiting to be attached.
const MAIL_MAX: usize = 16;

/// How long the agent may take to stop (OP-5).
const STOP_MAX: Duration = Duration::from_secs(5);

/// Why no agent was started.
#[derive(Debug, Error)]
pub enum AgentError {
    /// The data directory is not ours.
    #[error(transparent)]
    Lease(#[from] LeaseError),
}

/// A running agent. Dropping it ends the process's work without order: call [`Agent::stop`].
#[derive(Debug)]
pub struct Agent {
    hub: mpsc::Sender<HubMail>,
    supervisor: Supervisor,
    shutdown: Shutdown,
    stop_asked: CancellationToken,
    socket: PathBuf,
    keeping: Keeping,
    _lease: Lease,
}

impl Agent {
    /// Takes the data directory, opens the feeds and the local socket.
    ///
    /// # Errors
    /// [`AgentError::Lease`] with [`LeaseError::Held`] when another process owns the directory:
    /// attach to it.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(
        config: &AgentConfig,
        clock: Arc<dyn Clock>,
        log: LogReader,
    ) -> Result<Self, AgentError> {
        let lease = Lease::acquire(&config.data_dir)?;
        let shutdown = Shutdown::new();
        let supervisor = Supervisor::new(Arc::clone(&clock), shutdown.clone());
        let bus = Bus::new();
        let stop_asked = CancellationToken::new();
        let keeping = Keeping::start(&config.data_dir, &supervisor, &bus, &clock);
        let imports = ImportConfig {
            resumes_at_start: config.resumes_imports,
            ..ImportConfig::default()
        };
        let importing = Importing::start(keeping.sink(), &supervisor, &clock, imports);
        let (hub, mail) = mpsc::channel(MAIL_MAX);
        let services = HubServices {
            clock: Arc::clone(&clock),
            supervisor: supervisor.clone(),
            bus: bus.clone(),
            keeping: keeping.clone(),
            importing,
            log,
            stop: stop_asked.clone(),
            info: info(config, &*clock),
            frame: config.frame,
        };
        let events = bus.subscribe("hub", HUB_EVENTS_MAX, WhenFull::DropOldest);
        let context = FeedContext {
            bus,
            clock,
            config: config.feed.clone(),
        };
        let feeds = FeedSet::open(&config.feeds, supervisor.clone(), context);
        spawn_hub(&supervisor, Hub::new(services, feeds, events, mail));
        let socket = socket_path(&config.data_dir);
        spawn_socket(&supervisor, &socket, &hub);
        let data_dir = config.data_dir.display();
        tracing::info!(%data_dir, socket = %socket.display(), "agent started");
        Ok(Self {
            hub,
            supervisor,
            shutdown,
            stop_asked,
            socket,
            keeping,
            _lease: lease,
        })
    }

    /// Attaches a viewer of this process; `None` when the hub is gone.
    pub async fn attach(&self) -> Option<Link> {
        attach(&self.hub).await
    }

    /// Waits until a viewer asked the agent to stop. Cancel safe.
    pub async fn stop_asked(&self) {
        self.stop_asked.cancelled().await;
    }

    /// Returns the supervisor, for tasks that live as long as the agent.
    pub fn supervisor(&self) -> &Supervisor {
        &self.supervisor
    }

    /// Returns where other processes attach.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Stops intake, processing, writing, viewing, in this order, within 5 s; tells who was late.
    pub async fn stop(self) -> ShutdownReport {
        let report = self.shutdown.run(STOP_MAX).await;
        self.keeping.close().await;
        if report.late.is_empty() {
            tracing::info!(elapsed = ?report.elapsed, "agent stopped");
        } else {
            tracing::error!(
                late = report.late.join(", "),
                "agent stopped without waiting longer"
            );
        }
        report
    }
}

fn info(config: &AgentConfig, clock: &dyn Clock) -> AgentInfo {
    AgentInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        started: Timestamp::from_micros(clock.unix_micros()),
        data_dir: config.data_dir.display().to_string(),
        phase: AgentPhase::Starting,
        viewers: 0,
    }
}

/// Restarts that are soon at first and rare later: a task that fails for good costs nothing.
pub(super) fn restart_policy() -> RestartPolicy {
    let policy = BackoffPolicy::try_new(Duration::from_millis(200), Duration::from_secs(30), 0.3);
    RestartPolicy::Always(policy.expect("0.2 s is above zero and below 30 s"))
}

/// The hub's state outlives a failure of its task: viewers stay attached, and what was shown stays.
fn spawn_hub(supervisor: &Supervisor, hub: Hub) {
    let hub = Arc::new(Mutex::new(hub));
    supervisor.spawn("hub", Stage::Viewing, restart_policy(), move |token| {
        let hub = Arc::clone(&hub);
        async move { hub.lock().await.run(token).await }
    });
}

fn spawn_socket(supervisor: &Supervisor, path: &Path, hub: &mpsc::Sender<HubMail>) {
    let (path, hub) = (path.to_owned(), hub.clone());
    supervisor.spawn("socket", Stage::Viewing, restart_policy(), move |token| {
        let (path, hub) = (path.clone(), hub.clone());
        async move { socket::serve(path, hub, token).await.map_err(Into::into) }
    });
}
