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

/// How long an agent that holds the directory may take to open its socket, or to end.
const HOLDER_WAIT_MAX: Duration = Duration::from_secs(3);

/// How often both are tried meanwhile.
const HOLDER_RETRY: Duration = Duration::from_millis(50);

/// How long a viewer's connection may take to end.
const DETACH_MAX: Duration = Duration::from_secs(1);

/// Who does the work.
#[derive(Debug)]
pub(super) enum Backend {
    /// This process owns the data directory.
    Own(Box<Agent>),
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
    /// for the latter. One that starts or stops at this moment is waited for, and followed.
    pub(super) async fn open(
        config: &AgentConfig,
        clock: Arc<dyn Clock>,
        log: LogReader,
        on_loss: OnLoss,
    ) -> anyhow::Result<(Self, Link)> {
        let give_up = clock.monotonic() + HOLDER_WAIT_MAX;
        loop {
            let pid = match Agent::start(config, Arc::clone(&clock), log.clone()) {
                Ok(agent) => {
                    let link = agent
                        .attach()
                        .await
                        .context("the agent ended while it started")?;
                    return Ok((Self::Own(Box::new(agent)), link));
                }
                Err(AgentError::Lease(LeaseError::Held { pid, .. })) => pid,
                Err(error) => return Err(error.into()),
            };
            match Self::attach(&config.data_dir, &clock, pid, on_loss).await {
                Ok(attached) => return Ok(attached),
                Err(error) if is_passing(&error) && clock.monotonic() < give_up => {
                    tokio::time::sleep(HOLDER_RETRY).await;
                }
                Err(error) => {
                    return Err(error).with_context(|| {
                        format!(
                            "data directory `{}` is in use by process {pid}",
                            config.data_dir.display()
                        )
                    });
                }
            }
        }
    }

    /// Attaches to the agent that holds `data_dir`.
    async fn attach(
        data_dir: &Path,
        clock: &Arc<dyn Clock>,
        pid: u32,
        on_loss: OnLoss,
    ) -> Result<(Self, Link), ClientError> {
        let shutdown = Shutdown::new();
        let supervisor = Supervisor::new(Arc::clone(clock), shutdown.clone());
        let link = client::connect(&supervisor, &socket_path(data_dir), on_loss).await?;
        let backend = Self::Attached {
            pid,
            shutdown,
            supervisor,
        };
        Ok((backend, link))
    }

    /// Waits until a viewer asks our own agent to stop; forever when attached. Cancel safe.
    pub(super) async fn stop_asked(&self) {
        match self {
            Self::Own(agent) => agent.stop_asked().await,
            Self::Attached { .. } => std::future::pending().await,
        }
    }

    /// Returns true when the agent is one of another process.
    pub(super) const fn is_attached(&self) -> bool {
        matches!(self, Self::Attached { .. })
    }

    /// Returns the process whose agent it is; `None` when it is our own.
    pub(super) const fn holder(&self) -> Option<u32> {
        match self {
            Self::Own(_) => None,
            Self::Attached { pid, .. } => Some(*pid),
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

/// Returns true when the agent may be starting or stopping: nobody listens yet, or no more.
const fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Connect { .. } | ClientError::Protocol | ClientError::Frame(_) => true,
        ClientError::Mute { .. } | ClientError::Version { .. } => false,
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
