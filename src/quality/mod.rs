//! Quality rules: what is wrong with a bar, how bad it is, and what an import is worth.
//!
//! Pure: no I/O, no clock (the moment of judgement is given). It decides about single rows and adds
//! up exactly; it changes no value.

mod bytes;
mod findings;
mod report;
mod rule;
mod tally;

pub use bytes::TallyError;
pub use findings::Findings;
pub use rule::{Outcome, Rule};
pub use tally::{JudgedRow, QualityTally};
