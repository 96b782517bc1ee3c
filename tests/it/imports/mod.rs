//! Imports from end to end: the real program, real vendor files, and what a killed one leaves.

mod answers;
mod care;
mod disk;
mod files;
mod kills;
mod minutes;
mod processes;
mod program;
mod verbs;
