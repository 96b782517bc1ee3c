//! The composition root: builds the services, wires them, answers viewers, and stops everything in
//! order.
//!
//! One [`Agent`] owns a data directory. Its hub is a single task that owns what the market events
//! add up to and every viewer's view of it: it never waits for a viewer (states are newest-value,
//! replies that do not fit are dropped and logged) and never for a feed. When the hub fails it is
//! started again with the board and the viewers it had; the events of its last batch are lost.

mod board;
mod build;
mod config;
mod feeds;
mod hub;
mod importing;
mod keeping;
mod mapping;
mod socket;
mod viewer;

pub use build::{Agent, AgentError};
pub use config::{AgentConfig, FeedPlan};
