//! What files mean: the files of real vendors, their mutations, and what must be asked.

mod asking;
mod files;
mod mutations;
mod rig;
mod traps;
mod vendors;
