//! `mda serve`: the agent without a screen.

use anyhow::{Context, bail};
use tokio::signal::unix::{SignalKind, signal};

use super::backend::Backend;
use super::print;
use super::session::Session;
use crate::client::OnLoss;

/// Runs the agent until a signal or a viewer asks it to stop.
pub(super) async fn run(session: &Session) -> anyhow::Result<()> {
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
        signal = stop_signal() => signal?,
        () = backend.stop_asked() => "a viewer's command",
    };
    tracing::info!(reason, "stopping");
    tokio::select! {
        closed = backend.close() => closed,
        signal = stop_signal() => bail!("stopped at once by a second {}", signal?),
    }
}

/// Waits for a signal that asks to stop.
async fn stop_signal() -> anyhow::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate()).context("failed to watch SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("failed to watch SIGINT")?;
    let mut hangup = signal(SignalKind::hangup()).context("failed to watch SIGHUP")?;
    let mut quit = signal(SignalKind::quit()).context("failed to watch SIGQUIT")?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv() => "SIGHUP",
        _ = quit.recv() => "SIGQUIT",
    })
}
