//! What the look of a file tells: a vendor without a header, or a header that is too narrow.

use std::path::Path;

use super::alias::Meaning;
use super::columns::Found;
use super::draft::{Draft, Role};
use super::file_name;
use super::reading::Reading;
use super::table::Table;
use super::vendor::{self, Vendor};
use crate::api::DateOrder;
use crate::import::csv::Sample;
use crate::import::{TimeColumns, TimeFormat};

/// Returns the vendor a file without a header looks like.
pub(super) fn of_unnamed(sample: &Sample, time: &Reading, path: &Path) -> Option<&'static Vendor> {
    let table = Table::of(sample);
    let is_first = time.place == TimeColumns::One(0);
    let is_epoch = is_first && time.format == TimeFormat::Epoch;
    let is_ymd = time.format == TimeFormat::Numeric(DateOrder::Ymd);
    if is_epoch && table.width() == 12 {
        let closes = Reading::of(&table, TimeColumns::One(6), TimeFormat::Epoch);
        return vendor::by_id("binance").filter(|_| closes.reads(95));
    }
    if is_epoch && table.width() == 7 {
        let is_named = || file_name::documented("kraken", path).is_some();
        let has_rows = sample.head.len() >= 5;
        return vendor::by_id("kraken").filter(|_| has_rows || is_named());
    }
    if is_first && is_ymd && table.width() == 6 && sample.dialect.delimiter == b';' {
        let is_compact = table.filled(0).iter().all(|text| is_compact(text));
        let has_volume = table.filled(5).iter().any(|text| *text != "0");
        let is_named = file_name::documented("histdata", path).is_some();
        let id = if has_volume && !is_named {
            "ninjatrader"
        } else {
            "histdata"
        };
        return vendor::by_id(id).filter(|_| is_compact);
    }
    let is_split = time.place == TimeColumns::DateAndTime { date: 0, time: 1 };
    let has_points = || table.filled(0).iter().all(|text| text.contains('.'));
    vendor::by_id("metatrader").filter(|_| is_split && is_ymd && has_points())
}

/// Returns true for `20240131 170000`.
fn is_compact(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(' ').is_some_and(|(date, time)| {
        date.len() == 8 && time.len() == 6 && is_digits(date) && is_digits(time)
    })
}

/// Names the columns beyond prices and volume as a vendor without a header has them.
pub(super) fn name_trades(draft: &mut Draft, vendor: &Vendor) {
    let words = vendor.order.split(' ').enumerate();
    let tail = words.skip_while(|(_, word)| *word != "close").skip(1);
    for (column, word) in tail {
        let Some(role) = Role::of_word(word) else {
            continue;
        };
        let why = format!("as in files of {}", vendor.name);
        draft.set(column, role, (&why, 95));
    }
}

/// Returns the vendor whose values look like these, where the names are anybody's.
pub(super) fn of_named(sample: &Sample, found: &Found) -> Option<&'static Vendor> {
    let says = |word: &str| {
        let mut lines = sample.left_out.iter();
        lines.any(|(_, line)| line.to_ascii_lowercase().contains(word))
    };
    if says("cryptodatadownload") {
        return vendor::by_id("cryptodatadownload");
    }
    let reading = found.time.as_ref()?.likeliest();
    let TimeColumns::One(column) = reading.place else {
        return None;
    };
    let table = Table::of(sample);
    let values = table.filled(column);
    if values.iter().all(|text| is_dukascopy(text)) {
        return vendor::by_id("dukascopy");
    }
    let keys: Vec<&str> = found.names.iter().map(|name| name.raw.as_str()).collect();
    let is_alpha = keys == ["timestamp", "open", "high", "low", "close", "volume"];
    let is_wall_clock = reading.all().all(|time| time.offset_secs.is_none());
    vendor::by_id("alphavantage").filter(|_| is_alpha && is_wall_clock)
}

/// Returns true for `31.01.2024 22:00:00.000`, offset or not.
fn is_dukascopy(text: &str) -> bool {
    let pattern = "dd.dd.dddd dd:dd:dd.ddd";
    let mut letters = text.chars();
    pattern.chars().all(|wanted| {
        letters.next().is_some_and(|letter| match wanted {
            'd' => letter.is_ascii_digit(),
            other => letter == other,
        })
    })
}

/// Returns the names of a header, with the one for the time of day that some programs leave out.
pub(super) fn completed_header(table: &Table<'_>, header: &[String]) -> Vec<String> {
    let mut names = header.to_vec();
    let is_date = |name: &String| {
        let name = super::names::Name::parse(name);
        super::alias::meaning(&name).is_some_and(|found| found.0 == Meaning::Time)
    };
    let lacks_one = !names.is_empty() && table.width() == names.len() + 1;
    let times = table.filled(1);
    let is_time = !times.is_empty() && times.iter().all(|text| is_time_of_day(text));
    if lacks_one && names.first().is_some_and(is_date) && is_time {
        names.insert(1, "Time".to_owned());
    }
    names
}

fn is_time_of_day(text: &str) -> bool {
    let is_part =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len()) && parts.into_iter().all(is_part)
}

/// Returns true when rows have values beyond the columns the header names.
pub(super) fn is_wider(table: &Table<'_>, names: usize) -> bool {
    let beyond = names..table.width();
    names > 0 && beyond.into_iter().any(|at| !table.filled(at).is_empty())
}
