//! The import service on a sink in memory: what it promises while everything goes wrong.

mod files;
mod flow;
mod fuzz;
mod kill;
mod preview;
mod rig;
mod sink;
mod storm;
mod verbs;
