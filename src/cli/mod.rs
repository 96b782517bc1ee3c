//! The command line: what can be said to `mda`, and the subcommands that need no agent.
//!
//! [`Cli`] is the contract that scripts depend on: flags, subcommands, exit codes. The dashboard
//! and `serve` are run by `main`, which composes the agent; `config`, `doctor` and `completions`
//! are run here, by [`run_tool`]. Results go to stdout, everything else to stderr, colours only
//! to a terminal. A reader that goes away (`| head`) is no failure.

mod args;
mod backend;
mod completions;
mod config;
mod dashboard;
mod doctor;
mod exit;
#[cfg(feature = "faults")]
mod faults;
mod once;
mod paths;
pub mod print;
mod run;
mod serve;
mod session;
mod variables;

pub use args::{Cli, Command, ConfigCommand, DashboardArgs, DoctorFormat, OnceFormat, PrintFormat};
pub use doctor::{Check, Report, Status};
pub use exit::Exit;
pub use run::{run, run_tool};
