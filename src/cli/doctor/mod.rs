//! `mda doctor`: looks for what keeps `mda` from working, and says what to do about it.
//!
//! The facts are gathered here, once each and within a few seconds; what they mean is judged by
//! the pure functions of `checks`. Nothing is created or changed, save that the lease of the data
//! folder is taken and given back when its lock file exists.

mod checks;
mod facts;
mod report;
mod run;

pub(super) use run::run;
