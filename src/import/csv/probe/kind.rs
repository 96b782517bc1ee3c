//! Kinds of fields: a value (number, date, time), a word for "nothing", or other text.
//!
//! Coarse on purpose: it tells a header from a record, not a date from a price.

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, a date or a time.
    Value,
    /// Empty, or a word that says so.
    Nothing,
    /// Anything else.
    Text,
}

const NOTHING: [&str; 10] = [
    "null", "nan", "n/a", "na", "#n/a", "none", "nil", "-", "--", "\\n",
];

/// Words that numbers, dates and times are written with.
const OF_VALUES: [&str; 53] = [
    "t",
    "z",
    "e",
    "k",
    "m",
    "b",
    "am",
    "pm",
    "utc",
    "gmt",
    "est",
    "edt",
    "cst",
    "cdt",
    "pst",
    "pdt",
    "cet",
    "cest",
    "msk",
    "bst",
    "jst",
    "ist",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];

/// Returns what a field is.
pub(super) fn kind(field: &str) -> Kind {
    let field = field.trim();
    if field.is_empty() || is_one_of(field, &NOTHING) {
        return Kind::Nothing;
    }
    let mut words = field
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let begins = field.trim_start_matches(['+', '-', '(', '.', ',', '$', '€', '£', '¥', '\'', ' ']);
    let has_digit = field.bytes().any(|byte| byte.is_ascii_digit());
    let begins_as_value = begins.starts_with(|c: char| c.is_ascii_digit()) || {
        let first = words.clone().next().unwrap_or_default();
        first.len() > 2 && begins.starts_with(first) && is_one_of(first, &OF_VALUES)
    };
    let is_value = has_digit && begins_as_value && words.all(|word| is_one_of(word, &OF_VALUES));
    if is_value { Kind::Value } else { Kind::Text }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// The kinds of a record's fields, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) values: usize,
    pub(super) nothing: usize,
    pub(super) texts: usize,
}

impl Kinds {
    /// Counts them.
    pub(super) fn of<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kinds = Self::default();
        for field in fields {
            match kind(field) {
                Kind::Value => kinds.values += 1,
                Kind::Nothing => kinds.nothing += 1,
                Kind::Text => kinds.texts += 1,
            }
        }
        kinds
    }

    /// Returns true for what looks like a bar: a value at least, four fields that could be one,
    /// and no more text than those.
    pub(super) const fn is_record(self) -> bool {
        let fitting = self.values + self.nothing;
        self.values > 0 && fitting >= 4 && fitting >= self.texts
    }

    /// Returns true for what may be a record of a table that holds no bars.
    pub(super) const fn is_loose_record(self) -> bool {
        self.values > 0 && self.values >= self.texts
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1637971200000")]
    #[case("-1.40E-05")]
    #[case("1,612.34")]
    #[case("$191.38")]
    #[case("120.5M")]
    #[case("0.52%")]
    #[case("(1.5)")]
    #[case("20170301 000000")]
    #[case("2024-01-02T09:30:00-05:00")]
    #[case("2023-05-24 21:16:00+00:00")]
    #[case("26.03.2025 00:00:00.000 GMT+0900")]
    #[case("31-Dec-10")]
    #[case("Jan 07, 2020")]
    #[case("Tue, 07 Jan 2020 9:30 AM")]
    #[case("11/5/2019 9:30")]
    fn numbers_and_times_are_values(#[case] field: &str) {
        assert_eq!(kind(field), Kind::Value);
    }

    #[rstest]
    #[case("Date")]
    #[case("M9")]
    #[case("1. open")]
    #[case("Unnamed: 0.1")]
    #[case("Adj. Close*")]
    #[case("<DTYYYYMMDD>")]
    #[case("EURUSD")]
    #[case("0700.HK")]
    #[case("Created on 10-17-2019")]
    #[case("TIMEZONE_OFFSET=-240")]
    #[case("a1460727000")]
    #[case("May")]
    fn names_and_words_are_text(#[case] field: &str) {
        assert_eq!(kind(field), Kind::Text);
    }

    #[rstest]
    #[case("")]
    #[case("  ")]
    #[case("null")]
    #[case("NaN")]
    #[case("N/A")]
    #[case("-")]
    fn words_for_nothing_are_nothing(#[case] field: &str) {
        assert_eq!(kind(field), Kind::Nothing);
    }
}
