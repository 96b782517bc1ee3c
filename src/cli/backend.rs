//! [`Backend`]: the agent behind a dashboard or a command, in this process or in another.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

use crate::agent::{Agent, AgentConfig, AgentError};
use crate::client::{self, ClientError, Link, OnLoss};
use crate::runtime::{
    Clock, LeaseError, Shutdown, ShutdownReport, Supervisor, TaskPhase, socket_path,
};
use crate::telemetry::LogReader;

/// How long an agent that holds the directory may take to open its socket.
const SOCKET_WAIT_MAX: Duration = Duration::from_secs(3);

/// How often the socket is tried meanwhile.
const SOCKET_RETRY: Duration = Duration::from_millis(50);

/// How long a viewer's connection may take to end.
const DETACH_MAX: Duration = Duration::from_secs(1);

/// Who does the work.
#[derive(Debug)]
pub(super) enum Backend {
    /// This process owns the data directory.
    Own(Agent),
    /// Another process owns it; this one only looks.
    Attached {
        /// Its process id.
        pid: u32,
        /// Stops the connection.
        shutdown: Shutdown,
        /// Knows why it ended.
        supervisor: Supervisor,
    },
}

impl Backend {
    /// Starts an agent on the data directory, or attaches to the one that is there; `on_loss` is
    /// for the latter.
    pub(super) async fn open(
        config: &AgentConfig,
        clock: Arc<dyn Clock>,
        log: LogReader,
        on_loss: OnLoss,
    ) -> anyhow::Result<(Self, Link)> {
        match Agent::start(config, Arc::clone(&clock), log).await {
            Ok(agent) => {
                let link = agent
                    .attach()
                    .await
                    .context("the agent ended while it started")?;
                Ok((Self::Own(agent), link))
            }
            Err(AgentError::Lease(LeaseError::Held { pid, .. })) => {
                Self::attach(&config.data_dir, clock, pid, on_loss).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Attaches to the agent that holds `data_dir`; it may still be starting.
    async fn attach(
        data_dir: &Path,
        clock: Arc<dyn Clock>,
        pid: u32,
        on_loss: OnLoss,
    ) -> anyhow::Result<(Self, Link)> {
        let shutdown = Shutdown::new();
        let supervisor = Supervisor::new(Arc::clone(&clock), shutdown.clone());
        let path = socket_path(data_dir);
        let give_up = clock.monotonic() + SOCKET_WAIT_MAX;
        loop {
            match client::connect(&supervisor, &path, on_loss).await {
                Ok(link) => {
                    let backend = Self::Attached {
                        pid,
                        shutdown,
                        supervisor,
                    };
                    return Ok((backend, link));
                }
                Err(ClientError::Connect { .. }) if clock.monotonic() < give_up => {
                    tokio::time::sleep(SOCKET_RETRY).await;
                }
                Err(error) => {
                    return Err(error).with_context(|| {
                        format!(
                            "data directory `{}` is in use by process {pid}",
                            data_dir.display()
                        )
                    });
                }
            }
        }
    }

    /// Waits until a viewer asks our own agent to stop; forever when attached. Cancel safe.
    pub(super) async fn stop_asked(&self) {
        match self {
            Self::Own(agent) => agent.stop_asked().await,
            Self::Attached { .. } => std::future::pending().await,
        }
    }

    /// Stops the agent in order, or leaves the one we looked at.
    ///
    /// # Errors
    /// When something did not stop in time, or the connection had failed before.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        let report: ShutdownReport = match self {
            Self::Own(agent) => agent.stop().await,
            Self::Attached {
                shutdown,
                supervisor,
                ..
            } => {
                let report = shutdown.run(DETACH_MAX).await;
                why_lost(&supervisor)?;
                report
            }
        };
        if !report.late.is_empty() {
            bail!(
                "stopped without waiting longer for: {}",
                report.late.join(", ")
            );
        }
        Ok(())
    }
}

/// Fails with the reason for which the connection with the agent ended, if there is one.
fn why_lost(supervisor: &Supervisor) -> anyhow::Result<()> {
    let failed = supervisor
        .tasks()
        .into_iter()
        .find(|task| task.phase == TaskPhase::Failed);
    match failed.and_then(|task| task.last_error) {
        Some(reason) => Err(anyhow!("no agent any more: {reason}")),
        None => Ok(()),
    }
}
