//! Real values of the past, played again.
//!
//! [`frames`] plays a file of captured messages through the venue's own decoder; [`bundled`] plays the bars inside the
//! program. Both tell the time of their data as [`crate::api::FeedState::replay_time`] and stamp events with the present as
//! receive time. Asked to reconnect, they begin anew.

pub(super) mod bundled;
pub(super) mod capture;
pub(super) mod frames;
mod pace;
mod table;

use super::orders::Order;

/// How a play ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PlayEnd {
    /// Nothing is left; told in words.
    Finished(String),
    /// An order came.
    Ordered(Order),
}
