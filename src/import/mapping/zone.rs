//! In which zone times are: what the file says, then what the asker says, else a question.
//!
//! What a vendor is known for orders the choices and is never applied.

use super::names::Name;
use super::reading::{DAY, Reading};
use super::vendor::Vendor;
use crate::domain::Timeframe;
use crate::import::TimeFormat;
use crate::import::convert::time::WrittenTime;
use crate::import::convert::zone::Zone;

/// The answer to the question for a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This zone, or none that is needed; what it is in words; and why.
    Known {
        /// For the rule of times.
        zone: Option<String>,
        /// For people.
        value: String,
        /// Why.
        evidence: String,
    },
    /// Somebody must say it; why, and the likely answers.
    Ask(String, Vec<String>),
}

/// What is known when a zone is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    /// The times.
    pub(super) reading: &'a Reading,
    /// The name of their column.
    pub(super) name: Option<&'a Name>,
    /// The length of the bars, if known.
    pub(super) timeframe: Option<Timeframe>,
    /// Whose file it is.
    pub(super) vendor: &'a Vendor,
    /// What the asker says.
    pub(super) asked: Option<&'a str>,
}

/// Finds the zone of times.
pub(super) fn judge(evidence: Evidence<'_>) -> Verdict {
    let known = |zone: Option<String>, value: &str, why: &str| Verdict::Known {
        zone,
        value: value.to_owned(),
        evidence: why.to_owned(),
    };
    let choices = choices(evidence);
    let asked = match evidence.asked.map(canonical).transpose() {
        Ok(asked) => asked,
        Err(why) => return Verdict::Ask(why, choices),
    };
    let reading = evidence.reading;
    if is_undated(evidence) {
        return match asked {
            Some(zone) => known(Some(zone.clone()), &zone, "as asked for"),
            None => Verdict::Ask(why_undated(reading), choices_of_dates(choices)),
        };
    }
    if reading.format == TimeFormat::Epoch {
        return known(None, "UTC", "seconds since 1970 are counted in UTC");
    }
    if reading.has_offsets() {
        return known(
            None,
            "in each value",
            "each time carries its offset from UTC",
        );
    }
    if let Some((zone, name)) = evidence.name.and_then(zone_in) {
        let why = format!("the column is named `{name}`");
        return known(Some(zone.clone()), &zone, &why);
    }
    if let Some(zone) = asked {
        return known(Some(zone.clone()), &zone, "as asked for");
    }
    let is_daily = match evidence.timeframe {
        Some(timeframe) => timeframe.is_daily_or_longer(),
        None => reading.is_of_dates(),
    };
    if is_daily {
        return known(
            None,
            "none needed",
            "bars of a day or longer are known by their date",
        );
    }
    let example = reading.all().next().map(written).unwrap_or_default();
    let why = format!("times such as {example} do not say in which zone they are");
    Verdict::Ask(why, choices)
}

/// Before this time of day the date in UTC is the date wherever a market is: east of Greenwich
/// days begin at 10:00 UTC or later, of the day before.
const DATES_AGREE_BEFORE: i64 = 10 * 3_600_000_000;

/// Fewer bars do not prove that a market is closed at weekends.
const WEEK: usize = 5;

/// Returns true for bars of a day or longer whose moments, in UTC, do not tell their date: they
/// begin late in the day, and some on a weekend (a Monday of Sydney begins on Sunday in UTC).
fn is_undated(evidence: Evidence<'_>) -> bool {
    let reading = evidence.reading;
    let is_daily = evidence
        .timeframe
        .is_some_and(Timeframe::is_daily_or_longer);
    let is_utc = |time: &WrittenTime| time.offset_secs == Some(0);
    if !is_daily || !reading.all().all(|time| is_utc(&time)) {
        return false;
    }
    let is_late = |time: WrittenTime| time.micros.rem_euclid(DAY) >= DATES_AGREE_BEFORE;
    // 1970-01-01 was a Thursday.
    let is_weekend = |time: WrittenTime| matches!((time.micros.div_euclid(DAY) + 3) % 7, 5 | 6);
    let is_of_weekdays = reading.count() >= WEEK && !reading.all().any(is_weekend);
    reading.all().any(is_late) && !is_of_weekdays
}

fn why_undated(reading: &Reading) -> String {
    let example = reading.all().next().map(written).unwrap_or_default();
    format!("bars that begin at {example} UTC may be of that date or of the next")
}

/// Adds the zones in which bars of a day that begin on the day before in UTC usually are.
fn choices_of_dates(mut choices: Vec<String>) -> Vec<String> {
    for zone in ["Europe/Athens", "Australia/Sydney", "+08:00"] {
        if !choices.iter().any(|other| other == zone) {
            choices.push(zone.to_owned());
        }
    }
    choices
}

fn written(time: WrittenTime) -> String {
    let moment = chrono::DateTime::from_timestamp_micros(time.micros);
    moment.map_or_else(String::new, |moment| {
        moment.format("`%Y-%m-%d %H:%M`").to_string()
    })
}

/// Reads a zone and writes it as rules have it.
fn canonical(text: &str) -> Result<String, String> {
    match Zone::parse(text) {
        Ok(Zone::Utc) => Ok("UTC".to_owned()),
        Ok(Zone::Named(zone)) => Ok(zone.name().to_owned()),
        Ok(Zone::Fixed(secs)) => {
            let sign = if secs < 0 { '-' } else { '+' };
            let minutes = secs.abs() / 60;
            Ok(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Returns the zone that the name of a column tells, and the name: `Gmt time`, `time (UTC)`.
fn zone_in(name: &Name) -> Option<(String, &str)> {
    let is_utc = |word: &str| word.eq_ignore_ascii_case("utc") || word.eq_ignore_ascii_case("gmt");
    let in_words = name.words.iter().any(|word| is_utc(word));
    let in_unit = name.unit.as_deref().is_some_and(is_utc);
    if in_words || in_unit {
        return Some(("UTC".to_owned(), &name.raw));
    }
    let place = name
        .raw
        .split(['(', ')', '[', ']'])
        .find(|part| part.contains('/'))?;
    Some((canonical(place).ok()?, &name.raw))
}

/// Returns likely zones: by the session the bars keep, then by vendor.
fn choices(evidence: Evidence<'_>) -> Vec<String> {
    let of_session = session_zone(evidence.reading);
    let all = evidence.vendor.zones.iter().copied();
    let mut choices: Vec<String> = Vec::new();
    for zone in of_session.into_iter().chain(all).chain(["UTC"]) {
        if !choices.iter().any(|other| other == zone) {
            choices.push(zone.to_owned());
        }
    }
    choices
}

/// Returns the zone of an exchange whose opening the first bar of most days keeps.
fn session_zone(reading: &Reading) -> Option<&'static str> {
    let mut firsts: Vec<i64> = Vec::new();
    for run in &reading.times {
        let mut last = None;
        for time in run.iter().flatten() {
            if last.is_some_and(|last| last != time.date_micros()) {
                firsts.push(time.micros.rem_euclid(DAY) / 60_000_000);
            }
            last = Some(time.date_micros());
        }
    }
    let at = |minutes: &[i64]| {
        let count = firsts
            .iter()
            .filter(|first| minutes.contains(first))
            .count();
        count > 0 && count * 2 > firsts.len()
    };
    if at(&[570, 571]) {
        Some("America/New_York")
    } else if at(&[555, 556]) {
        Some("Asia/Kolkata")
    } else {
        None
    }
}
