//! [`Cutter`]: cuts a file into chunks of whole records, in order, with bounded memory.
//!
//! ```text
//!   whole records up to the limits ─▶ a chunk
//!   first record does not end      ─▶ its first line alone, broken (`quote`)
//!   first line does not end        ─▶ the line, skipped, broken (`fields`)
//! ```
//!
//! Where a chunk ends depends on the text behind its beginning and on the limits, on nothing else:
//! cutting again from the end of any chunk gives the same rest. It fails as the file system does,
//! and when the file became shorter than it was at `open`.

use std::fs::File;
use std::io;
use std::path::Path;

use memchr::{memchr_iter, memrchr};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::chunk::{CutLimits, Fault, Position, RawChunk};
use super::scan::{Grammar, Scan, count_line_ends, first_line, line_end};
use super::window::Window;
use crate::import::Dialect;

/// Text kept of a line that is too long, to be shown.
const KEPT_BYTES: usize = 4 << 10;

/// Bytes looked at at once while the rest of such a line is skipped.
const SKIP_BYTES: usize = 64 << 10;

/// Cuts a file into chunks of whole records.
#[derive(Debug)]
pub struct Cutter {
    window: Window,
    grammar: Grammar,
    limits: CutLimits,
    at: Position,
    end: u64,
}

impl Cutter {
    /// Opens a file at the end of a chunk, or at the start of the dialect's body. What is appended
    /// to the file later is not read.
    ///
    /// # Errors
    ///
    /// The system's, and `InvalidInput` when the file ends before `from`.
    pub fn open(path: &Path, dialect: &Dialect, from: Position) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let end = dialect.body_to.map_or(size, |to| to.min(size));
        if from.byte > size {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the file has {size} bytes, fewer than {}", from.byte),
            ));
        }
        Ok(Self {
            window: Window::new(file, dialect.encoding, from.byte, end)?,
            grammar: Grammar::of(dialect),
            limits: CutLimits::default(),
            at: from,
            end: end.max(from.byte),
        })
    }

    /// Replaces the limits, each by 1 at least.
    #[must_use]
    pub fn with_limits(mut self, limits: CutLimits) -> Self {
        self.limits = CutLimits {
            bytes: limits.bytes.min(limits.record_bytes_max).max(1),
            records: limits.records.max(1),
            record_bytes_max: limits.record_bytes_max.max(1),
        };
        self
    }

    /// Returns where the next chunk begins.
    pub const fn position(&self) -> Position {
        self.at
    }

    /// Returns the byte at which the last chunk ends.
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// Cuts the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// The system's, and `UnexpectedEof` when the file became shorter.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator of results hides that nothing follows an error"
    )]
    pub fn next(&mut self) -> io::Result<Option<RawChunk>> {
        let max = self.limits.record_bytes_max;
        self.window.fill(self.limits.bytes + 1)?;
        if self.window.text().is_empty() {
            return Ok(None);
        }
        let whole = self.whole_records();
        if whole > 0 {
            return Ok(Some(self.take(whole, None)));
        }
        self.window.fill(max + 1)?;
        let chunk = match self.first_record() {
            First::Whole(len) => self.take(len, None),
            First::Unclosed(len) => self.take(len, Some(Fault::Quote)),
            First::TooLong => self.skip_line()?,
        };
        Ok(Some(chunk))
    }

    /// Returns the length of the whole records that the limits allow; 0 when the first is longer.
    fn whole_records(&self) -> usize {
        let text = self.window.text();
        let view = &text[..text.len().min(self.limits.bytes)];
        let is_all = self.window.is_end() && view.len() == text.len();
        let has_lone_return = memchr_iter(b'\r', view).any(|at| text.get(at + 1) != Some(&b'\n'));
        if self.grammar.is_plain(view) && !has_lone_return {
            whole_lines(view, is_all, self.limits.records)
        } else {
            self.whole_quoted(text, view.len(), is_all)
        }
    }

    /// The same, record by record.
    fn whole_quoted(&self, text: &[u8], view: usize, is_all: bool) -> usize {
        let mut at = 0;
        for _ in 0..self.limits.records {
            let end = match self.grammar.scan(&text[at..view]) {
                Scan::Ended(content) => line_end(text, at + content),
                Scan::Open { in_quotes: false } if is_all => return view,
                Scan::Open { .. } => return at,
            };
            if end > view {
                return at;
            }
            at = end;
        }
        at
    }

    /// Decides on a first record that is longer than a chunk.
    fn first_record(&self) -> First {
        let text = self.window.text();
        let max = self.limits.record_bytes_max;
        let view = &text[..text.len().min(max)];
        let is_all = self.window.is_end() && view.len() == text.len();
        match self.grammar.scan(view) {
            Scan::Ended(content) if line_end(text, content) <= max => {
                return First::Whole(line_end(text, content));
            }
            Scan::Open { in_quotes: false } if is_all => return First::Whole(view.len()),
            Scan::Ended(_) | Scan::Open { .. } => {}
        }
        match first_line(view).map(|at| line_end(text, at)) {
            Some(end) if end <= max => First::Unclosed(end),
            None if is_all => First::Unclosed(view.len()),
            Some(_) | None => First::TooLong,
        }
    }

    fn take(&mut self, len: usize, fault: Option<Fault>) -> RawChunk {
        let text = self.window.text()[..len].to_vec();
        let mut hash = 0;
        let bytes = self.window.take(len, |raw| hash = xxh3_64(raw));
        let lines = count_line_ends(&text);
        self.advance(
            bytes,
            lines,
            RawChunk {
                text,
                hash,
                fault,
                ..self.blank_chunk()
            },
        )
    }

    /// Takes a line that is too long, and keeps its beginning only.
    fn skip_line(&mut self) -> io::Result<RawChunk> {
        let head = self.window.text();
        let text = whole_characters(&head[..head.len().min(KEPT_BYTES)]).to_vec();
        let mut hasher = Xxh3::new();
        let mut bytes = 0;
        let mut lines = 0;
        while lines == 0 && !self.window.text().is_empty() {
            let mut len = self.window.text().len();
            if let Some(at) = first_line(self.window.text()) {
                self.window.fill(at + 2)?;
                len = line_end(self.window.text(), at);
                lines = 1;
            }
            bytes += self.window.take(len, |raw| hasher.update(raw));
            self.window.fill(SKIP_BYTES)?;
        }
        let chunk = RawChunk {
            hash: hasher.digest(),
            fault: Some(Fault::TooLong),
            text,
            ..self.blank_chunk()
        };
        Ok(self.advance(bytes, lines, chunk))
    }

    /// Returns a chunk of nothing at the place that was reached.
    const fn blank_chunk(&self) -> RawChunk {
        RawChunk {
            byte_from: self.at.byte,
            byte_to: self.at.byte,
            line_from: self.at.line,
            line_to: self.at.line,
            text: Vec::new(),
            hash: 0,
            fault: None,
        }
    }

    /// Goes behind a chunk.
    fn advance(&mut self, bytes: u64, lines: u64, mut chunk: RawChunk) -> RawChunk {
        chunk.byte_to += bytes;
        chunk.line_to += lines;
        self.at = chunk.end();
        chunk
    }
}

/// What the first record of the rest of a file is.
enum First {
    /// A record of this length.
    Whole(usize),
    /// A record that does not end, whose first line has this length.
    Unclosed(usize),
    /// A line that does not end.
    TooLong,
}

/// Returns the length of the first `lines` lines of a text without quotes or lone `\r`, or of all
/// whole ones. `is_all`: a last line needs no end.
fn whole_lines(text: &[u8], is_all: bool, lines: usize) -> usize {
    let ends = memchr_iter(b'\n', text).count();
    if ends >= lines {
        let last = memchr_iter(b'\n', text).nth(lines - 1);
        return last.map_or(text.len(), |at| at + 1);
    }
    if is_all {
        return text.len();
    }
    memrchr(b'\n', text).map_or(0, |at| at + 1)
}

/// Cuts off the beginning of a character at the end.
fn whole_characters(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => &text[..error.valid_up_to()],
        Ok(_) | Err(_) => text,
    }
}
