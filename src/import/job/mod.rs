//! An import as the service keeps it: the table of its states and the JSON of its record.
//!
//! Pure: it neither runs an import nor writes a record. What cannot happen is a typed refusal that
//! says what can.

mod body;
mod state;

pub use body::{BODY_VERSION, Body, BodyError, BodyFile, DryOutcome};
pub use state::{Event, Impossible, advance, next, possible};
