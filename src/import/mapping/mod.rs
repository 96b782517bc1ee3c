//! What a file means: its columns, times, zone, numbers, symbol and length of bars.
//!
//! ```text
//!   header ─▶ names ─▶ alias ─▶ by_name, volume ─┐
//!   no header ─▶ solve (high, low, continuity) ──┤
//!                                                ├─▶ Layout, or questions
//!   where_time ─▶ when (date order) ─▶ zone ─────┤
//!   neighbours ─▶ period, file_name ─▶ length ───┘
//! ```
//!
//! It reads no file and converts nothing that is stored; from a sample it finds rules, and says
//! why. It does not fail: what a file does not prove becomes a question.

mod alias;
mod ask;
mod by_name;
mod columns;
mod doubt;
mod draft;
mod file_name;
mod length;
mod names;
mod neighbours;
mod numbers;
mod period;
mod plan;
mod reading;
mod shape;
mod solve;
mod table;
mod vendor;
mod volume;
mod when;
mod where_time;
mod zone;

pub use plan::{Mapping, MappingRequest, map};
