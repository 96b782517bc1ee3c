//! The length of the bars: as asked for, as the file or its name says, as the bars lie apart.
//!
//! Two that contradict each other are a question, but for what was asked for.

use std::collections::BTreeSet;
use std::path::Path;

use super::file_name::{self, Told};
use super::neighbours::Neighbours;
use super::period::{self, Spacing};
use super::reading::Reading;
use super::table::Table;
use crate::domain::Timeframe;

/// The length of the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This; and why.
    Known(Timeframe, String),
    /// Somebody must say it; why, and the likely answers.
    Ask(String, Vec<Timeframe>),
    /// It depends on the order of day and month, which is asked for.
    Later,
}

/// What is known when the length is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    /// The rows.
    pub(super) table: &'a Table<'a>,
    /// The ways the times can be read; several while the order of day and month is asked for.
    pub(super) readings: &'a [&'a Reading],
    /// The column of the symbol.
    pub(super) symbol: Option<usize>,
    /// The column of the length, and whether it holds record types of Databento.
    pub(super) period: Option<(usize, bool)>,
    /// Where the file is.
    pub(super) path: &'a Path,
    /// What a documented name tells.
    pub(super) told: Option<&'a Told>,
}

/// Finds the length of the bars.
pub(super) fn judge(evidence: Evidence<'_>) -> Verdict {
    let mut spacings = evidence.readings.iter().map(|reading| {
        let neighbours = Neighbours::of(evidence.table, reading, evidence.symbol);
        let steps = neighbours.steps(reading.is_of_dates());
        let least = steps.keys().next().copied();
        let spacing = match period::by_spacing(&steps) {
            Spacing::Proven(length, _)
                if !length.is_daily_or_longer() && neighbours.dates().is_one_a_date() =>
            {
                let why = "no two bars share a date, but they open at different times of day";
                Spacing::Unsure(Some(Timeframe::D1), why.to_owned())
            }
            spacing @ (Spacing::Proven(..) | Spacing::Unsure(..)) => spacing,
        };
        (spacing, least)
    });
    let Some((spacing, least)) = spacings.next() else {
        return Verdict::Ask("the file has no times".to_owned(), Vec::new());
    };
    let is_settled = spacings.all(|(other, _)| is_same(&other, &spacing));
    let said = match in_column(evidence) {
        Ok(said) => said,
        Err(why) => return Verdict::Ask(why, Vec::new()),
    };
    let of_name = evidence.told.and_then(|told| told.timeframe);
    let said = said
        .map(|timeframe| (timeframe, "the file says it in a column"))
        .or_else(|| of_name.map(|timeframe| (timeframe, "the name of the file says it")));
    if !is_settled {
        return Verdict::Later;
    }
    settle(&spacing, said, least, file_name::length_in(evidence.path))
}

/// Returns why bars cannot have the length that was asked for; `None` when they may.
///
/// Of bars that lie nearer together only the first of each length would be kept.
pub(super) fn contradiction(evidence: Evidence<'_>, asked: Timeframe) -> Option<String> {
    if let Err(why) = in_column(evidence) {
        return Some(why);
    }
    let [reading] = evidence.readings else {
        return None;
    };
    let neighbours = Neighbours::of(evidence.table, reading, evidence.symbol);
    let steps = neighbours.steps(reading.is_of_dates());
    let total: usize = steps.values().sum();
    let shortest = asked.nominal_micros() / 100 * 93;
    let nearer: usize = steps.range(..shortest).map(|(_, count)| count).sum();
    (total >= 3 && nearer * 2 > total)
        .then(|| format!("{asked} was asked for, but most bars lie nearer together than that"))
}

fn is_same(first: &Spacing, second: &Spacing) -> bool {
    match (first, second) {
        (Spacing::Proven(a, _), Spacing::Proven(b, _)) => a == b,
        (Spacing::Unsure(..), Spacing::Unsure(..)) => true,
        (Spacing::Proven(..), Spacing::Unsure(..)) | (Spacing::Unsure(..), Spacing::Proven(..)) => {
            false
        }
    }
}

fn settle(
    spacing: &Spacing,
    said: Option<(Timeframe, &str)>,
    least: Option<i64>,
    in_name: Option<Timeframe>,
) -> Verdict {
    match (said, spacing) {
        (Some((said, why)), Spacing::Proven(spaced, how)) if said == *spaced => {
            Verdict::Known(said, format!("{why}, and {how}"))
        }
        (Some((said, why)), Spacing::Proven(spaced, how)) => {
            let why = format!("{why}: {said}, but {how}");
            Verdict::Ask(why, vec![*spaced, said])
        }
        (Some((said, why)), Spacing::Unsure(likely, _)) => {
            // A day may have 23 hours, a month 28 days.
            let shortest = said.nominal_micros() / 100 * 93;
            if least.is_none_or(|least| least >= shortest) {
                return Verdict::Known(said, why.to_owned());
            }
            let why = format!("{why}: {said}, but some bars lie nearer together");
            Verdict::Ask(why, likely.iter().copied().chain([said]).collect())
        }
        (None, Spacing::Proven(spaced, how)) => match in_name {
            Some(named) if named != *spaced => {
                let why = format!("the name of the file speaks of {named}, but {how}");
                Verdict::Ask(why, vec![*spaced, named])
            }
            Some(_) | None => Verdict::Known(*spaced, how.clone()),
        },
        (None, Spacing::Unsure(likely, why)) => {
            let mut choices: Vec<Timeframe> = in_name.into_iter().chain(*likely).collect();
            choices.dedup();
            for usual in [Timeframe::D1, Timeframe::H1, Timeframe::M1] {
                if !choices.contains(&usual) {
                    choices.push(usual);
                }
            }
            Verdict::Ask(why.clone(), choices)
        }
    }
}

/// Reads the column that tells the length; `Err` when it tells several.
fn in_column(evidence: Evidence<'_>) -> Result<Option<Timeframe>, String> {
    let Some((column, is_record_type)) = evidence.period else {
        return Ok(None);
    };
    let values: BTreeSet<&str> = evidence.table.filled(column).into_iter().collect();
    let read = |text: &&str| {
        if is_record_type {
            period::of_record_type(text)
        } else {
            period::of_text(text)
        }
    };
    let lengths: BTreeSet<Option<Timeframe>> = values.iter().map(read).collect();
    let mut lengths = lengths.into_iter();
    match (lengths.next(), lengths.next()) {
        (Some(length), None) => Ok(length),
        (Some(_), Some(_)) => {
            Err("the file holds bars of several lengths: split it by length".to_owned())
        }
        (None, _) => Ok(None),
    }
}
