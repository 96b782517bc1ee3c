//! Rules and levels, and what an import is worth, against tables made by hand.

mod report;
mod rules;
mod tally;
