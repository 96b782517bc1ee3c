//! Files that look right and are not: what they hold is asked for, never stored wrong.

use mda::api::ImportSpec;
use mda::domain::Timeframe;
use mda::import::mapping::Mapping;
use rstest::rstest;

use super::rig::{Step, asked, line_of, map_text, rows, rows_from};

const HEADER: &str = "Date,Open,High,Low,Close,Volume";
const PRICES: &str = "{o},{h},{l},{c},{v}";

fn spec() -> ImportSpec {
    ImportSpec {
        symbol: Some("X".parse().unwrap()),
        ..ImportSpec::default()
    }
}

fn text_of(mapping: &Mapping) -> &str {
    &mapping.questions[0].text
}

fn of_symbols(symbols: &[&str]) -> String {
    let mut text = String::from("Date,Symbol,Open,High,Low,Close,Volume\n");
    for line in rows(&format!("%Y-%m-%d,SYM,{PRICES}"), Step::Day, 20).lines() {
        for symbol in symbols {
            text.push_str(&line.replace("SYM", symbol));
            text.push('\n');
        }
    }
    text
}

#[test]
fn a_symbol_asked_for_wins_over_the_one_of_the_rows() {
    let mapping = map_text("x.csv", &of_symbols(&["BTC/USD"]), &spec());
    let layout = mapping.layout.unwrap();
    assert_eq!(layout.columns.symbol, None);
    assert_eq!(layout.symbol.unwrap().as_str(), "X");
}

#[test]
fn one_symbol_is_not_given_to_the_rows_of_several() {
    let mapping = map_text("x.csv", &of_symbols(&["AAA", "BBB"]), &spec());
    assert_eq!(asked(&mapping), ["--symbol"]);
    assert!(text_of(&mapping).contains("AAA, BBB"), "{mapping:?}");
}

#[rstest]
#[case::sydney("{s}", "2024-01-21T23:00:00Z")]
#[case::forex("%Y-%m-%dT%H:%M:%SZ", "2024-01-21T22:00:00Z")]
#[case::hong_kong("{ms}", "2024-01-21T16:00:00Z")]
fn a_day_that_begins_on_the_day_before_in_utc_has_its_zone_asked_for(
    #[case] time: &str,
    #[case] from: &str,
) {
    // From Sunday on, each day of the week.
    let lines: String = (0..14)
        .map(|day| {
            let moment: chrono::DateTime<chrono::Utc> = from.parse().unwrap();
            let moment = (moment + chrono::Duration::days(day)).to_rfc3339();
            rows_from(&format!("{time},{PRICES}"), Step::Minutes(1), &moment, 1)
        })
        .collect();
    let text = format!("{HEADER}\n{lines}");
    assert_eq!(asked(&map_text("x.csv", &text, &spec())), ["--timezone"]);
    let told = ImportSpec {
        timezone: Some("Europe/Athens".to_owned()),
        ..spec()
    };
    let layout = map_text("x.csv", &text, &told).layout.unwrap();
    assert_eq!(layout.time.zone.as_deref(), Some("Europe/Athens"));
}

#[test]
fn days_that_begin_in_new_york_keep_their_date_in_utc() {
    let lines = rows_from(
        &format!("{{s}},{PRICES}"),
        Step::Day,
        "2024-01-22T14:30:00Z",
        20,
    );
    let line = line_of(&map_text("x.csv", &format!("{HEADER}\n{lines}"), &spec()));
    assert_eq!(
        line,
        "ohlcv | time open high low close volume | epoch UTC 1d X"
    );
}

#[rstest]
#[case::too_large("99999999999999999999")]
#[case::with_words("12 lots")]
fn a_volume_that_cannot_be_read_is_not_taken_for_none(#[case] volume: &str) {
    let lines = rows(
        &format!("%Y-%m-%d,{{o}},{{h}},{{l}},{{c}},{volume}"),
        Step::Day,
        20,
    );
    let layout = map_text("x.csv", &format!("{HEADER}\n{lines}"), &spec()).layout;
    assert_eq!(layout.unwrap().columns.volume, Some(5));
}

#[test]
fn a_volume_in_money_is_no_volume_though_there_is_no_other() {
    let lines = rows(&format!("%Y-%m-%d,{PRICES}"), Step::Day, 20);
    let text = format!("Date,Open,High,Low,Close,Volume USD\n{lines}");
    let layout = map_text("x.csv", &text, &spec()).layout;
    assert_eq!(layout.unwrap().columns.volume, None);
}

#[test]
fn money_before_units_is_told_without_a_header() {
    let lines = rows("%Y-%m-%d,{o},{h},{l},{c},{q},{v}.5", Step::Day, 20);
    let layout = map_text("x.csv", &lines, &spec()).layout;
    assert_eq!(layout.unwrap().columns.volume, Some(6));
}

#[test]
fn two_prices_of_one_name_are_asked_for() {
    let lines = rows("%Y-%m-%d,{o},{h},{l},{c},{o}", Step::Day, 20);
    let text = format!("Date,Open,High,Low,Close (EUR),Close (USD)\n{lines}");
    let mapping = map_text("x.csv", &text, &spec());
    assert_eq!(asked(&mapping), ["--layout"]);
    assert!(text_of(&mapping).contains("Close (USD)"), "{mapping:?}");
}

#[test]
fn a_price_that_stands_twice_alike_is_taken_once() {
    let lines = rows("%Y-%m-%d,{o},{h},{l},{c},{c}", Step::Day, 20);
    let text = format!("Date,Open,High,Low,Close,Close\n{lines}");
    let layout = map_text("x.csv", &text, &spec()).layout;
    assert_eq!(layout.unwrap().columns.close, 4);
}

#[rstest]
#[case::of_seconds("%-H%M%S", "`")]
#[case::of_minutes("%-H%M", "HH:MM")]
#[case::of_hours("%-H", "HH:MM")]
fn times_of_day_that_lost_their_zeros_are_not_guessed(#[case] time: &str, #[case] says: &str) {
    let lines: Vec<String> = rows_from(
        &format!("%Y%m%d,#{time},{PRICES}"),
        Step::Minutes(1),
        "2024-01-22T00:00:00Z",
        1_440,
    )
    .lines()
    .map(|line| {
        // What a spreadsheet makes of 00500 is 500.
        let (date, rest) = line.split_once(",#").unwrap();
        let (time, prices) = rest.split_once(',').unwrap();
        let time: u32 = time.parse().unwrap();
        format!("{date},{time},{prices}")
    })
    .collect();
    let text = format!(
        "Date,Time,Open,High,Low,Close,Volume\n{}\n",
        lines.join("\n")
    );
    let mapping = map_text("x.csv", &text, &spec());
    assert!(asked(&mapping).contains(&"--layout"), "{:?}", mapping.facts);
    assert!(text_of(&mapping).contains(says), "{}", text_of(&mapping));
}

#[test]
fn days_that_end_at_different_hours_are_no_bars_of_hours() {
    let lines = rows(&format!("%Y-%m-%d HOUR,{PRICES}"), Step::Day, 20);
    let lines: String = lines
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let hour = if at % 2 == 0 { "00:00" } else { "16:00" };
            line.replace("HOUR", hour) + "\n"
        })
        .collect();
    let mapping = map_text("x.csv", &format!("{HEADER}\n{lines}"), &spec());
    assert!(
        asked(&mapping).contains(&"--timeframe"),
        "{:?}",
        mapping.facts
    );
}

#[test]
fn a_length_asked_for_does_not_swallow_shorter_bars() {
    let lines = rows(&format!("{{s}},{PRICES}"), Step::Minutes(1), 60);
    let text = format!("{HEADER}\n{lines}");
    let of_days = ImportSpec {
        timeframe: Some(Timeframe::D1),
        ..spec()
    };
    assert_eq!(asked(&map_text("x.csv", &text, &of_days)), ["--timeframe"]);
    let of_minutes = ImportSpec {
        timeframe: Some(Timeframe::M1),
        ..spec()
    };
    assert!(map_text("x.csv", &text, &of_minutes).layout.is_some());
}

#[test]
fn a_length_that_is_not_stored_is_named() {
    let lines = rows(&format!("{{s}},{PRICES}"), Step::Minutes(10), 60);
    let mapping = map_text("x.csv", &format!("{HEADER}\n{lines}"), &spec());
    assert!(text_of(&mapping).contains("10 minutes"), "{mapping:?}");
}

#[test]
fn a_layout_asked_for_says_what_a_comma_is() {
    let lines: Vec<String> = (1..20)
        .map(|day| {
            format!("2024-01-{day:02};1{day:02},100;1{day:02},300;1{day:02},000;1{day:02},200;5")
        })
        .collect();
    let text = format!("{}\n{}\n", HEADER.replace(',', ";"), lines.join("\n"));
    assert_eq!(asked(&map_text("x.csv", &text, &spec())), ["--decimal"]);
    let told = ImportSpec {
        layout: Some("ohlcv".to_owned()),
        ..spec()
    };
    let layout = map_text("x.csv", &text, &told).layout.unwrap();
    assert_eq!(layout.numbers.decimal, ',');
}

#[test]
fn a_question_for_the_order_shows_a_date_that_has_two() {
    let lines = "01/01/2024,10,11,9,10,5\n02/01/2024,10,11,9,10,5\n";
    let mapping = map_text("x.csv", &format!("{HEADER}\n{lines}"), &spec());
    let text = text_of(&mapping);
    assert!(text.contains("2 January 2024"), "{text}");
    assert!(text.contains("1 February 2024"), "{text}");
}

#[test]
fn a_file_of_names_only_says_so() {
    let mapping = map_text("x.csv", &format!("{HEADER}\n"), &spec());
    assert!(text_of(&mapping).contains("no record"), "{mapping:?}");
}

#[rstest]
#[case::euro("€")]
#[case::pound("£")]
#[case::space_of_three_bytes("\u{2028}")]
fn a_sign_before_a_number_may_be_of_several_bytes(#[case] sign: &str) {
    let row = format!("%Y-%m-%d,{sign}{{o}},{sign}{{h}},{sign}{{l}},{sign}{{c}},{{v}}");
    let text = format!("{HEADER}\n{}", rows(&row, Step::Day, 20));
    let layout = map_text("x.csv", &text, &spec()).layout;
    assert_eq!(layout.unwrap().numbers.decimal, '.');
}
