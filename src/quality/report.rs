//! From a tally to dimensions, score and grade.
//!
//! With N = records read less those skipped, and the weight w of a severity (critical 1, high 0.5,
//! medium 0.2, low 0.05), each 0–100:
//!
//! - completeness = 100 × (1 − missing ÷ expected), time and prices weighing 1, volume 0.5; which
//!   bars are missing is known only with a calendar
//! - validity = 100 × (1 − Σw ÷ N) over the worst single-value finding of each stored row; a
//!   rejected record weighs 1, whatever rejected it
//! - consistency = the same over findings between the values of a row
//! - uniqueness = 100 × (1 − Σw ÷ N), a copy that is alike weighing 0.05, one that is not 1
//!
//! The last two are measured where rules between values had their say: not at level `basic`, and
//! not when every record was rejected before. Accuracy and timeliness are not measured here. The
//! score weighs completeness, validity and consistency .20 each and uniqueness .10, renormalised
//! over those that were measured.
//!
//! A critical defect is unresolved when its row was stored: those cap the grade. A rejected record
//! is not in the store; it lowers validity by its whole weight and caps nothing.

use super::tally::SEVERITIES;
use super::{QualityTally, Rule};
use crate::api::{DimensionScores, ImportCounts, ImportQuality};
use crate::domain::{Dimension, GradeCap, Level};

/// Hundredths of a record that a rejected one and a conflicting copy weigh.
const WHOLE: u128 = 100;
/// Hundredths of a record that a copy weighs that is alike.
const COPY: u128 = 5;

impl QualityTally {
    /// Returns what is thought of an import; `None` when nothing was judged: no record, or level
    /// `none`.
    pub fn report(&self, counts: &ImportCounts) -> Option<ImportQuality> {
        let records = counts.read.saturating_sub(counts.skipped);
        if records == 0 || self.rows == 0 {
            return None;
        }
        let dimensions = self.dimensions(records, counts.rejected);
        let scored = scored(&dimensions);
        let score = overall(&scored)?;
        let below = scored
            .iter()
            .filter(|(_, _, score)| *score < 50.0)
            .map(|(dimension, _, _)| GradeCap::DimensionBelow50(*dimension));
        let caps = GradeCap::of_critical(self.critical_stored, records)
            .into_iter()
            .chain(below);
        let (grade, cap) = GradeCap::apply(score, caps);
        Some(ImportQuality {
            score,
            grade,
            level: Level::of_score(score),
            cap,
            dimensions,
        })
    }

    fn dimensions(&self, records: u64, rejected: u64) -> DimensionScores {
        let is_compared = self.rows_compared > 0;
        let rejected = u128::from(rejected) * WHOLE;
        let copies =
            u128::from(self.found(Rule::U1)) * COPY + u128::from(self.found(Rule::U2)) * WHOLE;
        DimensionScores {
            completeness: self.completeness(),
            accuracy: None,
            consistency: is_compared.then(|| rate(weigh(self.consistency), records)),
            validity: Some(rate(weigh(self.validity) + rejected, records)),
            timeliness: None,
            uniqueness: is_compared.then(|| rate(copies, records)),
        }
    }

    fn completeness(&self) -> Option<f64> {
        let (missing, expected) = (self.halves_missing, self.halves_expected);
        let present = expected.saturating_sub(missing);
        (expected > 0).then(|| 100.0 * present as f64 / expected as f64)
    }
}

/// Returns the dimensions that were measured, with their weights in hundredths.
fn scored(dimensions: &DimensionScores) -> Vec<(Dimension, f64, f64)> {
    [
        (Dimension::Accuracy, 25.0, dimensions.accuracy),
        (Dimension::Completeness, 20.0, dimensions.completeness),
        (Dimension::Consistency, 20.0, dimensions.consistency),
        (Dimension::Validity, 20.0, dimensions.validity),
        (Dimension::Uniqueness, 10.0, dimensions.uniqueness),
        (Dimension::Timeliness, 5.0, dimensions.timeliness),
    ]
    .into_iter()
    .filter_map(|(dimension, weight, score)| Some((dimension, weight, score?)))
    .collect()
}

fn overall(scored: &[(Dimension, f64, f64)]) -> Option<f64> {
    let weights: f64 = scored.iter().map(|(_, weight, _)| weight).sum();
    let sum: f64 = scored.iter().map(|(_, weight, score)| weight * score).sum();
    (weights > 0.0).then(|| sum / weights)
}

/// Sums rows by severity, in hundredths of a record.
fn weigh(rows: [u64; 4]) -> u128 {
    SEVERITIES
        .iter()
        .zip(rows)
        .map(|(severity, rows)| u128::from(severity.penalty()) * u128::from(rows))
        .sum()
}

/// Returns 0–100 of what hundredths of records leave over.
fn rate(hundredths: u128, records: u64) -> f64 {
    let whole = u128::from(records) * 100;
    whole.saturating_sub(hundredths) as f64 / records as f64
}
