//! [`KeySet`]: which bars an import has already brought, so that the first of each key counts.
//!
//! Exact, whatever the order of rows; small, because regular bars lie on a grid: a series is a set
//! of places on it, kept in blocks of 65,536 as a sorted list while few and as bits when many. What
//! a chunk added is kept in its ledger line (its delta), so that a resumed import rebuilds the set
//! without reading its files again. A delta that was damaged is refused, never half taken.

mod block;
mod delta;
mod series;
mod set;
mod varint;

pub use delta::DeltaError;
pub use set::KeySet;
pub(super) use varint::{Reader, put_unsigned};
