//! What must be asked, however likely an answer looks: no silent wrong date, zone or length.

use std::fmt::Write;

use mda::api::{DateOrder, DecimalSign, ImportSpec, QuestionAbout};
use mda::import::mapping::Mapping;
use rstest::rstest;

use super::rig::{Step, asked, line_of, map_text, rows, rows_from};

const HEADER: &str = "Date,Open,High,Low,Close,Volume";

fn spec() -> ImportSpec {
    ImportSpec {
        symbol: Some("X".parse().unwrap()),
        ..ImportSpec::default()
    }
}

fn dated(dates: &[&str]) -> Mapping {
    let mut text = format!("{HEADER}\n");
    for (at, date) in dates.iter().enumerate() {
        writeln!(text, "{date},10{at}.5,10{at}.9,10{at}.1,10{at}.7,100").unwrap();
    }
    map_text("x.csv", &text, &spec())
}

#[rstest]
#[case::one_row(&["03/04/2024"], "?")]
#[case::two_rows(&["03/04/2024", "03/05/2024"], "?")]
#[case::day_above_12(&["03/12/2024", "03/13/2024", "03/14/2024"], "mdy")]
#[case::day_first(&["12/03/2024", "13/03/2024", "14/03/2024"], "dmy")]
#[case::nasdaq_trap(&["11/08/2024", "11/07/2024", "11/06/2024", "11/05/2024", "11/04/2024"], "mdy")]
#[case::nasdaq_trap_day_first(&["08/11/2024", "07/11/2024", "06/11/2024", "05/11/2024", "04/11/2024"], "dmy")]
#[case::first_of_months_or_days(&["01/01/2024", "01/02/2024", "01/03/2024", "01/04/2024", "01/05/2024"], "?")]
#[case::two_digits(&["02/01/24", "02/02/24"], "?")]
#[case::two_digits_proven(&["02/15/24", "02/16/24", "02/19/24", "02/20/24"], "mdy")]
#[case::two_digits_day_first(&["15/02/24", "16/02/24", "19/02/24", "20/02/24"], "dmy")]
#[case::same_day_and_month(&["01/01/2024", "02/02/2024", "03/03/2024"], "dmy")]
#[case::mixed(&["03/25/2024", "25/03/2024", "03/26/2024", "26/03/2024"], "?")]
#[case::iso(&["2024-03-04", "2024-03-05", "2024-03-06"], "ymd")]
#[case::compact(&["20240304", "20240305", "20240306"], "ymd")]
#[case::named(&["4-Mar-24", "5-Mar-24", "6-Mar-24"], "name")]
fn the_order_of_a_date_is_proven_or_asked(#[case] dates: &[&str], #[case] expected: &str) {
    let mapping = dated(dates);
    let asks = asked(&mapping).contains(&"--date-order");
    let line = line_of(&mapping);
    let format = line
        .rsplit(" | ")
        .next()
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert_eq!((format, asks), (expected, expected == "?"), "{line}");
}

#[test]
fn the_answer_decides_and_a_contradicted_one_is_told() {
    let text = |dates: [&str; 3]| {
        let lines = dates.map(|date| format!("{date},1.5,1.9,1.1,1.7,100\n"));
        format!("{HEADER}\n{}", lines.concat())
    };
    let asked_for = |order| ImportSpec {
        date_order: Some(order),
        timeframe: Some("1d".parse().unwrap()),
        ..spec()
    };
    let open = text(["03/04/2024", "03/05/2024", "03/06/2024"]);
    for (order, word) in [(DateOrder::Dmy, "dmy"), (DateOrder::Mdy, "mdy")] {
        let mapping = map_text("x.csv", &open, &asked_for(order));
        assert!(
            line_of(&mapping).contains(&format!("| {word} ")),
            "{mapping:?}"
        );
        assert!(mapping.layout.is_some());
    }
    let proven = text(["03/14/2024", "03/15/2024", "03/18/2024"]);
    let mapping = map_text("x.csv", &proven, &asked_for(DateOrder::Dmy));
    assert_eq!(asked(&mapping), ["--date-order"]);
    let iso = text(["2024-03-04", "2024-03-05", "2024-03-06"]);
    assert!(
        map_text("x.csv", &iso, &asked_for(DateOrder::Dmy))
            .layout
            .is_some()
    );
}

#[rstest]
#[case("Datetime", "%Y-%m-%d %H:%M:%S-05:00", "%Y-%m-%d %H:%M:%S", "Datetime")]
#[case("time", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "time")]
#[case(
    "Gmt time",
    "%d.%m.%Y %H:%M:%S.000",
    "%d.%m.%Y %H:%M:%S.000",
    "Local time"
)]
#[case("timestamp_utc", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "timestamp")]
#[case("Time (UTC)", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M", "Time")]
#[case(
    "Local time",
    "%d.%m.%Y %H:%M:%S.000 GMT+0900",
    "%d.%m.%Y %H:%M:%S.000",
    "Local time"
)]
fn a_time_within_the_day_without_its_zone_is_asked_for(
    #[case] name: &str,
    #[case] time: &str,
    #[case] bare: &str,
    #[case] bare_name: &str,
) {
    let file = |name: &str, time: &str| {
        let row = format!("{time},{{o}},{{h}},{{l}},{{c}},{{v}}");
        format!(
            "{name},Open,High,Low,Close,Volume\n{}",
            rows(&row, Step::Minutes(5), 30)
        )
    };
    let told = map_text("x.csv", &file(name, time), &spec());
    assert!(told.layout.is_some(), "{:?}", told.questions);
    let bare = file(bare_name, bare);
    let mapping = map_text("x.csv", &bare, &spec());
    assert_eq!(asked(&mapping), ["--timezone"]);
    let answered = ImportSpec {
        timezone: Some("america/new_york".to_owned()),
        ..spec()
    };
    let layout = map_text("x.csv", &bare, &answered).layout.unwrap();
    assert_eq!(layout.time.zone.as_deref(), Some("America/New_York"));
}

#[test]
fn a_wrong_zone_is_asked_for_again_with_the_reason() {
    let text = format!(
        "{HEADER}\n{}",
        rows("%Y-%m-%d,{o},{h},{l},{c},{v}", Step::Day, 9)
    );
    let wrong = ImportSpec {
        timezone: Some("Mars/Olympus".to_owned()),
        ..spec()
    };
    let mapping = map_text("x.csv", &text, &wrong);
    let question = &mapping.questions[0];
    assert_eq!(question.about, QuestionAbout::Timezone);
    assert!(question.text.contains("Mars/Olympus"), "{}", question.text);
}

#[rstest]
#[case("BTCUSDT-1h-2024-01.csv", 5, true)]
#[case("BTCUSDT-5m-2024-01.csv", 5, false)]
fn a_name_that_contradicts_the_bars_is_asked_about(
    #[case] name: &str,
    #[case] minutes: i64,
    #[case] asks: bool,
) {
    let row = "{ms},{o},{h},{l},{c},{v},{ms_end},{q},{n},1,2,0";
    let text = rows(row, Step::Minutes(minutes), 30);
    let mapping = map_text(name, &text, &ImportSpec::default());
    assert_eq!(
        asked(&mapping).contains(&"--timeframe"),
        asks,
        "{mapping:?}"
    );
}

#[test]
fn one_bar_does_not_tell_its_length() {
    let text = format!(
        "{HEADER}\n{}",
        rows("%Y-%m-%d,{o},{h},{l},{c},{v}", Step::Day, 1)
    );
    assert_eq!(asked(&map_text("x.csv", &text, &spec())), ["--timeframe"]);
}

#[test]
fn a_layout_nobody_knows_is_told_and_the_known_ones_are_named() {
    let unknown = ImportSpec {
        layout: Some("yahooo".to_owned()),
        ..spec()
    };
    let text = format!(
        "{HEADER}\n{}",
        rows("%Y-%m-%d,{o},{h},{l},{c},{v}", Step::Day, 9)
    );
    let mapping = map_text("x.csv", &text, &unknown);
    assert_eq!(asked(&mapping), ["--layout"]);
    assert!(
        mapping.questions[0]
            .choices
            .iter()
            .any(|choice| choice == "yahoo")
    );
}

#[test]
fn a_layout_asked_for_names_the_columns_of_a_file_that_cannot() {
    let text = rows_from(
        "{s},{o},{c},{h},{l},{v}",
        Step::Minutes(60),
        "2024-01-22T00:00:00Z",
        3,
    );
    let mapping = map_text("x.csv", &text, &spec());
    assert_eq!(asked(&mapping), ["--layout"]);
    let answered = ImportSpec {
        layout: Some("ochlv".to_owned()),
        ..spec()
    };
    let mapping = map_text("x.csv", &text, &answered);
    let columns = mapping.layout.unwrap().columns;
    assert_eq!((columns.close, columns.high, columns.low), (2, 3, 4));
}

#[test]
fn numbers_that_may_be_a_thousand_or_a_fraction_are_asked_about() {
    let mut text = "Date;Open;High;Low;Close\n".to_owned();
    for day in 15..25 {
        writeln!(text, "2024-01-{day};1,1{day};1,9{day};1,0{day};1,5{day}").unwrap();
    }
    let mapping = map_text("x.csv", &text, &spec());
    assert_eq!(asked(&mapping), ["--decimal"]);
    for (sign, decimal, group) in [
        (DecimalSign::Comma, ',', '.'),
        (DecimalSign::Point, '.', ','),
    ] {
        let answered = ImportSpec {
            decimal: Some(sign),
            ..spec()
        };
        let mapping = map_text("x.csv", &text, &answered);
        let numbers = mapping.layout.unwrap().numbers;
        assert_eq!((numbers.decimal, numbers.group), (decimal, Some(group)));
    }
}

#[test]
fn a_decimal_sign_that_the_numbers_contradict_is_asked_again() {
    let mut text = "Date,Open,High,Low,Close\n".to_owned();
    for day in 15..25 {
        writeln!(text, "2024-01-{day},1.1{day},1.9{day},1.0{day},1.5{day}5").unwrap();
    }
    let asked_for = ImportSpec {
        decimal: Some(DecimalSign::Comma),
        ..spec()
    };
    let mapping = map_text("x.csv", &text, &asked_for);
    assert_eq!(asked(&mapping), ["--decimal"]);
}
