//! [`ImportSpec`]: what is asked for when an import is started.

use serde::{Deserialize, Serialize};

use crate::domain::{Source, Symbol, Timeframe};

/// What is to be imported, and what the files do not say themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportSpec {
    /// Absolute paths, or patterns with `*`, `?` and `[…]`, as the agent's machine sees them.
    pub paths: Vec<String>,
    /// Symbol of every row; wins over what the files say.
    pub symbol: Option<Symbol>,
    /// Length of the bars; wins over what the files say.
    pub timeframe: Option<Timeframe>,
    /// Source of every row; `None`: the layout's id.
    pub source: Option<Source>,
    /// Zone of times that carry none: `UTC`, an IANA name (`America/New_York`) or an offset
    /// (`+05:30`).
    pub timezone: Option<String>,
    /// Order of the parts of a numeric date; `None`: as the file proves.
    pub date_order: Option<DateOrder>,
    /// The decimal sign of numbers; `None`: as the file proves.
    pub decimal: Option<DecimalSign>,
    /// Id of the layout; `None`: found by meaning.
    pub layout: Option<String>,
    /// How strictly rows are judged.
    pub validation: ValidationLevel,
    /// Who parses.
    pub mode: ImportMode,
    /// Parsers at once; `None`: as many as the machine has cores.
    pub workers: Option<u32>,
    /// Who goes first when several imports wait.
    pub priority: ImportPriority,
    /// Count what would happen, and write nothing.
    pub dry_run: bool,
}

/// The order of day, month and year in a numeric date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// 31/12/2024.
    Dmy,
    /// 12/31/2024.
    Mdy,
    /// 2024/12/31.
    Ymd,
}

/// What stands before the fraction of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecimalSign {
    /// 1234.5, and 1,234.5.
    Point,
    /// 1234,5, and 1.234,5.
    Comma,
}

/// How strictly rows are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidationLevel {
    /// Only what is no bar at all is rejected; every row scores 100.
    None,
    /// The rules of single values.
    Basic,
    /// Those, and the rules between the values of a bar.
    #[default]
    Standard,
    /// All rules, and what is flagged elsewhere is rejected.
    Strict,
}

/// Who parses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportMode {
    /// What suits the machine.
    #[default]
    Auto,
    /// One thread reads, parses and judges.
    Single,
    /// Several threads parse.
    Threads,
}

/// Who goes first when several imports wait.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ImportPriority {
    /// Before all others.
    Critical,
    /// Before the usual ones.
    High,
    /// As usual.
    #[default]
    Normal,
    /// After all others.
    Low,
}
