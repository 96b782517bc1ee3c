//! [`QualityTally`]: what was found in rows, added up exactly.
//!
//! Whole numbers only, so that parts can be added in any order and grouping: the sum is the same
//! whoever read which rows, and whatever was killed between.

use super::{Findings, Rule};
use crate::api::ValidationLevel;
use crate::domain::{Dimension, Severity};

/// A record, as it was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JudgedRow {
    /// How strictly.
    pub level: ValidationLevel,
    /// What was found, of rules that are not ignored.
    pub findings: Findings,
    /// True when it is not stored.
    pub is_rejected: bool,
    /// How many of time, open, high, low and close are missing.
    pub required_missing: u8,
    /// Whether the volume is missing; `None` when the file has no column for it.
    pub volume_missing: Option<bool>,
}

impl JudgedRow {
    /// Returns true when rules between values had their say: not where one before them rejected.
    fn is_compared(self) -> bool {
        let worst = self.findings.worst_of(Dimension::Consistency);
        !self.is_rejected || worst.is_some()
    }
}

/// Sums over judged records. Records that were skipped are not in it, and at level `none` nothing
/// is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QualityTally {
    /// Records judged.
    pub(super) rows: u64,
    /// Those that rules between values judged too; without any, nothing is said of consistency.
    pub(super) rows_compared: u64,
    /// Stored rows by their worst finding of validity, lowest severity first.
    pub(super) validity: [u64; 4],
    /// Records by their worst finding of consistency, lowest severity first.
    pub(super) consistency: [u64; 4],
    /// Stored rows with a critical finding.
    pub(super) critical_stored: u64,
    /// Missing values: 2 for time or a price, 1 for a volume.
    pub(super) halves_missing: u64,
    /// Values there should be, weighed alike.
    pub(super) halves_expected: u64,
    /// Findings of each rule, in the order of [`Rule::ALL`].
    pub(super) found: [u64; Rule::COUNT],
}

impl QualityTally {
    /// Weight of a time or a price, in halves.
    const REQUIRED_HALVES: u64 = 2;
    /// Time, open, high, low, close.
    const REQUIRED_FIELDS: u64 = 5;

    /// Adds a record.
    pub fn add(&mut self, row: JudgedRow) {
        let is_compared = match row.level {
            ValidationLevel::None => return,
            ValidationLevel::Basic => false,
            ValidationLevel::Standard | ValidationLevel::Strict => row.is_compared(),
        };
        bump(&mut self.rows);
        self.rows_compared = self.rows_compared.saturating_add(u64::from(is_compared));
        // Which fields are missing cannot be told of a record of another width.
        if !row.findings.contains(Rule::Fields) {
            self.add_fields(row);
        }
        if !row.findings.is_empty() {
            self.add_findings(row);
        }
    }

    /// Adds a row whose key came earlier in the import. It is a row that was added already.
    pub fn add_duplicate(&mut self, is_alike: bool) {
        let rule = if is_alike { Rule::U1 } else { Rule::U2 };
        bump(&mut self.found[rule as usize]);
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        for (sum, part) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *sum = sum.saturating_add(part);
        }
    }

    /// Returns how many records were judged.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns how many records a rule found something in.
    pub fn found(&self, rule: Rule) -> u64 {
        self.found[rule as usize]
    }

    /// Returns every number, in the order in which they are kept.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let mut copy = self.clone();
        copy.numbers_mut()
            .into_iter()
            .map(|number| *number)
            .collect()
    }

    /// Returns every number to be changed; those of the rules are the last.
    pub(super) fn numbers_mut(&mut self) -> Vec<&mut u64> {
        let Self {
            rows,
            rows_compared,
            validity,
            consistency,
            critical_stored,
            halves_missing,
            halves_expected,
            found,
        } = self;
        let mut numbers = vec![rows, rows_compared];
        numbers.extend(validity);
        numbers.extend(consistency);
        numbers.extend([critical_stored, halves_missing, halves_expected]);
        numbers.extend(found);
        numbers
    }

    fn add_fields(&mut self, row: JudgedRow) {
        let required = Self::REQUIRED_FIELDS * Self::REQUIRED_HALVES;
        let volume = u64::from(row.volume_missing.is_some());
        self.halves_expected = self.halves_expected.saturating_add(required + volume);
        let missing = u64::from(row.required_missing) * Self::REQUIRED_HALVES
            + u64::from(row.volume_missing == Some(true));
        self.halves_missing = self.halves_missing.saturating_add(missing);
    }

    fn add_findings(&mut self, row: JudgedRow) {
        for rule in row.findings.iter() {
            bump(&mut self.found[rule as usize]);
        }
        if let Some(worst) = row.findings.worst_of(Dimension::Consistency) {
            bump(&mut self.consistency[place(worst)]);
        }
        // A rejected record counts in full by the counts of the import.
        if row.is_rejected {
            return;
        }
        if let Some(worst) = row.findings.worst_of(Dimension::Validity) {
            bump(&mut self.validity[place(worst)]);
        }
        if row.findings.worst() == Some(Severity::Critical) {
            bump(&mut self.critical_stored);
        }
    }
}

/// Severities, in the order in which they are counted.
pub(super) const SEVERITIES: [Severity; 4] = [
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

const fn place(severity: Severity) -> usize {
    match severity {
        Severity::Low => 0,
        Severity::Medium => 1,
        Severity::High => 2,
        Severity::Critical => 3,
    }
}

fn bump(number: &mut u64) {
    *number = number.saturating_add(1);
}
