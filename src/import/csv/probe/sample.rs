//! [`probe`] and the [`Sample`] it makes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::delimiter::{self, QUOTE};
use super::encoding::{self, Found};
use super::error::ProbeError;
use super::piece::{Line, Piece};
use super::{format, frame};
use crate::import::csv::scan::Grammar;
use crate::import::{Dialect, TextEncoding};

/// Bytes read from the beginning.
const HEAD_BYTES: u64 = 1 << 20;

/// Bytes read from the end; even, so that UTF-16 stays in step.
const TAIL_BYTES: u64 = 64 << 10;

/// Records of a sample from the beginning.
const HEAD_RECORDS: usize = 2_000;

/// Records of a sample from the end.
const TAIL_RECORDS: usize = 500;

/// The structure of a file and some of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// How it is cut into records and fields.
    pub dialect: Dialect,
    /// Its size in bytes.
    pub size: u64,
    /// The first records, at most 2,000.
    pub head: Vec<SampleRecord>,
    /// The last records, at most 500, none of them in `head`.
    pub tail: Vec<SampleRecord>,
    /// Lines that are no records, with their numbers: around the header and after the last record.
    pub left_out: Vec<(u64, String)>,
}

/// One record of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRecord {
    /// Line of its first byte, from 1; 0 near the end of a long file, where lines are not counted.
    pub line: u64,
    /// Its fields, as many as it has; a regular record has the dialect's `width`.
    pub fields: Vec<String>,
}

/// Looks at the beginning and the end of a file, and tells its structure.
///
/// # Errors
///
/// What the file is instead of a table of text, and what to do.
pub fn probe(path: &Path) -> Result<Sample, ProbeError> {
    let (mut file, size) = open(path)?;
    let failed = |source| ProbeError::Read {
        path: path.to_owned(),
        source,
    };
    let head = read(&mut file, 0, size.min(HEAD_BYTES)).map_err(failed)?;
    if let Some((format, advice)) = format::by_first_bytes(&head) {
        return Err(other(path, format, advice));
    }
    let text_to = text_end(&mut file, size).map_err(failed)?;
    if text_to == 0 {
        return Err(ProbeError::Empty {
            path: path.to_owned(),
        });
    }
    let text = &head[..head.len().min(text_to as usize)];
    let found = encoding::find(text).ok_or_else(|| ProbeError::Binary {
        path: path.to_owned(),
    })?;
    let body = Body {
        size,
        text_to: whole_units(text_to, size, found.encoding),
        found,
    };
    let head = &head[..head.len().min(body.text_to as usize)];
    let first = Piece::new(
        &head[found.mark.min(head.len())..],
        found.mark as u64,
        body.text_to <= head.len() as u64,
        found.encoding,
    );
    let opening: String = String::from_utf8_lossy(&first.text[..first.text.len().min(256)]).into();
    if let Some((format, advice)) = format::by_first_text(&opening) {
        return Err(other(path, format, advice));
    }
    if first.text.iter().all(u8::is_ascii_whitespace) && first.is_end {
        return Err(ProbeError::Empty {
            path: path.to_owned(),
        });
    }
    body.sample(&mut file, &first).map_err(failed)
}

fn other(path: &Path, format: &'static str, advice: &'static str) -> ProbeError {
    ProbeError::OtherFormat {
        path: path.to_owned(),
        format,
        advice,
    }
}

/// Opens a regular file that is not empty. Its kind is looked at first: opening a pipe would wait.
fn open(path: &Path) -> Result<(File, u64), ProbeError> {
    let failed = |source| ProbeError::Read {
        path: path.to_owned(),
        source,
    };
    let kind = std::fs::metadata(path).map_err(failed)?;
    let path_of = || path.to_owned();
    if kind.is_dir() {
        return Err(ProbeError::Directory { path: path_of() });
    }
    if !kind.is_file() {
        return Err(ProbeError::NotAFile { path: path_of() });
    }
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size == 0 {
        return Err(ProbeError::Empty { path: path_of() });
    }
    Ok((file, size))
}

fn read(file: &mut File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::with_capacity((to - from) as usize);
    file.take(to - from).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns where the NULs begin that a crash or a preallocation left at the end.
fn text_end(file: &mut File, size: u64) -> io::Result<u64> {
    let mut end = size;
    while end > 0 {
        let from = end.saturating_sub(TAIL_BYTES);
        let bytes = read(file, from, end)?;
        if let Some(last) = bytes.iter().rposition(|byte| *byte != 0) {
            return Ok(from + last as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}

/// The NUL that ends a UTF-16 character is part of it.
fn whole_units(text_to: u64, size: u64, encoding: TextEncoding) -> u64 {
    match encoding {
        TextEncoding::Utf8 | TextEncoding::Windows1252 => text_to,
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => text_to.next_multiple_of(2).min(size),
    }
}

/// A file whose characters are known.
struct Body {
    size: u64,
    /// Where the NULs of its tail begin.
    text_to: u64,
    found: Found,
}

impl Body {
    fn sample(&self, file: &mut File, first: &Piece) -> io::Result<Sample> {
        let grammar = Grammar {
            delimiter: delimiter::find(first),
            quote: Some(QUOTE),
        };
        let mut lines = first.lines(grammar, usize::MAX);
        let frame = frame::find(&lines);
        let mut last = self.last_lines(file, first, grammar)?;
        if let (Some(last), Some(seen)) = (&mut last, lines.last()) {
            last.retain(|line| line.byte >= seen.byte_to);
        }
        let ends = last.as_mut().unwrap_or(&mut lines);
        let from = if first.is_end { frame.body } else { 0 };
        let footer = frame::footer(&ends[from.min(ends.len())..], frame.width);
        let after: Vec<Line> = footer.map_or_else(Vec::new, |at| ends.split_off(from + at));
        let mut records = lines.split_off(frame.body);
        let before = lines;
        let tail = match last {
            Some(last) => tail_of(last),
            None => tail_of(records.split_off(records.len().min(head_len(&records)))),
        };
        let left_out = left_out(&before, frame.header, &after);
        Ok(Sample {
            dialect: self.dialect(grammar, &before, after.first(), &frame),
            size: self.size,
            head: head_of(records),
            tail,
            left_out,
        })
    }

    /// Returns the last lines of a file whose beginning is not all of it. Their lines have no
    /// number.
    fn last_lines(
        &self,
        file: &mut File,
        first: &Piece,
        grammar: Grammar,
    ) -> io::Result<Option<Vec<Line>>> {
        if first.is_end {
            return Ok(None);
        }
        let from = self.text_to.saturating_sub(TAIL_BYTES);
        // In step with the first character.
        let from = from + (from + self.found.mark as u64) % 2;
        let bytes = read(file, from, self.text_to)?;
        let mut piece = Piece::new(&bytes, from, true, self.found.encoding);
        piece.skip_first_line();
        let mut lines = piece.lines(grammar, usize::MAX);
        for line in &mut lines {
            line.record.line = 0;
        }
        Ok(Some(lines))
    }

    fn dialect(
        &self,
        grammar: Grammar,
        before: &[Line],
        after: Option<&Line>,
        frame: &frame::Frame,
    ) -> Dialect {
        let nuls = (self.text_to < self.size).then_some(self.text_to);
        Dialect {
            delimiter: grammar.delimiter,
            quote: grammar.quote,
            encoding: self.found.encoding,
            body_from: before
                .last()
                .map_or(self.found.mark as u64, |line| line.byte_to),
            body_to: after.map(|line| line.byte).or(nuls),
            lines_before: before.last().map_or(0, |line| line.lines_to),
            header: frame
                .header
                .map_or_else(Vec::new, |at| before[at].record.fields.clone()),
            width: frame.width,
        }
    }
}

/// Returns how many lines hold the records of a head.
fn head_len(lines: &[Line]) -> usize {
    let mut records = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.width() > 0);
    records.nth(HEAD_RECORDS).map_or(lines.len(), |(at, _)| at)
}

fn head_of(lines: Vec<Line>) -> Vec<SampleRecord> {
    let records = lines.into_iter().map(|line| line.record);
    records
        .filter(|record| !record.fields.is_empty())
        .take(HEAD_RECORDS)
        .collect()
}

fn tail_of(lines: Vec<Line>) -> Vec<SampleRecord> {
    let mut records: Vec<SampleRecord> = lines
        .into_iter()
        .map(|line| line.record)
        .filter(|record| !record.fields.is_empty())
        .collect();
    records.split_off(records.len().saturating_sub(TAIL_RECORDS))
}

fn left_out(before: &[Line], header: Option<usize>, after: &[Line]) -> Vec<(u64, String)> {
    let before = before
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != header);
    before
        .map(|(_, line)| line)
        .chain(after)
        .filter(|line| !line.is_blank())
        .map(|line| (line.record.line, line.text.clone()))
        .collect()
}
