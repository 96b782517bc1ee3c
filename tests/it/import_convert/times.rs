//! Times and zones of files against `chrono`.

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, TimeDelta, TimeZone};
use chrono_tz::TZ_VARIANTS;
use mda::api::DateOrder;
use mda::import::TimeFormat;
use mda::import::convert::time::{WrittenTime, parse, parse_two};
use mda::import::convert::zone::{Zone, ZoneClock, ZoneFault};
use proptest::prelude::*;

const YMD: TimeFormat = TimeFormat::Numeric(DateOrder::Ymd);
const DMY: TimeFormat = TimeFormat::Numeric(DateOrder::Dmy);
const MDY: TimeFormat = TimeFormat::Numeric(DateOrder::Mdy);
const NAMED: TimeFormat = TimeFormat::NamedMonth;

/// Ways to write a date.
const DATES: [(TimeFormat, &str); 18] = [
    (YMD, "%Y-%m-%d"),
    (YMD, "%Y/%m/%d"),
    (YMD, "%Y.%m.%d"),
    (YMD, "%Y%m%d"),
    (YMD, "%Y-%-m-%-d"),
    (DMY, "%d/%m/%Y"),
    (DMY, "%d.%m.%Y"),
    (DMY, "%-d-%-m-%Y"),
    (DMY, "%d%m%Y"),
    (MDY, "%m/%d/%Y"),
    (MDY, "%-m/%-d/%Y"),
    (MDY, "%m%d%Y"),
    (NAMED, "%d-%b-%Y"),
    (NAMED, "%b %d, %Y"),
    (NAMED, "%B %-d, %Y"),
    (NAMED, "%-d %B %Y"),
    (NAMED, "%Y-%b-%d"),
    (NAMED, "%d%b%Y"),
];

/// The same with years of two digits.
const SHORT_DATES: [(TimeFormat, &str); 6] = [
    (YMD, "%y-%m-%d"),
    (YMD, "%y%m%d"),
    (DMY, "%d/%m/%y"),
    (DMY, "%d%m%y"),
    (MDY, "%m/%d/%y"),
    (NAMED, "%d-%b-%y"),
];

/// Ways to write a time of day, with the microseconds to which it is exact.
const TIMES: [(&str, i64); 12] = [
    ("%H:%M:%S", 1_000_000),
    ("%H:%M", 60_000_000),
    ("%-H:%M", 60_000_000),
    ("%H%M%S", 1_000_000),
    ("%H%M", 60_000_000),
    ("%H:%M:%S%.3f", 1_000),
    ("%H:%M:%S%.6f", 1),
    ("%H:%M:%S%.9f", 1),
    ("%H%M%S%3f", 1_000),
    ("%I:%M:%S %p", 1_000_000),
    ("%-I:%M %P", 60_000_000),
    ("%I:%M%p", 60_000_000),
];

const OFFSETS: [&str; 6] = ["%:z", "%z", " %z", " GMT%z", " UTC%:z", "%::z"];

fn day() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    (0..132_219i64).prop_map(move |days| first + TimeDelta::days(days))
}

fn moment() -> impl Strategy<Value = DateTime<FixedOffset>> {
    let in_day = (0..86_400i64, 0..1_000_000u32);
    let offset = (-52i32..=56).prop_map(|quarters| quarters * 900);
    (day(), in_day, offset).prop_map(|(day, (secs, micros), offset)| {
        let midnight = day.and_hms_opt(0, 0, 0).unwrap();
        let wall = midnight + TimeDelta::seconds(secs) + TimeDelta::microseconds(micros.into());
        let offset = FixedOffset::east_opt(offset).unwrap();
        offset.from_local_datetime(&wall).unwrap()
    })
}

fn written(micros: i64, offset_secs: Option<i32>, has_time_of_day: bool) -> WrittenTime {
    WrittenTime {
        micros,
        offset_secs,
        has_time_of_day,
    }
}

fn floor(micros: i64, unit: i64) -> i64 {
    micros - micros.rem_euclid(unit)
}

proptest! {
    #[test]
    fn prop_a_time_in_any_form_is_read_back(
        moment in moment(),
        (format, date) in prop::sample::select(DATES.to_vec()),
        (time, unit) in prop::sample::select(TIMES.to_vec()),
        offset in prop::option::of(prop::sample::select(OFFSETS.to_vec())),
        between in prop::sample::select(vec![" ", "T", "  ", ", "]),
    ) {
        let wall = moment.naive_local().and_utc().timestamp_micros();
        let suffix = offset.unwrap_or("");
        let text = moment.format(&format!("{date}{between}{time}{suffix}")).to_string();
        let secs = offset.map(|_| moment.offset().local_minus_utc());
        prop_assert_eq!(parse(format, &text), Some(written(floor(wall, unit), secs, true)), "{}", text);

        let (date, time) = (moment.format(date).to_string(), moment.format(time).to_string());
        let both = parse_two(format, &date, &time);
        prop_assert_eq!(both, Some(written(floor(wall, unit), None, true)), "{} {}", date, time);
        let day = floor(wall, 86_400_000_000);
        prop_assert_eq!(parse(format, &date), Some(written(day, None, false)), "{}", date);
    }

    #[test]
    fn prop_years_of_two_digits_are_those_from_1969_to_2068(
        days in 0..36_525i64,
        (format, date) in prop::sample::select(SHORT_DATES.to_vec()),
    ) {
        let day = NaiveDate::from_ymd_opt(1969, 1, 1).unwrap() + TimeDelta::days(days);
        let text = day.format(date).to_string();
        let micros = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        prop_assert_eq!(parse(format, &text), Some(written(micros, None, false)), "{}", text);
    }

    #[test]
    fn prop_an_epoch_in_any_unit_is_read_back(moment in moment()) {
        let micros = moment.timestamp_micros();
        let from = moment.naive_utc().and_utc();
        prop_assume!((1900..=2261).contains(&chrono::Datelike::year(&from)));
        let read = |text: String| parse(TimeFormat::Epoch, &text);
        let secs = micros.div_euclid(1_000_000);
        let second = secs * 1_000_000;
        prop_assert_eq!(read(secs.to_string()), Some(written(second, Some(0), true)));
        let (sign, size) = if micros < 0 { ("-", -micros) } else { ("", micros) };
        let exact = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
        prop_assert_eq!(read(exact), Some(written(micros, Some(0), true)));
        if micros >= 100_000_000_000_000 {
            let millis = micros / 1_000;
            prop_assert_eq!(read(millis.to_string()), Some(written(millis * 1_000, Some(0), true)));
            prop_assert_eq!(read(micros.to_string()), Some(written(micros, Some(0), true)));
            let nanos = i128::from(micros) * 1_000 + 999;
            prop_assert_eq!(read(nanos.to_string()), Some(written(micros, Some(0), true)));
        }
    }

    #[test]
    fn prop_no_text_is_too_much(text in "\\PC{0,40}", digits in "[-/:. TZ+0-9]{0,40}") {
        for format in [YMD, DMY, MDY, NAMED, TimeFormat::Epoch] {
            for text in [&text, &digits] {
                let year = |time: WrittenTime| {
                    let wall = DateTime::from_timestamp_micros(time.micros).unwrap();
                    chrono::Datelike::year(&wall)
                };
                let years = 1900..=2261;
                let read = parse(format, text);
                prop_assert!(read.is_none_or(|time| years.contains(&year(time))), "{}", text);
            }
        }
    }

    #[test]
    fn prop_a_zone_places_times_as_chrono_does(
        moment in moment(),
        tz in prop::sample::select(TZ_VARIANTS.to_vec()),
    ) {
        let utc = moment.timestamp_micros();
        let wall = moment.with_timezone(&tz).naive_local();
        let wall_micros = wall.and_utc().timestamp_micros();
        let zone = Zone::parse(tz.name()).unwrap();
        prop_assert_eq!(zone.to_wall(utc), Ok(wall_micros));
        let clock = ZoneClock::new(zone);
        let placed = clock.place(wall_micros).unwrap();
        let (earliest, is_twice) = match tz.from_local_datetime(&wall) {
            MappedLocalTime::Single(time) => (time, false),
            MappedLocalTime::Ambiguous(a, b) => (a.min(b), true),
            MappedLocalTime::None => return Err(TestCaseError::fail("a moment has a wall time")),
        };
        prop_assert_eq!(placed.micros, earliest.timestamp_micros());
        prop_assert_eq!(placed.is_twice, is_twice);
    }
}

#[test]
fn every_minute_around_a_change_of_the_clock_is_placed_as_chrono_does() {
    for (name, date) in [
        ("America/New_York", (2024, 3, 10)),
        ("America/New_York", (2024, 11, 3)),
        ("Europe/London", (2024, 3, 31)),
        ("Europe/London", (2024, 10, 27)),
        ("Australia/Lord_Howe", (2024, 4, 7)),
        ("Australia/Lord_Howe", (2024, 10, 6)),
        ("Asia/Kolkata", (1941, 10, 1)),
    ] {
        let tz: chrono_tz::Tz = name.parse().unwrap();
        let clock = ZoneClock::new(Zone::parse(name).unwrap());
        let (year, month, day) = date;
        let midnight = NaiveDate::from_ymd_opt(year, month, day)
            .unwrap()
            .and_hms_opt(0, 0, 0)
            .unwrap();
        for minute in -1_440..2_880 {
            let wall = midnight + TimeDelta::minutes(minute);
            let placed = clock.place(wall.and_utc().timestamp_micros());
            match tz.from_local_datetime(&wall) {
                MappedLocalTime::None => {
                    assert!(matches!(placed, Err(ZoneFault::Skipped { .. })), "{wall}");
                }
                found => {
                    let placed = placed.unwrap();
                    let earliest = found.earliest().unwrap().timestamp_micros();
                    assert_eq!(placed.micros, earliest, "{name} {wall}");
                    let is_twice = matches!(found, MappedLocalTime::Ambiguous(..));
                    assert_eq!(placed.is_twice, is_twice, "{name} {wall}");
                }
            }
        }
    }
}
