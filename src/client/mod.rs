//! The other end of the local socket: what a second dashboard and every subcommand that acts on a
//! running agent stand on.
//!
//! A [`Link`] looks the same whether the agent lives in this process or in another. A lost
//! connection ends the link; nothing here reconnects, since an agent that is gone has stopped or
//! crashed and its viewer should say so.

mod connect;
mod framing;
mod link;
mod path;

pub use connect::{ClientError, connect};
pub use framing::{FRAME_LEN_MAX, FrameError, FrameReader, FrameWriter};
pub use link::{AgentEnds, Link, link};
pub use path::socket_path;
