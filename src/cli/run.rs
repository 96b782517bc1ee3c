//! [`run`]: from a parsed command line to an exit code.

use std::process::ExitCode;

use anyhow::Context;

use super::session::Session;
use super::{
    Cli, Command, Exit, care, completions, config, dashboard, doctor, export, import, once, print,
    query, serve, stats,
};
use crate::config::{ConfigError, Settings, Sources, load};

/// Does what the command line of this process asks for.
pub fn run() -> ExitCode {
    let cli = match Cli::from_process() {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    if let Some(exit) = run_tool(&cli) {
        return exit.into();
    }
    match with_agent(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            print::error(&*error);
            exit_of(&cli, &error).into()
        }
    }
}

/// An import that cannot even begin is a failed import.
fn exit_of(cli: &Cli, error: &anyhow::Error) -> Exit {
    let is_import = matches!(&cli.command, Some(Command::Import(args)) if args.command.is_none());
    match Exit::of(&**error) {
        Exit::Failure if is_import => Exit::ImportFailed,
        exit => exit,
    }
}

/// Runs what needs an agent.
fn with_agent(cli: &Cli) -> anyhow::Result<u8> {
    let session = Session::start(cli.load_settings()?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let code = runtime.block_on(async {
        match &cli.command {
            Some(Command::Serve) => serve::run(&session).await.map(|()| 0),
            Some(Command::Import(args)) => import::run(&session, args).await.map(Exit::code),
            Some(Command::Query(args)) => query::run(&session, args).await.map(|()| 0),
            Some(Command::Stats(args)) => stats::run(&session, args.format).await.map(|()| 0),
            Some(Command::Export(args)) => export::run(&session, args).await.map(|()| 0),
            Some(Command::Backup(args)) => care::backup(&session, args).await.map(|()| 0),
            Some(Command::Verify(args)) => care::verify(&session, args).await.map(Exit::code),
            Some(Command::Restore(args)) => care::restore(&session, args).await.map(|()| 0),
            // The tools were run before.
            Some(Command::Config(_) | Command::Doctor { .. } | Command::Completions { .. }) => {
                Ok(0)
            }
            None if cli.dashboard.once => {
                let state = once::run(&session).await?;
                print::result(&format!("{state}\n")).context("failed to write the result")?;
                Ok(0)
            }
            None => dashboard::run(&session).await,
        }
    });
    // Tasks that did not stop in time were named in the log; they are not waited for again.
    runtime.shutdown_background();
    code
}

/// Runs the subcommand if it needs no agent; `None` when it does.
fn run_tool(cli: &Cli) -> Option<Exit> {
    let done = match cli.command.as_ref()? {
        Command::Serve
        | Command::Import(_)
        | Command::Query(_)
        | Command::Stats(_)
        | Command::Export(_)
        | Command::Backup(_)
        | Command::Verify(_)
        | Command::Restore(_) => return None,
        Command::Config(command) => config::run(cli, *command),
        Command::Doctor { format } => doctor::run(cli, *format),
        Command::Completions { shell } => completions::run(*shell),
    };
    Some(done.unwrap_or_else(|error| {
        print::error(&*error);
        Exit::of(&*error)
    }))
}

impl Cli {
    /// Reads and checks the settings, with the flags of this command line on top.
    pub fn load_settings(&self) -> Result<Settings, ConfigError> {
        load(&Sources::from_process(self.flags(), self.config.clone()))
    }
}
