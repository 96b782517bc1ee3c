//! What the names of a header leave in doubt: columns of one name, and times of day that cannot be
//! read.
//!
//! It finds no column; it says why those that were found are not to be trusted.

use super::alias::{self, Meaning};
use super::by_name::columns_of;
use super::names::Name;
use super::numbers::is_nothing;
use super::reading::Reading;
use super::table::Table;
use super::where_time::TIMES_OF_DAY;
use crate::import::TimeColumns;

/// Returns why the columns of a header cannot be trusted; `None` when they can.
pub(super) fn of_header(
    table: &Table<'_>,
    names: &[Name],
    time: Option<&Reading>,
) -> Option<String> {
    twice(table, names).or_else(|| of_time(table, names, time?))
}

/// Two columns of one name are two prices, unless they are the same.
fn twice(table: &Table<'_>, names: &[Name]) -> Option<String> {
    let differ = |pair: &&[usize]| {
        let [first, second] = [pair[0], pair[1]];
        names[first].key == names[second].key && table.runs(first) != table.runs(second)
    };
    Meaning::PRICES.into_iter().find_map(|price| {
        let columns = columns_of(names, price);
        let pair = columns.windows(2).next().filter(|pair| differ(pair))?;
        let [first, second] = [pair[0], pair[1]].map(|at| (names[at].raw.as_str(), at + 1));
        Some(format!(
            "column {} (`{}`) and column {} (`{}`) have one name and other values: rename one",
            first.1, first.0, second.1, second.0,
        ))
    })
}

/// A time of day beside a date is not left out because it cannot be read.
fn of_time(table: &Table<'_>, names: &[Name], reading: &Reading) -> Option<String> {
    match reading.place {
        TimeColumns::DateAndTime { time, .. } => mixed(&table.filled(time), &names[time].raw),
        TimeColumns::One(date) if reading.all().all(|time| !time.has_time_of_day) => {
            let is_beside = |at: &usize| *at != date && is_time_of_day(&names[*at]);
            let beside = (0..names.len()).find(is_beside)?;
            let values = table.filled(beside);
            let mut written = values.iter().filter(|text| !is_nothing(text));
            let first = *written.next()?;
            let example = written.find(|text| !is_zero(text)).unwrap_or(&first);
            Some(format!(
                "the times of day in `{}` cannot be read, such as `{example}`: write them as \
                 HH:MM or HH:MM:SS",
                names[beside].raw,
            ))
        }
        TimeColumns::One(_) => None,
    }
}

fn is_time_of_day(name: &Name) -> bool {
    let is_time = alias::meaning(name).is_some_and(|found| found.0 == Meaning::Time);
    is_time && TIMES_OF_DAY.contains(&name.key.as_str())
}

/// Midnight is read however many zeros it has.
fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// Of `500`, `1000` and `10000` nobody knows which digits are hours: zeros before them were lost.
fn mixed(values: &[&str], name: &str) -> Option<String> {
    let is_digits = |text: &&&str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = || values.iter().filter(is_digits);
    let of_len = |lens: &[usize]| digits().find(|text| lens.contains(&text.len()));
    let short = digits().find(|text| text.len() < 4 && !is_zero(text));
    let short = short.or_else(|| of_len(&[4]))?;
    let other = of_len(&[5, 6]).or_else(|| of_len(&[4]).filter(|text| *text != short))?;
    let is_mixed = short.len() != other.len();
    is_mixed.then(|| {
        format!(
            "the times of day in `{name}` lost zeros, such as `{short}` beside `{other}`: write \
             them as HH:MM or HH:MM:SS"
        )
    })
}
