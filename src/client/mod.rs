//! The other end of the local socket: what a second dashboard and every subcommand that acts on a
//! running agent stand on.
//!
//! A [`Link`] looks the same whether the agent lives in this process or in another. What becomes of
//! it when the connection is lost is the viewer's choice ([`OnLoss`]): a command fails at once, a
//! dashboard says so, and lives on with the next agent of the directory.

mod connect;
mod framing;
mod keeper;
mod link;

pub use connect::{ClientError, connect};
pub use framing::{FRAME_LEN_MAX, FrameError, FrameReader, FrameWriter};
pub use keeper::OnLoss;
pub use link::{AgentEnds, Link, link};
