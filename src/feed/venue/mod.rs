//! What a session must know of a venue, and nothing of connections.
//!
//! One file per venue. A venue is pure: it writes its subscribe frames and reads its messages into
//! events in the words of no venue. It keeps no state; sequences, bars, time-outs and reconnects
//! are the session's.

mod coinbase;
mod contract;
mod hosts;

pub(super) use coinbase::Coinbase;
pub(super) use contract::{Answer, DecodeError, Decoded, Venue};
pub(super) use hosts::of_host;
