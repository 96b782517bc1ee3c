//! Text files of history: their structure, whole records in chunks, and records as fields.
//!
//! ```text
//!   probe:   path ─▶ Sample (dialect, first and last records, lines left out)
//!   Cutter:  path + Dialect + Position ─▶ RawChunk, RawChunk, …   (bounded memory, resumable)
//!   records: RawChunk ─▶ each record once: fields, blank, or broken with its reason
//! ```
//!
//! It knows structure only; what a column means is the mapping's to find. No byte of the body is
//! lost: each belongs to one record or to a line end, and what cannot be read is a broken record
//! with its line. It fails with what the file is instead of a table ([`ProbeError`]), or with the
//! system's own error.

mod chunk;
mod cutter;
mod hash;
mod probe;
mod records;
mod scan;
mod text;
mod window;

pub use chunk::{CutLimits, Fault, Position, RawChunk};
pub use cutter::Cutter;
pub use hash::hash_of_range;
pub use probe::{ProbeError, Sample, SampleRecord, probe};
pub use records::{Content, RecordRef, records};
