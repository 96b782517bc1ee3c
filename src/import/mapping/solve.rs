//! Columns without names: what they hold by how their values relate.
//!
//! High is the largest and low the smallest of four prices side by side; a bar opens near where the
//! one before it closed. Two answers of nearly the same worth are no answer.

use super::draft::{Draft, Role};
use super::numbers::amount;
use super::reading::Reading;
use super::table::Table;
use super::vendor::Vendor;
use super::volume;
use crate::domain::Symbol;
use crate::import::{NumberRule, TimeColumns};

/// Fewer bars prove nothing.
const ROWS_MIN: usize = 5;

/// A bar's high is rarely more than this many times its low.
const SPREAD_MAX: i128 = 2;

/// Four columns as the prices of a bar, and how well they fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fit {
    /// Places of open, high, low and close.
    prices: [usize; 4],
    /// Rows in which high is the largest and low the smallest, of 1,000.
    share: usize,
    /// Sum of distances from one close to the next open, in thousandths of the price.
    jumps: i128,
}

/// Prices of all rows: for each column the value of each row.
type Values = Vec<Vec<Option<i128>>>;

/// Finds the prices of a table without names, and what its other columns hold.
///
/// `Err`: why they cannot be told.
pub(super) fn solve(
    table: &Table<'_>,
    time: &Reading,
    rule: NumberRule,
    vendor: Option<&Vendor>,
) -> Result<Draft, String> {
    let values: Values = (0..table.width())
        .map(|column| {
            let texts = table.runs(column).into_iter().flatten();
            texts.map(|text| amount(rule, text)).collect()
        })
        .collect();
    let taken = |column: usize| match time.place {
        TimeColumns::One(at) => column == at,
        TimeColumns::DateAndTime { date, time } => column == date || column == time,
    };
    let is_falling = is_falling(time);
    let mut fits: Vec<Fit> = Vec::new();
    for first in 0..values.len().saturating_sub(3) {
        if !(first..first + 4).any(taken) {
            fits.extend(fits_of(&values, first, is_falling));
        }
    }
    let fit = best(&fits, vendor, values.first().map_or(0, Vec::len))?;
    let mut draft = Draft::new(table.width());
    name_prices(&mut draft, fit, vendor);
    name_rest(&values, fit, &mut draft);
    Ok(draft)
}

/// Chooses the fit that is clearly the best; a recognised vendor's own order needs no more rows.
fn best(fits: &[Fit], vendor: Option<&Vendor>, rows: usize) -> Result<Fit, String> {
    let share = fits.iter().map(|fit| fit.share).max().unwrap_or(0);
    if share < 900 {
        return Err("no four columns side by side are the prices of bars".to_owned());
    }
    let mut near: Vec<&Fit> = fits.iter().filter(|fit| fit.share + 10 >= share).collect();
    near.sort_by_key(|fit| fit.jumps);
    let usual = vendor.and_then(usual_prices);
    let is_usual = |fit: &&&Fit| Some(fit.prices) == usual;
    if let Some(fit) = near.iter().find(is_usual)
        && (rows < ROWS_MIN || fit.jumps <= near[0].jumps)
    {
        return Ok(**fit);
    }
    if rows < ROWS_MIN {
        return Err(format!("{rows} rows are too few to tell the prices apart"));
    }
    match near.as_slice() {
        [only] => Ok(**only),
        [first, second, ..]
            if first.jumps * 10 <= second.jumps * 9 && first.jumps < second.jumps =>
        {
            Ok(**first)
        }
        _ => Err("two ways to name the prices fit equally well".to_owned()),
    }
}

/// Returns where a vendor's files have open, high, low and close.
fn usual_prices(vendor: &Vendor) -> Option<[usize; 4]> {
    let place = |wanted: &str| vendor.order.split(' ').position(|word| word == wanted);
    Some([
        place("open")?,
        place("high")?,
        place("low")?,
        place("close")?,
    ])
}

/// Returns true when the prices stand where a vendor's files have them.
pub(super) fn is_usual(draft: &Draft, vendor: &Vendor) -> bool {
    let roles = [Role::Open, Role::High, Role::Low, Role::Close];
    let places = roles.map(|role| draft.column(role));
    usual_prices(vendor).is_some_and(|usual| usual.map(Some) == places)
}

/// Tries all ways to name four columns side by side, from `first` on.
fn fits_of(values: &Values, first: usize, is_falling: bool) -> Vec<Fit> {
    let columns = [first, first + 1, first + 2, first + 3];
    let rows = values[first].len();
    let bars: Vec<[i128; 4]> = (0..rows)
        .filter_map(|row| {
            let bar = columns.map(|column| values[column][row]);
            Some([bar[0]?, bar[1]?, bar[2]?, bar[3]?])
        })
        .collect();
    if bars.len() * 10 < rows * 8 || !are_prices(&bars) {
        return Vec::new();
    }
    let mut fits = Vec::new();
    for high in 0..4 {
        for low in (0..4).filter(|low| *low != high) {
            let is_bar = |bar: &&[i128; 4]| {
                bar.iter()
                    .all(|price| *price <= bar[high] && *price >= bar[low])
            };
            let share = bars.iter().filter(is_bar).count() * 1_000 / bars.len();
            let rest: Vec<usize> = (0..4).filter(|at| *at != high && *at != low).collect();
            for (open, close) in [(rest[0], rest[1]), (rest[1], rest[0])] {
                fits.push(Fit {
                    prices: [open, high, low, close].map(|at| first + at),
                    share,
                    jumps: jumps(&bars, (open, close), is_falling),
                });
            }
        }
    }
    fits
}

/// Returns true when the four values of most rows are positive and near each other.
fn are_prices(bars: &[[i128; 4]]) -> bool {
    let is_price = |bar: &&[i128; 4]| {
        let (least, most) = bar.iter().fold((i128::MAX, 0), |(least, most), price| {
            (least.min(*price), most.max(*price))
        });
        least > 0 && most <= least * SPREAD_MAX
    };
    !bars.is_empty() && bars.iter().filter(is_price).count() * 10 >= bars.len() * 9
}

fn jumps(bars: &[[i128; 4]], (open, close): (usize, usize), is_falling: bool) -> i128 {
    let pairs = bars.windows(2);
    let jump = |pair: &[[i128; 4]]| {
        let (before, after) = if is_falling {
            (pair[1], pair[0])
        } else {
            (pair[0], pair[1])
        };
        (after[open] - before[close])
            .abs()
            .saturating_mul(1_000_000)
            / before[close].max(1)
    };
    pairs.map(jump).sum()
}

fn is_falling(time: &Reading) -> bool {
    let times: Vec<i64> = time.times[0]
        .iter()
        .flatten()
        .map(|time| time.micros)
        .collect();
    times.first() > times.last()
}

fn name_prices(draft: &mut Draft, fit: Fit, vendor: Option<&Vendor>) {
    let of_vendor = |why: &str| match vendor {
        Some(vendor) if usual_prices(vendor) == Some(fit.prices) => {
            format!("{why}; as in files of {}", vendor.name)
        }
        Some(_) | None => why.to_owned(),
    };
    let [open, high, low, close] = fit.prices;
    let is_usual = vendor.is_some_and(|vendor| usual_prices(vendor) == Some(fit.prices));
    let sure = if is_usual { 98 } else { 90 };
    let why = [
        (
            open,
            Role::Open,
            "lies nearest to where the bar before closed",
        ),
        (
            high,
            Role::High,
            "the largest of the four prices in each row",
        ),
        (
            low,
            Role::Low,
            "the smallest of the four prices in each row",
        ),
        (
            close,
            Role::Close,
            "lies nearest to where the next bar opens",
        ),
    ];
    for (column, role, why) in why {
        draft.set(column, role, (&of_vendor(why), sure));
    }
}

/// Names what is left: the first amount behind the prices is the volume.
fn name_rest(values: &Values, fit: Fit, draft: &mut Draft) {
    let last = fit.prices.iter().copied().max().unwrap_or(0);
    let mut amounts: Vec<usize> = Vec::new();
    for column in last + 1..values.len() {
        let filled = values[column].iter().flatten();
        if filled.clone().count() == 0 {
            continue;
        }
        if is_within(values, column, fit) {
            let why = "between low and high in each row; not used";
            draft.set(column, Role::Unused, (why, 70));
        } else if filled.clone().all(|size| *size >= 0) {
            amounts.push(column);
        }
    }
    let sizes: Vec<&[Option<i128>]> = amounts.iter().map(|at| values[*at].as_slice()).collect();
    let [_, high, low, _] = fit.prices;
    let of_money: Vec<usize> = volume::products(&sizes, [&values[high], &values[low]])
        .into_iter()
        .map(|at| amounts[at])
        .collect();
    for column in amounts.extract_if(.., |column| of_money.contains(column)) {
        let why = "another column times the price: money, not units";
        draft.set(column, Role::Unused, (why, 97));
    }
    let is_whole = |column: usize| {
        let mut sizes = values[column].iter().flatten();
        sizes.all(|size| size % 100_000_000 == 0)
    };
    let volume = match amounts.as_slice() {
        [first, second, ..] if is_whole(*first) && !is_whole(*second) => Some(*second),
        [first, ..] => Some(*first),
        [] => None,
    };
    if let Some(volume) = volume {
        let why = "the first amount behind the prices";
        draft.set(
            volume,
            Role::Volume,
            (why, if amounts.len() == 1 { 85 } else { 70 }),
        );
    }
}

fn is_within(values: &Values, column: usize, fit: Fit) -> bool {
    let [_, high, low, _] = fit.prices;
    let rows = (0..values[column].len()).filter_map(|row| {
        let value = values[column][row]?;
        Some(value >= values[low][row]? && value <= values[high][row]?)
    });
    let (mut within, mut total) = (0, 0);
    for is_within in rows {
        within += usize::from(is_within);
        total += 1;
    }
    total > 0 && within * 100 >= total * 95
}

/// Returns true for capitals such as symbols are written in, longer than a code for a period.
pub(super) fn is_symbol(filled: &[&str]) -> bool {
    let is_one = |text: &&str| {
        let has_letters = text.bytes().filter(u8::is_ascii_uppercase).count() >= 2;
        let has_shape = text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b.is_ascii_lowercase());
        has_letters && has_shape && text.len() <= 15 && Symbol::parse(text).is_ok()
    };
    !filled.is_empty() && filled.iter().all(is_one)
}
