//! [`Piece`]: the beginning or the end of a file, as text, and its records as sample records.

use ::csv::ByteRecord;

use super::kind::Kinds;
use super::sample::SampleRecord;
use crate::import::TextEncoding;
use crate::import::csv::scan::{Elements, Grammar, count_line_ends};
use crate::import::csv::text::{decode, source_len};

/// A quoted field that runs over more bytes is taken for one that does not end.
const QUOTED_BYTES_MAX: usize = 64 << 10;

/// A part of a file, from the start of a line.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its text.
    pub(super) text: Vec<u8>,
    /// Its first byte in the file.
    pub(super) byte: u64,
    /// True when it ends where the text of the file ends.
    pub(super) is_end: bool,
    encoding: TextEncoding,
}

/// One record or blank line of a piece.
#[derive(Debug)]
pub(super) struct Line {
    /// Its fields; none when it is blank.
    pub(super) record: SampleRecord,
    /// What they are.
    pub(super) kinds: Kinds,
    /// Its text.
    pub(super) text: String,
    /// Its first byte in the file.
    pub(super) byte: u64,
    /// The byte after its line end.
    pub(super) byte_to: u64,
    /// Lines that end before `byte_to`, counted from the piece's beginning.
    pub(super) lines_to: u64,
    /// It cannot be cut into fields: its quotes or its characters are broken.
    pub(super) is_broken: bool,
}

impl Line {
    /// Returns true for a line without anything.
    pub(super) fn is_blank(&self) -> bool {
        self.record.fields.is_empty() && !self.is_broken
    }

    /// Returns how many fields it has.
    pub(super) fn width(&self) -> usize {
        self.record.fields.len()
    }
}

impl Piece {
    /// Reads bytes that begin at `byte` of a file as text.
    pub(super) fn new(raw: &[u8], byte: u64, is_end: bool, encoding: TextEncoding) -> Self {
        let mut text = Vec::with_capacity(raw.len());
        decode(encoding, raw, is_end, &mut text);
        Self {
            text,
            byte,
            is_end,
            encoding,
        }
    }

    /// Cuts off the line it begins within.
    pub(super) fn skip_first_line(&mut self) {
        let end = memchr::memchr(b'\n', &self.text)
            .or_else(|| memchr::memchr(b'\r', &self.text))
            .map_or(self.text.len(), |at| at + 1);
        self.byte += source_len(self.encoding, &self.text[..end]);
        self.text.drain(..end);
    }

    /// Returns its first `limit` records and blank lines, those only that end in it.
    pub(super) fn lines(&self, grammar: Grammar, limit: usize) -> Vec<Line> {
        let mut byte = self.byte;
        let mut lines_to = 0;
        let mut lines = Vec::new();
        let mut fields = ByteRecord::new();
        for element in Elements::new(&self.text, grammar).take(limit) {
            // Without the rest nobody knows whether this one is whole, unless it is too long.
            let is_open = element.is_unclosed && self.text.len() - element.from < QUOTED_BYTES_MAX;
            if !self.is_end && (is_open || element.to == self.text.len()) {
                break;
            }
            let raw = &self.text[element.from..element.content_to];
            let all = &self.text[element.from..element.to];
            let line = lines_to + 1;
            let from = byte;
            lines_to += count_line_ends(all);
            byte += source_len(self.encoding, all);
            let is_broken = element.is_unclosed || std::str::from_utf8(raw).is_err();
            fields.clear();
            if !is_broken && !grammar.is_blank(raw) {
                grammar.split(raw, &mut fields);
            }
            let fields: Vec<String> = fields
                .iter()
                .map(|field| String::from_utf8_lossy(field).into_owned())
                .collect();
            lines.push(Line {
                kinds: Kinds::of(fields.iter().map(String::as_str)),
                record: SampleRecord { line, fields },
                text: String::from_utf8_lossy(raw).into_owned(),
                byte: from,
                byte_to: byte,
                lines_to,
                is_broken,
            });
        }
        lines
    }
}
