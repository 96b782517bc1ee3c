//! Columns by the names in the header, checked by what they hold.
//!
//! Where several columns have one meaning the more specific name wins, then the first. A name whose
//! column holds something else is not believed.

use super::alias::{self, Meaning};
use super::draft::{Draft, Role};
use super::names::{Name, key_of};
use super::numbers;
use super::table::Table;
use crate::domain::Symbol;

/// The names of a header, without what they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// One name per column.
    pub(super) names: Vec<Name>,
    /// What the names of all prices begin or end with: `AAPL` of `AAPL.Open`.
    pub(super) shared: Option<String>,
    /// What prices there are sets of, when there are several: `AAPL` and `MSFT`, `bid` and `ask`.
    pub(super) sets: Vec<String>,
}

/// Reads the names of a header.
pub(super) fn header(raw: &[String]) -> Header {
    let names: Vec<Name> = raw.iter().map(|name| Name::parse(name)).collect();
    if has_prices(&names) {
        return Header {
            names,
            shared: None,
            sets: Vec::new(),
        };
    }
    let mut sets = sets_of(&names);
    if sets.len() != 1 {
        let sets = sets.into_iter().map(|set| set.label).collect();
        return Header {
            names,
            shared: None,
            sets,
        };
    }
    let set = sets.remove(0);
    let names = names.iter().map(|name| set.strip(name)).collect();
    let is_symbol = !NOT_SYMBOLS.contains(&key_of(&set.label).as_str());
    Header {
        names,
        shared: is_symbol.then_some(set.label),
        sets: Vec::new(),
    }
}

/// Words shared by names that are no symbols.
const NOT_SYMBOLS: [&str; 8] = [
    "bid",
    "ask",
    "mid",
    "price",
    "trade",
    "raw",
    "unadjusted",
    "spot",
];

/// A set of prices whose names share words before or after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set {
    label: String,
    words: Vec<String>,
    is_before: bool,
}

impl Set {
    fn strip(&self, name: &Name) -> Name {
        let rest = if self.is_before {
            name.words.strip_prefix(self.words.as_slice())
        } else {
            name.words.strip_suffix(self.words.as_slice())
        };
        match rest {
            Some(rest) if !rest.is_empty() => name.of_words(rest),
            Some(_) | None => name.clone(),
        }
    }
}

/// Finds words that, taken from names, leave the four prices.
fn sets_of(names: &[Name]) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for (count, is_before) in [(1, true), (1, false), (2, true), (2, false)] {
        for name in names.iter().filter(|name| name.words.len() > count) {
            let cut = if is_before {
                count
            } else {
                name.words.len() - count
            };
            let (first, last) = name.words.split_at(cut);
            let words = if is_before { first } else { last };
            let set = Set {
                label: words.join("-"),
                words: words.to_vec(),
                is_before,
            };
            let stripped: Vec<Name> = names
                .iter()
                .map(|name| set.strip(name))
                .zip(names)
                .filter(|(stripped, name)| stripped.key != name.key)
                .map(|(stripped, _)| stripped)
                .collect();
            let is_adjusted = key_of(&set.label).starts_with("adj");
            if !is_adjusted && !sets.contains(&set) && has_prices(&stripped) {
                sets.push(set);
            }
        }
        if !sets.is_empty() {
            break;
        }
    }
    sets
}

fn has_prices(names: &[Name]) -> bool {
    let has = |wanted| {
        names
            .iter()
            .any(|name| alias::meaning(name).is_some_and(|m| m.0 == wanted))
    };
    Meaning::PRICES.into_iter().all(has)
}

/// Says what the columns hold, but for time and volume.
pub(super) fn assign(table: &Table<'_>, names: &[Name]) -> Draft {
    let mut draft = Draft::new(table.width());
    for (column, name) in names.iter().enumerate() {
        if name.is_index() {
            draft.set(column, Role::Unused, ("numbers the rows", 95));
        } else if let Some((Meaning::Unused(why), _)) = alias::meaning(name) {
            draft.set(column, Role::Unused, (why, 95));
        }
    }
    let roles = [
        (Meaning::Open, Role::Open),
        (Meaning::High, Role::High),
        (Meaning::Low, Role::Low),
        (Meaning::Close, Role::Close),
        (Meaning::Trades, Role::Trades),
        (Meaning::Vwap, Role::Vwap),
        (Meaning::Symbol, Role::Symbol),
        (Meaning::Period, Role::Period),
    ];
    for (wanted, role) in roles {
        let candidates = columns_of(names, wanted);
        let holding: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|at| holds(table, *at, role))
            .collect();
        let Some((first, others)) = holding.split_first() else {
            continue;
        };
        let why = format!("named `{}`", names[*first].raw);
        draft.set(*first, role, (&why, 98));
        for other in others {
            let why = format!("`{}` says it better", names[*first].raw);
            draft.set(*other, Role::Unused, (&why, 90));
        }
    }
    draft
}

/// Returns the columns of a meaning, the more specific names first.
pub(super) fn columns_of(names: &[Name], wanted: Meaning) -> Vec<usize> {
    let mut found: Vec<(usize, usize)> = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((alias::meaning(name).filter(|m| m.0 == wanted)?.1, at)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

/// Returns true when a column holds what its name says.
fn holds(table: &Table<'_>, column: usize, role: Role) -> bool {
    let filled = table.filled(column);
    match role {
        Role::Symbol => !filled.is_empty() && filled.iter().all(|text| Symbol::parse(text).is_ok()),
        Role::Period => !filled.is_empty(),
        _ => are_numbers(&filled),
    }
}

/// Returns true when nine in ten of the values are numbers.
pub(super) fn are_numbers(filled: &[&str]) -> bool {
    let count = filled
        .iter()
        .filter(|text| numbers::is_number(text))
        .count();
    let nothing = filled
        .iter()
        .filter(|text| numbers::is_nothing(text))
        .count();
    count > 0 && (count + nothing) * 10 >= filled.len() * 9
}
