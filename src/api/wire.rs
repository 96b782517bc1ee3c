//! The frames of the local socket: one JSON object a line.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AgentState, Reply, Request};

/// Raised when a frame changes its meaning; both ends refuse another number.
pub const PROTOCOL_VERSION: u32 = 1;

/// What a viewer sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// First frame of a connection.
    Hello {
        /// [`PROTOCOL_VERSION`] of the viewer.
        protocol: u32,
    },
    /// A question or an order.
    Request(Request),
}

/// What the agent sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// First frame of a connection.
    Hello {
        /// [`PROTOCOL_VERSION`] of the agent.
        protocol: u32,
        /// Version of its program.
        version: String,
    },
    /// The answer to a request.
    Reply(Reply),
    /// The newest state of the view.
    State(Arc<AgentState>),
}
