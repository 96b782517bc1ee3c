//! The command line: what can be said to `mda`, and what it does then.
//!
//! [`Cli`] is the contract that scripts depend on: flags, subcommands, exit codes. [`run`] is the
//! whole program: `config`, `doctor` and `completions` need no agent; the dashboard, `--once` and
//! `serve` open a backend, their own or the one that runs. Results go to stdout, everything else to
//! stderr, colours only to a terminal. A reader that goes away (`| head`) is no failure.

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
mod print;
mod run;
mod serve;
mod session;
mod variables;

pub use args::{Cli, Command, ConfigCommand, DashboardArgs, DoctorFormat, OnceFormat, PrintFormat};
pub use exit::Exit;
pub use run::run;
