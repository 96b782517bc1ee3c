//! [`FeedConfig`]: the settings of every feed, checked where they are read.

use std::time::Duration;

use crate::runtime::BackoffPolicy;

/// How feeds connect, wait and give up.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedConfig {
    /// WebSocket address of Coinbase Exchange.
    pub coinbase_url: String,
    /// Longest wait for a connection: name, TCP, TLS and WebSocket handshake together.
    pub connect_timeout: Duration,
    /// Longest wait for the venue to confirm the subscription.
    pub ack_timeout: Duration,
    /// Without any message (heartbeats included, pings not) for this long, the connection is given
    /// up.
    pub idle_timeout: Duration,
    /// Waits between attempts.
    pub backoff: BackoffPolicy,
    /// A connection that was live this long starts the next series of waits at the shortest.
    pub stable_after: Duration,
    /// How long missing events keep a feed degraded.
    pub gap_notice: Duration,
    /// Largest WebSocket frame accepted.
    pub frame_bytes_max: usize,
    /// Largest message accepted, all its frames together.
    pub message_bytes_max: usize,
    /// How long after a bar's end late trades are waited for before it closes by the clock.
    pub bar_grace: Duration,
}

impl Default for FeedConfig {
    fn default() -> Self {
        let backoff =
            BackoffPolicy::try_new(Duration::from_millis(500), Duration::from_secs(30), 0.5)
                .expect("0.5 s is above zero and below 30 s, and 0.5 lies between 0 and 1");
        Self {
            coinbase_url: "wss://ws-feed.exchange.coinbase.com".to_owned(),
            connect_timeout: Duration::from_secs(10),
            ack_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(10),
            backoff,
            stable_after: Duration::from_mins(1),
            gap_notice: Duration::from_secs(30),
            frame_bytes_max: 1 << 20,
            message_bytes_max: 1 << 20,
            bar_grace: Duration::from_secs(2),
        }
    }
}
