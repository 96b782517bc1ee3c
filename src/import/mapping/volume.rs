//! Which of several volumes is the one in units of what is traded.
//!
//! Arithmetic comes before names: a volume in money is the other one times a price of the bar.

use super::alias::{self, Meaning};
use super::by_name::{are_numbers, columns_of};
use super::draft::{Draft, Role};
use super::file_name::MONEY;
use super::names::Name;
use super::numbers::{amount, is_nothing};
use super::table::Table;
use crate::import::NumberRule;

/// Chooses the volume, and says what the other columns of its kind are.
pub(super) fn assign(table: &Table<'_>, names: &[Name], rule: NumberRule, draft: &mut Draft) {
    let numeric = |wanted| -> Vec<usize> {
        let columns = columns_of(names, wanted).into_iter();
        columns
            .filter(|at| are_numbers(&table.filled(*at)))
            .collect()
    };
    let mut volumes = numeric(Meaning::Volume);
    if volumes.is_empty() {
        // Rows of it are rejected and shown; without it they would be stored with volume 0.
        let unread = columns_of(names, Meaning::Volume).into_iter();
        volumes.extend(
            unread
                .filter(|at| begin_with_digits(&table.filled(*at)))
                .take(1),
        );
    }
    let ticks = numeric(Meaning::TickVolume);
    let is_empty = |column: usize| {
        let values = table.filled(column);
        values
            .iter()
            .all(|text| amount(rule, text).is_none_or(|size| size == 0))
    };
    let of_money = in_money(table, rule, draft, &volumes);
    for column in volumes.extract_if(.., |column| of_money.contains(column)) {
        let why = "the other volume times the price: money, not units";
        draft.set(column, Role::Unused, (why, 97));
    }
    let is_money = |column: &usize| names.get(*column).is_some_and(is_named_money);
    if volumes.len() == 1 || !volumes.iter().all(is_money) {
        for column in volumes.extract_if(.., |column| is_money(column)) {
            draft.set(column, Role::Unused, ("named for money, not units", 85));
        }
    }
    let tick = ticks.first().copied().filter(|column| !is_empty(*column));
    let volume = volumes.first().copied();
    let chosen = match (volume, tick) {
        (Some(volume), Some(tick)) if is_empty(volume) => {
            draft.set(volume, Role::Unused, ("always 0 in the sample", 85));
            let why = "price changes counted; the volume itself is always 0";
            draft.set(tick, Role::Volume, (why, 85));
            Some(tick)
        }
        (None, Some(tick)) => {
            let why = "price changes counted; there is no other volume";
            draft.set(tick, Role::Volume, (why, 85));
            Some(tick)
        }
        (Some(volume), _) => {
            let why = format!("named `{}`", names[volume].raw);
            let confidence = if of_money.is_empty() { 95 } else { 98 };
            draft.set(volume, Role::Volume, (&why, confidence));
            Some(volume)
        }
        (None, None) => None,
    };
    for other in volumes.into_iter().chain(ticks) {
        let is_open = draft.column(Role::Volume) != Some(other);
        if is_open && chosen.is_some() && Some(other) != volume {
            draft.set(
                other,
                Role::Unused,
                ("another column is the better volume", 80),
            );
        }
    }
}

/// Returns true for what is written as amounts, whether it can be read or not: `12 lots`, `1e30`.
fn begin_with_digits(filled: &[&str]) -> bool {
    let mut amounts = filled.iter().filter(|text| !is_nothing(text)).peekable();
    amounts.peek().is_some() && amounts.all(|text| text.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_named_money(name: &Name) -> bool {
    let unit = name.unit.as_deref().or_else(|| alias::unit_of(&name.key));
    unit.is_some_and(|unit| {
        unit == "currency" || MONEY.iter().any(|money| unit.eq_ignore_ascii_case(money))
    })
}

/// Returns those columns that are another one times a price between low and high.
fn in_money(table: &Table<'_>, rule: NumberRule, draft: &Draft, columns: &[usize]) -> Vec<usize> {
    let (Some(high), Some(low)) = (draft.column(Role::High), draft.column(Role::Low)) else {
        return Vec::new();
    };
    let [high, low] = [high, low].map(|at| amounts(table, rule, at));
    let volumes: Vec<Vec<Option<i128>>> =
        columns.iter().map(|at| amounts(table, rule, *at)).collect();
    let volumes: Vec<&[Option<i128>]> = volumes.iter().map(Vec::as_slice).collect();
    let places = products(&volumes, [&high, &low]).into_iter();
    places.map(|at| columns[at]).collect()
}

/// Returns the places of those volumes that are another one times a price between low and high.
pub(super) fn products(
    volumes: &[&[Option<i128>]],
    [high, low]: [&[Option<i128>]; 2],
) -> Vec<usize> {
    let is_product = |money: &usize| {
        let others = (0..volumes.len()).filter(|other| other != money);
        others.into_iter().any(|base| {
            let rows = (0..high.len()).filter_map(|row| {
                let bar = [
                    volumes[base][row]?,
                    volumes[*money][row]?,
                    low[row]?,
                    high[row]?,
                ];
                (bar[0] > 0 && bar[1] > 0).then(|| is_worth(bar))
            });
            let (mut right, mut total) = (0, 0);
            for is_right in rows {
                right += usize::from(is_right);
                total += 1;
            }
            total >= 3 && right * 10 >= total * 8
        })
    };
    (0..volumes.len()).filter(is_product).collect()
}

/// Returns true when `money` is `base` at a price between `low` and `high`, give or take 2 %.
fn is_worth([base, money, low, high]: [i128; 4]) -> bool {
    const ONE: i128 = 100_000_000;
    let Some(scaled) = money.checked_mul(ONE) else {
        return false;
    };
    let price = scaled / base;
    price * 100 >= low * 98 && price * 100 <= high * 102
}

fn amounts(table: &Table<'_>, rule: NumberRule, column: usize) -> Vec<Option<i128>> {
    let values = table.runs(column).into_iter().flatten();
    values.map(|text| amount(rule, text)).collect()
}
