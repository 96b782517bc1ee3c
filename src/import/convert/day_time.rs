//! Time of day and offset as files write them.

use super::cursor::Cursor;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The largest offset that is believed; real ones reach from −12 to +14 hours.
const OFFSET_HOURS_MAX: i64 = 15;

/// Reads a time of day into microseconds: `9:30`, `09:30:00.250`, `09:30 AM`, and without colons
/// `1700`, `93000`, `170000`, `170000250`.
///
/// 24:00 and second 60 are no times. Three digits are not read: `930` is 09:30 or 00:09:30. One
/// or two are only read as 0, midnight of files that write a number.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<i64> {
    match cursor.digits_ahead() {
        1 | 2 => {
            let first = cursor.digits()?.value as i64;
            if cursor.eat(b':') {
                return with_colons(cursor, first);
            }
            (first == 0 && cursor.is_done()).then_some(0)
        }
        4 => {
            let value = cursor.digits()?.value as i64;
            finish(cursor, value / 100, value % 100, 0)
        }
        5 | 6 => {
            let value = cursor.digits()?.value as i64;
            let seconds = seconds_of(cursor, value % 100)?;
            finish(cursor, value / 10_000, value / 100 % 100, seconds)
        }
        9 => {
            let value = cursor.digits()?.value as i64;
            let seconds = value / 1_000 % 100;
            let micros = value % 1_000 * 1_000;
            let is_second = seconds < 60;
            let within = is_second.then_some(seconds * SECOND + micros)?;
            finish(cursor, value / 10_000_000, value / 100_000 % 100, within)
        }
        _ => None,
    }
}

/// Reads what may follow a time: `Z`, `UTC`, `GMT`, an offset (`+05:30`, `+0530`, `-05`), or a
/// name and an offset (`GMT+0900`). It is the last of its field.
pub(super) fn offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    cursor.eat_spaces();
    let is_named = cursor.eat_word(b"utc") || cursor.eat_word(b"gmt") || cursor.eat_word(b"z");
    if is_named && cursor.is_done() {
        return Some(0);
    }
    let sign = match cursor.eat_any(b"+-")? {
        b'-' => -1,
        _ => 1,
    };
    let secs = offset_secs(cursor)?;
    cursor.is_done().then_some(sign * secs)
}

/// Reads an offset without its sign: `05:30`, `0530`, `05`, `5`, and with seconds `05:30:20`.
fn offset_secs(cursor: &mut Cursor<'_>) -> Option<i32> {
    let digits = cursor.digits()?;
    let value = digits.value as i64;
    let (hours, minutes) = match digits.count {
        1 | 2 if cursor.eat(b':') => (value, two(cursor)?),
        1 | 2 => (value, 0),
        4 => (value / 100, value % 100),
        _ => return None,
    };
    let seconds = if cursor.eat(b':') { two(cursor)? } else { 0 };
    let is_offset = hours <= OFFSET_HOURS_MAX && minutes < 60 && seconds < 60;
    is_offset.then_some((hours * 3_600 + minutes * 60 + seconds) as i32)
}

fn with_colons(cursor: &mut Cursor<'_>, hours: i64) -> Option<i64> {
    let minutes = two(cursor)?;
    let within = if cursor.eat(b':') {
        let seconds = two(cursor)?;
        seconds_of(cursor, seconds)?
    } else {
        0
    };
    finish(cursor, hours, minutes, within)
}

/// Returns seconds, and the fraction that follows, in microseconds.
fn seconds_of(cursor: &mut Cursor<'_>, seconds: i64) -> Option<i64> {
    let fraction = if cursor.eat_any(b".,").is_some() {
        cursor.fraction_micros()?
    } else {
        0
    };
    (seconds < 60).then_some(seconds * SECOND + fraction)
}

/// Puts hours, minutes and microseconds together, with the AM or PM that may follow.
fn finish(cursor: &mut Cursor<'_>, hours: i64, minutes: i64, within: i64) -> Option<i64> {
    let mut after = *cursor;
    after.eat_spaces();
    let is_morning = after.eat_word(b"am");
    let is_half_day = is_morning || after.eat_word(b"pm");
    let hours = match hours {
        12 if is_morning => 0,
        1..=11 if is_half_day && !is_morning => hours + 12,
        1..=12 => hours,
        0 | 13..=23 if !is_half_day => hours,
        _ => return None,
    };
    if is_half_day {
        *cursor = after;
    }
    (minutes < 60).then_some(hours * HOUR + minutes * MINUTE + within)
}

fn two(cursor: &mut Cursor<'_>) -> Option<i64> {
    let is_two = cursor.digits_ahead() == 2;
    is_two
        .then(|| cursor.take_digits(2))?
        .map(|value| value as i64)
}
