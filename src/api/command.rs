//! What a viewer can ask, and what it is answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{AgentState, LogLevel};
use crate::domain::{Symbol, Timeframe};

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
    /// Stop the agent in order.
    Stop,
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
}

impl Default for ViewSpec {
    /// All symbols, no chart, no log lines.
    fn default() -> Self {
        Self {
            symbols: None,
            chart: None,
            has_logs: false,
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
}
