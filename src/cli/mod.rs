//! The command line: what can be said to `mda`, and what it does then.
//!
//! [`Cli`] is the contract that scripts depend on: flags, subcommands, exit codes. [`run`] is the
//! whole program: `config`, `doctor` and `completions` need no agent, and `restore` wants none; the
//! dashboard, `--once`, `serve`, and what reads the store or writes into it open a backend, their
//! own or the one that runs. Results go to stdout, everything else to stderr, colours only to a
//! terminal. A reader that goes away (`| head`) is no failure.

mod args;
mod ask;
mod backend;
mod care;
mod completions;
mod config;
mod dashboard;
mod doctor;
mod exit;
mod export;
#[cfg(feature = "faults")]
mod faults;
mod import;
mod once;
mod paths;
mod pieces;
mod print;
mod query;
mod rows;
mod run;
mod serve;
mod session;
mod stats;
mod stored_args;
mod text;
mod variables;

pub use args::{Cli, Command, ConfigCommand, DashboardArgs, DoctorFormat, OnceFormat, PrintFormat};
pub use care::{BackupArgs, RestoreArgs, VerifyArgs};
pub use exit::Exit;
pub use import::{
    AnswerArgs, DetailFormat, FollowArgs, ImportArgs, ImportCommand, ImportFileArgs, ListArgs,
    RejectsArgs, RestartArgs, ResumeArgs, ShowArgs, SteerArgs,
};
pub use run::run;
pub use stored_args::{ExportArgs, ExportFormat, QueryArgs, RowFormat, StatsArgs};
