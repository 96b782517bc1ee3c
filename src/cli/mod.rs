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
pub mod print;
mod run;
mod serve;
mod session;

pub use args::{Cli, Command, ConfigCommand, DashboardArgs, DoctorFormat, OnceFormat, PrintFormat};
pub use doctor::{Check, Report, Status};
pub use exit::Exit;
pub use run::run;

use crate::config::{ConfigError, Settings, Sources, load};

impl Cli {
    /// Reads and checks the settings, with the flags of this command line on top.
    pub fn load_settings(&self) -> Result<Settings, ConfigError> {
        load(&Sources::from_process(self.flags(), self.config.clone()))
    }
}

/// Runs the subcommand if it needs no agent; `None` when it is `main`'s to run.
pub fn run_tool(cli: &Cli) -> Option<Exit> {
    let done = match cli.command.as_ref()? {
        Command::Serve => return None,
        Command::Config(command) => config::run(cli, *command),
        Command::Doctor { format } => doctor::run(cli, *format),
        Command::Completions { shell } => completions::run(*shell),
    };
    Some(done.unwrap_or_else(|error| {
        print::error(&*error);
        Exit::of(&*error)
    }))
}
