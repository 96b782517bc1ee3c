//! `docs/cache.md` says what the code does: every kind of key as it prints, every class and how
//! long it is kept.

use std::fs;
use std::time::Duration;

use mda::cache::{Class, Key, RangeKey};
use mda::domain::{Source, Timeframe, Timestamp};

use super::double::symbol;
use crate::support::source;

/// Returns the cells of the rows of the table that follows a heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(source::root().join("docs/cache.md")).unwrap();
    let after = text.split_once(heading).unwrap().1;
    after
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells
                .map(|cell| cell.trim().trim_matches('`').to_owned())
                .collect()
        })
        .collect()
}

/// A key of every kind, all of them of the same values.
fn keys() -> Vec<Key> {
    let (symbol, timeframe) = (symbol("BTC-USD"), Timeframe::M1);
    let source = Source::parse("kraken").ok();
    let range = RangeKey {
        symbol: symbol.clone(),
        timeframe,
        source: source.clone(),
        from: Some(Timestamp::from_micros(11)),
        to: Some(Timestamp::from_micros(22)),
        limit: Some(33),
    };
    let keys = vec![
        Key::Bars(range.clone()),
        Key::Resampled {
            range,
            base: Some(Timeframe::S5),
        },
        Key::Latest {
            symbol: symbol.clone(),
            timeframe,
        },
        Key::Point {
            symbol: symbol.clone(),
            timeframe,
            source,
            time: Timestamp::from_micros(44),
        },
        Key::Sources { symbol },
        Key::Symbols,
        Key::Statistics,
    ];
    let kinds: Vec<_> = keys.iter().map(Key::kind).collect();
    assert_eq!(kinds, Key::KINDS);
    keys
}

#[test]
fn the_table_of_keys_is_what_keys_print() {
    let documented: Vec<String> = table("## Keys")
        .into_iter()
        .map(|row| {
            let of_values = [
                ("{symbol}", "BTC-USD"),
                ("{timeframe}", "1m"),
                ("{source}", "kraken"),
                ("{from}", "11"),
                ("{to}", "22"),
                ("{limit}", "33"),
                ("{time}", "44"),
                ("{base}", "5s"),
            ];
            let mut printed = row[0].clone();
            for (name, value) in of_values {
                printed = printed.replace(name, value);
            }
            printed
        })
        .collect();
    let printed: Vec<String> = keys().iter().map(Key::to_string).collect();
    assert_eq!(documented, printed);
}

#[test]
fn the_table_of_classes_is_what_classes_do() {
    let expected: Vec<[String; 2]> = Class::ALL
        .iter()
        .map(|class| [class.to_string(), lifetime(*class)])
        .collect();
    let documented: Vec<[String; 2]> = table("## Classes")
        .into_iter()
        .map(|row| [row[0].clone(), row[2].clone()])
        .collect();
    assert_eq!(documented, expected);
}

fn lifetime(class: Class) -> String {
    let Some(lifetime) = class.lifetime() else {
        return "for ever".to_owned();
    };
    let hours = Duration::from_hours(1);
    let text = if lifetime >= hours {
        format!("{} h", lifetime.as_secs() / hours.as_secs())
    } else {
        format!("{} s", lifetime.as_secs())
    };
    match class.jitter_percent() {
        0 => text,
        percent => format!("{text} ± {percent} %"),
    }
}
