//! Where records end and how they split: the quoting of the `csv` crate, without its reader.
//!
//! A quote opens only at the start of a field, two quotes inside are one, what follows a closing
//! quote belongs to the field. `\n`, `\r\n` and a lone `\r` end a line. Pure functions.

use ::csv::ByteRecord;
use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::import::Dialect;

/// What the bytes between fields and around them are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    /// Between fields.
    pub(super) delimiter: u8,
    /// Around fields.
    pub(super) quote: Option<u8>,
}

/// What was met on the way to the end of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// Its line end, at this byte.
    Ended(usize),
    /// The end of the text.
    Open {
        /// In a quoted field.
        in_quotes: bool,
    },
}

impl Grammar {
    /// Returns the grammar of a dialect.
    pub(super) const fn of(dialect: &Dialect) -> Self {
        Self {
            delimiter: dialect.delimiter,
            quote: dialect.quote,
        }
    }

    /// Returns true when every line of `text` is a record.
    pub(super) fn is_plain(self, text: &[u8]) -> bool {
        self.quote.is_none_or(|quote| memchr(quote, text).is_none())
    }

    /// Looks for the end of the record that begins `text`.
    pub(super) fn scan(self, text: &[u8]) -> Scan {
        let mut at = 0;
        loop {
            if self.quote.is_some() && text.get(at).copied() == self.quote {
                match self.after_quoted(text, at) {
                    Some(after) => at = after,
                    None => return Scan::Open { in_quotes: true },
                }
            }
            match memchr3(self.delimiter, b'\r', b'\n', &text[at..]) {
                None => return Scan::Open { in_quotes: false },
                Some(found) if text[at + found] == self.delimiter => at += found + 1,
                Some(found) => return Scan::Ended(at + found),
            }
        }
    }

    /// Returns the byte after the closing quote of the field that opens at `at`.
    fn after_quoted(self, text: &[u8], at: usize) -> Option<usize> {
        let quote = self.quote?;
        let mut at = at + 1;
        loop {
            at += memchr(quote, &text[at..])? + 1;
            if text.get(at) != Some(&quote) {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Splits a record without its line end into its fields.
    pub(super) fn split(self, content: &[u8], fields: &mut ByteRecord) {
        fields.clear();
        if self.is_plain(content) {
            let mut from = 0;
            for at in memchr_iter(self.delimiter, content) {
                fields.push_field(&content[from..at]);
                from = at + 1;
            }
            fields.push_field(&content[from..]);
            return;
        }
        let mut from = 0;
        while let Some(next) = self.push_field(content, from, fields) {
            from = next;
        }
    }

    /// Appends the field that begins at `from` and returns where the next one begins.
    fn push_field(self, content: &[u8], from: usize, fields: &mut ByteRecord) -> Option<usize> {
        let is_quoted = self.quote.is_some() && content.get(from).copied() == self.quote;
        let closed = if is_quoted {
            self.after_quoted(content, from).unwrap_or(content.len())
        } else {
            from
        };
        let to = memchr(self.delimiter, &content[closed..]).map_or(content.len(), |n| closed + n);
        if is_quoted {
            let mut field = self.unquoted(&content[from + 1..closed]);
            field.extend_from_slice(&content[closed..to]);
            fields.push_field(&field);
        } else {
            fields.push_field(&content[from..to]);
        }
        (to < content.len()).then_some(to + 1)
    }

    /// Returns what stands in quotes, doubled ones once; `inside` ends with the closing quote, if
    /// there is one.
    fn unquoted(self, inside: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(inside.len());
        let mut is_second = false;
        for byte in inside {
            if Some(*byte) == self.quote {
                if is_second {
                    plain.push(*byte);
                }
                is_second = !is_second;
            } else {
                plain.push(*byte);
            }
        }
        plain
    }

    /// Returns true for a line that holds nothing: spaces, NULs of a tail, an end-of-file mark.
    pub(super) fn is_blank(self, content: &[u8]) -> bool {
        content
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\t' | 0 | 0x1A) && *byte != self.delimiter)
    }
}

/// Returns the byte after the line end that begins at `at`.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    let is_pair = text[at] == b'\r' && text.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(is_pair)
}

/// Counts line ends; `\r\n` is one.
pub(super) fn count_line_ends(text: &[u8]) -> u64 {
    let lone = memchr_iter(b'\r', text)
        .filter(|at| text.get(at + 1) != Some(&b'\n'))
        .count();
    (memchr_iter(b'\n', text).count() + lone) as u64
}

/// One record or blank line, as places in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// Its first byte.
    pub(super) from: usize,
    /// Its line end, or the end of the text.
    pub(super) content_to: usize,
    /// The byte after its line end.
    pub(super) to: usize,
    /// A quoted field of it does not end; the element is its first line.
    pub(super) is_unclosed: bool,
}

/// Walks over the records and blank lines of a text that ends where its last record does.
#[derive(Debug)]
pub(super) struct Elements<'a> {
    text: &'a [u8],
    grammar: Grammar,
    at: usize,
    is_plain: bool,
}

impl<'a> Elements<'a> {
    /// Begins at the start of `text`.
    pub(super) fn new(text: &'a [u8], grammar: Grammar) -> Self {
        Self {
            text,
            grammar,
            at: 0,
            is_plain: grammar.is_plain(text),
        }
    }
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let scan = if self.is_plain {
            first_line(rest).map_or(Scan::Open { in_quotes: false }, Scan::Ended)
        } else {
            self.grammar.scan(rest)
        };
        let (content, is_unclosed) = match scan {
            Scan::Ended(at) => (at, false),
            Scan::Open { in_quotes: false } => (rest.len(), false),
            Scan::Open { in_quotes: true } => (first_line(rest).unwrap_or(rest.len()), true),
        };
        let end = if content < rest.len() {
            line_end(rest, content)
        } else {
            content
        };
        let from = self.at;
        self.at += end;
        Some(Element {
            from,
            content_to: from + content,
            to: self.at,
            is_unclosed,
        })
    }
}

/// Returns where the first line of `text` ends.
pub(super) fn first_line(text: &[u8]) -> Option<usize> {
    memchr2(b'\r', b'\n', text)
}
