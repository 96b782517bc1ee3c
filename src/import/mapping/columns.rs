//! The columns of a file: by its header, by a trusted layout, or by what they hold.

use super::by_name::{self, Header};
use super::draft::{Draft, Role};
use super::names::Name;
use super::numbers::{self, PLAIN};
use super::reading::Reading;
use super::table::Table;
use super::vendor::{self, Vendor};
use super::when::Verdict;
use super::{alias, doubt, shape, solve, volume, where_time};
use crate::import::csv::Sample;
use crate::import::mapping::MappingRequest;
use crate::import::{NumberRule, TimeColumns};

/// What was found out about the columns of a file.
#[derive(Debug)]
pub(super) struct Found {
    /// Whose file it is; the generic layout when nobody's.
    pub(super) vendor: &'static Vendor,
    /// What each column holds.
    pub(super) draft: Draft,
    /// How times are written; `None` when no column holds any.
    pub(super) time: Option<Verdict>,
    /// How numbers are written.
    pub(super) numbers: numbers::Verdict,
    /// The names of the header; empty without one.
    pub(super) names: Vec<Name>,
    /// What the names of all prices share.
    pub(super) shared: Option<String>,
    /// Why the columns cannot be told.
    pub(super) fault: Option<String>,
}

/// Finds out what the columns of a file hold.
pub(super) fn find(sample: &Sample, request: &MappingRequest<'_>) -> Found {
    let table = Table::of(sample);
    let asked = request.spec.layout.as_deref();
    let trusted = asked.and_then(vendor::by_id);
    let raw = shape::completed_header(&table, &sample.dialect.header);
    let header = by_name::header(&raw);
    let mut found = if has_no_names(&header.names) {
        let found = without_names(sample, request, trusted);
        Found {
            names: header.names,
            ..found
        }
    } else {
        with_names(sample, header, trusted)
    };
    if let Some(asked) = asked.filter(|_| trusted.is_none()) {
        let why = format!("`{asked}` is no known layout");
        found.fault = Some(why);
    } else if let Some(vendor) = trusted {
        found.vendor = vendor;
    }
    found
}

/// Returns true for no header, and for names a program made up: `0`, `col1`, `field_2`.
fn has_no_names(names: &[Name]) -> bool {
    names.iter().all(|name| {
        let letters = name.key.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_counted = letters.len() < name.key.len()
            && ["", "col", "column", "field", "f", "x", "unnamed", "var"].contains(&letters);
        name.key.is_empty() || is_counted
    })
}

fn with_names(sample: &Sample, header: Header, trusted: Option<&'static Vendor>) -> Found {
    let table = Table::of(sample);
    let names = header.names;
    let mut draft = by_name::assign(&table, &names);
    let symbol = draft.column(Role::Symbol);
    let time = where_time::by_names(&table, &names, symbol).or_else(|| {
        let free: Vec<usize> = (0..table.width())
            .filter(|at| draft.is_free(*at) && names.get(*at).is_none_or(may_hold_times))
            .collect();
        where_time::by_contents(&table, &free, symbol)
    });
    let volumes = by_name::columns_of(&names, alias::Meaning::Volume);
    let mut amounts = draft.numbers();
    amounts.extend(
        volumes
            .iter()
            .filter(|at| by_name::are_numbers(&table.filled(**at))),
    );
    let mut numbers = numbers::judge(&table, &amounts);
    if trusted.is_some() {
        numbers = trusted_numbers(numbers, sample.dialect.delimiter);
    }
    let mut found = Found {
        vendor: generic(),
        draft: Draft::new(0),
        fault: fault_of_sets(&header.sets),
        numbers,
        time,
        names,
        shared: header.shared,
    };
    if let Some(verdict) = &found.time {
        let why = time_evidence(&found.names, verdict.likeliest());
        draft.set_time(verdict.likeliest().place, (&why, 95));
    }
    volume::assign(&table, &found.names, rule_of(&found.numbers), &mut draft);
    if let Some(order) = trusted.filter(|_| !draft.missing().is_empty()) {
        return by_order(sample, order, found.names);
    }
    found.vendor = vendor::by_header(&found.names)
        .or_else(|| shape::of_named(sample, &found))
        .unwrap_or_else(generic);
    let reading = found.time.as_ref().map(Verdict::likeliest);
    let doubt = || doubt::of_header(&table, &found.names, reading);
    let fault = found.fault.take();
    let has_rows = !sample.head.is_empty();
    found.fault = fault
        .or_else(|| fault_of(&draft, &found.names, has_rows))
        .or_else(doubt);
    found.draft = draft;
    if shape::is_wider(&table, found.names.len()) {
        found.fault = Some("the rows have more columns than the header names".to_owned());
    }
    found
}

/// Returns true unless the name says that the column holds something else.
fn may_hold_times(name: &Name) -> bool {
    !matches!(alias::meaning(name), Some((alias::Meaning::Unused(_), _)))
}

fn time_evidence(names: &[Name], reading: &Reading) -> String {
    let name = |at: usize| names.get(at).map_or("", |name| name.raw.as_str());
    match reading.place {
        TimeColumns::One(at) if name(at).is_empty() => "the values are times".to_owned(),
        TimeColumns::One(at) => format!("named `{}`, and the values are times", name(at)),
        TimeColumns::DateAndTime { date, time } => {
            format!(
                "the date in `{}`, the time of day in `{}`",
                name(date),
                name(time)
            )
        }
    }
}

fn without_names(
    sample: &Sample,
    request: &MappingRequest<'_>,
    trusted: Option<&'static Vendor>,
) -> Found {
    if let Some(vendor) = trusted {
        return by_order(sample, vendor, Vec::new());
    }
    let table = Table::of(sample);
    let all: Vec<usize> = (0..table.width()).collect();
    let symbol = all
        .iter()
        .copied()
        .find(|at| solve::is_symbol(&table.filled(*at)));
    let free: Vec<usize> = all
        .iter()
        .copied()
        .filter(|at| Some(*at) != symbol)
        .collect();
    let time = where_time::by_contents(&table, &free, symbol);
    let mut found = Found {
        vendor: generic(),
        draft: Draft::new(table.width()),
        numbers: numbers::judge(&table, &[]),
        time,
        names: Vec::new(),
        shared: None,
        fault: None,
    };
    let Some(verdict) = &found.time else {
        found.fault = Some("there is no header, and no column holds times".to_owned());
        return found;
    };
    let reading = verdict.likeliest();
    let amounts: Vec<usize> = free
        .into_iter()
        .filter(|at| !is_in(reading.place, *at))
        .collect();
    found.numbers = numbers::judge(&table, &amounts);
    let shaped = shape::of_unnamed(sample, reading, request.path);
    match solve::solve(&table, reading, rule_of(&found.numbers), shaped) {
        Ok(mut draft) => {
            draft.set_time(
                reading.place,
                ("the values are times that follow each other", 95),
            );
            if let Some(symbol) = symbol {
                draft.set(
                    symbol,
                    Role::Symbol,
                    ("letters, as symbols are written", 80),
                );
            }
            if let Some(vendor) = shaped.filter(|vendor| solve::is_usual(&draft, vendor)) {
                shape::name_trades(&mut draft, vendor);
                found.vendor = vendor;
            }
            found.draft = draft;
        }
        Err(why) => found.fault = Some(format!("there is no header, and {why}")),
    }
    found
}

/// Takes the columns in the order of a layout somebody asked for.
fn by_order(sample: &Sample, vendor: &'static Vendor, names: Vec<Name>) -> Found {
    let table = Table::of(sample);
    let mut draft = Draft::new(table.width());
    let why = format!("the order of columns of `{}`, as asked for", vendor.id);
    let words = vendor.order.split(' ').enumerate().take(table.width());
    for (column, role) in words.filter_map(|(at, word)| Some((at, Role::of_word(word)?))) {
        draft.set(column, role, (&why, 90));
    }
    let place = draft.time();
    let symbol = draft.column(Role::Symbol);
    let time = place.and_then(|place| super::when::judge(&table, place, symbol));
    let fault = if vendor.order.is_empty() {
        Some(format!(
            "files of `{}` are known by their header only",
            vendor.id
        ))
    } else if time.is_none() {
        Some(format!("no times stand where `{}` has them", vendor.id))
    } else {
        let prices = [Role::Open, Role::High, Role::Low, Role::Close];
        let are_numbers = prices.into_iter().all(|role| {
            let column = draft.column(role);
            column.is_some_and(|at| by_name::are_numbers(&table.filled(at)))
        });
        (!are_numbers).then(|| format!("no prices stand where `{}` has them", vendor.id))
    };
    Found {
        vendor,
        numbers: trusted_numbers(
            numbers::judge(&table, &draft.numbers()),
            sample.dialect.delimiter,
        ),
        draft,
        time,
        names,
        shared: None,
        fault,
    }
}

/// Of numbers that can be read in two ways, a comma between fields means one within groups.
fn trusted_numbers(verdict: numbers::Verdict, delimiter: u8) -> numbers::Verdict {
    match verdict {
        numbers::Verdict::Unsure(_) => {
            let (decimal, group) = if delimiter == b',' {
                ('.', Some(','))
            } else {
                (',', None)
            };
            let rule = NumberRule { decimal, group };
            numbers::Verdict::Proven(rule, "as the layout asked for has them".to_owned())
        }
        proven @ numbers::Verdict::Proven(..) => proven,
    }
}

/// Returns the rule numbers are read by while columns are looked for.
fn rule_of(verdict: &numbers::Verdict) -> NumberRule {
    match verdict {
        numbers::Verdict::Proven(rule, _) => *rule,
        numbers::Verdict::Unsure(_) => NumberRule {
            group: Some(','),
            ..PLAIN
        },
    }
}

pub(super) fn is_in(place: TimeColumns, column: usize) -> bool {
    match place {
        TimeColumns::One(at) => at == column,
        TimeColumns::DateAndTime { date, time } => date == column || time == column,
    }
}

fn generic() -> &'static Vendor {
    vendor::generic()
}

fn fault_of_sets(sets: &[String]) -> Option<String> {
    let several = sets.len() > 1;
    several.then(|| format!("there are several sets of prices: {}", sets.join(", ")))
}

fn fault_of(draft: &Draft, names: &[Name], has_rows: bool) -> Option<String> {
    let missing = draft.missing();
    if missing.is_empty() {
        return None;
    }
    let found = draft.found();
    if !has_rows {
        return Some("there is a header, but no record below it".to_owned());
    }
    let known = if found.is_empty() {
        "nothing".to_owned()
    } else {
        found.join(", ")
    };
    let names: Vec<&str> = names.iter().map(|name| name.raw.as_str()).collect();
    Some(format!(
        "a bar needs {}, and the columns `{}` only tell {known}",
        missing.join(", "),
        names.join("`, `"),
    ))
}
