//! What became of the rows, which were rejected, and what is thought of them.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::domain::{Grade, GradeCap, Level, Severity};

/// What became of the rows: `read` is the sum of the six others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Data records met.
    pub read: u64,
    /// New bars.
    pub inserted: u64,
    /// Bars that replaced a different one.
    pub updated: u64,
    /// Bars that were stored already, alike.
    pub unchanged: u64,
    /// Records that are no acceptable bar.
    pub rejected: u64,
    /// Records whose bar came earlier in the same import; the first one counts.
    pub duplicate: u64,
    /// Blank lines and records without any price (a vendor's holiday row).
    pub skipped: u64,
}

impl ImportCounts {
    /// Returns true when every record read is accounted for.
    pub const fn adds_up(self) -> bool {
        self.read
            == self.inserted
                + self.updated
                + self.unchanged
                + self.rejected
                + self.duplicate
                + self.skipped
    }
}

impl AddAssign for ImportCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.duplicate += other.duplicate;
        self.skipped += other.skipped;
    }
}

/// A record that did not become a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The file, as the job lists it.
    pub file: String,
    /// Line of its first byte, from 1.
    pub line: u64,
    /// Its first byte, from 0, in the file.
    pub byte: u64,
    /// What became of it.
    pub outcome: RejectOutcome,
    /// Id of the rule (`V2`), or of what broke before any rule (`fields`, `encoding`, `quote`).
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The column it is about, as the file names it.
    pub column: Option<String>,
    /// The value it is about.
    pub value: Option<String>,
    /// What is wrong, for people.
    pub reason: String,
    /// What could be done.
    pub suggestion: Option<String>,
    /// The record as it stands in the file, cut to 1,000 characters.
    pub raw: String,
}

/// Why a record is not in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RejectOutcome {
    /// It is no acceptable bar.
    Rejected,
    /// Its bar came earlier in the same import, with other values.
    Duplicate,
}

/// What is thought of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportQuality {
    /// 0–100.
    pub score: f64,
    /// The grade, after caps.
    pub grade: Grade,
    /// The level of the score.
    pub level: Level,
    /// What held the grade below the score's.
    pub cap: Option<GradeCap>,
    /// Its parts.
    pub dimensions: DimensionScores,
}

/// The six dimensions, 0–100 each; `None` where nothing was measured.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct DimensionScores {
    /// Nothing is missing.
    pub completeness: Option<f64>,
    /// Values are near the truth.
    pub accuracy: Option<f64>,
    /// Values fit one another.
    pub consistency: Option<f64>,
    /// Values obey the rules of their type.
    pub validity: Option<f64>,
    /// Values came in time.
    pub timeliness: Option<f64>,
    /// Nothing is there twice.
    pub uniqueness: Option<f64>,
}
