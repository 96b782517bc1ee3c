//! [`Neighbours`]: how far consecutive bars of one symbol lie apart.
//!
//! The evidence for the length of bars, and for the order of day and month.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate};

use super::reading::{DAY, Reading};
use super::table::Table;
use crate::import::convert::time::WrittenTime;

/// Times of consecutive rows of one symbol.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    pairs: Vec<(WrittenTime, WrittenTime)>,
}

/// How the dates of consecutive rows follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateSteps {
    /// Steps from one date to another.
    total: usize,
    /// Steps in the usual direction that days, weeks or months of a market take.
    usual: usize,
    /// Steps in the usual direction that days or weeks take.
    short: usize,
    /// Pairs of rows within one date.
    within: usize,
    /// Steps that land on a Saturday or Sunday.
    weekend: usize,
}

impl Neighbours {
    /// Pairs each row with the one before it of the same symbol.
    pub(super) fn of(table: &Table<'_>, reading: &Reading, symbol: Option<usize>) -> Self {
        let symbols = symbol.map(|column| table.runs(column));
        let mut pairs = Vec::new();
        for (run, times) in reading.times.iter().enumerate() {
            let mut last: HashMap<&str, WrittenTime> = HashMap::new();
            for (row, time) in times.iter().enumerate() {
                let Some(time) = *time else { continue };
                let symbol = symbols.as_ref().map_or("", |symbols| symbols[run][row]);
                if let Some(before) = last.insert(symbol, time) {
                    pairs.push((before, time));
                }
            }
        }
        Self { pairs }
    }

    /// Returns how often each step occurs, its direction left out; rows of equal time have none.
    ///
    /// By the wall clock when `is_of_dates`, else by the moments in UTC.
    pub(super) fn steps(&self, is_of_dates: bool) -> BTreeMap<i64, usize> {
        let at = |time: WrittenTime| {
            let moment = time.utc_micros().filter(|_| !is_of_dates);
            moment.unwrap_or(time.micros)
        };
        let mut steps = BTreeMap::new();
        for (before, after) in &self.pairs {
            let step = (at(*after) - at(*before)).abs();
            if step > 0 {
                *steps.entry(step).or_insert(0) += 1;
            }
        }
        steps
    }

    /// Returns how the dates follow each other.
    pub(super) fn dates(&self) -> DateSteps {
        let days = |time: WrittenTime| time.date_micros() / DAY;
        let steps: Vec<(i64, i64)> = self
            .pairs
            .iter()
            .map(|(before, after)| (days(*before), days(*after)))
            .collect();
        let moved = || steps.iter().filter(|(before, after)| before != after);
        let up = moved().filter(|(before, after)| after > before).count();
        let is_up = up * 2 >= moved().count();
        let forward = |step: &&(i64, i64)| (step.1 > step.0) == is_up;
        let short = moved().filter(forward).filter(|step| is_short(step));
        let months = moved().filter(forward).filter(|step| is_month(step));
        let short = short.count();
        DateSteps {
            total: moved().count(),
            usual: short + months.count(),
            short,
            within: steps.len() - moved().count(),
            weekend: moved().filter(|step| is_weekend(step.1)).count(),
        }
    }
}

impl DateSteps {
    /// Returns true when no two neighbours share a date.
    pub(super) fn is_one_a_date(self) -> bool {
        self.total >= 3 && self.within == 0
    }

    /// Returns true when the dates are clearly those of bars: days or weeks one after the other.
    ///
    /// Dates at weekends are no proof, but for bars within the day.
    pub(super) fn is_market_like(self) -> bool {
        let is_steady = self.total >= 3 && self.short * 10 >= self.total * 9;
        is_steady && (self.weekend == 0 || self.within > self.total)
    }

    /// Returns true when the dates are clearly not those of bars.
    pub(super) fn is_scattered(self) -> bool {
        let is_intraday = self.within > self.total;
        let explained = if is_intraday { self.short } else { self.usual };
        self.total >= 3 && explained * 2 <= self.total
    }
}

fn is_short(step: &(i64, i64)) -> bool {
    matches!((step.1 - step.0).abs(), 1..=5 | 7)
}

/// A month, quarter or year that begins, or ends, on the same day of the month.
fn is_month(step: &(i64, i64)) -> bool {
    let (Some(before), Some(after)) = (date_of(step.0), date_of(step.1)) else {
        return false;
    };
    let is_last = |date: NaiveDate| {
        let next = date.checked_add_days(Days::new(1));
        next.is_some_and(|next| next.day() == 1)
    };
    let is_edge = before.day() == 1 && after.day() == 1 || is_last(before) && is_last(after);
    is_edge && (step.1 - step.0).abs() >= 28
}

fn is_weekend(days: i64) -> bool {
    // 1970-01-01 was a Thursday.
    matches!((days + 3).rem_euclid(7), 5 | 6)
}

fn date_of(days: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(days * 86_400, 0).map(|time| time.date_naive())
}
