//! [`Cli`]: flags and subcommands, as they are parsed.
//!
//! Flags that are settings are handed on as text and checked there, like a value of the file;
//! the words of a choice are known here too, for the help and the completions.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::{
    BackupArgs, Exit, ExportArgs, ImportArgs, QueryArgs, RestoreArgs, StatsArgs, VerifyArgs,
};
use crate::config::{Choice, Profile, RawSettings, words};
use crate::tui::{ColorDepth, GlyphLevel, ScreenName, ThemeName};

const LONG_ABOUT: &str = "\
Market Data Agent: a terminal dashboard on an in-process market-data backend.

Without a subcommand it opens the dashboard. Without a feed it shows Coinbase, or, when Coinbase \
does not answer, a replay of bundled bars, marked REPLAY.";

const FEED_HELP: &str = "\
Feed to open; repeat for several:
  coinbase[:BTC-USD,ETH-USD]           Coinbase Exchange, live
  replay:FILE[@SPEED]                  a file of recorded frames
  replay:bundled[@SPEED]               the bars inside the program
  simulated[:SYMBOLS[@TICKS_PER_SEC]]  invented values
  none                                 no feed";

const EXAMPLES: &str = "\
Examples:
  mda                                        open the dashboard
  mda --feed coinbase:BTC-USD,ETH-USD        watch two products of Coinbase
  mda --feed replay:bundled --profile ssh    play bundled bars over a slow link
  mda --once --format json                   print one state as JSON and exit
  mda serve                                  run the backend without a screen
  mda import prices.csv --symbol BTC-USD     import a file
  mda query BTC-USD --timeframe 1h           print stored bars
  mda export --out bars.csv                  write everything stored to a file
  mda backup bars.sqlite                     copy the store while it is used
  mda config print                           show every setting, and who set it
  mda doctor                                 find out what is wrong

Every flag that is a setting can also be set in a file or in the environment:
see `mda config print`.

Exit codes: 0 done, 1 failed, 2 the command line or the settings are wrong; `mda import --help` has \
more.";

/// What was said on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    name = "mda",
    version,
    about = "Terminal dashboard on an in-process market-data backend",
    long_about = LONG_ABOUT,
    after_help = EXAMPLES,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What to do; `None` = open the dashboard.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Folder of everything that is kept [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data_dir: Option<String>,

    /// Config file to read [default: the one that `mda config path` names]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "MDA_CONFIG",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub config: Option<PathBuf>,

    /// Feed to open; repeat for several
    #[arg(
        long = "feed",
        global = true,
        value_name = "SPEC",
        long_help = FEED_HELP,
        help_heading = "Everywhere"
    )]
    pub feeds: Vec<String>,

    /// How the dashboard looks and behaves.
    #[command(flatten)]
    pub dashboard: DashboardArgs,
}

/// How the dashboard looks and behaves.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(next_help_heading = "Dashboard")]
pub struct DashboardArgs {
    /// Screen to open with
    #[arg(long, value_name = "NAME", value_parser = one_of::<ScreenName>())]
    pub screen: Option<String>,

    /// Colours
    #[arg(long, value_name = "NAME", value_parser = one_of::<ThemeName>())]
    pub theme: Option<String>,

    /// What the link to the terminal can bear; ssh: 4 frames a second, no flashing
    #[arg(long, value_name = "NAME", value_parser = one_of::<Profile>())]
    pub profile: Option<String>,

    /// How many colours to write
    #[arg(long, value_name = "DEPTH", value_parser = one_of::<Option<ColorDepth>>())]
    pub color: Option<String>,

    /// Which characters to draw with
    #[arg(long, value_name = "SET", value_parser = one_of::<Option<GlyphLevel>>())]
    pub glyphs: Option<String>,

    /// No key changes anything in the agent
    #[arg(long)]
    pub read_only: bool,

    /// Print the state after one refresh instead of opening the dashboard
    #[arg(long)]
    pub once: bool,

    /// Format of the printed state
    #[arg(long, value_enum, requires = "once", default_value = "json")]
    pub format: OnceFormat,
}

/// What to do instead of opening the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the backend without a screen, until it is told to stop
    Serve,
    /// Put the bars of files into the store
    Import(Box<ImportArgs>),
    /// Print stored bars of a symbol
    Query(QueryArgs),
    /// Print what the store holds
    Stats(StatsArgs),
    /// Write all stored bars of some symbols, or of all, as CSV or JSON lines
    Export(ExportArgs),
    /// Write a copy of the store to a file, while it is used
    Backup(BackupArgs),
    /// Read the whole store and check it; exit code 1 when something is wrong
    Verify(VerifyArgs),
    /// Put a copy of a store in the place of the store
    ///
    /// No agent may run on the data folder. The copy is checked before anything is changed.
    Restore(RestoreArgs),
    /// Check and show the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look for what is wrong with the terminal, the settings, the folders and the network
    Doctor {
        /// How to print the findings
        #[arg(long, value_enum, default_value = "table")]
        format: DoctorFormat,
    },
    /// Print a completion script for a shell
    ///
    /// Bash: mda completions bash > ~/.local/share/bash-completion/completions/mda
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Returns the word that is typed.
    const fn name(&self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Import(_) => "import",
            Self::Query(_) => "query",
            Self::Stats(_) => "stats",
            Self::Export(_) => "export",
            Self::Backup(_) => "backup",
            Self::Verify(_) => "verify",
            Self::Restore(_) => "restore",
            Self::Config(_) => "config",
            Self::Doctor { .. } => "doctor",
            Self::Completions { .. } => "completions",
        }
    }
}

/// What to do about the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Report everything that is wrong with the settings
    Check,
    /// Print every value in effect, and who set it
    Print {
        /// How to print them
        #[arg(long, value_enum, default_value = "toml")]
        format: PrintFormat,
    },
    /// Print every path that is used, and whether it exists
    Path,
    /// Print the JSON schema of the config file
    Schema,
}

/// How `--once` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnceFormat {
    /// One JSON object
    Json,
}

/// How `config print` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrintFormat {
    /// A config file, with origins as comments
    Toml,
    /// One JSON object, a value and an origin for each path
    Json,
}

/// How `doctor` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// Lines for people
    Table,
    /// One JSON object
    Json,
}

impl Cli {
    /// Parses the command line of this process. Help and version are printed to stdout, a usage
    /// error to stderr; then the process ends as told.
    pub fn from_process() -> Result<Self, Exit> {
        Self::parse_from_words(std::env::args_os()).map_err(|error| {
            // When nobody reads, the exit code still tells.
            drop(error.print());
            if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Success
            }
        })
    }

    /// Parses a command line, the program's name first.
    pub fn parse_from_words<I, W>(words: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = W>,
        W: Into<OsString> + Clone,
    {
        let cli = Self::try_parse_from(words)?;
        if let Some((flag, command)) = cli.misplaced_flag() {
            return Err(Self::command().error(
                ErrorKind::ArgumentConflict,
                format!("the argument '{flag}' cannot be used with the subcommand '{command}'"),
            ));
        }
        if let Some(Command::Query(args)) = &cli.command
            && let Some(fault) = args.range_fault()
        {
            return Err(Self::command().error(ErrorKind::ValueValidation, fault));
        }
        Ok(cli)
    }

    /// Returns what the flags set.
    pub fn flags(&self) -> RawSettings {
        let dashboard = &self.dashboard;
        let read_only = dashboard.read_only.then_some("true");
        let mut flags = RawSettings::default();
        flags.set_flag(
            "--data-dir",
            "data_dir",
            self.absolute_data_dir().as_deref(),
        );
        flags.set_flag_list("--feed", "feeds", &self.feeds);
        flags.set_flag("--profile", "profile", dashboard.profile.as_deref());
        for (name, path, value) in [
            ("--screen", "dashboard.screen", &dashboard.screen),
            ("--theme", "dashboard.theme", &dashboard.theme),
            ("--color", "dashboard.color", &dashboard.color),
            ("--glyphs", "dashboard.glyphs", &dashboard.glyphs),
        ] {
            flags.set_flag(name, path, value.as_deref());
        }
        flags.set_flag("--read-only", "dashboard.read_only", read_only);
        flags
    }

    /// A folder of the command line is seen from the working folder, as everywhere in a shell.
    fn absolute_data_dir(&self) -> Option<String> {
        let folder = self.data_dir.as_deref()?;
        let absolute = std::path::absolute(folder).ok();
        let text = absolute.and_then(|path| path.to_str().map(str::to_owned));
        Some(text.unwrap_or_else(|| folder.to_owned()))
    }

    /// Finds a flag of the dashboard on a subcommand that has no use for it.
    fn misplaced_flag(&self) -> Option<(&'static str, &'static str)> {
        let dashboard = &self.dashboard;
        let command = self.command.as_ref()?.name();
        // These two show what the flags would do.
        let is_shown = matches!(command, "config" | "doctor");
        let needs_no_feed = matches!(
            command,
            "import" | "query" | "stats" | "export" | "backup" | "verify" | "restore"
        );
        let given = [
            ("--feed", !self.feeds.is_empty() && needs_no_feed),
            ("--once", dashboard.once),
            ("--screen", dashboard.screen.is_some() && !is_shown),
            ("--theme", dashboard.theme.is_some() && !is_shown),
            ("--profile", dashboard.profile.is_some() && !is_shown),
            ("--color", dashboard.color.is_some() && !is_shown),
            ("--glyphs", dashboard.glyphs.is_some() && !is_shown),
            ("--read-only", dashboard.read_only && !is_shown),
        ];
        let (flag, _) = given.into_iter().find(|(_, is_given)| *is_given)?;
        Some((flag, command))
    }
}

/// Returns the parser of a choice: its words, for the help and the completions too.
fn one_of<T: Choice>() -> PossibleValuesParser {
    PossibleValuesParser::new(words::<T>())
}
