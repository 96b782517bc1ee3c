//! Values kept in memory in front of a store: classes, weights in bytes, expiry, counters.
//!
//! It knows neither bars' meaning nor where values come from; whoever fills it decides what is
//! still true, and says so with a [`Stamp`] of [`Generations`]. A value that is too old, too large
//! or overtaken by a write is a miss, never an error.

mod class;
mod generation;
mod key;
mod latency;
mod memory;

pub use class::Class;
pub use generation::{Generations, Slot, Stamp, Touched, WriteMark};
pub use key::{Key, RangeKey};
pub use latency::{LatencyQuantiles, LatencyWindow};
pub use memory::{Fill, MemoryCache};
