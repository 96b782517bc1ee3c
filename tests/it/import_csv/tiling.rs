//! Whatever the limits: the records are those of the `csv` crate, and cutting can go on anywhere.

use std::fmt::Write as _;

use mda::import::csv::{CutLimits, Position, hash_of_range};
use proptest::prelude::*;

use super::support::{assert_tiled, chunks, file, met, plain_dialect};

const START: Position = Position { byte: 0, line: 0 };

/// Reads the whole text at once, with another program's eyes.
fn reference(text: &str) -> Vec<(u64, Vec<Vec<u8>>)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut all = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        let byte = record.position().unwrap().byte();
        all.push((byte, record.iter().map(<[u8]>::to_vec).collect()));
    }
    all
}

/// A field as vendors write it, now and then quoted, with what makes quoting needed.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9a-z.: -]{1,12}",
        1 => "[0-9a-z]{1,5}\"[0-9a-z]{0,5}",
        2 => "[0-9a-z,\r\n]{0,12}".prop_map(|text| format!("\"{text}\"")),
        1 => "[0-9a-z]{0,4}".prop_map(|text| format!("\"{text}\"\"{text}\"")),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let record = prop::collection::vec(field(), 2..5).prop_map(|fields| fields.join(","));
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    (prop::collection::vec(record, 1..20), end, any::<bool>()).prop_map(
        |(records, end, is_closed)| {
            let mut text = records.join(end);
            if is_closed {
                text.push_str(end);
            }
            text
        },
    )
}

proptest! {
    #[test]
    fn prop_records_are_those_of_the_csv_crate_whatever_the_limits(
        text in text(),
        bytes in 1_usize..120,
        records in 1_usize..8,
    ) {
        let file = file(text.as_bytes());
        let dialect = plain_dialect();
        let limits = CutLimits { bytes, records, ..CutLimits::default() };
        let chunks = chunks(&file, &dialect, (START, limits));
        assert_tiled(&chunks, START, text.len() as u64);
        let mine: Vec<_> = met(&chunks, &dialect)
            .into_iter()
            .map(|met| (met.byte, met.fields.unwrap().unwrap()))
            .collect();
        // The crate tells where it began to look; a record begins behind the line ends there.
        let theirs = reference(&text);
        prop_assert_eq!(mine.len(), theirs.len());
        for ((byte, fields), (from, expected)) in mine.iter().zip(&theirs) {
            let ends = text[*from as usize..].bytes().take_while(|byte| b"\r\n".contains(byte));
            prop_assert_eq!(*byte, from + ends.count() as u64);
            prop_assert_eq!(fields, expected);
        }
    }

    #[test]
    fn prop_cutting_goes_on_behind_any_chunk(
        text in text(),
        bytes in 1_usize..120,
        records in 1_usize..8,
    ) {
        let file = file(text.as_bytes());
        let dialect = plain_dialect();
        let limits = CutLimits { bytes, records, ..CutLimits::default() };
        let whole = chunks(&file, &dialect, (START, limits));
        for (index, chunk) in whole.iter().enumerate() {
            let rest = chunks(&file, &dialect, (chunk.end(), limits));
            prop_assert_eq!(&rest, &whole[index + 1..]);
            let hash = hash_of_range(file.path(), chunk.byte_from, chunk.byte_to).unwrap();
            prop_assert_eq!(hash, chunk.hash);
        }
    }
}

#[test]
fn lines_and_bytes_are_those_of_the_file() {
    let file = file(b"a,1\r\n\r\n\"b\nc\",2\r\nd,3");
    let dialect = plain_dialect();
    let chunks = chunks(&file, &dialect, (START, CutLimits::default()));
    let places: Vec<_> = met(&chunks, &dialect)
        .into_iter()
        .map(|met| (met.line, met.byte))
        .collect();
    assert_eq!(places, [(1, 0), (2, 5), (3, 7), (5, 16)]);
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let mut text = String::from("a,1\n\"b,2\n");
    for row in 0..50_000 {
        writeln!(text, "{row},3").unwrap();
    }
    let file = file(text.as_bytes());
    let dialect = plain_dialect();
    let limits = CutLimits {
        record_bytes_max: 1 << 16,
        ..CutLimits::default()
    };
    let chunks = chunks(&file, &dialect, (START, limits));
    assert_tiled(&chunks, START, text.len() as u64);
    let met = met(&chunks, &dialect);
    assert_eq!(met.len(), 50_002);
    let broken: Vec<_> = met.iter().filter(|met| met.fields.is_err()).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(
        (broken[0].line, broken[0].fields.clone()),
        (2, Err("quote"))
    );
}

#[test]
fn a_line_without_end_is_one_broken_record() {
    let mut bytes = b"a,1\n".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', 3 << 20));
    bytes.extend_from_slice(b"\nb,2\n");
    let file = file(&bytes);
    let dialect = plain_dialect();
    let chunks = chunks(&file, &dialect, (START, CutLimits::default()));
    assert_tiled(&chunks, START, bytes.len() as u64);
    let met = met(&chunks, &dialect);
    let fields: Vec<_> = met.iter().map(|met| met.fields.clone().err()).collect();
    assert_eq!(fields, [None, Some("fields"), None]);
    assert_eq!(met[2].line, 3);
    assert!(chunks.iter().all(|chunk| chunk.text.len() <= 1 << 20));
}
