//! [`records`]: the records of a chunk, each once, with its place in the file.
//!
//! Every byte of the chunk belongs to one record or to a line end. What is no record is told too:
//! blank lines, and broken records with the rule they break. A record of another width than the
//! dialect's is a record like any other; whoever converts it judges.

use ::csv::ByteRecord;

use super::chunk::{Fault, RawChunk};
use super::scan::{Elements, Grammar, count_line_ends};
use super::text::source_len;
use crate::import::Dialect;

/// One record of a chunk, as long as it is visited.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// Line of its first byte in the file, from 1.
    pub line: u64,
    /// Its first byte in the file, from 0.
    pub byte: u64,
    /// Its text without the line end; UTF-8 but for a record with [`Fault::Encoding`].
    pub raw: &'a [u8],
    /// What it holds.
    pub content: Content<'a>,
}

/// What a record holds.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Its fields, without quotes, as UTF-8.
    Fields(&'a ByteRecord),
    /// Nothing: a blank line.
    Blank,
    /// No fields can be told.
    Broken(Fault),
}

/// Shows each record of a chunk to `visit`, in the order of the file.
pub fn records(chunk: &RawChunk, dialect: &Dialect, mut visit: impl FnMut(RecordRef<'_>)) {
    if let Some(fault) = chunk.fault {
        visit(RecordRef {
            line: chunk.line_from + 1,
            byte: chunk.byte_from,
            raw: without_line_end(&chunk.text),
            content: Content::Broken(fault),
        });
        return;
    }
    let grammar = Grammar::of(dialect);
    let is_text = std::str::from_utf8(&chunk.text).is_ok();
    let mut fields = ByteRecord::new();
    let mut line = chunk.line_from + 1;
    let mut byte = chunk.byte_from;
    for element in Elements::new(&chunk.text, grammar) {
        let raw = &chunk.text[element.from..element.content_to];
        let content = if element.is_unclosed {
            Content::Broken(Fault::Quote)
        } else if grammar.is_blank(raw) {
            Content::Blank
        } else if !is_text && std::str::from_utf8(raw).is_err() {
            Content::Broken(Fault::Encoding)
        } else {
            grammar.split(raw, &mut fields);
            Content::Fields(&fields)
        };
        visit(RecordRef {
            line,
            byte,
            raw,
            content,
        });
        let all = &chunk.text[element.from..element.to];
        line += count_line_ends(all);
        byte += source_len(dialect.encoding, all);
    }
}

/// Cuts off a line end.
fn without_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}
