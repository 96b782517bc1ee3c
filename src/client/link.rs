//! [`Link`]: a viewer's connection with the agent, near or far.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::api::{AgentState, Reply, Request};

/// Requests a viewer may have on the way: more than a hand can type before the agent answers.
const REQUESTS_MAX: usize = 64;

/// Replies waiting for the viewer. The agent drops and logs a reply that does not fit, rather than
/// wait for a viewer.
const REPLIES_MAX: usize = 64;

/// The viewer's end. States come newest first: one that was not looked at in time is replaced.
#[derive(Debug)]
pub struct Link {
    /// The newest state of the view; `None` until the first, and again while an agent in another
    /// process is lost.
    pub states: watch::Receiver<Option<Arc<AgentState>>>,
    /// Where requests go. Full: the viewer waits, or tells its user that the agent does not answer.
    pub requests: mpsc::Sender<Request>,
    /// Where replies come from, in the order in which the agent answered.
    pub replies: mpsc::Receiver<Reply>,
    /// Ends when the agent is gone for good: that of our own process stopped, or the connection
    /// with another ended and is not opened again.
    pub ended: CancellationToken,
}

/// The agent's end of a [`Link`].
#[derive(Debug)]
pub struct AgentEnds {
    /// Where states go.
    pub states: watch::Sender<Option<Arc<AgentState>>>,
    /// Where requests come from.
    pub requests: mpsc::Receiver<Request>,
    /// Where replies go.
    pub replies: mpsc::Sender<Reply>,
    /// Cancelled by whoever knows that the agent is gone for good.
    pub ended: CancellationToken,
}

/// Makes the two ends of a link.
pub fn link() -> (Link, AgentEnds) {
    let (state_sender, states) = watch::channel(None);
    let (requests, request_receiver) = mpsc::channel(REQUESTS_MAX);
    let (reply_sender, replies) = mpsc::channel(REPLIES_MAX);
    let ended = CancellationToken::new();
    let ends = AgentEnds {
        states: state_sender,
        requests: request_receiver,
        replies: reply_sender,
        ended: ended.clone(),
    };
    (
        Link {
            states,
            requests,
            replies,
            ended,
        },
        ends,
    )
}
