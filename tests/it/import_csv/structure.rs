//! What `probe` tells of a file: where its records begin and end, and what it is instead.

use std::fmt::Write as _;

use mda::import::TextEncoding;
use mda::import::csv::{CutLimits, Position, ProbeError, Sample, probe};
use rstest::rstest;

use super::support::{Met, assert_tiled, chunks, file, met};

const HEADER: &str = "Date,Open,High,Low,Close,Volume\n";

fn rows(count: usize) -> String {
    let mut text = String::new();
    for row in 0..count {
        writeln!(text, "{},1.5,2.5,1.25,2,{row}", 1_600_000_000 + row * 60).unwrap();
    }
    text
}

/// Probes a file and reads all of its records.
fn read(bytes: &[u8]) -> (Sample, Vec<Met>) {
    let file = file(bytes);
    let sample = probe(file.path()).unwrap();
    let start = Position::start_of(&sample.dialect);
    let chunks = chunks(&file, &sample.dialect, (start, CutLimits::default()));
    let end = sample.dialect.body_to.unwrap_or(bytes.len() as u64);
    assert_tiled(&chunks, start, end.max(start.byte));
    let met = met(&chunks, &sample.dialect);
    (sample, met)
}

fn width(met: &Met) -> usize {
    met.fields.clone().unwrap().unwrap().len()
}

/// The case of duckdb#25827, where 1,500 rows are lost without a word.
#[test]
fn a_column_that_comes_later_costs_no_record() {
    let mut text = HEADER.to_owned();
    for (at, row) in rows(30_000).lines().enumerate() {
        let more = if at < 1_500 { "" } else { ",7" };
        writeln!(text, "{row}{more}").unwrap();
    }
    let (sample, met) = read(text.as_bytes());
    assert_eq!(sample.dialect.header.len(), 6);
    assert_eq!(sample.dialect.width, 6);
    assert_eq!(sample.left_out, []);
    assert_eq!(met.len(), 30_000);
    assert_eq!((met[0].line, width(&met[0])), (2, 6));
    assert_eq!((met[1_500].line, width(&met[1_500])), (1_502, 7));
    assert_eq!(sample.head.len(), 2_000);
    assert_eq!(sample.tail.len(), 500);
}

#[test]
fn what_is_cut_short_is_a_record_at_either_end() {
    let text = format!("{HEADER}1599999940,1.5\n{}1700000000,1.", rows(30));
    let (sample, met) = read(text.as_bytes());
    assert_eq!(sample.left_out, []);
    assert_eq!(met.len(), 32);
    assert_eq!((width(&met[0]), width(&met[31])), (2, 2));
}

#[test]
fn the_block_before_the_records_is_left_out_line_by_line() {
    let block = "https://vendor/get?i=60&f=d,o,h,l,c,v&q=MSFT\nEXCHANGE%3DNASDAQ\nINTERVAL=60\n\
                 COLUMNS=DATE,CLOSE,HIGH,LOW,OPEN,VOLUME\nDATA=\nTIMEZONE_OFFSET=-240\n";
    let (sample, met) = read(format!("{block}a{}", rows(40)).as_bytes());
    let lines: Vec<u64> = sample.left_out.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6]);
    assert_eq!(sample.dialect.header, Vec::<String>::new());
    assert_eq!((met.len(), met[0].line), (40, 7));
}

#[test]
fn three_lines_of_names_are_a_header_and_two_left_out() {
    let names = "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n";
    let (sample, met) = read(format!("{names}{}", rows(9)).as_bytes());
    assert_eq!(sample.dialect.header[1], "Close");
    let lines: Vec<u64> = sample.left_out.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!((met.len(), met[0].line), (9, 4));
}

#[test]
fn prose_after_the_last_record_is_left_out() {
    let footer = "\"Downloaded from Barchart.com as of 03-11-2020 04:33pm CDT\"\n";
    let (sample, met) = read(format!("{HEADER}{}{footer}", rows(50)).as_bytes());
    assert_eq!(sample.left_out.len(), 1);
    assert_eq!(sample.left_out[0].0, 52);
    assert_eq!(met.len(), 50);
    // In a file too long for the beginning to show its end.
    let (sample, met) = read(format!("{HEADER}{}{footer}", rows(60_000)).as_bytes());
    assert_eq!(sample.left_out.len(), 1);
    assert_eq!(met.len(), 60_000);
    let last = sample.tail.last().unwrap();
    assert_eq!((last.line, last.fields[5].as_str()), (0, "59999"));
}

#[test]
fn names_alone_are_a_sample_without_records() {
    let (sample, met) = read(HEADER.as_bytes());
    assert_eq!(sample.dialect.header.len(), 6);
    assert_eq!((sample.head.len(), met.len()), (0, 0));
}

#[rstest]
#[case::comma(',')]
#[case::semicolon(';')]
#[case::tab('\t')]
#[case::bar('|')]
#[case::space(' ')]
fn a_delimiter_is_found(#[case] delimiter: char) {
    let text = format!("{HEADER}{}", rows(30)).replace(',', &delimiter.to_string());
    let (sample, met) = read(text.as_bytes());
    assert_eq!(char::from(sample.dialect.delimiter), delimiter);
    assert_eq!((sample.dialect.width, met.len()), (6, 30));
}

#[test]
fn decimal_commas_do_not_hide_the_delimiter() {
    let text = rows(30).replace(',', ";").replace('.', ",");
    let (sample, _) = read(text.as_bytes());
    assert_eq!((sample.dialect.delimiter, sample.dialect.width), (b';', 6));
}

#[rstest]
#[case::little(TextEncoding::Utf16Le, u16::to_le_bytes)]
#[case::big(TextEncoding::Utf16Be, u16::to_be_bytes)]
fn utf16_is_read_and_counted_in_bytes_of_the_file(
    #[case] encoding: TextEncoding,
    #[case] bytes_of: fn(u16) -> [u8; 2],
    #[values("", "\u{FEFF}")] mark: &str,
) {
    let text = format!("{mark}Datum,Er\u{F6}ffn.,H,L,C,V\r\n{}", rows(40_000));
    let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes_of).collect();
    let (sample, met) = read(&bytes);
    assert_eq!(sample.dialect.encoding, encoding);
    assert_eq!(sample.dialect.header[1], "Er\u{F6}ffn.");
    assert_eq!(met.len(), 40_000);
    let at = text.find("1600059940").unwrap();
    let found = met.iter().find(|met| met.line == 1_001).unwrap();
    assert_eq!(found.byte, text[..at].encode_utf16().count() as u64 * 2);
    assert_eq!(sample.tail.last().unwrap().fields[5], "39999");
}

#[test]
fn windows_1252_is_read_and_counted_in_bytes_of_the_file() {
    let mut bytes = b"Datum,Er\xF6ffn.,H,L,C,V\n".to_vec();
    bytes.extend_from_slice(b"2024-01-02,1,2,1,2,\x80\n2024-01-03,1,2,1,2,3\n");
    let (sample, met) = read(&bytes);
    assert_eq!(sample.dialect.encoding, TextEncoding::Windows1252);
    assert_eq!(sample.dialect.header[1], "Er\u{F6}ffn.");
    assert_eq!(sample.head[0].fields[5], "\u{20AC}");
    assert_eq!(met[1].byte, bytes.len() as u64 - 21);
}

#[test]
fn bytes_that_are_no_text_break_their_record_only() {
    let mut bytes = format!("\u{FEFF}{HEADER}{}", rows(20)).into_bytes();
    bytes.extend_from_slice(b"1700000000,\xFF,2,1,2,3\n1700000060,1,2,1,2,3\n");
    let (_, met) = read(&bytes);
    let rules: Vec<_> = met
        .iter()
        .filter_map(|met| met.fields.clone().err())
        .collect();
    assert_eq!((met.len(), rules), (22, vec!["encoding"]));
}

#[rstest]
#[case::lone_return("\r", 30)]
#[case::pairs("\r\n", 30)]
fn line_ends_of_every_kind_are_counted(#[case] end: &str, #[case] count: usize) {
    let text = format!("{HEADER}{}", rows(count)).replace('\n', end);
    let (_, met) = read(text.as_bytes());
    assert_eq!(met.len(), count);
    assert_eq!(met[count - 1].line, count as u64 + 1);
}

#[test]
fn a_tail_of_nuls_is_no_record() {
    let mut bytes = format!("{HEADER}{}", rows(20)).into_bytes();
    let text = bytes.len() as u64;
    bytes.resize(bytes.len() + 200_000, 0);
    let (sample, met) = read(&bytes);
    assert_eq!((sample.dialect.body_to, met.len()), (Some(text), 20));
}

#[rstest]
#[case::gzip(b"\x1F\x8B\x08\0rest", "gzip")]
#[case::zip(b"PK\x03\x04\x14\0btcusd.csv", "zip")]
#[case::excel(b"PK\x03\x04\x14\0[Content_Types].xml", "Excel")]
#[case::parquet(b"PAR1\x15\x04", "Parquet")]
#[case::json(b" [[1,2,3,4,5]]", "JSON")]
#[case::page(b"<!DOCTYPE html><html>", "web page")]
#[case::binary(b"\x7FELF\x02\x01\x01\0\0\0\0\0", "no text")]
#[case::empty(b"", "empty")]
#[case::blank(b"\r\n \n", "empty")]
#[case::nuls(b"\0\0\0\0", "empty")]
fn what_is_no_table_is_named(#[case] bytes: &[u8], #[case] word: &str) {
    let error = probe(file(bytes).path()).unwrap_err().to_string();
    assert!(error.contains(word), "{error}");
    assert!(error.contains(": "), "nothing to do about it: {error}");
}

#[test]
fn a_place_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = probe(folder.path()).unwrap_err();
    assert!(matches!(error, ProbeError::Directory { .. }), "{error}");
    let error = probe(&folder.path().join("absent.csv")).unwrap_err();
    assert!(matches!(error, ProbeError::Read { .. }), "{error}");
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = probe(&socket).unwrap_err();
    assert!(matches!(error, ProbeError::NotAFile { .. }), "{error}");
}
