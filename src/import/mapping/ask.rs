//! Words for what only a person can know.

use std::path::Path;

use super::columns::Found;
use super::reading::Reading;
use super::vendor;
use crate::api::{DateOrder, ImportQuestion, QuestionAbout};
use crate::import::TimeFormat;

/// Asks something about a file.
pub(super) fn question(
    about: QuestionAbout,
    path: &Path,
    text: String,
    choices: Vec<String>,
) -> ImportQuestion {
    ImportQuestion {
        about,
        file: path.display().to_string(),
        text,
        choices,
    }
}

/// Asks which columns hold what; the answer is the id of a layout.
pub(super) fn columns(path: &Path, why: &str, is_named: bool) -> ImportQuestion {
    let text = format!("which columns hold what? {why}");
    let choices: Vec<&str> = if is_named {
        Vec::new()
    } else {
        ["ohlcv", "ochlv", "oclhv"]
            .into_iter()
            .chain(vendor::ids_with_order())
            .collect()
    };
    let mut unique: Vec<String> = Vec::new();
    for choice in choices {
        if !unique.iter().any(|known| known == choice) {
            unique.push(choice.to_owned());
        }
    }
    question(QuestionAbout::Columns, path, text, unique)
}

/// Asks for a layout that exists.
pub(super) fn layout(path: &Path, why: &str) -> ImportQuestion {
    let text = format!("which layout does the file have? {why}");
    let ids = vendor::ids().map(str::to_owned).collect();
    question(QuestionAbout::Columns, path, text, ids)
}

/// Asks for the order of day, month and year.
pub(super) fn date_order(path: &Path, found: &Found, readings: &[Reading]) -> ImportQuestion {
    let mut orders: Vec<DateOrder> = Vec::new();
    for reading in readings {
        if let TimeFormat::Numeric(order) = reading.format {
            orders.push(order);
        }
    }
    if MONTH_FIRST.contains(&found.vendor.id) {
        orders.sort_by_key(|order| *order != DateOrder::Mdy);
    }
    let text = format!(
        "is the day or the month first? A date can be {}",
        meanings_of(readings).join(" or "),
    );
    let choices = orders.into_iter().map(|order| word_of(order).to_owned());
    question(QuestionAbout::DateOrder, path, text, choices.collect())
}

/// Asks what the only sign of a number is.
pub(super) fn decimal(path: &Path, text: &str) -> ImportQuestion {
    let text = format!("is the comma of `{text}` the decimal sign, or does it group thousands?");
    let choices = ["point", "comma"].map(str::to_owned).to_vec();
    question(QuestionAbout::Decimal, path, text, choices)
}

/// Says that the numbers contradict the decimal sign asked for.
pub(super) fn wrong_decimal(path: &Path, proven: char) -> ImportQuestion {
    let (asked, proven) = if proven == ',' {
        ("point", "comma")
    } else {
        ("comma", "point")
    };
    let text = format!(
        "the decimal sign `{asked}` was asked for, but the numbers are only read with a {proven}"
    );
    question(QuestionAbout::Decimal, path, text, vec![proven.to_owned()])
}

/// Says that the dates contradict the order asked for.
pub(super) fn wrong_order(path: &Path, asked: DateOrder, proven: DateOrder) -> ImportQuestion {
    let (asked, proven) = (word_of(asked), word_of(proven));
    let text =
        format!("the order `{asked}` was asked for, but some dates are only read as `{proven}`");
    question(
        QuestionAbout::DateOrder,
        path,
        text,
        vec![proven.to_owned()],
    )
}

/// Vendors that write the month first; only the order of choices follows from it.
const MONTH_FIRST: [&str; 4] = ["nasdaq", "barchart", "investing", "alphavantage"];

/// Returns the word of an order, as the flag has it.
pub(super) const fn word_of(order: DateOrder) -> &'static str {
    match order {
        DateOrder::Dmy => "dmy",
        DateOrder::Mdy => "mdy",
        DateOrder::Ymd => "ymd",
    }
}

/// Writes what the first date that can be read in several ways can be.
fn meanings_of(readings: &[Reading]) -> Vec<String> {
    let all: Vec<Vec<Option<i64>>> = readings
        .iter()
        .map(|reading| {
            let times = reading.times.iter().flatten();
            times.map(|time| time.map(|time| time.micros)).collect()
        })
        .collect();
    let of_row = |row: usize| -> Vec<i64> {
        let mut dates: Vec<i64> = all.iter().filter_map(|times| times[row]).collect();
        dates.dedup();
        dates
    };
    let rows = all.first().map_or(0, Vec::len);
    let first = (0..rows).map(of_row).find(|dates| dates.len() > 1);
    let dates = first.or_else(|| {
        Some(
            all.iter()
                .filter_map(|times| times.iter().flatten().next().copied())
                .collect(),
        )
    });
    let dates = dates.unwrap_or_default().into_iter();
    dates
        .filter_map(chrono::DateTime::from_timestamp_micros)
        .map(|date| date.format("%-d %B %Y").to_string())
        .collect()
}
