//! Dates as files write them, into days since the epoch.

use super::calendar::{days_of, year_of_two_digits};
use super::cursor::{Cursor, Digits};
use crate::api::DateOrder;

/// What stands between the parts of a date of numbers.
const SEPARATORS: &[u8] = b"-/.";

/// What stands between the parts of a date with a month's name.
const NAMED_SEPARATORS: &[u8] = b" -/.,";

/// The names of the months; their first three letters are enough.
const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// Reads a date of numbers, with one of `-/.` between its parts or nothing. Of a run of digits
/// that goes on with the time of day (`20240102170000`) it takes the first eight.
pub(super) fn numeric(cursor: &mut Cursor<'_>, order: DateOrder) -> Option<i64> {
    match cursor.digits_ahead() {
        count @ (6 | 8) => compact(cursor.take_digits(count)?, count, order),
        12 | 14 | 17 => compact(cursor.take_digits(8)?, 8, order),
        _ => separated(cursor, order),
    }
}

/// Reads a date with the month's English name in any of its usual orders: `31-Dec-10`,
/// `Jan 07, 2020`, `3 March 2025`, `2020-Jan-07`, `02Jan2024`.
pub(super) fn named(cursor: &mut Cursor<'_>) -> Option<i64> {
    if let Some(month) = month_of(cursor.letters()) {
        eat_separators(cursor);
        let day = day_of(cursor.digits()?)?;
        return finish_named(cursor, month, day);
    }
    let first = cursor.digits()?;
    eat_separators(cursor);
    let month = month_of(cursor.letters())?;
    if first.count == 4 {
        eat_separators(cursor);
        let day = day_of(cursor.digits()?)?;
        return days_of(first.value as i64, month, day);
    }
    finish_named(cursor, month, day_of(first)?)
}

/// Splits `20240131` or `240131` in the given order.
fn compact(value: u64, count: usize, order: DateOrder) -> Option<i64> {
    let value = value as i64;
    let year_digits = count - 4;
    let year_base = if year_digits == 4 { 10_000 } else { 100 };
    let (year, first, second) = match order {
        DateOrder::Ymd => (value / 10_000, value / 100 % 100, value % 100),
        DateOrder::Dmy | DateOrder::Mdy => (
            value % year_base,
            value / (year_base * 100),
            value / year_base % 100,
        ),
    };
    let year = full_year(Digits {
        value: year as u64,
        count: year_digits,
    })?;
    match order {
        DateOrder::Ymd | DateOrder::Mdy => days_of(year, first, second),
        DateOrder::Dmy => days_of(year, second, first),
    }
}

fn separated(cursor: &mut Cursor<'_>, order: DateOrder) -> Option<i64> {
    let first = cursor.digits()?;
    let separator = cursor.eat_any(SEPARATORS)?;
    let second = cursor.digits()?;
    if !cursor.eat(separator) {
        return None;
    }
    let third = cursor.digits()?;
    match order {
        DateOrder::Ymd => days_of(full_year(first)?, day_of(second)?, day_of(third)?),
        DateOrder::Mdy => days_of(full_year(third)?, day_of(first)?, day_of(second)?),
        DateOrder::Dmy => days_of(full_year(third)?, day_of(second)?, day_of(first)?),
    }
}

/// Reads the year after day and month.
fn finish_named(cursor: &mut Cursor<'_>, month: i64, day: i64) -> Option<i64> {
    eat_separators(cursor);
    let year = full_year(cursor.digits()?)?;
    days_of(year, month, day)
}

/// Returns a day or a month of one or two digits.
fn day_of(digits: Digits) -> Option<i64> {
    (digits.count <= 2).then_some(digits.value as i64)
}

fn full_year(digits: Digits) -> Option<i64> {
    match digits.count {
        4 => Some(digits.value as i64),
        2 => Some(year_of_two_digits(digits.value as i64)),
        _ => None,
    }
}

/// Returns the month, 1–12, of its name or an abbreviation of three letters or more.
fn month_of(name: &[u8]) -> Option<i64> {
    if name.len() < 3 {
        return None;
    }
    let is_meant = |month: &&[u8]| {
        let start = month.get(..name.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let place = MONTHS.iter().position(is_meant)?;
    Some(place as i64 + 1)
}

fn eat_separators(cursor: &mut Cursor<'_>) {
    while cursor.eat_any(NAMED_SEPARATORS).is_some() {}
}
