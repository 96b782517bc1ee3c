//! The calendar of dates in files: which exist, and on which day since the epoch they fall.

/// Microseconds of a day.
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

/// The years that are read: before, no market has bars; after, microseconds end.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2261;

/// Two-digit years from this one on belong to the last century, as POSIX has it.
const CENTURY_PIVOT: i64 = 69;

/// Returns the days from 1970-01-01 to a date; `None` when the date does not exist or its year is
/// outside 1900–2261.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let exists = YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    exists.then(|| days_from_civil(year, month, day))
}

/// Returns the year that two digits mean: 69–99 are 1969–1999, 00–68 are 2000–2068.
pub(super) const fn year_of_two_digits(year: i64) -> i64 {
    if year >= CENTURY_PIVOT {
        1900 + year
    } else {
        2000 + year
    }
}

/// Returns true when a moment lies in the years that are read.
pub(super) fn is_in_years(micros: i64) -> bool {
    let first = days_from_civil(*YEARS.start(), 1, 1) * DAY_MICROS;
    let end = days_from_civil(*YEARS.end() + 1, 1, 1) * DAY_MICROS;
    (first..end).contains(&micros)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts years from March, so that the leap day comes last and months follow one formula.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn every_date_agrees_with_an_independent_calendar() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for year in 1899..=2262 {
            for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
                let expected = NaiveDate::from_ymd_opt(year, month, day)
                    .filter(|_| (1900..=2261).contains(&year))
                    .map(|date| (date - epoch).num_days());
                let days = days_of(i64::from(year), i64::from(month), i64::from(day));
                assert_eq!(days, expected, "{year}-{month}-{day}");
            }
        }
    }

    #[test]
    fn two_digit_years_turn_at_69() {
        assert_eq!(
            [68, 69, 99, 0].map(year_of_two_digits),
            [2068, 1969, 1999, 2000]
        );
    }

    #[test]
    fn the_years_end_where_dates_end() {
        let first = days_of(1900, 1, 1).unwrap() * DAY_MICROS;
        let end = (days_of(2261, 12, 31).unwrap() + 1) * DAY_MICROS;
        assert_eq!(
            [first - 1, first, end - 1, end].map(is_in_years),
            [false, true, true, false]
        );
    }
}
