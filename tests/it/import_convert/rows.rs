//! What becomes of each kind of record, at each level.

use mda::api::{DateOrder, ValidationLevel};
use mda::domain::{Price, Severity, Volume};
use mda::import::convert::{LayoutFault, Row, RowReader};
use mda::import::{NumberRule, TimeColumns, TimeFormat};
use mda::quality::{QualityTally, Rule};
use rstest::rstest;

use super::rig::{NOW, fault, fields, layout, read, symbol, time, word};

const LEVELS: [ValidationLevel; 4] = [
    ValidationLevel::None,
    ValidationLevel::Basic,
    ValidationLevel::Standard,
    ValidationLevel::Strict,
];

#[test]
fn a_whole_record_becomes_a_bar() {
    let record = "2024-01-02 09:30|1.5|3|1|2.5|100.25|7|2|btc-usd";
    let Row::Bar(bar) = read(&layout("1m", Some("UTC")), ValidationLevel::Strict, record) else {
        panic!("no bar");
    };
    assert_eq!(bar.time, time("2024-01-02T09:30:00Z"));
    let prices = [bar.open, bar.high, bar.low, bar.close].map(|price| price.to_string());
    assert_eq!(prices, ["1.5", "3", "1", "2.5"]);
    assert_eq!(bar.volume.to_string(), "100.25");
    assert_eq!(bar.trade_count, Some(7));
    assert_eq!(bar.vwap, Some(Price::parse("2").unwrap().value));
    assert_eq!(bar.symbol, symbol("BTC-USD"));
    assert_eq!(bar.source.as_str(), "test");
    assert_eq!(bar.quality_score.get(), 100);
}

/// Each record at `none`, `basic`, `standard` and `strict`.
#[rstest]
#[case::clean("2024-01-02 09:30|2|3|1|2|10|5|2|X", ["bar 100"; 4])]
#[case::blank("||||||||", ["skipped"; 4])]
#[case::spaces(" | || |||||", ["skipped"; 4])]
#[case::holiday("2024-01-02 09:30|null|null|null|null|null|||X", ["skipped"; 4])]
#[case::no_trade("2024-01-02 09:30|NaN|NaN|NaN|NaN|0|||X", ["skipped"; 4])]
#[case::volume_alone("2024-01-02 09:30|||||5|||X", ["V1 open"; 4])]
#[case::holiday_without_time("|null|null|null|null||||X", ["V1 time"; 4])]
#[case::footer_text("Downloaded||||||||", ["V6 time"; 4])]
#[case::no_time("|2|3|1|2|10|5|2|X", ["V1 time"; 4])]
#[case::bad_time("11:34|2|3|1|2|10|5|2|X", ["V6 time"; 4])]
#[case::date_alone("2024-01-02|2|3|1|2|10|5|2|X", ["V6 time"; 4])]
#[case::no_close("2024-01-02 09:30|2|3|1||10|5|2|X", ["V1 close"; 4])]
#[case::bad_close("2024-01-02 09:30|2|3|1|2%|10|5|2|X", ["V1 close"; 4])]
#[case::infinite("2024-01-02 09:30|2|inf|1|2|10|5|2|X", ["V3 high"; 4])]
#[case::too_large("2024-01-02 09:30|2|1e12|1|2|10|5|2|X", ["V3 high"; 4])]
#[case::above_a_billion("2024-01-02 09:30|2|1e10|1|2|10|5|2|X",
    ["bar 100", "V3 high", "V3 high", "V3 high"])]
#[case::zero_price("2024-01-02 09:30|2|3|0|2|10|5|2|X",
    ["bar 100", "V2 low", "V2 low", "V2 low"])]
#[case::negative_price("2024-01-02 09:30|2|3|-37.63|2|10|5|2|X",
    ["bar 100", "V2 low", "V2 low", "V2 low"])]
#[case::negative_volume("2024-01-02 09:30|2|3|1|2|-10|5|2|X", ["V4 volume"; 4])]
#[case::bad_volume("2024-01-02 09:30|2|3|1|2|many|5|2|X", ["V1 volume"; 4])]
#[case::huge_volume("2024-01-02 09:30|2|3|1|2|1e19|5|2|X", ["V3 volume"; 4])]
#[case::no_volume("2024-01-02 09:30|2|3|1|2|N/A|5|2|X",
    ["bar 100", "bar 80", "bar 80", "M1 volume"])]
#[case::future("2026-01-01 00:01:01|2|3|1|2|10|5|2|X",
    ["bar 100", "V6 time", "V6 time", "V6 time"])]
#[case::now_and_one_bar("2026-01-01 00:01:00|2|3|1|2|10|5|2|X", ["bar 100"; 4])]
#[case::before_1900("1900-01-01 00:30:00+01:00|2|3|1|2|10|5|2|X",
    ["bar 100", "V6 time", "V6 time", "V6 time"])]
#[case::no_symbol("2024-01-02 09:30|2|3|1|2|10|5|2|", ["V7 symbol"; 4])]
#[case::bad_symbol("2024-01-02 09:30|2|3|1|2|10|5|2|A B", ["V7 symbol"; 4])]
#[case::many_decimals("2024-01-02 09:30|2.0000000001|3|1|2|10.123456789|5|2|X",
    ["bar 100", "bar 95", "bar 95", "bar 95"])]
#[case::bad_trades("2024-01-02 09:30|2|3|1|2|10|few|2|X",
    ["bar 100", "bar 95", "bar 95", "bar 95"])]
#[case::bad_vwap("2024-01-02 09:30|2|3|1|2|10|5|x|X", ["bar 100", "bar 95", "bar 95", "bar 95"])]
#[case::no_trades_no_vwap("2024-01-02 09:30|2|3|1|2|10||-|X", ["bar 100"; 4])]
#[case::high_below_close("2024-01-02 09:30|2|3|1|4|10|5|2|X",
    ["bar 100", "bar 100", "bar 0", "C1 high"])]
#[case::low_above_open("2024-01-02 09:30|1|3|2|3|10|5|2|X",
    ["bar 100", "bar 100", "bar 0", "C2 low"])]
#[case::swapped("2024-01-02 09:30|2|1|3|2|10|5||X", ["bar 100", "bar 100", "bar 0", "C3 high"])]
#[case::moved_without_volume("2024-01-02 09:30|2|3|1|2|0|0||X",
    ["bar 100", "bar 100", "bar 80", "C7 volume"])]
#[case::volume_without_trades("2024-01-02 09:30|2|3|1|2|10|0|2|X",
    ["bar 100", "bar 100", "bar 80", "C7 volume"])]
#[case::still_without_volume("2024-01-02 09:30|2|2|2|2|0|0|0|X", ["bar 100"; 4])]
#[case::vwap_outside("2024-01-02 09:30|2|3|1|2|10|5|3.1|X",
    ["bar 100", "bar 100", "bar 80", "C8 column 8"])]
#[case::two_findings("2024-01-02 09:30|2|3|1|2.000000001|10|0|3.1|X",
    ["bar 100", "bar 95", "bar 55", "C7 volume"])]
#[case::too_few("2024-01-02 09:30|2|3|1|2|10|5|2", ["fields -"; 4])]
#[case::too_many("2024-01-02 09:30|2|3|1|2|10|5|2|X|", ["fields -"; 4])]
fn every_case_has_its_outcome_at_every_level(#[case] record: &str, #[case] expected: [&str; 4]) {
    let layout = layout("1m", Some("UTC"));
    let words = LEVELS.map(|level| word(&read(&layout, level, record)));
    assert_eq!(words, expected, "{record}");
}

#[test]
fn a_fault_names_rule_column_value_reason_and_remedy() {
    let layout = layout("1m", Some("UTC"));
    let standard = ValidationLevel::Standard;
    let rejected = fault(read(
        &layout,
        standard,
        "2024-01-02 09:30|2|3|-1|2|10|5|2|X",
    ));
    assert_eq!(rejected.rule, "V2");
    assert_eq!(rejected.severity, Severity::Critical);
    assert_eq!(rejected.column.as_deref(), Some("low"));
    assert_eq!(rejected.value.as_deref(), Some("-1"));
    assert_eq!(rejected.reason, "low -1 is not above 0");
    assert!(rejected.suggestion.unwrap().contains("`none`"));

    let rejected = fault(read(&layout, standard, "a|b|c"));
    assert_eq!(rejected.reason, "3 fields, expected 9");
    assert_eq!((rejected.column, rejected.value), (None, None));

    let long = format!("{}|2|3|1|2|10|5|2|X", "x".repeat(5_000));
    let rejected = fault(read(&layout, standard, &long));
    assert_eq!(rejected.value.unwrap().len(), 200);
}

#[test]
fn the_width_may_differ_as_far_as_the_header_does_and_no_used_field_is_missing() {
    let mut wide = layout("1m", Some("UTC"));
    wide.columns.symbol = None;
    wide.symbol = Some(symbol("X"));
    wide.columns.vwap = None;
    wide.dialect.header.push("note".to_owned());
    let level = ValidationLevel::Standard;
    for (record, expected) in [
        ("2024-01-02 09:30|2|3|1|2|10|5||", "bar 100"),
        ("2024-01-02 09:30|2|3|1|2|10|5|", "bar 100"),
        ("2024-01-02 09:30|2|3|1|2|10|5|||", "bar 100"),
        ("2024-01-02 09:30|2|3|1|2|10|5", "fields -"),
        ("2024-01-02 09:30|2|3|1|2|10|5||||", "fields -"),
    ] {
        assert_eq!(word(&read(&wide, level, record)), expected, "{record}");
    }
    let mut last_used = wide;
    last_used.columns.vwap = Some(8);
    let short = "2024-01-02 09:30|2|3|1|2|10|5|";
    assert_eq!(word(&read(&last_used, level, short)), "fields -");
}

#[test]
fn without_a_volume_column_nothing_is_held_against_a_row() {
    let mut layout = layout("1m", Some("UTC"));
    layout.columns.volume = None;
    layout.columns.trade_count = None;
    let row = read(
        &layout,
        ValidationLevel::Strict,
        "2024-01-02 09:30|2|3|1|2|||2|X",
    );
    let Row::Bar(bar) = row else {
        panic!("no bar: {row:?}");
    };
    assert_eq!(bar.volume, Volume::ZERO);
    assert_eq!(bar.quality_score.get(), 100);
}

/// Bars of a day and longer open at midnight UTC of the written date.
#[rstest]
#[case(DateOrder::Ymd, None, "2024-01-02", "2024-01-02")]
#[case(DateOrder::Ymd, None, "2024-01-02 00:00:00+09:00", "2024-01-02")]
#[case(DateOrder::Ymd, None, "2024-01-02 00:00:00-05:00", "2024-01-02")]
#[case(DateOrder::Ymd, Some("Asia/Tokyo"), "2024-01-02 16:00", "2024-01-02")]
#[case(DateOrder::Mdy, None, "12/13/2024", "2024-12-13")]
fn a_daily_bar_keeps_its_written_date(
    #[case] order: DateOrder,
    #[case] zone: Option<&str>,
    #[case] written: &str,
    #[case] expected: &str,
) {
    for timeframe in ["1d", "1w", "1mo"] {
        let mut layout = layout(timeframe, zone);
        layout.time.format = TimeFormat::Numeric(order);
        let record = format!("{written}|2|3|1|2|10|5|2|X");
        let row = read(&layout, ValidationLevel::Standard, &record);
        let Row::Bar(bar) = row else {
            panic!("{written}: {row:?}");
        };
        assert_eq!(
            bar.time,
            time(&format!("{expected}T00:00:00Z")),
            "{written}"
        );
    }
}

#[rstest]
#[case::midnight(None, "1704153600", "2024-01-02")]
#[case::midnight_is_that_date_in_any_zone(Some("America/New_York"), "1704153600", "2024-01-02")]
#[case::session_open(Some("America/New_York"), "1704205800", "2024-01-02")]
#[case::midnight_of_berlin(Some("Europe/Berlin"), "1704150000", "2024-01-02")]
#[case::without_a_zone(None, "1704150000", "2024-01-01")]
fn a_daily_epoch_is_the_date_in_the_zone(
    #[case] zone: Option<&str>,
    #[case] epoch: &str,
    #[case] expected: &str,
) {
    let mut layout = layout("1d", zone);
    layout.time.format = TimeFormat::Epoch;
    let record = format!("{epoch}|2|3|1|2|10|5|2|X");
    let Row::Bar(bar) = read(&layout, ValidationLevel::Standard, &record) else {
        panic!("no bar");
    };
    assert_eq!(bar.time, time(&format!("{expected}T00:00:00Z")));
}

/// Shorter bars: the offset counts, else the zone, else it is a fault.
#[rstest]
#[case::offset_over_zone(
    Some("Asia/Tokyo"),
    "2024-01-02T09:30:00-05:00",
    "2024-01-02T14:30:00Z"
)]
#[case::winter(
    Some("America/New_York"),
    "2024-01-02 09:30:00",
    "2024-01-02T14:30:00Z"
)]
#[case::summer(
    Some("America/New_York"),
    "2024-07-02 09:30:00",
    "2024-07-02T13:30:00Z"
)]
#[case::half_hour(Some("Asia/Kolkata"), "2024-01-02 09:15:00", "2024-01-02T03:45:00Z")]
#[case::quarter_hour(Some("Asia/Kathmandu"), "2024-01-02 09:15:00", "2024-01-02T03:30:00Z")]
#[case::fixed(Some("-05:00"), "2024-07-02 09:30:00", "2024-07-02T14:30:00Z")]
#[case::est5edt(Some("EST5EDT"), "2024-07-02 09:30:00", "2024-07-02T13:30:00Z")]
#[case::off_grid(Some("UTC"), "2024-01-02 09:30:17.25", "2024-01-02T09:30:17.250Z")]
#[case::before_the_gap(
    Some("America/New_York"),
    "2024-03-10 01:59:00",
    "2024-03-10T06:59:00Z"
)]
#[case::after_the_gap(
    Some("America/New_York"),
    "2024-03-10 03:00:00",
    "2024-03-10T07:00:00Z"
)]
#[case::london_after(Some("Europe/London"), "2024-03-31 02:00:00", "2024-03-31T01:00:00Z")]
fn a_shorter_bar_opens_at_the_written_time(
    #[case] zone: Option<&str>,
    #[case] written: &str,
    #[case] expected: &str,
) {
    let record = format!("{written}|2|3|1|2|10|5|2|X");
    let row = read(&layout("1m", zone), ValidationLevel::Standard, &record);
    let Row::Bar(bar) = row else {
        panic!("{row:?}");
    };
    assert_eq!(bar.time, time(expected));
    assert_eq!(bar.quality_score.get(), 100);
}

#[rstest]
#[case("America/New_York", "2024-11-03 01:30:00", "2024-11-03T05:30:00Z")]
#[case("Europe/London", "2024-10-27 01:30:00", "2024-10-27T00:30:00Z")]
fn a_time_that_came_twice_is_the_earlier_with_a_low_finding(
    #[case] zone: &str,
    #[case] written: &str,
    #[case] expected: &str,
) {
    let record = format!("{written}|2|3|1|2|10|5|2|X");
    let row = read(&layout("1m", Some(zone)), ValidationLevel::Strict, &record);
    let Row::Bar(bar) = row else {
        panic!("{row:?}");
    };
    assert_eq!(bar.time, time(expected));
    assert_eq!(bar.quality_score.get(), 95);
}

#[rstest]
#[case(
    Some("America/New_York"),
    "2024-03-10 02:30:00",
    "never came",
    "fixed offset"
)]
#[case(
    Some("Europe/London"),
    "2024-03-31 01:30:00",
    "never came",
    "fixed offset"
)]
#[case(None, "2024-01-02 09:30:00", "no zone was given", "--timezone")]
#[case(Some("UTC"), "2024-01-02", "without a time of day", "--timeframe")]
fn a_time_that_is_no_moment_is_rejected_with_a_remedy(
    #[case] zone: Option<&str>,
    #[case] written: &str,
    #[case] reason: &str,
    #[case] remedy: &str,
) {
    let record = format!("{written}|2|3|1|2|10|5|2|X");
    let rejected = fault(read(&layout("1m", zone), ValidationLevel::None, &record));
    assert_eq!(rejected.rule, "V6");
    assert!(rejected.reason.contains(reason), "{}", rejected.reason);
    let suggestion = rejected.suggestion.unwrap();
    assert!(suggestion.contains(remedy), "{suggestion}");
}

#[test]
fn date_and_time_may_stand_in_two_columns() {
    let mut layout = layout("1m", Some("UTC"));
    layout.columns.vwap = None;
    layout.columns.time = TimeColumns::DateAndTime { date: 0, time: 7 };
    for (record, expected) in [
        ("2024.01.02|2|3|1|2|10|5|00:05|X", "bar 100"),
        ("2024.01.02|2|3|1|2|10|5||X", "V6 time"),
        ("|2|3|1|2|10|5|00:05|X", "V1 time"),
    ] {
        let row = read(&layout, ValidationLevel::Standard, record);
        assert_eq!(word(&row), expected, "{record}");
    }
}

#[test]
fn a_symbol_is_the_columns_else_the_layouts() {
    let mut layout = layout("1m", Some("UTC"));
    layout.symbol = Some(symbol("FIXED"));
    let reader = RowReader::new(&layout, ValidationLevel::Standard, time(NOW)).unwrap();
    let mut tally = QualityTally::default();
    let names = ["A", "B", "A", "", " b ", "A"].map(|name| {
        let record = fields(&format!("2024-01-02 09:30|2|3|1|2|10|5|2|{name}"));
        match reader.read(&record, &mut tally) {
            Row::Bar(bar) => bar.symbol.to_string(),
            row => panic!("{row:?}"),
        }
    });
    assert_eq!(names, ["A", "B", "A", "FIXED", "B", "A"]);
}

#[test]
fn more_symbols_than_are_remembered_are_read_alike() {
    let reader = RowReader::new(
        &layout("1m", Some("UTC")),
        ValidationLevel::Standard,
        time(NOW),
    )
    .unwrap();
    let mut tally = QualityTally::default();
    for place in (0..5_000).chain(0..5_000) {
        let record = fields(&format!("2024-01-02 09:30|2|3|1|2|10|5|2|S{place}"));
        let Row::Bar(bar) = reader.read(&record, &mut tally) else {
            panic!("no bar");
        };
        assert_eq!(bar.symbol.as_str(), format!("S{place}"));
    }
}

#[test]
fn a_layout_by_which_nothing_can_be_read_is_refused() {
    let refused = |change: fn(&mut mda::import::Layout)| {
        let mut layout = layout("1m", Some("UTC"));
        change(&mut layout);
        RowReader::new(&layout, ValidationLevel::Standard, time(NOW)).unwrap_err()
    };
    let zone = refused(|layout| layout.time.zone = Some("Mars/Olympus".to_owned()));
    assert!(matches!(zone, LayoutFault::Zone(_)));
    assert!(zone.to_string().contains("`Mars/Olympus`"), "{zone}");
    assert_eq!(
        refused(|layout| layout.columns.symbol = None),
        LayoutFault::NoSymbol
    );
    assert_eq!(
        refused(|layout| layout.columns.vwap = Some(9)),
        LayoutFault::NoColumn {
            column: 10,
            width: 9
        }
    );
    for (decimal, group) in [('.', Some('.')), ('x', None)] {
        let mut layout = layout("1m", Some("UTC"));
        layout.numbers = NumberRule { decimal, group };
        let refused = RowReader::new(&layout, ValidationLevel::Standard, time(NOW)).unwrap_err();
        assert_eq!(refused, LayoutFault::Separators { decimal });
    }
}

#[test]
fn the_tally_counts_what_the_rows_show() {
    let layout = layout("1m", Some("UTC"));
    let reader = RowReader::new(&layout, ValidationLevel::Standard, time(NOW)).unwrap();
    let mut tally = QualityTally::default();
    for record in [
        "2024-01-02 09:30|2|3|1|2|10|5|2|X",
        "2024-01-02 09:31|2|3|1|2|||2|X",
        "2024-01-02 09:32|2|3|1|4|10|5|2|X",
        "2024-01-02 09:33|2|3|1||10|5|2|X",
        "2024-01-02 09:34|null|null|null|null|||2|X",
        "a|b",
        "||||||||",
    ] {
        reader.read(&fields(record), &mut tally);
    }
    assert_eq!(tally.rows(), 5);
    let found =
        [Rule::M1, Rule::C1, Rule::V1, Rule::Fields, Rule::V2].map(|rule| tally.found(rule));
    assert_eq!(found, [1, 1, 1, 1, 0]);
}
