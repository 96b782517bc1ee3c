//! [`Row`]: what became of one record.

use crate::domain::{Bar, Severity};

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A bar, with its score.
    Bar(Bar),
    /// A blank record, or one with a time and no price: a vendor's holiday row.
    Skipped,
    /// No acceptable bar.
    Rejected(RowFault),
}

/// Why a record is no acceptable bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Id of the rule (`V2`, `fields`).
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The column it is about: its name in the header, else `column 5`, counted from 1.
    pub column: Option<String>,
    /// The value it is about, cut to 200 characters.
    pub value: Option<String>,
    /// What is wrong, for people.
    pub reason: String,
    /// What could be done.
    pub suggestion: Option<String>,
}
