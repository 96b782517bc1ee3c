//! What the user sees: pictures of every screen in every state, at every size and with every set of
//! colours.

mod actions;
mod behaviour;
mod differences;
mod guidance;
mod import_forms;
mod import_pictures;
mod imports;
mod jobs;
mod look;
mod market;
mod pictures;
mod robustness;
