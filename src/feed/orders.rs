//! [`Orders`]: what a feed's task is told while it works.

use std::future::pending;

use tokio::sync::watch;

use crate::runtime::ShutdownToken;

/// What the task must do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// End.
    Stop,
    /// Drop what is open and begin anew at once.
    Reconnect,
}

/// The task's end of its handle and of the shutdown.
#[derive(Debug)]
pub(super) struct Orders {
    token: ShutdownToken,
    reconnects: watch::Receiver<u64>,
}

impl Orders {
    pub(super) const fn new(token: ShutdownToken, reconnects: watch::Receiver<u64>) -> Self {
        Self { token, reconnects }
    }

    /// Waits for the next order; stopping goes first. Cancel safe.
    pub(super) async fn next(&mut self) -> Order {
        let reconnects = &mut self.reconnects;
        let wish = async {
            if reconnects.changed().await.is_err() {
                pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = self.token.cancelled() => Order::Stop,
            () = wish => Order::Reconnect,
        }
    }
}
