//! [`LiveFeed`]: a venue over the network, connected again whenever it is lost.
//!
//! Waits between attempts grow and are jittered; only a connection that stayed live for a while
//! makes them short again, so a venue that takes us and drops us at once is not stormed. Every new
//! connection subscribes to everything anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::connect::host_of;
use super::orders::{Order, Orders};
use super::outlet::Outlet;
use super::session::{self, SessionEnd};
use super::status::FeedStatus;
use super::venue::Venue;
use super::{FeedConfig, FeedContext};
use crate::domain::{DataKind, FeedMode, Source, Symbol};
use crate::runtime::{Backoff, Clock, TaskResult};

/// What is needed to keep a venue's feed up.
pub(super) struct LiveFeed {
    pub(super) venue: Box<dyn Venue>,
    pub(super) symbols: Vec<Symbol>,
    pub(super) sources: (Source, Source),
    pub(super) config: FeedConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) status: Arc<FeedStatus>,
}

/// What to do after a wait.
enum Next {
    Connect,
    Stop,
}

impl LiveFeed {
    /// Connects, and connects again, until told to stop.
    pub(super) async fn run(&self, context: &FeedContext, mut orders: Orders) -> TaskResult {
        let mut outlet = Outlet::new(
            context,
            Arc::clone(&self.status),
            DataKind::Live,
            self.sources.clone(),
        );
        let mut backoff = Backoff::with_random_seed(self.config.backoff);
        loop {
            let host = host_of(self.venue.url());
            self.status
                .step(FeedMode::Connecting, &format!("connecting to {host}"));
            let opened = self.clock.monotonic();
            let end = session::run(self, &mut outlet, &mut orders).await;
            if self.was_stable(opened) {
                backoff.reset();
            }
            let next = match end {
                SessionEnd::Stopped => Next::Stop,
                SessionEnd::AskedToReconnect => {
                    self.status
                        .step(FeedMode::Reconnecting, "asked to reconnect");
                    Next::Connect
                }
                SessionEnd::Lost(why) => self.wait(&why, backoff.next_wait(), &mut orders).await,
                SessionEnd::Rejected(why) => self.rest(&why, &mut orders).await,
            };
            match next {
                Next::Connect => {}
                Next::Stop => {
                    self.status.step(FeedMode::Closed, "stopped");
                    return Ok(());
                }
            }
        }
    }

    /// True when the connection that just ended was live, and long enough.
    fn was_stable(&self, opened: Duration) -> bool {
        let lasted = self.clock.monotonic().saturating_sub(opened);
        let was_live = match self.status.mode() {
            FeedMode::Live | FeedMode::Degraded => true,
            FeedMode::Connecting | FeedMode::Reconnecting | FeedMode::Closed => false,
        };
        was_live && lasted >= self.config.stable_after
    }

    async fn wait(&self, why: &str, wait: Duration, orders: &mut Orders) -> Next {
        // When the attempt begins is told as a time: words would be wrong a moment later.
        self.status.plan_attempt(wait);
        self.status.step(FeedMode::Reconnecting, why);
        tokio::select! {
            biased;
            order = orders.next() => after(order),
            () = sleep(wait) => Next::Connect,
        }
    }

    /// Stays closed until somebody asks for another attempt.
    async fn rest(&self, why: &str, orders: &mut Orders) -> Next {
        tracing::warn!(feed = %self.sources.0, why, "the venue refuses; no further attempt by itself");
        self.status.step(FeedMode::Closed, why);
        after(orders.next().await)
    }
}

const fn after(order: Order) -> Next {
    match order {
        Order::Stop => Next::Stop,
        Order::Reconnect => Next::Connect,
    }
}
