//! Answers to questions, written into the [`ImportSpec`] that is asked again with them.

use crate::api::{DateOrder, DecimalSign, ImportSpec, QuestionAbout};
use crate::domain::{Symbol, Timeframe};

/// Writes `text` where the question's answer belongs.
///
/// # Errors
/// What is wrong with the text, for people.
pub(crate) fn give(spec: &mut ImportSpec, about: QuestionAbout, text: &str) -> Result<(), String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("type an answer, or choose one".to_owned());
    }
    match about {
        QuestionAbout::Symbol => {
            spec.symbol = Some(Symbol::parse(text).map_err(|error| error.to_string())?);
        }
        QuestionAbout::Timeframe => {
            let timeframe: Result<Timeframe, _> = text.parse();
            spec.timeframe = Some(timeframe.map_err(|error| error.to_string())?);
        }
        QuestionAbout::Timezone => spec.timezone = Some(text.to_owned()),
        QuestionAbout::DateOrder => spec.date_order = Some(date_order(text)?),
        QuestionAbout::Decimal => spec.decimal = Some(decimal(text)?),
        QuestionAbout::Columns => spec.layout = Some(text.to_owned()),
    }
    Ok(())
}

/// Returns an example of what can be typed.
pub(crate) const fn example(about: QuestionAbout) -> &'static str {
    match about {
        QuestionAbout::Symbol => "AAPL",
        QuestionAbout::Timeframe => "1m",
        QuestionAbout::Timezone => "UTC, America/New_York or +05:30",
        QuestionAbout::DateOrder => "dmy, mdy or ymd",
        QuestionAbout::Decimal => "point or comma",
        QuestionAbout::Columns => "the id of a layout",
    }
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    match text.to_ascii_lowercase().as_str() {
        "dmy" => Ok(DateOrder::Dmy),
        "mdy" => Ok(DateOrder::Mdy),
        "ymd" => Ok(DateOrder::Ymd),
        _ => Err(format!(
            "unknown date order `{text}`: expected dmy, mdy or ymd"
        )),
    }
}

fn decimal(text: &str) -> Result<DecimalSign, String> {
    match text.to_ascii_lowercase().as_str() {
        "point" | "." => Ok(DecimalSign::Point),
        "comma" | "," => Ok(DecimalSign::Comma),
        _ => Err(format!(
            "unknown decimal sign `{text}`: expected point or comma"
        )),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(QuestionAbout::Symbol, "aapl", "symbol AAPL")]
    #[case(QuestionAbout::Timeframe, "1m", "timeframe 1m")]
    #[case(QuestionAbout::Timezone, " UTC ", "timezone UTC")]
    #[case(QuestionAbout::DateOrder, "DMY", "date order Dmy")]
    #[case(QuestionAbout::Decimal, "Comma", "decimal Comma")]
    #[case(QuestionAbout::Columns, "yahoo", "layout yahoo")]
    fn an_answer_lands_in_its_field(
        #[case] about: QuestionAbout,
        #[case] text: &str,
        #[case] wanted: &str,
    ) {
        let mut spec = ImportSpec::default();
        give(&mut spec, about, text).unwrap();
        let given = [
            spec.symbol.map(|symbol| format!("symbol {symbol}")),
            spec.timeframe
                .map(|timeframe| format!("timeframe {timeframe}")),
            spec.timezone.map(|zone| format!("timezone {zone}")),
            spec.date_order.map(|order| format!("date order {order:?}")),
            spec.decimal.map(|sign| format!("decimal {sign:?}")),
            spec.layout.map(|layout| format!("layout {layout}")),
        ];
        let given: Vec<String> = given.into_iter().flatten().collect();
        assert_eq!(given, [wanted]);
    }

    #[rstest]
    #[case(QuestionAbout::Symbol, "  ")]
    #[case(QuestionAbout::Symbol, "two words")]
    #[case(QuestionAbout::Timeframe, "7m")]
    #[case(QuestionAbout::DateOrder, "myd")]
    #[case(QuestionAbout::Decimal, "dot")]
    fn an_answer_that_is_none_is_refused(#[case] about: QuestionAbout, #[case] text: &str) {
        let mut spec = ImportSpec::default();
        assert!(give(&mut spec, about, text).is_err());
        assert_eq!(spec, ImportSpec::default());
    }
}
