//! What a layout must be for its records to be read: [`LayoutFault`] otherwise.

use thiserror::Error;

use super::zone::ZoneError;
use crate::import::{Layout, TimeColumns};

/// Why no record can be read by a layout.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayoutFault {
    /// Its zone is none.
    #[error("{0}: give another with --timezone")]
    Zone(#[from] ZoneError),
    /// It tells no symbol.
    #[error("the layout tells no symbol: give one with --symbol")]
    NoSymbol,
    /// It uses a column that records do not have.
    #[error("the layout uses column {column}, records have {width}: choose another with --layout")]
    NoColumn {
        /// The column, from 1.
        column: usize,
        /// Fields of a record.
        width: usize,
    },
    /// Its numbers could be read in two ways.
    #[error("the layout has `{decimal}` for decimals and for groups, or one that is no separator")]
    Separators {
        /// The separator of decimals.
        decimal: char,
    },
}

/// Returns every column a layout uses.
pub(super) fn used(layout: &Layout) -> impl Iterator<Item = usize> {
    let columns = &layout.columns;
    let (date, time) = match columns.time {
        TimeColumns::One(column) => (column, None),
        TimeColumns::DateAndTime { date, time } => (date, Some(time)),
    };
    let needed = [date, columns.open, columns.high, columns.low, columns.close];
    let optional = [
        time,
        columns.volume,
        columns.trade_count,
        columns.vwap,
        columns.symbol,
    ];
    needed.into_iter().chain(optional.into_iter().flatten())
}

/// Checks what reading relies on.
pub(super) fn check(layout: &Layout) -> Result<(), LayoutFault> {
    if layout.symbol.is_none() && layout.columns.symbol.is_none() {
        return Err(LayoutFault::NoSymbol);
    }
    let width = layout.dialect.width;
    if let Some(column) = used(layout).find(|column| *column >= width) {
        return Err(LayoutFault::NoColumn {
            column: column + 1,
            width,
        });
    }
    let numbers = layout.numbers;
    let is_separator = matches!(numbers.decimal, '.' | ',');
    if !is_separator || numbers.group == Some(numbers.decimal) {
        return Err(LayoutFault::Separators {
            decimal: numbers.decimal,
        });
    }
    Ok(())
}
