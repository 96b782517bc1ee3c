//! `mda serve`: the agent without a screen.

use anyhow::{Context, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::backend::Backend;
use super::print;
use super::session::Session;
use crate::client::OnLoss;

/// Runs the agent until a signal or a viewer asks it to stop.
pub(super) async fn run(session: &Session) -> anyhow::Result<()> {
    // Before the agent starts: a signal that comes meanwhile must not end it without order.
    let mut signals = StopSignals::listen()?;
    let config = session.agent_config();
    let (clock, log) = (session.clock(), session.log());
    let (backend, link) = Backend::open(&config, clock, log, OnLoss::End).await?;
    drop(link);
    if let Backend::Attached { pid, .. } = backend {
        backend.close().await?;
        bail!(
            "data directory `{}` is served by process {pid} already",
            config.data_dir.display()
        );
    }
    print::note(&format!(
        "mda serves `{}` as process {}; `mda --data-dir {0}` attaches, Ctrl-C stops",
        config.data_dir.display(),
        std::process::id(),
    ));
    let reason = tokio::select! {
        signal = signals.next() => signal,
        () = backend.stop_asked() => "a viewer's command",
    };
    tracing::info!(reason, "stopping");
    tokio::select! {
        closed = backend.close() => closed,
        signal = signals.next() => bail!("stopped at once by a second {signal}"),
    }
}

/// The signals that ask to stop.
pub(super) struct StopSignals([(Signal, &'static str); 4]);

impl StopSignals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let listen = |kind, name: &'static str| {
            let signal = signal(kind).with_context(|| format!("failed to watch {name}"))?;
            anyhow::Ok((signal, name))
        };
        Ok(Self([
            listen(SignalKind::terminate(), "SIGTERM")?,
            listen(SignalKind::interrupt(), "SIGINT")?,
            listen(SignalKind::hangup(), "SIGHUP")?,
            listen(SignalKind::quit(), "SIGQUIT")?,
        ]))
    }

    /// Waits for the next one, and names it. Cancel safe.
    pub(super) async fn next(&mut self) -> &'static str {
        let waits = self.0.iter_mut().map(|(signal, name)| {
            Box::pin(async move {
                signal.recv().await;
                *name
            })
        });
        futures_util::future::select_all(waits).await.0
    }
}
