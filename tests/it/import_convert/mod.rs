//! Fields into bars: every case of a record, and times, zones and numbers against other programs.

mod files;
mod numbers;
mod rig;
mod rows;
mod times;
