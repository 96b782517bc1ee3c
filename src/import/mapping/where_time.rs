//! Where times stand: in one column, or date and time of day in two.
//!
//! A moment that is the same everywhere (an epoch, a time with offset) comes before a wall clock,
//! a date with its time before a date alone, and then the more specific name.

use super::alias::Meaning;
use super::by_name::columns_of;
use super::names::Name;
use super::reading::Reading;
use super::table::Table;
use super::when::{self, Verdict};
use crate::import::TimeColumns;

/// Names that may stand for a time of day beside a date.
pub(super) const TIMES_OF_DAY: [&str; 14] = [
    "time",
    "hour",
    "timeofday",
    "tradetime",
    "uhrzeit",
    "zeit",
    "hora",
    "heure",
    "ora",
    "hhmm",
    "hhmmss",
    "время",
    "saat",
    "czas",
];

/// Finds the times among the columns that are named for it.
pub(super) fn by_names(
    table: &Table<'_>,
    names: &[Name],
    symbol: Option<usize>,
) -> Option<Verdict> {
    let mut found: Option<(u8, Verdict)> = None;
    let candidates = columns_of(names, Meaning::Time);
    for column in &candidates {
        let place = TimeColumns::One(*column);
        let Some(verdict) = when::judge(table, place, symbol) else {
            continue;
        };
        let (place, class) = (
            place_of(table, names, &candidates, verdict.likeliest()),
            class_of(&verdict),
        );
        let (verdict, class) = match place {
            TimeColumns::One(_) => (verdict, class),
            TimeColumns::DateAndTime { .. } => match when::judge(table, place, symbol) {
                Some(joined) => (joined, class + 2),
                None => (verdict, class),
            },
        };
        if found.as_ref().is_none_or(|(best, _)| class > *best) {
            found = Some((class, verdict));
        }
    }
    found.map(|(_, verdict)| verdict)
}

/// Finds the times among the other columns: the first that only grows, or only falls.
pub(super) fn by_contents(
    table: &Table<'_>,
    columns: &[usize],
    symbol: Option<usize>,
) -> Option<Verdict> {
    for column in columns {
        let place = TimeColumns::One(*column);
        let Some(verdict) = when::judge(table, place, symbol) else {
            continue;
        };
        let date = verdict.likeliest();
        if !date.reads(90) {
            continue;
        }
        let next = column + 1;
        if columns.contains(&next) && is_date_only(date) {
            let place = TimeColumns::DateAndTime {
                date: *column,
                time: next,
            };
            if let Some(joined) = joined(table, place, date, symbol) {
                return Some(joined);
            }
        }
        if date.is_monotone() || symbol.is_some() || date.count() == 1 {
            return Some(verdict);
        }
    }
    None
}

/// Reads a date with the next column as its time of day, when the two are clearly that.
fn joined(
    table: &Table<'_>,
    place: TimeColumns,
    date: &Reading,
    symbol: Option<usize>,
) -> Option<Verdict> {
    let TimeColumns::DateAndTime { time, .. } = place else {
        return None;
    };
    let times = table.filled(time);
    let has_colons = times.iter().all(|text| text.contains(':'));
    let is_midnight = times
        .iter()
        .all(|text| text.bytes().all(|byte| byte == b'0'));
    let verdict = when::judge(table, place, symbol)?;
    let reading = verdict.likeliest();
    let is_whole = !times.is_empty() && reading.count() == date.count();
    let is_ordered = !date.is_monotone() && reading.is_monotone();
    (is_whole && (has_colons || is_midnight || is_ordered)).then_some(verdict)
}

/// Returns the place of a date and its time of day, where another column holds the latter.
fn place_of(
    table: &Table<'_>,
    names: &[Name],
    candidates: &[usize],
    date: &Reading,
) -> TimeColumns {
    let TimeColumns::One(column) = date.place else {
        return date.place;
    };
    let others = candidates.iter().copied().filter(|other| *other != column);
    let mut times = others.filter(|other| {
        let is_named = TIMES_OF_DAY.contains(&names[*other].key.as_str());
        let place = TimeColumns::DateAndTime {
            date: column,
            time: *other,
        };
        let is_filled = || !table.filled(*other).is_empty();
        is_named && is_filled() && Reading::of(table, place, date.format).reads(90)
    });
    match times.next() {
        Some(time) if is_date_only(date) => TimeColumns::DateAndTime { date: column, time },
        Some(_) | None => date.place,
    }
}

fn is_date_only(reading: &Reading) -> bool {
    let is_midnight = reading.is_of_dates() && reading.all().all(|time| time.offset_secs.is_none());
    is_midnight || reading.all().all(|time| !time.has_time_of_day)
}

/// Ranks places: how much a time of this kind says.
fn class_of(verdict: &Verdict) -> u8 {
    let reading = verdict.likeliest();
    let is_sure = matches!(verdict, Verdict::Proven(..));
    let class = if is_sure && reading.has_offsets() {
        6
    } else if is_date_only(reading) {
        1
    } else {
        2
    };
    if reading.reads(90) { class } else { 0 }
}
