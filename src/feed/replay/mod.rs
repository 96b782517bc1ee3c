//! Real values of the past, played again.
//!
//! [`frames`] plays a file of captured messages through the venue's own decoder; [`bundled`] plays
//! the bars inside the program. Both tell the time of their data as
//! [`crate::api::FeedState::replay_time`] and stamp events with the present as receive time. Asked
//! to reconnect, they begin anew.

mod bundled;
mod capture;
mod frames;
mod pace;
mod table;

pub use bundled::BUNDLED_SYMBOLS;
pub(super) use bundled::BundledReplay;
pub(super) use frames::FrameReplay;
