//! What stands around the records: lines before the header, the header, lines after the last
//! record.
//!
//! ```text
//!   https://vendor…      preamble: before the header, of another width     left out
//!   Date,Open,High,…     header: names where the records below have values
//!   2024-01-02,1.10,…    ─┐
//!   2024-01-03,1.10      body: from the first record on everything is a record
//!   2024-01-04,1.11,…    ─┘
//!   Downloaded from …    footer: prose of another width, at the end only   left out
//! ```

use super::delimiter::common_width;
use super::kind::Kinds;
use super::piece::Line;

/// Header lines at most: yfinance writes three.
const HEADER_LINES_MAX: usize = 3;

/// Footer lines at most.
const FOOTER_LINES_MAX: usize = 10;

/// Records by which the regular width is told.
const WIDTH_RECORDS: usize = 20;

/// Where header and body are among the first lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The header.
    pub(super) header: Option<usize>,
    /// The first line of the body; the number of lines when there is none.
    pub(super) body: usize,
    /// Fields of a regular record.
    pub(super) width: usize,
}

/// Finds header and body.
pub(super) fn find(lines: &[Line]) -> Frame {
    let Some(first) = first_record(lines) else {
        return without_records(lines);
    };
    let near = &lines[first..lines.len().min(first + WIDTH_RECORDS)];
    let width = common_width(near);
    match header_block(&lines[..first], width) {
        Some((from, to)) => Frame {
            header: Some(best_header(&lines[from..to]) + from),
            body: to,
            width,
        },
        None => Frame {
            header: None,
            body: back_over_nothing(lines, first),
            width,
        },
    }
}

/// Returns the first line that is surely a record; everything from there on belongs to the body.
fn first_record(lines: &[Line]) -> Option<usize> {
    let bar = lines.iter().position(|line| line.kinds.is_record());
    bar.or_else(|| {
        let width = common_width(lines);
        let is_record = |line: &Line| line.width() == width && line.kinds.is_loose_record();
        lines.iter().position(is_record)
    })
}

/// A file of names only: the first line is the header.
fn without_records(lines: &[Line]) -> Frame {
    let header = lines.iter().position(|line| line.kinds.texts > 0);
    let body = header.map_or(0, |at| at + 1);
    let width = header.map_or(1, |at| lines[at].width());
    Frame {
        header,
        body,
        width,
    }
}

/// Returns the lines of names before the first record, which is `lines.len()`.
///
/// Between them and it there may be blank lines, lines of nothing but empty fields, and records
/// cut short: all of those are the body's.
fn header_block(lines: &[Line], width: usize) -> Option<(usize, usize)> {
    let is_of_body = |line: &Line| line.kinds.texts == 0 || line.kinds.values > 0;
    let to = lines.iter().rposition(|line| !is_of_body(line))? + 1;
    let is_names = |line: &&Line| {
        let kinds = line.kinds;
        kinds.texts > 0 && kinds.values == 0 && line.width().abs_diff(width) <= 2
    };
    let tail = lines[..to].iter().rev().take(HEADER_LINES_MAX);
    let from = to - tail.take_while(is_names).count();
    let block = &lines[from..to];
    let is_header = |line: &Line| line.kinds.texts * 2 >= width.min(line.width());
    block.iter().any(is_header).then_some((from, to))
}

/// Returns the line with the most different names; the first of several.
fn best_header(block: &[Line]) -> usize {
    let names = |line: &Line| {
        let mut names: Vec<&String> = line.record.fields.iter().collect();
        names.sort_unstable();
        names.dedup();
        names.iter().filter(|name| !name.trim().is_empty()).count()
    };
    let mut best = 0;
    for (at, line) in block.iter().enumerate() {
        if names(line) > names(&block[best]) {
            best = at;
        }
    }
    best
}

/// Goes back over blank lines and lines of empty fields only.
fn back_over_nothing(lines: &[Line], first: usize) -> usize {
    let is_nothing = |line: &&Line| !line.is_broken && line.kinds.texts + line.kinds.values == 0;
    first - lines[..first].iter().rev().take_while(is_nothing).count()
}

/// Returns the first line of the footer: of those after the last record.
pub(super) fn footer(lines: &[Line], width: usize) -> Option<usize> {
    let mut first = None;
    let mut count = 0;
    for (at, line) in lines.iter().enumerate().rev() {
        if line.is_blank() {
            continue;
        }
        if count == FOOTER_LINES_MAX || !is_footer(line, width) {
            break;
        }
        first = Some(at);
        count += 1;
    }
    first
}

/// Prose of another width. A record cut short is none: it begins with a value or one bare word.
fn is_footer(line: &Line, width: usize) -> bool {
    let Some(first) = line.record.fields.first() else {
        return false;
    };
    let is_prose = Kinds::of([first.as_str()]).texts == 1
        && first.trim().contains([' ', ':', '='])
        && first.contains(char::is_alphabetic);
    is_prose && line.width() != width && !line.kinds.is_record()
}
