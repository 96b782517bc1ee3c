//! [`Findings`]: which rules found something in a row.

use super::Rule;
use crate::domain::{Dimension, QualityScore, Severity};

/// A set of rules; a rule counts once a row, however many values it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Findings(u32);

impl Findings {
    /// Nothing found.
    pub const NONE: Self = Self(0);

    /// Adds a rule.
    pub const fn add(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u8;
    }

    /// Returns true when the rule found something.
    pub const fn contains(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u8) != 0
    }

    /// Returns true when no rule found anything.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the rules, in the order of [`Rule::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Rule> {
        Rule::ALL
            .into_iter()
            .filter(move |rule| self.contains(*rule))
    }

    /// Scores the row: 100 less the penalty of each finding.
    pub fn score(self) -> QualityScore {
        if self.is_empty() {
            return QualityScore::MAX;
        }
        QualityScore::of_findings(self.iter().map(Rule::severity))
    }

    /// Returns the worst finding.
    pub fn worst(self) -> Option<Severity> {
        self.iter().map(Rule::severity).max()
    }

    /// Returns the worst finding of one dimension.
    pub fn worst_of(self, dimension: Dimension) -> Option<Severity> {
        self.iter()
            .filter(|rule| rule.dimension() == dimension)
            .map(Rule::severity)
            .max()
    }
}

impl FromIterator<Rule> for Findings {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut findings = Self::NONE;
        for rule in rules {
            findings.add(rule);
        }
        findings
    }
}
