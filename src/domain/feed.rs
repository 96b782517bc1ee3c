//! [`FeedMode`] and [`DataKind`]: what a viewer may believe of a feed's values.

use serde::{Deserialize, Serialize};

/// The state of a feed's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedMode {
    /// Opening the connection, or waiting for the venue to confirm the subscription.
    Connecting,
    /// Confirmed, and events arrive.
    Live,
    /// Connected, but something is wrong: mute, part of the subscription rejected, or gaps.
    Degraded,
    /// Lost; waiting to try again.
    Reconnecting,
    /// Ended, and not coming back by itself.
    Closed,
}

/// Whether values are of the market now, of the market then, or of no market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    /// The market as it is.
    Live,
    /// Real values of the past, played again.
    Replay,
    /// Invented values.
    Simulated,
}

impl FeedMode {
    /// Returns the word that a screen shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "CONNECTING",
            Self::Live => "LIVE",
            Self::Degraded => "DEGRADED",
            Self::Reconnecting => "RECONNECTING",
            Self::Closed => "CLOSED",
        }
    }
}

impl DataKind {
    /// Returns the word that a screen shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Replay => "REPLAY",
            Self::Simulated => "SIMULATED",
        }
    }
}
