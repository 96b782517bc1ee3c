//! [`ImportPreview`]: how files would be read, before anything is written.

use serde::{Deserialize, Serialize};

use super::Reject;
use crate::domain::Bar;

/// How files would be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// Each file, in the order in which it would be read.
    pub files: Vec<FilePreview>,
}

impl ImportPreview {
    /// Returns what must be answered, each question once.
    pub fn questions(&self) -> Vec<&ImportQuestion> {
        let mut asked: Vec<&ImportQuestion> = Vec::new();
        for question in self.files.iter().flat_map(|file| &file.questions) {
            if asked.iter().all(|other| other.about != question.about) {
                asked.push(question);
            }
        }
        asked
    }
}

/// How one file would be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilePreview {
    /// Its absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Id of the layout (`yahoo`, `binance`, `ohlcv`).
    pub layout: String,
    /// The text format in one line: `CSV, comma, UTF-8, 1 header line`.
    pub format: String,
    /// What each column means.
    pub columns: Vec<ColumnMapping>,
    /// Symbol, timeframe, zone, date format …: what was found, and why.
    pub facts: Vec<PreviewFact>,
    /// Lines before the header and after the last record that are left out, with their numbers.
    pub left_out: Vec<(u64, String)>,
    /// The first records, before and after; at most 20. Empty `after` while questions are open.
    pub lines: Vec<PreviewLine>,
    /// What must be answered.
    pub questions: Vec<ImportQuestion>,
}

/// What one column means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Its name in the header; empty without one.
    pub name: String,
    /// `time`, `date`, `open`, `high`, `low`, `close`, `volume`, `trades`, `vwap`, `symbol`, or
    /// `-` when it is not used.
    pub role: String,
    /// Why.
    pub evidence: String,
    /// How sure, 0–100.
    pub confidence: u8,
}

/// Something that was found out about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewFact {
    /// `symbol`, `timeframe`, `zone`, `date format`, `numbers`.
    pub what: String,
    /// What was found.
    pub value: String,
    /// Why.
    pub evidence: String,
}

/// One record before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLine {
    /// Its line, from 1.
    pub line: u64,
    /// Its fields as they stand in the file.
    pub before: Vec<String>,
    /// The bar, or why there is none; `None` while questions are open, and of a skipped record.
    pub after: Option<Result<Bar, Reject>>,
}

/// Something only a person can know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportQuestion {
    /// What is asked for.
    pub about: QuestionAbout,
    /// The file it was first met in.
    pub file: String,
    /// The question, for people, with what made it necessary.
    pub text: String,
    /// Likely answers, best first, in the words of the flag; may be empty.
    pub choices: Vec<String>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionAbout {
    /// Which symbol.
    Symbol,
    /// How long a bar lasts.
    Timeframe,
    /// In which zone times are.
    Timezone,
    /// Day or month first.
    DateOrder,
    /// Whether `1,234` is a thousand or a fraction.
    Decimal,
    /// Which columns hold what; the answer is a layout.
    Columns,
}

impl QuestionAbout {
    /// Returns the flag that answers.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Symbol => "--symbol",
            Self::Timeframe => "--timeframe",
            Self::Timezone => "--timezone",
            Self::DateOrder => "--date-order",
            Self::Decimal => "--decimal",
            Self::Columns => "--layout",
        }
    }
}
