//! Files to be mapped, and what was found in one line.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Datelike, Utc, Weekday};
use mda::api::ImportSpec;
use mda::import::csv;
use mda::import::mapping::{Mapping, MappingRequest, map};

/// Maps a file.
pub(super) fn map_file(path: &Path, spec: &ImportSpec) -> Mapping {
    let sample = csv::probe(path).unwrap();
    let mapping = map(&sample, &MappingRequest { path, spec });
    assert_eq!(
        mapping.layout.is_some(),
        mapping.questions.is_empty(),
        "{}: {:?}",
        path.display(),
        mapping.questions
    );
    mapping
}

/// Maps a text as a file of this name.
pub(super) fn map_text(name: &str, text: &str, spec: &ImportSpec) -> Mapping {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    map_file(&path, spec)
}

/// Writes what was found in one line: `id | roles | format zone length symbol`, `?` for what is
/// asked for.
pub(super) fn line_of(mapping: &Mapping) -> String {
    let roles: Vec<&str> = mapping.columns.iter().map(|c| c.role.as_str()).collect();
    let fact = |what: &str| {
        let found = mapping.facts.iter().find(|fact| fact.what == what);
        found.map_or("?", |fact| fact.value.as_str())
    };
    let format = match fact("date format") {
        "time since 1970" => "epoch",
        "year, month, day" => "ymd",
        "day, month, year" => "dmy",
        "month, day, year" => "mdy",
        "month by name" => "name",
        other => other,
    };
    let zone = match fact("zone") {
        "none needed" => "-",
        "in each value" => "offset",
        other => other,
    };
    format!(
        "{} | {} | {format} {zone} {} {}",
        mapping.layout_id,
        roles.join(" "),
        fact("timeframe"),
        fact("symbol"),
    )
}

/// Returns the flags of what is asked, in order.
pub(super) fn asked(mapping: &Mapping) -> Vec<&'static str> {
    let questions = mapping.questions.iter();
    questions.map(|question| question.about.flag()).collect()
}

/// How far rows lie apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A day, weekends left out.
    Day,
    /// So many minutes.
    Minutes(i64),
}

/// Writes `count` rows from 22 January 2024, 09:30, on.
///
/// `row` is a format of `chrono` in which `{o}` `{h}` `{l}` `{c}` are prices, in capitals with a
/// comma for decimals; `{v}` is a volume, `{q}` the same in money, `{w}` an average price, `{n}`
/// a count; `{s}`, `{ms}`, `{us}`, `{ns}` are epochs, `{ms_end}` and `{us_end}` the bar's end.
pub(super) fn rows(row: &str, step: Step, count: usize) -> String {
    rows_from(row, step, "2024-01-22T09:30:00Z", count)
}

/// Writes rows as [`rows`] does, from another moment on.
pub(super) fn rows_from(row: &str, step: Step, from: &str, count: usize) -> String {
    let mut moment: DateTime<Utc> = from.parse().unwrap();
    let mut text = String::new();
    let mut close: i64 = 40_000;
    for at in 0..count as i64 {
        text.push_str(&one_row(row, step, moment, at, &mut close));
        text.push('\n');
        moment += match step {
            Step::Day => chrono::Duration::days(1),
            Step::Minutes(minutes) => chrono::Duration::minutes(minutes),
        };
        while matches!(step, Step::Day) && matches!(moment.weekday(), Weekday::Sat | Weekday::Sun) {
            moment += chrono::Duration::days(1);
        }
    }
    text
}

fn one_row(row: &str, step: Step, moment: DateTime<Utc>, at: i64, close: &mut i64) -> String {
    let open = *close + (at % 3 - 1) * 2;
    *close = open + [61, -47, 83, -71, 29, -58, 44][at as usize % 7];
    let high = open.max(*close) + 11 + at % 4;
    let low = open.min(*close) - 13 - at % 5;
    let volume = 1_003 + at * 17 % 401;
    let average = i64::midpoint(high, low);
    let minutes = match step {
        Step::Day => 1_440,
        Step::Minutes(minutes) => minutes,
    };
    let price = |cents: i64, sign: char| format!("{}{sign}{:02}", cents / 100, cents % 100);
    let seconds = moment.timestamp();
    let fields = [
        ("{o}", price(open, '.')),
        ("{h}", price(high, '.')),
        ("{l}", price(low, '.')),
        ("{c}", price(*close, '.')),
        ("{O}", price(open, ',')),
        ("{H}", price(high, ',')),
        ("{L}", price(low, ',')),
        ("{C}", price(*close, ',')),
        ("{v}", volume.to_string()),
        ("{q}", price(volume * average, '.')),
        ("{w}", price(average, '.')),
        ("{n}", (at * 7 % 90 + 3).to_string()),
        ("{s}", seconds.to_string()),
        ("{ms}", (seconds * 1_000).to_string()),
        ("{us}", (seconds * 1_000_000).to_string()),
        ("{ns}", (seconds * 1_000_000_000).to_string()),
        (
            "{ms_end}",
            ((seconds + minutes * 60) * 1_000 - 1).to_string(),
        ),
        (
            "{us_end}",
            ((seconds + minutes * 60) * 1_000_000 - 1).to_string(),
        ),
    ];
    let mut text = moment.format(row).to_string();
    for (field, value) in fields {
        text = text.replace(field, &value);
    }
    text
}
