//! [`RawChunk`]: a piece of a file that holds whole records, and where such pieces begin and end.
//!
//! Plain values; the cutter makes them, `records` reads them.

use crate::import::Dialect;

/// A place in a file, between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub byte: u64,
    /// Lines that end before it.
    pub line: u64,
}

impl Position {
    /// Returns where the first record begins.
    pub fn start_of(dialect: &Dialect) -> Self {
        Self {
            byte: dialect.body_from,
            line: dialect.lines_before,
        }
    }
}

/// How much one chunk holds. Together with the content this alone decides where chunks end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutLimits {
    /// Bytes of text; only a chunk of a single record may be longer. Never above
    /// `record_bytes_max`.
    pub bytes: usize,
    /// Records, blank lines counted.
    pub records: usize,
    /// Bytes of text of one record with its line end; a longer one is broken.
    pub record_bytes_max: usize,
}

impl Default for CutLimits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            records: 16_000,
            record_bytes_max: 1 << 20,
        }
    }
}

/// A piece of a file: whole records with their line ends, or one broken record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChunk {
    /// Its first byte, in the file.
    pub byte_from: u64,
    /// The byte after its last, in the file; the next chunk begins there.
    pub byte_to: u64,
    /// Lines that end before it.
    pub line_from: u64,
    /// Lines that end before `byte_to`.
    pub line_to: u64,
    /// Its text as UTF-8; bytes that are no text stay as they are. Of a record that is too long,
    /// only the beginning.
    pub text: Vec<u8>,
    /// Hash (xxh3, 64 bits) of its bytes as they stand in the file.
    pub hash: u64,
    /// Set when the whole chunk is one broken record.
    pub fault: Option<Fault>,
}

impl RawChunk {
    /// Returns the place behind it, where cutting goes on.
    pub const fn end(&self) -> Position {
        Position {
            byte: self.byte_to,
            line: self.line_to,
        }
    }
}

/// Why a record cannot be cut into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A quoted field does not end; the record is its first line alone.
    Quote,
    /// The line is longer than a record may be.
    TooLong,
    /// Some of its bytes are no text in the file's encoding.
    Encoding,
}

impl Fault {
    /// Returns the id of the rule that rejects the record.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::TooLong => "fields",
            Self::Encoding => "encoding",
        }
    }

    /// Returns what is wrong, for people.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Quote => "a quoted field begins here and does not end",
            Self::TooLong => "the line is too long for a record",
            Self::Encoding => "some bytes are no text in the encoding of the file",
        }
    }
}
