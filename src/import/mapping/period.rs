//! The length of bars: by how far they lie apart, and in the words of vendors.

use std::collections::BTreeMap;

use super::reading::DAY;
use crate::domain::Timeframe;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// What the distances between bars say of their length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spacing {
    /// This; and why.
    Proven(Timeframe, String),
    /// Not enough; what is likely, and why it is not proven.
    Unsure(Option<Timeframe>, String),
}

/// Tells the length of bars by the steps between neighbours and how often each occurs.
pub(super) fn by_spacing(steps: &BTreeMap<i64, usize>) -> Spacing {
    let total: usize = steps.values().sum();
    let most = steps.iter().rev().max_by_key(|(_, count)| **count);
    let Some((common, count)) = most.map(|(step, count)| (*step, *count)) else {
        let why = "the file has only one bar to tell it by";
        return Spacing::Unsure(None, why.to_owned());
    };
    if common >= 23 * HOUR {
        return by_days(steps, total);
    }
    by_times(steps, total, (common, count))
}

/// Within the day: the most common step, or the greatest one all steps are multiples of.
fn by_times(steps: &BTreeMap<i64, usize>, total: usize, most: (i64, usize)) -> Spacing {
    let (common, count) = most;
    let shared = steps.keys().copied().fold(0, greatest_common);
    let smaller: usize = steps.range(..common).map(|(_, count)| count).sum();
    let is_dominant = count * 2 >= total && smaller * 50 <= total;
    let of_common = of_micros(common).filter(|_| shared == common || is_dominant);
    let often = |step| steps.get(&step).copied().unwrap_or(0);
    let of_shared = of_micros(shared).filter(|_| often(shared) >= 2.max(total / 20));
    let likely = of_micros(common).or_else(|| of_micros(shared));
    match of_common.or(of_shared) {
        Some(timeframe) if total >= 2 => {
            let evidence = if of_common.is_some() {
                format!("most bars open {timeframe} after the one before")
            } else {
                format!("all bars open whole steps of {timeframe} apart")
            };
            Spacing::Proven(timeframe, evidence)
        }
        Some(_) => Spacing::Unsure(likely, "only two bars tell it".to_owned()),
        None if is_dominant && total >= 2 => {
            let why = format!(
                "most bars open {} after the one before, and bars of that length are not stored",
                words_of(common),
            );
            Spacing::Unsure(likely, why)
        }
        None => Spacing::Unsure(likely, "the bars lie irregularly apart".to_owned()),
    }
}

/// Writes a time as people do: `10 minutes`, `90 seconds`.
fn words_of(micros: i64) -> String {
    if micros % MINUTE == 0 {
        format!("{} minutes", micros / MINUTE)
    } else {
        format!("{} seconds", micros / 1_000_000)
    }
}

/// From a day on: dates skip weekends and holidays, and clocks may move by an hour.
fn by_days(steps: &BTreeMap<i64, usize>, total: usize) -> Spacing {
    let mut days: BTreeMap<i64, usize> = BTreeMap::new();
    for (step, count) in steps {
        let rest = step.rem_euclid(DAY);
        if rest <= HOUR || rest >= DAY - HOUR {
            *days.entry((step + HOUR) / DAY).or_insert(0) += count;
        }
    }
    let within = |from, to| days.range(from..=to).map(|(_, count)| count).sum::<usize>();
    let whole = within(1, i64::MAX);
    let proven =
        |timeframe: Timeframe, evidence: &str| Spacing::Proven(timeframe, evidence.to_owned());
    let of_three: usize = days
        .iter()
        .filter(|(day, _)| *day % 3 == 0)
        .map(|(_, n)| n)
        .sum();
    if whole * 50 < total * 49 {
        let why = "some bars lie less than a day apart, most do not";
        return Spacing::Unsure(None, why.to_owned());
    }
    if within(1, 1) * 10 >= total * 3 {
        return proven(Timeframe::D1, "most bars are one day apart");
    }
    if total >= 2 && within(27, 34) * 10 >= total * 9 {
        return proven(Timeframe::Mo1, "the bars are a month apart");
    }
    if total >= 2 && within(7, 7) * 10 >= total * 7 && within(1, 3) == 0 {
        return proven(Timeframe::W1, "most bars are seven days apart");
    }
    if total >= 3 && of_three == total && within(3, 3) * 10 >= total * 7 {
        return proven(Timeframe::D3, "most bars are three days apart");
    }
    let likely = if within(1, 6) > 0 {
        Timeframe::D1
    } else if within(7, 26) > 0 {
        Timeframe::W1
    } else {
        Timeframe::Mo1
    };
    let why = "too few bars, or days between them that fit no length";
    Spacing::Unsure(Some(likely), why.to_owned())
}

fn of_micros(micros: i64) -> Option<Timeframe> {
    let mut all = Timeframe::ALL.into_iter();
    all.find(|timeframe| timeframe.nominal_micros() == micros)
}

fn greatest_common(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common(b, a % b) }
}

/// Reads the length of a bar as vendors write it: `1h`, `H1`, `60` (minutes), `D`, `5min`.
///
/// As at Binance `1m` is a minute and `1M` a month.
pub(super) fn of_text(text: &str) -> Option<Timeframe> {
    let text = text.trim();
    if let Ok(minutes) = text.parse::<i64>() {
        return of_minutes(minutes);
    }
    match text {
        "M" | "1M" | "MN" | "MN1" => return Some(Timeframe::Mo1),
        "S" => return Some(Timeframe::S1),
        _ => {}
    }
    if let Some(minutes) = text.strip_prefix('M').and_then(|rest| rest.parse().ok()) {
        return of_minutes(minutes);
    }
    let lower = text.to_ascii_lowercase();
    let letters = lower.trim_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_');
    let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
    let count: i64 = if digits.is_empty() {
        1
    } else {
        digits.parse().ok()?
    };
    let unit = match letters {
        "s" | "sec" | "secs" | "second" | "seconds" => {
            return of_micros(count.checked_mul(1_000_000)?);
        }
        "m" | "min" | "mins" | "minute" | "minutes" => 1,
        "h" | "hr" | "hour" | "hours" | "hourly" => 60,
        "d" | "day" | "days" | "daily" => 1_440,
        "w" | "wk" | "week" | "weekly" => 10_080,
        "mo" | "mon" | "mth" | "month" | "monthly" => 43_200,
        _ => return None,
    };
    of_minutes(count.checked_mul(unit)?)
}

/// Returns the length of so many minutes; a month is 43,200.
pub(super) fn of_minutes(minutes: i64) -> Option<Timeframe> {
    of_micros(minutes.checked_mul(MINUTE)?)
}

/// Reads the record type of Databento: 32 to 35 are a second, a minute, an hour and a day.
pub(super) fn of_record_type(text: &str) -> Option<Timeframe> {
    match text.trim() {
        "32" => Some(Timeframe::S1),
        "33" => Some(Timeframe::M1),
        "34" => Some(Timeframe::H1),
        "35" => Some(Timeframe::D1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn spaced(steps: &[(i64, usize)]) -> Option<Timeframe> {
        match by_spacing(&steps.iter().copied().collect()) {
            Spacing::Proven(timeframe, _) => Some(timeframe),
            Spacing::Unsure(..) => None,
        }
    }

    #[rstest]
    #[case::minutes(&[(MINUTE, 300), (1_051 * MINUTE, 3)], Some(Timeframe::M1))]
    #[case::two_a_day(&[(4 * HOUR, 5), (20 * HOUR, 4), (68 * HOUR, 1)], Some(Timeframe::H4))]
    #[case::illiquid(&[(15 * MINUTE, 9), (30 * MINUTE, 9), (45 * MINUTE, 2)], Some(Timeframe::M15))]
    #[case::rarely_off(&[(5 * MINUTE, 99), (MINUTE, 1), (4 * MINUTE, 1)], Some(Timeframe::M5))]
    #[case::no_such_length(&[(10 * MINUTE, 50)], None)]
    #[case::one_step(&[(HOUR, 1)], None)]
    #[case::none(&[], None)]
    #[case::days(&[(DAY, 4), (3 * DAY, 1)], Some(Timeframe::D1))]
    #[case::one_day(&[(DAY, 1)], Some(Timeframe::D1))]
    #[case::days_over_a_clock_change(&[(DAY, 40), (23 * HOUR, 1), (73 * HOUR, 9)], Some(Timeframe::D1))]
    #[case::weeks(&[(7 * DAY, 9), (6 * DAY, 1), (8 * DAY, 1)], Some(Timeframe::W1))]
    #[case::months(&[(31 * DAY, 7), (30 * DAY, 4), (28 * DAY, 1)], Some(Timeframe::Mo1))]
    #[case::three_days(&[(3 * DAY, 9)], Some(Timeframe::D3))]
    #[case::quarters(&[(91 * DAY, 3), (92 * DAY, 3)], None)]
    #[case::one_week(&[(7 * DAY, 1)], None)]
    fn spacing_tells_the_length(
        #[case] steps: &[(i64, usize)],
        #[case] expected: Option<Timeframe>,
    ) {
        assert_eq!(spaced(steps), expected);
    }

    #[rstest]
    #[case("1m", Some(Timeframe::M1))]
    #[case("1M", Some(Timeframe::Mo1))]
    #[case("M1", Some(Timeframe::M1))]
    #[case("H4", Some(Timeframe::H4))]
    #[case("D", Some(Timeframe::D1))]
    #[case("60", Some(Timeframe::H1))]
    #[case("1440", Some(Timeframe::D1))]
    #[case("15min", Some(Timeframe::M15))]
    #[case("minute", Some(Timeframe::M1))]
    #[case("10m", None)]
    #[case("AAPL", None)]
    #[case("99999999999999999999m", None)]
    fn words_of_vendors_are_read(#[case] text: &str, #[case] expected: Option<Timeframe>) {
        assert_eq!(of_text(text), expected);
    }
}
