//! Keeping the write-ahead log short without making a writer wait.
//!
//! ```text
//!   a write commits ─▶ the log grew by some pages? ─▶ checkpoint beside, nobody waits
//!                  └─▶ the log is too long? ─▶ the writer moves the rest within its turn
//! ```
//!
//! A checkpoint moves pages of the log into the database. It runs on a connection of its own,
//! which has a thread of its own: it is started with one message, and the next writer takes the
//! answer. It does not stop writers, and so never catches up with one who does not pause: then the
//! log would only grow. Above its limit the rest, which is short, is moved while nobody writes;
//! the next write then begins the log anew. Readers are never waited for.

use std::fmt;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::Mutex;
use tracing::warn;

/// A checkpoint that is under way is waited for when the log is this many times too long.
const PATIENCE: u64 = 2;

/// The connection that moves pages, and what it is at.
pub(super) struct Log {
    state: Mutex<State>,
    /// Bytes by which the log grows between two checkpoints.
    step: u64,
}

struct State {
    mover: Mover,
    /// Length of the log when the last checkpoint began, and when it was last drained.
    moved_at: u64,
    drained_at: u64,
}

enum Mover {
    Idle(SqliteConnection),
    Busy(BoxFuture<'static, SqliteConnection>),
    /// The store is closed.
    Gone,
}

impl Log {
    pub(super) fn new(connection: SqliteConnection, step: u64) -> Self {
        let state = State {
            mover: Mover::Idle(connection),
            moved_at: 0,
            drained_at: 0,
        };
        Self {
            state: Mutex::new(state),
            step,
        }
    }

    /// Starts a checkpoint when the log is due for one and none is under way. Never waits.
    ///
    /// Returns true when the caller should drain a log that is too long instead: now, as what is
    /// left to move is shortest behind a checkpoint that just ended.
    pub(super) fn nudge(&self, length: u64, limit: u64) -> bool {
        let Ok(mut state) = self.state.try_lock() else {
            return false;
        };
        state.reap();
        if matches!(state.mover, Mover::Busy(_)) {
            return length > limit.saturating_mul(PATIENCE);
        }
        // A log that is shorter than it was has begun anew.
        if length < state.moved_at {
            state.moved_at = 0;
            state.drained_at = 0;
        }
        if length > limit {
            return true;
        }
        if length - state.moved_at >= self.step {
            state.moved_at = length;
            state.begin();
            state.reap();
        }
        false
    }

    /// Moves everything while the caller keeps others from writing, when the log grew since the
    /// last time: a reader that stays keeps it from beginning anew. Cancel safe.
    pub(super) async fn drain(&self, length: u64) {
        let mut state = self.state.lock().await;
        if length.saturating_sub(state.drained_at) < self.step {
            return;
        }
        state.wait().await;
        state.begin();
        state.wait().await;
        state.moved_at = length;
        state.drained_at = length;
    }

    /// Waits for what is under way, so that another connection can make a checkpoint. Cancel safe.
    pub(super) async fn settle(&self) {
        self.state.lock().await.wait().await;
    }

    /// Waits for what is under way and gives up the connection.
    pub(super) async fn end(&self) -> Option<SqliteConnection> {
        let mut state = self.state.lock().await;
        state.wait().await;
        match std::mem::replace(&mut state.mover, Mover::Gone) {
            Mover::Idle(connection) => Some(connection),
            Mover::Busy(_) | Mover::Gone => None,
        }
    }
}

impl State {
    /// Makes the next checkpoint; it is under way once it was polled.
    fn begin(&mut self) {
        self.mover = match std::mem::replace(&mut self.mover, Mover::Gone) {
            Mover::Idle(connection) => Mover::Busy(checkpoint(connection).boxed()),
            other @ (Mover::Busy(_) | Mover::Gone) => other,
        };
    }

    /// Takes the answer when it is there; the first poll sends the statement.
    fn reap(&mut self) {
        if let Mover::Busy(moving) = &mut self.mover
            && let Some(connection) = moving.now_or_never()
        {
            self.mover = Mover::Idle(connection);
        }
    }

    async fn wait(&mut self) {
        if let Mover::Busy(moving) = &mut self.mover {
            let connection = moving.await;
            self.mover = Mover::Idle(connection);
        }
    }
}

/// One statement, so that its thread has all of it after the first poll.
async fn checkpoint(mut connection: SqliteConnection) -> SqliteConnection {
    let moved = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut connection)
        .await;
    if let Err(error) = moved {
        warn!(reason = %error, "the write-ahead log was not moved; tried again");
    }
    connection
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}
