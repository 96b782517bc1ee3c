//! Which feed, as one line of text on the command line and in the settings. See [`FeedSpec`].

mod error;
mod feed_spec;
mod parse;
mod speed;
#[cfg(test)]
mod tests;

pub use error::FeedSpecError;
pub use feed_spec::{FeedSpec, ReplayFrom, SimulatedSymbols};
pub use parse::{DEFAULT_COINBASE_SYMBOLS, DEFAULT_SIMULATED_SYMBOLS};
pub use speed::{ReplaySpeed, SpeedError};
