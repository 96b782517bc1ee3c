//! The byte between fields: the one by which most lines look like records.

use super::piece::{Line, Piece};
use crate::import::csv::scan::Grammar;

/// Lines looked at.
const LINES: usize = 400;

/// The byte around fields. Always read as a quote: one may come after the sample.
pub(super) const QUOTE: u8 = b'"';

/// Finds the byte between fields.
pub(super) fn find(head: &Piece) -> u8 {
    let score = |delimiter: u8| {
        let grammar = Grammar {
            delimiter,
            quote: Some(QUOTE),
        };
        score(&head.lines(grammar, LINES))
    };
    let mut best = (b',', score(b','));
    for delimiter in [b';', b'\t', b'|'] {
        let other = score(delimiter);
        if other > best.1 {
            best = (delimiter, other);
        }
    }
    let (delimiter, (records, loose, width)) = best;
    let is_table = records > 0 || (loose > 0 && width > 1);
    if is_table || score(b' ').0 == 0 {
        delimiter
    } else {
        b' '
    }
}

/// Returns how many lines look like bars, how many like other records of the most common width,
/// and that width.
fn score(lines: &[Line]) -> (usize, usize, usize) {
    let records = lines.iter().filter(|line| line.kinds.is_record()).count();
    let width = common_width(lines);
    let of_width = lines.iter().filter(|line| line.width() == width).count();
    (records, if width > 1 { of_width } else { 0 }, width)
}

/// Returns the width most lines have, blank ones left out; the larger of two that are as common.
pub(super) fn common_width(lines: &[Line]) -> usize {
    let mut widths: Vec<usize> = lines.iter().map(Line::width).filter(|n| *n > 0).collect();
    widths.sort_unstable();
    let groups = widths.chunk_by(|a, b| a == b);
    let best = groups.max_by_key(|group| group.len());
    best.and_then(|group| group.first().copied()).unwrap_or(1)
}
