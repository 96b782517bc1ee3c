//! The borrowed terminal: its modes, what comes in from it, and what goes out to it.
//!
//! [`console`] is the door for the loop. In: [`input`] reads bytes, [`parser`] and [`sequence`]
//! make them events; [`signals`] are the system's word. Out: [`painter`] keeps what is shown,
//! [`encoder`] (with [`glyph`], [`pen`] and [`travel`]) makes the fewest bytes of a change,
//! [`writer`] takes them out, [`pace`] says when. [`guard`] owns the modes and [`panic`] gives them
//! back in time. Nothing here knows what is drawn. What fails says so with a [`TuiError`]; a
//! terminal that is gone is [`TuiError::Gone`] or [`input::Incoming::Hangup`], never a wait.

pub(super) mod console;
mod encoder;
mod error;
mod glyph;
pub(super) mod guard;
pub(super) mod input;
mod pace;
mod painter;
pub(super) mod panic;
mod parser;
mod pen;
mod sequence;
pub(super) mod signals;
mod travel;
mod writer;

pub use error::TuiError;
