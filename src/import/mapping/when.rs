//! How times are written: the format that reads the whole sample.
//!
//! A part above 12 tells day from month; without one only neighbours can, and where they cannot
//! the formats are [`Verdict::Unsure`]: no date is guessed.

use super::neighbours::Neighbours;
use super::reading::{FORMATS, Reading};
use super::table::Table;
use crate::api::DateOrder;
use crate::import::{TimeColumns, TimeFormat};

/// Rows that prove a format must be this many times those that prove another.
const CLEARLY: usize = 100;

/// How the times of a place are written.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// So; and why.
    Proven(Reading, String),
    /// In one of these ways, the likelier first.
    Unsure(Vec<Reading>),
}

impl Verdict {
    /// Returns the likeliest reading.
    pub(super) fn likeliest(&self) -> &Reading {
        match self {
            Self::Proven(reading, _) => reading,
            Self::Unsure(readings) => &readings[0],
        }
    }
}

/// What two readings of the same rows say about each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contest {
    /// The first is right, since it alone reads some rows.
    ByRows,
    /// The first is right, since its dates follow each other as bars do.
    ByOrder,
    /// Both read the same.
    Same,
    /// Nobody can tell.
    Open,
}

/// Finds how the times of a place are written; `None` when they are no times.
pub(super) fn judge(
    table: &Table<'_>,
    place: TimeColumns,
    symbol: Option<usize>,
) -> Option<Verdict> {
    let mut readings: Vec<Reading> = FORMATS
        .into_iter()
        .map(|format| Reading::of(table, place, format))
        .filter(|reading| reading.count() > 0)
        .collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.count()));
    // A file may mix formats: together they read most rows, though none does alone.
    let filled = readings.first().map_or(0, |first| first.filled);
    let reads_enough = readings.first().is_some_and(|first| first.reads(30));
    if !reads_enough || read_by_any(&readings) * 100 < filled * 60 {
        return None;
    }
    Some(settle(table, readings, symbol))
}

/// Returns how many rows at least one of the readings reads.
fn read_by_any(readings: &[Reading]) -> usize {
    let of_run = |run: usize| {
        let rows = readings.first().map_or(0, |first| first.times[run].len());
        let is_read = |row: &usize| {
            readings
                .iter()
                .any(|reading| reading.times[run][*row].is_some())
        };
        (0..rows).filter(is_read).count()
    };
    of_run(0) + of_run(1)
}

/// Lets each reading meet the others, and keeps those nobody beats.
fn settle(table: &Table<'_>, readings: Vec<Reading>, symbol: Option<usize>) -> Verdict {
    let mut kept: Vec<Reading> = Vec::new();
    let mut evidence: Option<&'static str> = None;
    for reading in readings {
        let mut is_beaten = false;
        let mut survivors = Vec::new();
        for other in kept {
            match contest(table, &other, &reading, symbol) {
                (Contest::Same, _) => is_beaten = true,
                (Contest::Open, _) => {}
                (won, is_first) => {
                    is_beaten |= is_first;
                    evidence = Some(won.evidence());
                    if !is_first {
                        continue;
                    }
                }
            }
            survivors.push(other);
        }
        kept = survivors;
        if !is_beaten {
            kept.push(reading);
        }
    }
    if kept.len() > 1 {
        return Verdict::Unsure(kept);
    }
    let reading = kept.remove(0);
    let evidence = evidence.unwrap_or("no other way to read it");
    Verdict::Proven(reading, evidence.to_owned())
}

impl Contest {
    fn evidence(self) -> &'static str {
        match self {
            Self::ByRows => "a part above 12 can only be the day",
            Self::ByOrder => "read so, one bar follows the other without holes",
            Self::Same | Self::Open => "no other way to read it",
        }
    }
}

/// Compares two readings; with the outcome, whether the first one won.
fn contest(
    table: &Table<'_>,
    first: &Reading,
    second: &Reading,
    symbol: Option<usize>,
) -> (Contest, bool) {
    let (mut only_first, mut only_second, mut differ) = (0, 0, false);
    let pairs = first
        .times
        .iter()
        .flatten()
        .zip(second.times.iter().flatten());
    for pair in pairs {
        match pair {
            (Some(a), Some(b)) => differ |= a.micros != b.micros,
            (Some(_), None) => only_first += 1,
            (None, Some(_)) => only_second += 1,
            (None, None) => {}
        }
    }
    if only_first > only_second * CLEARLY {
        return (Contest::ByRows, true);
    }
    if only_second > only_first * CLEARLY {
        return (Contest::ByRows, false);
    }
    if only_first + only_second > 0 {
        return (Contest::Open, true);
    }
    if !differ {
        return (Contest::Same, true);
    }
    let [a, b] = [first, second].map(|reading| Neighbours::of(table, reading, symbol).dates());
    if a.is_market_like() && b.is_scattered() {
        return (Contest::ByOrder, true);
    }
    if b.is_market_like() && a.is_scattered() {
        return (Contest::ByOrder, false);
    }
    (Contest::Open, true)
}

/// Lets the asker's order of day, month and year decide where the file does not prove one.
///
/// Returns the order the file proves when it contradicts the asked one.
pub(super) fn ask_order(verdict: Verdict, asked: DateOrder) -> Result<Verdict, DateOrder> {
    match verdict {
        Verdict::Unsure(mut readings) => {
            let wanted = TimeFormat::Numeric(asked);
            let at = readings.iter().position(|reading| reading.format == wanted);
            Ok(match at {
                Some(at) => Verdict::Proven(readings.swap_remove(at), "as asked for".to_owned()),
                None => Verdict::Unsure(readings),
            })
        }
        Verdict::Proven(reading, evidence) => match reading.format {
            TimeFormat::Numeric(proven) if proven != asked && proven != DateOrder::Ymd => {
                Err(proven)
            }
            TimeFormat::Numeric(_) | TimeFormat::Epoch | TimeFormat::NamedMonth => {
                Ok(Verdict::Proven(reading, evidence))
            }
        },
    }
}
