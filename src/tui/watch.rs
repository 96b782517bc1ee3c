//! [`Watch`]: the watchlist's order, filter, sort and cursor.
//!
//! Rows hold still: the order is the user's until he sorts; a sorted list is put in order again at
//! most every five seconds and never within two seconds of a cursor move; the cursor follows the
//! instrument, not the row number.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use crate::api::Instrument;
use crate::domain::{Symbol, Timestamp};

/// The least time between two reorderings.
const REORDER_EVERY: Duration = Duration::from_secs(5);

/// How long rows stand still under a moving hand.
const HAND_RESTS: Duration = Duration::from_secs(2);

/// Which instrument: a symbol can come from several feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowId {
    pub(crate) symbol: Symbol,
    pub(crate) feed: String,
}

impl RowId {
    /// Returns the id of `instrument`.
    pub(crate) fn of(instrument: &Instrument) -> Self {
        Self {
            symbol: instrument.symbol.clone(),
            feed: instrument.feed.clone(),
        }
    }

    /// Returns true for its own instrument.
    pub(crate) fn is(&self, instrument: &Instrument) -> bool {
        self.symbol == instrument.symbol && self.feed == instrument.feed
    }
}

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortKey {
    /// By name.
    Symbol,
    /// By last price.
    Last,
    /// By change in percent.
    Change,
    /// By spread in relation to the price.
    Spread,
    /// By volume of the day.
    Volume,
    /// By the time of the last event.
    Age,
}

impl SortKey {
    const ALL: [Self; 6] = [
        Self::Symbol,
        Self::Last,
        Self::Change,
        Self::Spread,
        Self::Volume,
        Self::Age,
    ];

    /// Returns the word that a title shows.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Symbol => "symbol",
            Self::Last => "last",
            Self::Change => "chg%",
            Self::Spread => "spread",
            Self::Volume => "volume",
            Self::Age => "age",
        }
    }

    /// Compares by this key; what is unknown comes last in both directions.
    fn compare(self, a: &Instrument, b: &Instrument, is_descending: bool) -> Ordering {
        if self == Self::Symbol {
            return directed(a.symbol.cmp(&b.symbol), is_descending);
        }
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => directed(a.cmp(&b), is_descending),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    fn value(self, instrument: &Instrument) -> Option<i128> {
        match self {
            Self::Symbol => None,
            Self::Last => instrument
                .last
                .as_ref()
                .map(|last| last.price.scaled().into()),
            Self::Change => {
                let last = instrument.last.as_ref()?.price;
                last.change_bps(instrument.change_basis?.price())
                    .map(i128::from)
            }
            Self::Spread => {
                let quote = instrument.quote.as_ref()?;
                let spread = i128::from(quote.spread()?.scaled());
                (spread * 10_000_000).checked_div(quote.bid.scaled().into())
            }
            Self::Volume => instrument.day.as_ref().map(|day| day.volume.scaled()),
            Self::Age => instrument.last_recv.map(|time| -i128::from(time.micros())),
        }
    }
}

fn directed(ordering: Ordering, is_descending: bool) -> Ordering {
    if is_descending {
        ordering.reverse()
    } else {
        ordering
    }
}

/// A sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) key: SortKey,
    pub(crate) is_descending: bool,
}

/// The watchlist as the user has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Watch {
    /// The instrument under the cursor.
    pub(crate) selected: Option<RowId>,
    /// Places in the state of the rows shown, in the order shown.
    pub(crate) order: Vec<usize>,
    /// First row on screen.
    pub(crate) offset: usize,
    /// Rows must contain this, in symbol or feed.
    pub(crate) filter: String,
    /// Absent: the user's own order.
    pub(crate) sort: Option<Sort>,
    sorted_at: Timestamp,
    moved_at: Timestamp,
}

impl Watch {
    /// Puts the rows in order anew: other rows, another filter or another sort.
    pub(crate) fn rebuild(&mut self, rows: &[Arc<Instrument>], now: Timestamp) {
        let wanted = self.filter.to_ascii_lowercase();
        self.order.clear();
        self.order
            .extend((0..rows.len()).filter(|at| matches(&rows[*at], &wanted)));
        if let Some(Sort { key, is_descending }) = self.sort {
            self.order
                .sort_by(|a, b| key.compare(&rows[*a], &rows[*b], is_descending));
        }
        self.sorted_at = now;
        self.keep_selection(rows);
    }

    /// The cursor stays with its instrument, or goes to the first row when that is gone.
    fn keep_selection(&mut self, rows: &[Arc<Instrument>]) {
        let is_there = self.cursor(rows).is_some();
        if !is_there {
            self.selected = self.order.first().map(|at| RowId::of(&rows[*at]));
            self.offset = 0;
        }
    }

    /// Returns the row number of the cursor.
    pub(crate) fn cursor(&self, rows: &[Arc<Instrument>]) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        let is_it = |at: &usize| rows.get(*at).is_some_and(|row| selected.is(row));
        self.order.iter().position(is_it)
    }

    /// Moves the cursor to a row number, clipped to the list, and keeps it within `page` rows of
    /// the first one shown.
    pub(crate) fn move_to(&mut self, row: usize, rows: &[Arc<Instrument>], page: usize) {
        let row = row.min(self.order.len().saturating_sub(1));
        let Some(instrument) = self.order.get(row).and_then(|at| rows.get(*at)) else {
            return;
        };
        self.selected = Some(RowId::of(instrument));
        self.offset = scrolled(self.offset, row, page);
    }

    /// Remembers that the hand is on the list.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.moved_at = now;
    }

    /// Selects the next sort, the user's own order after the last.
    pub(crate) fn next_sort(&mut self) {
        let at = self
            .sort
            .map(|sort| SortKey::ALL.iter().position(|key| *key == sort.key));
        let next = match at {
            None => Some(0),
            Some(at) => at.map(|at| at + 1),
        };
        self.sort = next.and_then(|at| SortKey::ALL.get(at)).map(|key| Sort {
            key: *key,
            is_descending: !matches!(key, SortKey::Symbol | SortKey::Age),
        });
    }

    /// Returns when the list may be put in order again; `None` while nothing moves rows.
    pub(crate) fn reorder_due(&self) -> Option<Timestamp> {
        self.sort.filter(|sort| sort.key != SortKey::Symbol)?;
        let rested = self.moved_at.plus(HAND_RESTS);
        Some(self.sorted_at.plus(REORDER_EVERY).max(rested))
    }
}

/// Returns the first row shown so that `row` is among `page` rows, moving as little as possible.
pub(crate) fn scrolled(offset: usize, row: usize, page: usize) -> usize {
    let lowest = (row + 1).saturating_sub(page.max(1));
    offset.clamp(lowest, row)
}

fn matches(instrument: &Instrument, wanted: &str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let symbol = instrument.symbol.as_str().to_ascii_lowercase();
    symbol.contains(wanted) || instrument.feed.to_ascii_lowercase().contains(wanted)
}
