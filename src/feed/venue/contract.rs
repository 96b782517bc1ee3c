//! [`Venue`] and what its messages are read into.

use thiserror::Error;

use crate::domain::{DecimalError, EventKind, NameError, Symbol, Timestamp};

/// A venue's grammar.
pub(in crate::feed) trait Venue: Send + Sync {
    /// Returns the name it goes by, which is also the source of its events.
    fn name(&self) -> &'static str;

    /// Returns its WebSocket address.
    fn url(&self) -> &str;

    /// Returns the frames that subscribe to `symbols`.
    fn subscribe_frames(&self, symbols: &[Symbol]) -> Vec<String>;

    /// Reads one text message, and appends the events it holds.
    ///
    /// # Errors
    /// [`DecodeError`]; then nothing was appended.
    fn decode(
        &self,
        text: &str,
        ts_recv: Timestamp,
        events: &mut Vec<EventKind>,
    ) -> Result<Decoded, DecodeError>;
}

/// What a message was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::feed) enum Decoded {
    /// Events, appended.
    Market,
    /// The venue lives.
    Heartbeat {
        /// The symbol it is about.
        symbol: Symbol,
        /// The newest trade the venue knows of it.
        last_trade_id: u64,
    },
    /// An answer to us.
    Answer(Answer),
    /// Something we know and have no use for.
    Ignored,
}

/// What the venue says to us, rather than about the market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::feed) enum Answer {
    /// It confirms: these symbols are subscribed to in every channel we need.
    Subscribed(Vec<Symbol>),
    /// It complains, in its own words.
    Refused(String),
}

/// Why a message could not be read.
#[derive(Debug, Error)]
pub(in crate::feed) enum DecodeError {
    /// It is no JSON, or a field is missing or of the wrong type.
    #[error("not a message of this venue")]
    Json(#[from] serde_json::Error),
    /// Its type is new to us.
    #[error("unknown message type `{kind}`")]
    UnknownKind {
        /// The type.
        kind: String,
    },
    /// A symbol that is none.
    #[error("bad symbol")]
    Symbol(#[from] NameError),
    /// A number that is none, or lies outside what we can hold.
    #[error("bad {field}")]
    Number {
        /// The field.
        field: &'static str,
        /// Why.
        #[source]
        source: DecimalError,
    },
    /// A price or size at or below zero.
    #[error("{field} `{text}` is not above zero")]
    NotPositive {
        /// The field.
        field: &'static str,
        /// Its text.
        text: String,
    },
    /// A time that is none, lies before 1970, or a day or more ahead of us.
    #[error("time `{text}` cannot be true")]
    Time {
        /// Its text.
        text: String,
    },
}
