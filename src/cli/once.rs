//! `mda --once`: prints the state of one refresh, and exits.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::ask::Asker;
use super::backend::Backend;
use super::print;
use super::session::Session;
use crate::api::{AgentPhase, AgentState};
use crate::client::OnLoss;
use crate::domain::FeedMode;

/// How long feeds may take to bring a first value before what is there is printed.
const FIRST_VALUES_MAX: Duration = Duration::from_secs(8);

/// How often the state is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Returns the state as JSON. An agent of another process that ends meanwhile (it may be a command
/// like this one) is followed by the next, or by our own.
pub(super) async fn run(session: &Session) -> anyhow::Result<String> {
    let clock = session.clock();
    let give_up = clock.monotonic() + FIRST_VALUES_MAX;
    loop {
        let config = session.agent_config();
        let (backend, link) =
            Backend::open(&config, session.clock(), session.log(), OnLoss::End).await?;
        let is_attached = backend.is_attached();
        let state = first_refresh(session, &mut Asker::new(link)).await;
        let closed = backend.close().await;
        match state {
            Ok(state) => {
                // What was asked for is there; that something stopped late is a side note.
                if let Err(error) = closed {
                    print::note(&format!("mda: {error:#}"));
                }
                return serde_json::to_string(&state).context("failed to write the state as JSON");
            }
            Err(_lost) if is_attached && clock.monotonic() < give_up => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            // Why the connection was lost says more than that it was.
            Err(error) => return Err(closed.err().unwrap_or(error)),
        }
    }
}

/// Asks until every feed has settled and every live one brought a value, or the time is over.
async fn first_refresh(session: &Session, asker: &mut Asker) -> anyhow::Result<Arc<AgentState>> {
    let clock = session.clock();
    let give_up = clock.monotonic() + FIRST_VALUES_MAX;
    loop {
        let state = asker.state().await?;
        if is_complete(&state) || clock.monotonic() >= give_up {
            return Ok(state);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn is_complete(state: &AgentState) -> bool {
    let is_told = |feed: &crate::api::FeedState| match feed.mode {
        FeedMode::Connecting => false,
        FeedMode::Live => state
            .instruments
            .iter()
            .any(|row| row.feed == feed.name && row.last_recv.is_some()),
        FeedMode::Degraded | FeedMode::Reconnecting | FeedMode::Closed => true,
    };
    state.agent.phase == AgentPhase::Running && state.feeds.iter().all(is_told)
}
