//! Times as files write them, into microseconds.
//!
//! It knows no zone: the wall clock is read as if it were UTC, and the offset is told where one is
//! written. What a format does not cover is `None`, never a guess. Never allocates.

use super::calendar::{DAY_MICROS, days_of, is_in_years};
use super::cursor::Cursor;
use super::{date, day_time};
use crate::api::DateOrder;
use crate::import::TimeFormat;

/// An epoch below this is in seconds, from it on in milliseconds (1973-03-03 and later).
const MILLIS_FROM: u128 = 100_000_000_000;

/// From here on in microseconds.
const MICROS_FROM: u128 = 100_000_000_000_000;

/// From here on in nanoseconds.
const NANOS_FROM: u128 = 100_000_000_000_000_000;

/// The most digits before the point of an epoch.
const EPOCH_DIGITS_MAX: usize = 19;

/// A time, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    /// The wall clock, in microseconds since 1970-01-01 00:00 of its own zone; of an epoch, UTC.
    pub micros: i64,
    /// How far the wall clock is ahead of UTC, where the text says it; 0 for an epoch.
    pub offset_secs: Option<i32>,
    /// True when a time of day was written, not a date alone.
    pub has_time_of_day: bool,
}

impl WrittenTime {
    /// Returns the moment in UTC, where the text tells it.
    pub fn utc_micros(self) -> Option<i64> {
        let offset = self.offset_secs?;
        Some(self.micros - i64::from(offset) * 1_000_000)
    }

    /// Returns midnight of the written date, as if it were UTC.
    pub const fn date_micros(self) -> i64 {
        self.micros - self.micros.rem_euclid(DAY_MICROS)
    }
}

/// Reads a time of one field; `None` when it is none of this format, no date of the calendar, or
/// outside the years 1900–2261.
///
/// The unit of an epoch is told by its magnitude, row by row: below 10¹¹ seconds, below 10¹⁴
/// milli-, below 10¹⁷ micro-, else nanoseconds. So seconds are read over all years, and the finer
/// units from 1973-03-03 on. Before it they are taken for the coarser unit, and come out beyond
/// 2261, which is refused, but for the first 107 days of 1970. What is finer than a microsecond is
/// cut.
pub fn parse(format: TimeFormat, text: &str) -> Option<WrittenTime> {
    read(format, text.as_bytes())
}

/// Reads a date and a time of day of two fields; with an empty time it is the date alone.
///
/// `None` as [`parse`] has it, and for an epoch, which is one number.
pub fn parse_two(format: TimeFormat, date: &str, time: &str) -> Option<WrittenTime> {
    read_two(format, date.as_bytes(), time.as_bytes())
}

/// Reads as [`parse`] does, from bytes.
pub(super) fn read(format: TimeFormat, text: &[u8]) -> Option<WrittenTime> {
    match format {
        TimeFormat::Epoch => epoch(text),
        TimeFormat::Numeric(DateOrder::Ymd) => fixed_width(text).or_else(|| calendar(format, text)),
        TimeFormat::Numeric(DateOrder::Dmy | DateOrder::Mdy) | TimeFormat::NamedMonth => {
            calendar(format, text)
        }
    }
}

/// Reads as [`parse_two`] does, from bytes.
pub(super) fn read_two(format: TimeFormat, date: &[u8], time: &[u8]) -> Option<WrittenTime> {
    if format == TimeFormat::Epoch {
        return None;
    }
    let written = read(format, date)?;
    let mut cursor = Cursor::new(time);
    if cursor.is_done() {
        return Some(written);
    }
    // Some programs write `2024-01-02 00:00:00` into the column of the date.
    let is_date = written.micros == written.date_micros() && written.offset_secs.is_none();
    if !is_date {
        return None;
    }
    with_time(&mut cursor, written.micros)
}

/// Reads a date that may be followed by a time of day and an offset.
fn calendar(format: TimeFormat, text: &[u8]) -> Option<WrittenTime> {
    let mut cursor = Cursor::new(text);
    let is_compact = cursor.digits_ahead() > 8;
    let days = match format {
        TimeFormat::Numeric(order) => date::numeric(&mut cursor, order)?,
        TimeFormat::NamedMonth => date::named(&mut cursor)?,
        TimeFormat::Epoch => return None,
    };
    let midnight = days * DAY_MICROS;
    if cursor.is_done() {
        return Some(WrittenTime {
            micros: midnight,
            offset_secs: None,
            has_time_of_day: false,
        });
    }
    if !is_compact {
        pass_to_time(&mut cursor)?;
    }
    with_time(&mut cursor, midnight)
}

/// Reads the time of day of a date, and the offset that may follow.
fn with_time(cursor: &mut Cursor<'_>, midnight: i64) -> Option<WrittenTime> {
    let in_day = day_time::read(cursor)?;
    let mut time = WrittenTime {
        micros: midnight + in_day,
        offset_secs: None,
        has_time_of_day: true,
    };
    if !cursor.is_done() {
        time.offset_secs = Some(day_time::offset(cursor)?);
    }
    Some(time)
}

/// Passes what stands between date and time: `T`, spaces, or a comma and spaces.
fn pass_to_time(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.eat_any(b"Tt").is_some() {
        return Some(());
    }
    cursor.eat(b',');
    cursor.eat_spaces().then_some(())
}

/// Reads `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS`, with any separators; `None` for anything else.
fn fixed_width(text: &[u8]) -> Option<WrittenTime> {
    let (date, time) = text.split_at_checked(10)?;
    let separator = date[4];
    if date[7] != separator || !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    let year = two_at(date, 0)? * 100 + two_at(date, 2)?;
    let days = days_of(year, two_at(date, 5)?, two_at(date, 8)?)?;
    let midnight = days * DAY_MICROS;
    if time.is_empty() {
        return Some(WrittenTime {
            micros: midnight,
            offset_secs: None,
            has_time_of_day: false,
        });
    }
    let is_fixed =
        time.len() == 9 && matches!(time[0], b' ' | b'T') && time[3] == b':' && time[6] == b':';
    if !is_fixed {
        return None;
    }
    let (hours, minutes, seconds) = (two_at(time, 1)?, two_at(time, 4)?, two_at(time, 7)?);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some(WrittenTime {
        micros: midnight + (hours * 3_600 + minutes * 60 + seconds) * 1_000_000,
        offset_secs: None,
        has_time_of_day: true,
    })
}

fn two_at(text: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// Reads a number of seconds, milli-, micro- or nanoseconds since 1970; `1381017600.0` too.
fn epoch(text: &[u8]) -> Option<WrittenTime> {
    let body = text.trim_ascii();
    let (is_negative, unsigned) = match body.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, body),
    };
    let count = unsigned.iter().take_while(|b| b.is_ascii_digit()).count();
    let (whole, rest) = unsigned.split_at(count);
    if count == 0 || count > EPOCH_DIGITS_MAX {
        return None;
    }
    let whole = whole
        .iter()
        .fold(0, |value, digit| value * 10 + u128::from(digit - b'0'));
    let fraction = fraction_billionths(rest)?;
    let magnitude = whole * 1_000_000_000 + fraction;
    let per_micro = match whole {
        0..MILLIS_FROM => 1_000,
        MILLIS_FROM..MICROS_FROM => 1_000_000,
        MICROS_FROM..NANOS_FROM => 1_000_000_000,
        _ => 1_000_000_000_000,
    };
    let signed = i128::try_from(magnitude).ok()? * if is_negative { -1 } else { 1 };
    let micros = i64::try_from(signed.div_euclid(per_micro)).ok()?;
    is_in_years(micros).then_some(WrittenTime {
        micros,
        offset_secs: Some(0),
        has_time_of_day: true,
    })
}

/// Reads what follows the whole part of an epoch, in billionths of its unit; finer digits are cut.
fn fraction_billionths(text: &[u8]) -> Option<u128> {
    let Some((point, digits)) = text.split_first() else {
        return Some(0);
    };
    if *point != b'.' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    Some(kept.fold(0, |value, digit| value * 10 + u128::from(digit - b'0')))
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
