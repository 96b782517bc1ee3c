//! `mda backup`, `verify` and `restore`: copies of the store, and whether it is as it was written.
//!
//! A backup and a check are the agent's, ours or the one that runs; a restore replaces the store
//! beneath it, so no agent may run then.

mod args;
mod backup;
mod restore;
mod swap;
mod verify;

pub use args::{BackupArgs, RestoreArgs, VerifyArgs};
pub(super) use backup::run as backup;
pub(super) use restore::run as restore;
pub(super) use verify::run as verify;
