//! Drawing parts that know nothing of the agent: given values, an area and styles, they paint
//! cells.
//!
//! Every part clips itself to the buffer and draws nothing, instead of panicking, where there is no
//! room.

pub(crate) mod axis;
mod candle_glyph;
pub(crate) mod candles;
pub(crate) mod labelled;
pub(crate) mod pane;
pub(crate) mod progress;
pub(crate) mod range_bar;
pub(crate) mod sparkline;
pub(crate) mod table;
pub(crate) mod text;
