//! [`probe`]: the structure of a text file from its beginning and its end; never its meaning.
//!
//! ```text
//!   bytes ─▶ kind of file, encoding ─▶ delimiter ─▶ preamble │ header │ body │ footer ─▶ Sample
//! ```
//!
//! Once the first record was met, nothing is a preamble or a header any more: a line of another
//! width is a record, to be rejected with its line.

mod delimiter;
mod encoding;
mod error;
mod format;
mod frame;
mod kind;
mod piece;
mod sample;

pub use error::ProbeError;
pub use sample::{Sample, SampleRecord, probe};
