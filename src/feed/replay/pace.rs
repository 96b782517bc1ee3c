//! [`Pace`]: when recorded moments are due at a speed.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::feed::orders::{Order, Orders};
use crate::feed::spec::ReplaySpeed;
use crate::runtime::Clock;

/// Waits so that recorded time passes at the wanted speed, counted from the start: no drift.
#[derive(Debug)]
pub(super) struct Pace {
    clock: Arc<dyn Clock>,
    speed: ReplaySpeed,
    started: Duration,
}

impl Pace {
    pub(super) fn new(clock: Arc<dyn Clock>, speed: ReplaySpeed) -> Self {
        Self {
            started: clock.monotonic(),
            clock,
            speed,
        }
    }

    /// Waits until `recorded` after the start is due; returns an order that comes before. Gives way
    /// to others even when nothing is to be waited for. Cancel safe.
    pub(super) async fn reach(&self, recorded: Duration, orders: &mut Orders) -> Option<Order> {
        let due = self.started.saturating_add(self.speed.scale(recorded));
        let wait = due.saturating_sub(self.clock.monotonic());
        tokio::select! {
            biased;
            order = orders.next() => Some(order),
            () = pause(wait) => None,
        }
    }
}

async fn pause(wait: Duration) {
    if wait.is_zero() {
        tokio::task::yield_now().await;
    } else {
        sleep(wait).await;
    }
}
