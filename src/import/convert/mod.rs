//! Fields of a record into a bar, by the rules of a [`super::Layout`].
//!
//! Exact and without a guess: what the rules of the layout do not read is a fault that names the
//! rule, the column and the value. It cuts no text into fields and decides about single records
//! only; what came twice is found where the order of the file is known.

mod calendar;
mod cursor;
mod date;
mod day_time;
mod fault;
mod judge;
mod moment;
pub mod number;
mod plain;
mod reader;
mod row;
mod symbols;
pub mod time;
mod usable;
pub mod zone;

pub use reader::RowReader;
pub use row::{Row, RowFault};
pub use usable::LayoutFault;
