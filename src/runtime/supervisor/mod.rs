//! [`Supervisor`]: the only place where tasks are spawned.
//!
//! Every task has a name, a stage of the shutdown and a restart policy. The supervisor joins it,
//! keeps why it failed (an error with its whole chain, or the words of a panic), starts it again
//! when its policy says so, and tells who stands where. It kills nothing: a task that does not
//! listen to its token is named by the shutdown's report.
//!
//! ```text
//!             ┌────────────── wait over ───────────────┐
//!             ▼                                        │
//!   spawn ─▶ Running ── Err or panic, Always ─▶ Restarting ── asked to stop ─▶ Finished
//!             ├─── Err or panic, Never or asked to stop ─▶ Failed
//!             └─── Ok ─▶ Finished
//! ```

mod board;
mod fault;
mod supervise;
#[cfg(test)]
mod tests;

pub use board::{TaskPhase, TaskStatus};
pub use supervise::{
    RestartPolicy, Supervisor, TaskError, TaskHandle, TaskResult, error_chain, panic_words,
};
