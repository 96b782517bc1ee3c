//! `mda`: the dashboard, on an agent of its own or on the one that runs.

use std::path::PathBuf;
use std::pin::pin;

use super::backend::Backend;
use super::print;
use super::session::Session;
use crate::client::{Link, OnLoss};
use crate::tui::{self, App, Ports, RunOptions};

/// Shows the dashboard until something ends it, then stops what this process started. Returns the
/// exit code.
pub(super) async fn run(session: &Session) -> anyhow::Result<u8> {
    let mut app = App::new(session.app_options());
    let config = session.agent_config();
    let (clock, log) = (session.clock(), session.log());
    let (backend, link) = Backend::open(&config, clock, log, OnLoss::Reconnect).await?;
    if let (Backend::Attached { pid, .. }, Some(_)) = (&backend, &session.settings().feeds) {
        let now = crate::domain::Timestamp::from_micros(session.clock().unix_micros());
        app.notify(
            &format!("attached to process {pid}: its feeds are shown, not --feed's"),
            now,
        );
    }
    #[cfg(feature = "faults")]
    super::faults::set_off(&backend);
    let options = RunOptions {
        fps_max: session.settings().dashboard.fps_max as u16,
        log_file: session.log().state(0).file.map(PathBuf::from),
    };
    let ended = link.ended.clone();
    let mut dashboard = pin!(tui::run(app, ports(link), session.clock(), options));
    let shown = tokio::select! {
        biased;
        () = backend.stop_asked() => {
            ended.cancel();
            let exit = dashboard.await;
            print::note("mda: stopped, as a viewer on the local socket asked");
            exit
        }
        exit = &mut dashboard => exit,
    };
    if let Ok(exit) = &shown {
        tracing::info!(?exit, "dashboard closed");
    }
    // The terminal is given back by now; a second Ctrl-C ends the process at once.
    let code = tokio::select! {
        closed = backend.close() => closed.map(|()| None)?,
        exit = tui::next_stop_signal() => Some(exit.code()),
    };
    Ok(code.unwrap_or(shown?.code()))
}

fn ports(link: Link) -> Ports {
    Ports {
        states: link.states,
        requests: link.requests,
        replies: link.replies,
        ended: link.ended,
    }
}
