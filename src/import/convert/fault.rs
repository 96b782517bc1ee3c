//! [`Fault`]: what is wrong with a record, before it is put into words of the file.

use super::number::NumberFault;
use crate::quality::Rule;

/// What is wrong with a record.
#[derive(Debug)]
pub(super) struct Fault {
    /// The rule that rejects it.
    pub(super) rule: Rule,
    /// The column it is about.
    pub(super) column: Option<usize>,
    /// What is wrong, for people.
    pub(super) reason: String,
    /// What could be done, where the rule's own suggestion does not say it.
    pub(super) suggestion: Option<&'static str>,
}

impl Fault {
    #[cold]
    pub(super) fn new(rule: Rule, column: usize, reason: impl Into<String>) -> Self {
        Self {
            rule,
            column: Some(column),
            reason: reason.into(),
            suggestion: None,
        }
    }

    pub(super) fn with_suggestion(mut self, suggestion: &'static str) -> Self {
        self.suggestion = Some(suggestion);
        self
    }

    /// Says what is wrong with a number in the column of `what`.
    #[cold]
    pub(super) fn of_number(what: &str, column: usize, fault: NumberFault) -> Self {
        let rule = match fault {
            NumberFault::Syntax | NumberFault::Percent | NumberFault::Fraction => Rule::V1,
            NumberFault::Infinite | NumberFault::OutOfRange => Rule::V3,
            NumberFault::Negative => Rule::V4,
        };
        Self::new(rule, column, format!("{what} is {fault}"))
    }
}
