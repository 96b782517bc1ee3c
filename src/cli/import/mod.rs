//! `mda import`: files into the store, and what can be said to an import afterwards.
//!
//! ```text
//!   FILE… ─ paths ─▶ spec ─ order ─▶ follow ─▶ report (stdout) + exit code
//!                                     └─▶ progress (stderr, a terminal only)
//! ```
//!
//! Reading, judging and writing are the agent's; here is said what is wanted, looked at how far it
//! is, and told what came of it. An import never depends on who watches: when our own agent is
//! stopped, or the other one is left, it can be resumed by its number.

mod amounts;
mod args;
#[cfg(test)]
mod fixtures;
mod follow;
mod list;
mod order;
mod paths;
mod progress;
mod questions;
mod rejects;
mod report;
mod run;
mod steer;
mod words;

pub use args::{
    AnswerArgs, DetailFormat, FollowArgs, ImportArgs, ImportCommand, ImportFileArgs, ListArgs,
    RejectsArgs, RestartArgs, ResumeArgs, ShowArgs, SteerArgs,
};
pub(super) use run::run;
