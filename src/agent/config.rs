//! What an agent is built from.

use std::path::PathBuf;
use std::time::Duration;

use crate::feed::{FeedConfig, FeedSpec};

/// Which feeds are opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedPlan {
    /// A live feed if it answers within `probe_timeout`, else another (by default: Coinbase, else a
    /// replay of the bundled real bars).
    Automatic {
        /// The live feed that is tried.
        live: FeedSpec,
        /// What is shown when it does not answer.
        fallback: FeedSpec,
        /// How long the venue may take to confirm the subscription.
        probe_timeout: Duration,
    },
    /// Exactly these.
    Listed(Vec<FeedSpec>),
}

/// Everything an agent needs to know, checked.
#[derive(Debug, Clone)]
pub struct AgentConfig {
    /// The directory it owns: lock, socket, logs.
    pub data_dir: PathBuf,
    /// Which feeds are opened.
    pub feeds: FeedPlan,
    /// How feeds behave.
    pub feed: FeedConfig,
    /// Shortest time between two states of one viewer.
    pub frame: Duration,
    /// Go on by itself with imports that were interrupted.
    pub resumes_imports: bool,
}
