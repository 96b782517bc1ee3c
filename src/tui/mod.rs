//! The dashboard: a picture of the agent's state, and keys that become orders.

mod app;
mod caps;
mod picture;
mod run;
mod terminal;

pub use app::{App, AppOptions, Effect, FrameCost};
pub use caps::{Caps, ColorDepth};
pub use run::{Exit, Ports, RunOptions, next_stop_signal, run};
pub use terminal::TuiError;
