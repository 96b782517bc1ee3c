//! [`ImportArgs`]: what can be said to `mda import`: files, or a verb and the number of an import.

use clap::{Args, Subcommand, ValueEnum, value_parser};

use super::words::{DATE_ORDERS, DECIMALS, MODES, PRIORITIES, VALIDATIONS, one_of, timezone};
use crate::api::{DateOrder, DecimalSign, ImportMode, ImportPriority, ImportSpec, ValidationLevel};
use crate::cli::RowFormat;
use crate::domain::{ImportId, Source, Symbol, Timeframe};

const AFTER_HELP: &str = "\
Examples:
  mda import prices.csv --symbol BTC-USD    import a file
  mda import 'ohlcv/*.csv' --dry-run        tell what would happen
  mda import resume 3                       go on where import 3 stopped
  mda import rejects 3 --format csv         print what import 3 rejected

A FILE that has the name of a verb is given as `./list`. What a file does not say, its symbol, bar \
length, time zone or date order, is not guessed: the question is printed, with the flag that \
answers it.

Exit codes:
  0    completed
  2    the command line is wrong; nothing was begun
  3    completed, some rows were rejected
  4    failed
  5    a question must be answered first
  130  interrupted; `mda import resume ID` goes on";

/// Files to import, or what to do with an import.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = AFTER_HELP
)]
pub struct ImportArgs {
    /// What to do with an import; `None` = import files.
    #[command(subcommand)]
    pub command: Option<ImportCommand>,

    /// The files, and how they are read.
    #[command(flatten)]
    pub files: ImportFileArgs,
}

/// The files, and how they are read.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ImportFileArgs {
    /// Files to import, or patterns with *, ? and […]
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// What the files do not say themselves.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// Source of every row [default: the layout's name]
    #[arg(long, value_name = "NAME")]
    pub source: Option<Source>,

    /// How strictly rows are judged
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = one_of(VALIDATIONS),
        default_value = "standard"
    )]
    pub validation: ValidationLevel,

    /// Who parses
    #[arg(long, value_parser = one_of(MODES), default_value = "auto")]
    pub mode: ImportMode,

    /// Parsers at once [default: as many as the machine has cores]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=64))]
    pub workers: Option<u32>,

    /// Who goes first when several imports wait
    #[arg(long, value_parser = one_of(PRIORITIES), default_value = "normal")]
    pub priority: ImportPriority,

    /// Count what would happen, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// How it is watched, and its end told.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// What files do not say themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
pub struct AnswerArgs {
    /// Symbol of every row; wins over what the files say
    #[arg(long)]
    pub symbol: Option<Symbol>,

    /// Length of the bars; wins over what the files say
    #[arg(long, value_name = "TF")]
    pub timeframe: Option<Timeframe>,

    /// Zone of times that carry none: UTC, a name (`Europe/Rome`) or an offset (`+05:30`)
    #[arg(long, value_name = "TZ", value_parser = timezone, allow_hyphen_values = true)]
    pub timezone: Option<String>,

    /// Order of the parts of a numeric date [default: as the file proves]
    #[arg(long, value_name = "ORDER", value_parser = one_of(DATE_ORDERS))]
    pub date_order: Option<DateOrder>,

    /// Decimal sign of numbers [default: as the file proves]
    #[arg(long, value_name = "SIGN", value_parser = one_of(DECIMALS))]
    pub decimal: Option<DecimalSign>,

    /// Layout of the columns [default: found by their meaning]
    #[arg(long, value_name = "NAME")]
    pub layout: Option<String>,
}

/// How an import is watched, and its end told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct FollowArgs {
    /// Do not wait for the end; needs an agent that runs
    #[arg(long)]
    pub detach: bool,

    /// How to print the report
    #[arg(long, value_enum, default_value = "table")]
    pub format: DetailFormat,
}

/// What to do with an import.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ImportCommand {
    /// Go on where an import stopped, and follow it to its end
    Resume(ResumeArgs),
    /// Let an import stand still, after what is under way
    Pause(SteerArgs),
    /// End an import; what it wrote stays until it is undone
    Cancel(SteerArgs),
    /// Import the same files anew, and follow it to its end
    Restart(RestartArgs),
    /// List imports, newest first
    List(ListArgs),
    /// Print the report of an import, as it stands
    Show(ShowArgs),
    /// Print the records that an import rejected, each with its reason
    Rejects(RejectsArgs),
    /// Take back what an import wrote
    Undo(SteerArgs),
}

/// Which import goes on, and what it had asked for.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ResumeArgs {
    /// Number of the import
    pub id: ImportId,

    /// Answers to its questions.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// How it is watched, and its end told.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// Which import begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct RestartArgs {
    /// Number of the import
    pub id: ImportId,

    /// How it is watched, and its end told.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// Which import is steered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct SteerArgs {
    /// Number of the import
    pub id: ImportId,

    /// How to print its report
    #[arg(long, value_enum, default_value = "table")]
    pub format: DetailFormat,
}

/// Which import is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct ShowArgs {
    /// Number of the import
    pub id: ImportId,

    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub format: DetailFormat,
}

/// Which imports are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct ListArgs {
    /// Most imports
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parser!(u32).range(1..=1_000),
        default_value = "20"
    )]
    pub limit: u32,

    /// How to print them
    #[arg(long, value_enum, default_value = "table")]
    pub format: RowFormat,
}

/// Which rejected records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct RejectsArgs {
    /// Number of the import
    pub id: ImportId,

    /// Most records [default: all; 100 for a table]
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub limit: Option<u64>,

    /// How to print them
    #[arg(long, value_enum, default_value = "table")]
    pub format: RowFormat,
}

/// How a result that is not made of rows is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DetailFormat {
    /// Lines for people
    Table,
    /// One JSON object
    Json,
}

impl AnswerArgs {
    /// Returns true when nothing was answered.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what was answered, and nothing else.
    pub(super) fn to_spec(&self) -> ImportSpec {
        ImportSpec {
            symbol: self.symbol.clone(),
            timeframe: self.timeframe,
            timezone: self.timezone.clone(),
            date_order: self.date_order,
            decimal: self.decimal,
            layout: self.layout.clone(),
            ..ImportSpec::default()
        }
    }
}

impl ImportFileArgs {
    /// Returns what is asked for, of these paths.
    pub(super) fn to_spec(&self, paths: Vec<String>) -> ImportSpec {
        ImportSpec {
            paths,
            source: self.source.clone(),
            validation: self.validation,
            mode: self.mode,
            workers: self.workers,
            priority: self.priority,
            dry_run: self.dry_run,
            ..self.answers.to_spec()
        }
    }
}

#[cfg(test)]
#[path = "args_tests.rs"]
mod tests;
