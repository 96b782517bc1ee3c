//! Imports from end to end: the real program, real vendor files, and what a killed one leaves.

mod files;
mod kills;
mod program;
