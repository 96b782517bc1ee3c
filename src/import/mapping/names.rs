//! Names of columns, made comparable: case, accents, brackets and separators do not count.
//!
//! It knows no meaning; that is [`super::alias`]. It never fails: any text is a name.

/// A column's name and what is compared of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As it stands in the file, without white space around it.
    pub(super) raw: String,
    /// Letters and digits in lower case, without what stands in brackets behind the name.
    pub(super) key: String,
    /// What stands in brackets behind the name: `btc` of `Volume_(BTC)`.
    pub(super) unit: Option<String>,
    /// The parts of the name as written: `AAPL`, `Open` of `AAPL.Open`.
    pub(super) words: Vec<String>,
}

impl Name {
    /// Reads a name out of a header.
    pub(super) fn parse(raw: &str) -> Self {
        let raw = raw.trim().trim_matches(['"', '\'', '\u{feff}']).trim();
        let (body, unit) = split_unit(raw);
        Self {
            raw: raw.to_owned(),
            key: key_of(body),
            unit: unit.map(key_of).filter(|unit| !unit.is_empty()),
            words: words_of(body),
        }
    }

    /// Returns the name made of these of its words.
    pub(super) fn of_words(&self, words: &[String]) -> Self {
        Self {
            raw: self.raw.clone(),
            key: key_of(&words.concat()),
            unit: self.unit.clone(),
            words: words.to_vec(),
        }
    }

    /// Returns true for a name that only counts rows: `Unnamed: 0` or none at all.
    pub(super) fn is_index(&self) -> bool {
        self.raw.is_empty() || self.key.starts_with("unnamed") || self.key == "index"
    }
}

/// Returns letters and digits of `text` in lower case, accents dropped.
pub(super) fn key_of(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(fold)
        .collect()
}

/// Drops the accent of a lower-case letter; `None` for what is neither letter nor digit.
fn fold(letter: char) -> Option<char> {
    let folded = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ś' | 'ş' | 'š' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    };
    folded.is_alphanumeric().then_some(folded)
}

/// Splits `Volume (BTC)` into name and unit; `<DATE>` and `[Open]` have none.
fn split_unit(raw: &str) -> (&str, Option<&str>) {
    let at = raw.find(['(', '[']).filter(|at| *at > 0);
    at.map_or((raw, None), |at| (&raw[..at], Some(&raw[at..])))
}

/// Splits at what is no letter or digit, and where a capital follows a small letter.
fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last: Option<char> = None;
    for letter in text.chars() {
        let starts_word = match last {
            None => true,
            Some(last) => !last.is_alphanumeric() || last.is_lowercase() && letter.is_uppercase(),
        };
        if letter.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts_word => word.push(letter),
                Some(_) | None => words.push(letter.to_string()),
            }
        }
        last = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<DTYYYYMMDD>", "dtyyyymmdd", None)]
    #[case("Adj. Close*", "adjclose", None)]
    #[case("Volume_(BTC)", "volume", Some("btc"))]
    #[case("Vol.", "vol", None)]
    #[case("Close/Last", "closelast", None)]
    #[case("Eröffn.", "eroffn", None)]
    #[case("PREV. CLOSE ", "prevclose", None)]
    #[case("\u{feff}\"Date\"", "date", None)]
    #[case("[Open]", "open", None)]
    #[case("+/- %", "", None)]
    #[case("日付け", "日付け", None)]
    fn what_does_not_count_is_dropped(
        #[case] raw: &str,
        #[case] key: &str,
        #[case] unit: Option<&str>,
    ) {
        let name = Name::parse(raw);
        assert_eq!((name.key.as_str(), name.unit.as_deref()), (key, unit));
    }

    #[rstest]
    #[case("AAPL.Open", &["AAPL", "Open"])]
    #[case("openPrice", &["open", "Price"])]
    #[case("BRK-B_Close", &["BRK", "B", "Close"])]
    #[case("('Open', 'AAPL')", &["Open", "AAPL"])]
    fn names_have_words(#[case] raw: &str, #[case] words: &[&str]) {
        assert_eq!(Name::parse(raw).words, words);
    }

    #[test]
    fn a_name_that_only_counts_rows_is_known() {
        let is_index = |raw| Name::parse(raw).is_index();
        assert!(is_index("") && is_index("Unnamed: 0.1") && !is_index("+/- %"));
    }
}
