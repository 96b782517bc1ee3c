//! [`Flashes`]: which prices changed a moment ago.
//!
//! A flash lasts 300 ms, is never cut short by the next change, and a cell starts at most three a
//! second, so a busy market does not strobe. Rows are counted by their place in the state; a new
//! set of rows starts from nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::api::Instrument;
use crate::domain::{Price, Timestamp};

/// How long changed digits are marked.
const LASTS: Duration = Duration::from_millis(300);

/// The least time between two flashes of one cell.
const APART: Duration = Duration::from_millis(334);

/// A price of a row that can flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PriceCell {
    /// Last trade.
    Last,
    /// Best bid.
    Bid,
    /// Best ask.
    Ask,
}

impl PriceCell {
    const ALL: [Self; 3] = [Self::Last, Self::Bid, Self::Ask];

    /// Returns the price in `instrument`.
    pub(crate) fn price_of(self, instrument: &Instrument) -> Option<Price> {
        match self {
            Self::Last => instrument.last.as_ref().map(|last| last.price),
            Self::Bid => instrument.quote.as_ref().map(|quote| quote.bid),
            Self::Ask => instrument.quote.as_ref().map(|quote| quote.ask),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flash {
    before: Price,
    started: Timestamp,
}

/// The flashes of all rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Flashes {
    rows: Vec<[Option<Flash>; 3]>,
    is_off: bool,
}

impl Flashes {
    /// Starts without any; with `is_off` there never will be one.
    pub(crate) fn new(is_off: bool) -> Self {
        Self {
            rows: Vec::new(),
            is_off,
        }
    }

    /// Forgets everything: the rows are others now.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Compares row by row; rows shared by both states cost one pointer comparison.
    pub(crate) fn note(
        &mut self,
        old: &[Arc<Instrument>],
        new: &[Arc<Instrument>],
        now: Timestamp,
    ) {
        if self.is_off {
            return;
        }
        self.rows.resize(new.len(), [None; 3]);
        for (at, (before, after)) in old.iter().zip(new).enumerate() {
            if !Arc::ptr_eq(before, after) {
                note_row(&mut self.rows[at], before, after, now);
            }
        }
    }

    /// Returns the price before the change that still flashes.
    pub(crate) fn before(&self, row: usize, cell: PriceCell, now: Timestamp) -> Option<Price> {
        let flash = self.rows.get(row)?[cell as usize]?;
        (now < flash.started.plus(LASTS)).then_some(flash.before)
    }

    /// Returns when the first flash of `row` ends.
    pub(crate) fn end_of(&self, row: usize, now: Timestamp) -> Option<Timestamp> {
        let cells = self.rows.get(row)?;
        let ends = cells
            .iter()
            .flatten()
            .map(|flash| flash.started.plus(LASTS));
        ends.filter(|end| *end > now).min()
    }
}

fn note_row(cells: &mut [Option<Flash>; 3], old: &Instrument, new: &Instrument, now: Timestamp) {
    for cell in PriceCell::ALL {
        let (Some(before), Some(after)) = (cell.price_of(old), cell.price_of(new)) else {
            continue;
        };
        let flash = &mut cells[cell as usize];
        let is_free = flash.is_none_or(|flash| now >= flash.started.plus(APART));
        if before != after && is_free {
            *flash = Some(Flash {
                before,
                started: now,
            });
        }
    }
}
