//! The borrowed terminal: its modes, what comes in from it, and what goes out to it.
//!
//! In: [`input`] reads bytes, [`parser`] and [`sequence`] make them events; [`signals`] are the system's word. Out: [`painter`]
//! keeps what is shown, [`encoder`] (with [`glyph`], [`pen`] and [`travel`]) makes the fewest bytes of a change, [`writer`]
//! takes them out, [`pace`] says when. [`guard`] owns the modes and [`panic`] gives them back in time. Nothing here knows what
//! is drawn. Everything that fails says so with a [`TuiError`]; a terminal that is gone is [`TuiError::Gone`] or
//! [`input::Incoming::Hangup`], never a wait.

pub(crate) mod encoder;
mod error;
mod glyph;
pub(crate) mod guard;
pub(crate) mod input;
pub(crate) mod pace;
pub(crate) mod painter;
pub(crate) mod panic;
mod parser;
mod pen;
mod sequence;
pub(crate) mod signals;
mod travel;
pub(crate) mod writer;

pub use error::TuiError;
