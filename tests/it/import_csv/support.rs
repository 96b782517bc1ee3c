//! A file cut by the module, as plain values.

use std::fs;

use mda::import::csv::{Content, CutLimits, Cutter, Position, RawChunk, records};
use mda::import::{Dialect, TextEncoding};
use tempfile::NamedTempFile;

/// A file that holds `bytes`.
pub(super) fn file(bytes: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    file
}

/// Commas, quotes, no header.
pub(super) fn plain_dialect() -> Dialect {
    Dialect {
        delimiter: b',',
        quote: Some(b'"'),
        encoding: TextEncoding::Utf8,
        body_from: 0,
        body_to: None,
        lines_before: 0,
        header: Vec::new(),
        width: 1,
    }
}

/// Cuts a file from a place to its end.
pub(super) fn chunks(
    file: &NamedTempFile,
    dialect: &Dialect,
    (from, limits): (Position, CutLimits),
) -> Vec<RawChunk> {
    let mut cutter = Cutter::open(file.path(), dialect, from)
        .unwrap()
        .with_limits(limits);
    let mut chunks = Vec::new();
    while let Some(chunk) = cutter.next().unwrap() {
        chunks.push(chunk);
    }
    chunks
}

/// One record: its line, its byte and what it holds; blank lines are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) line: u64,
    pub(super) byte: u64,
    pub(super) fields: Result<Option<Vec<Vec<u8>>>, &'static str>,
}

/// Reads every record of chunks.
pub(super) fn met(chunks: &[RawChunk], dialect: &Dialect) -> Vec<Met> {
    let mut all = Vec::new();
    for chunk in chunks {
        records(chunk, dialect, |record| {
            let fields = match record.content {
                Content::Fields(fields) => Ok(Some(fields.iter().map(<[u8]>::to_vec).collect())),
                Content::Blank => Ok(None),
                Content::Broken(fault) => Err(fault.rule()),
            };
            all.push(Met {
                line: record.line,
                byte: record.byte,
                fields,
            });
        });
    }
    all
}

/// Asserts that chunks follow one another without a gap up to `end`.
pub(super) fn assert_tiled(chunks: &[RawChunk], from: Position, end: u64) {
    let mut at = from;
    for chunk in chunks {
        assert_eq!((chunk.byte_from, chunk.line_from), (at.byte, at.line));
        assert!(chunk.byte_to > chunk.byte_from, "an empty chunk");
        at = chunk.end();
    }
    assert_eq!(at.byte, end, "the chunks do not reach the end");
}
