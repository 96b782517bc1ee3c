//! [`Meter`]: how far an import is, how fast, and how long it will take.
//!
//! It is told what was committed and tells nothing else: bytes and rows never fall, whatever was
//! paused or killed between. It reads the clock it is given and, for the peak of memory, the
//! kernel's word; where that is not to be had, the peak is 0.

mod memory;
mod meter;
mod window;

pub use memory::peak_memory_bytes;
pub use meter::{Meter, StageTimes};
