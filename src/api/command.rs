//! What a viewer can ask, and what it is answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::import::{ImportJob, ImportPreview, ImportSpec, ImportVerb, Reject};
use super::state::{AgentState, LogLevel};
use crate::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};

/// A command and the id its reply will carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the viewer; unique among its open requests.
    pub id: u64,
    /// What is asked.
    pub command: Command,
}

/// What a viewer can ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// From now on send me states of this view.
    View(ViewSpec),
    /// Answer with the state of my view as it is now; without a view, of everything but charts.
    State,
    /// Drop this feed's connection and open it anew at once.
    ReconnectFeed {
        /// The feed's name.
        feed: String,
    },
    /// Keep log lines of this level and above from now on.
    SetLogLevel {
        /// The least important level kept.
        level: LogLevel,
    },
    /// Answer with stored bars.
    Bars(BarsQuery),
    /// Answer with what the store holds.
    Statistics,
    /// Answer with how files would be read; nothing is written.
    PreviewImport(ImportSpec),
    /// Start an import, or queue it; the answer tells its number.
    StartImport(ImportSpec),
    /// Steer an import.
    SteerImport {
        /// Which.
        id: ImportId,
        /// What it is asked to do.
        verb: ImportVerb,
    },
    /// Give an import that needs input what it asked for; fields that are set replace its own.
    AnswerImport {
        /// Which.
        id: ImportId,
        /// The answers; paths are not looked at.
        answers: ImportSpec,
    },
    /// Answer with imports, newest first.
    Imports {
        /// The most.
        limit: u32,
    },
    /// Answer with one import.
    Import {
        /// Which.
        id: ImportId,
    },
    /// Answer with rejected records of an import, in the order of its files.
    Rejects {
        /// Which.
        id: ImportId,
        /// How many to pass over.
        offset: u64,
        /// The most.
        limit: u32,
    },
    /// Answer with paths on the agent's machine that begin so, folders with a slash at their end.
    CompletePath {
        /// What was typed so far.
        prefix: String,
    },
    /// Write a copy of the store to a new file.
    Backup {
        /// Absolute path of the copy; it must not be there.
        path: String,
    },
    /// Read the whole store and check it.
    Verify,
    /// Stop the agent in order.
    Stop,
}

/// A question for stored bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarsQuery {
    /// What is traded.
    pub symbol: Symbol,
    /// Length of the bars; where none of it are stored they are put together from finer ones.
    pub timeframe: Timeframe,
    /// First open that is wanted; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// First open that is no longer wanted; `None`: to the end.
    pub to: Option<Timestamp>,
    /// The most bars: the oldest of the range when `from` is given, else the newest.
    pub limit: Option<u32>,
    /// `None`: the first source of the precedence list that has bars in the range.
    pub source: Option<Source>,
    /// Put together from bars of this timeframe and no other; `None`: the finest complete one. A
    /// question in pieces takes the base of its first piece for the rest.
    pub base: Option<Timeframe>,
}

/// Stored bars of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarsFound {
    /// Whose they are; `None` when nothing was found and no source was asked for.
    pub source: Option<Source>,
    /// The timeframe they were read from; another than the one asked for when they were put
    /// together.
    pub base: Timeframe,
    /// In rising order of time.
    pub bars: Vec<Bar>,
}

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreContents {
    /// The store.
    pub store: String,
    /// Bars in all.
    pub rows: u64,
    /// Bytes on disk, the write-ahead log included.
    pub bytes: u64,
    /// Each series, by symbol, timeframe and source.
    pub series: Vec<SeriesContents>,
}

/// What one series holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesContents {
    /// What is traded.
    pub symbol: Symbol,
    /// How long a bar lasts.
    pub timeframe: Timeframe,
    /// Where the bars came from.
    pub source: Source,
    /// Bars in it.
    pub rows: u64,
    /// Open of the first.
    pub oldest: Timestamp,
    /// Open of the last.
    pub newest: Timestamp,
}

/// What a viewer looks at, so that it is sent that and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewSpec {
    /// Symbols whose rows are wanted; `None` = all.
    pub symbols: Option<Vec<Symbol>>,
    /// The chart that is open.
    pub chart: Option<ChartSpec>,
    /// True while log lines are looked at; without it only their counters are sent.
    pub has_logs: bool,
    /// True while imports are looked at; without it only those at work and the last are sent.
    pub has_imports: bool,
}

impl Default for ViewSpec {
    /// All symbols, no chart, no log lines, no ended imports but the last.
    fn default() -> Self {
        Self {
            symbols: None,
            chart: None,
            has_logs: false,
            has_imports: false,
        }
    }
}

/// Which chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSpec {
    /// Whose bars.
    pub symbol: Symbol,
    /// Of which feed; `None` = the first that brings the symbol.
    pub feed: Option<String>,
    /// Of which length; `None` = the finest the agent has.
    pub timeframe: Option<Timeframe>,
    /// Most bars wanted, newest last.
    pub bars_max: u32,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id.
    pub id: u64,
    /// The answer, or why there is none.
    pub result: Result<Answer, Refusal>,
}

/// What a command gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done, or under way; the state tells.
    Done,
    /// The state that was asked for.
    State(Arc<AgentState>),
    /// The bars that were asked for.
    Bars(BarsFound),
    /// What the store holds.
    Statistics(StoreContents),
    /// How files would be read.
    Preview(ImportPreview),
    /// One import.
    Import(Arc<ImportJob>),
    /// Imports, newest first.
    Imports(Vec<Arc<ImportJob>>),
    /// Rejected records.
    Rejects(Vec<Reject>),
    /// Paths.
    Paths(Vec<String>),
    /// A copy was written.
    Backup(BackupDone),
    /// The store was checked.
    Verify(VerifyDone),
}

/// A copy of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupDone {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Bars in it.
    pub rows: u64,
    /// Hash of all bars in it.
    pub hash: String,
}

/// What checking the store gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyDone {
    /// The store.
    pub store: String,
    /// Bars read.
    pub rows: u64,
    /// Hash of all bars.
    pub hash: String,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<String>,
}

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The kind of refusal, stable for scripts.
    pub code: RefusalCode,
    /// What failed, on what.
    pub message: String,
    /// What to do next, if there is something.
    pub next_step: Option<String>,
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// What the command names does not exist.
    NotFound,
    /// The command makes no sense now.
    NotNow,
    /// The request could not be read.
    Malformed,
    /// It was tried, and failed.
    Failed,
}
