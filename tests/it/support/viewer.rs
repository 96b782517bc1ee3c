//! An agent in this process, and what a viewer of it sends and waits for.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mda::agent::{Agent, AgentConfig, FeedPlan};
use mda::api::{AgentState, Command, Reply, Request};
use mda::client::Link;
use mda::feed::FeedConfig;
use tokio::time::timeout;

/// No condition waited for here takes a tenth of it on a loaded machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// An agent of these feeds, with a frame that no test has to wait for.
pub(crate) fn agent_config(data_dir: &Path, feeds: &[&str]) -> AgentConfig {
    AgentConfig {
        data_dir: data_dir.to_owned(),
        feeds: FeedPlan::Listed(feeds.iter().map(|spec| spec.parse().unwrap()).collect()),
        feed: FeedConfig::default(),
        frame: Duration::from_millis(10),
        resumes_imports: true,
    }
}

/// Attaches a viewer and sends its first command, under the number 1.
pub(crate) async fn attach(agent: &Agent, first: Command) -> Link {
    let link = agent.attach().await.expect("the hub attaches viewers");
    send(&link, 1, first).await;
    link
}

pub(crate) async fn send(link: &Link, id: u64, command: Command) {
    link.requests.send(Request { id, command }).await.unwrap();
}

/// Waits for the answer to the request `id`; answers to others are passed over.
pub(crate) async fn reply_to(link: &mut Link, id: u64) -> Reply {
    let wait = async {
        loop {
            let reply = link.replies.recv().await.expect("the agent answers");
            if reply.id == id {
                return reply;
            }
        }
    };
    timeout(DEADLINE, wait).await.expect("an answer in time")
}

/// Waits until a state fulfils `condition`; fails with the last state seen.
pub(crate) async fn state_where(
    link: &mut Link,
    condition: impl Fn(&AgentState) -> bool + Send + Sync,
) -> Arc<AgentState> {
    let wait = async {
        loop {
            let state = link.states.borrow_and_update().clone();
            if let Some(state) = state.filter(|state| condition(state)) {
                return state;
            }
            link.states.changed().await.expect("the agent lives");
        }
    };
    match timeout(DEADLINE, wait).await {
        Ok(state) => state,
        Err(elapsed) => panic!("{elapsed}; last: {:#?}", link.states.borrow()),
    }
}
