//! [`parse`]: a piece of a file into bars and rejects, each record accounted for.

use crate::api::{ImportCounts, Reject, RejectOutcome, ValidationLevel};
use crate::domain::{Bar, Severity, Timestamp};
use crate::import::convert::{LayoutFault, Row, RowFault, RowReader};
use crate::import::csv::{Content, Fault, RecordRef, records};
use crate::quality::{Findings, JudgedRow, QualityTally, Rule};

use super::source::{FilePlan, Piece};

/// The most characters of a record that a reject repeats.
const RAW_CHARS_MAX: usize = 1_000;

/// How rows are judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgement {
    /// How strictly.
    pub(super) level: ValidationLevel,
    /// The moment of judgement: the import's order, so that a resumed one judges alike.
    pub(super) now: Timestamp,
}

/// A parsed piece.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Where it came from; its text is kept for rows that turn out to be duplicates.
    pub(super) piece: Piece,
    /// Its bars, with the place of each.
    pub(super) rows: Vec<(Bar, RowPlace)>,
    /// Its records that are no bars.
    pub(super) rejects: Vec<Reject>,
    /// `read`, `rejected` and `skipped`.
    pub(super) counts: ImportCounts,
    /// What was found.
    pub(super) tally: QualityTally,
}

/// Where a record stands: in the file, and in the text of its piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowPlace {
    line: u64,
    byte: u64,
    text_from: usize,
    text_len: usize,
}

/// Parses a piece of `file`.
///
/// # Errors
/// [`LayoutFault`] when the layout reads no record of any file.
pub(super) fn parse(
    piece: Piece,
    file: &FilePlan,
    judgement: Judgement,
) -> Result<Parsed, LayoutFault> {
    let reader = RowReader::new(&file.layout, judgement.level, judgement.now)?;
    let mut counts = ImportCounts::default();
    let mut tally = QualityTally::default();
    let mut rows = Vec::new();
    let mut rejects = Vec::new();
    let text_from = piece.raw.text.as_ptr() as usize;
    records(&piece.raw, &file.layout.dialect, |record| {
        counts.read += 1;
        match read(&reader, &record, judgement.level, &mut tally) {
            Row::Bar(bar) => {
                let place = RowPlace {
                    line: record.line,
                    byte: record.byte,
                    text_from: record.raw.as_ptr() as usize - text_from,
                    text_len: record.raw.len(),
                };
                rows.push((bar, place));
            }
            Row::Skipped => counts.skipped += 1,
            Row::Rejected(fault) => {
                counts.rejected += 1;
                rejects.push(reject(file, &record, fault));
            }
        }
    });
    Ok(Parsed {
        piece,
        rows,
        rejects,
        counts,
        tally,
    })
}

/// Returns what is told of a row whose key came before.
pub(super) fn duplicate(file: &FilePlan, text: &[u8], place: RowPlace) -> Reject {
    let raw = text.get(place.text_from..place.text_from + place.text_len);
    Reject {
        file: file.name.to_string(),
        line: place.line,
        byte: place.byte,
        outcome: RejectOutcome::Duplicate,
        rule: Rule::U2.id().to_owned(),
        severity: Rule::U2.severity(),
        column: None,
        value: None,
        reason: Rule::U2.message().to_owned(),
        suggestion: Some(Rule::U2.suggestion().to_owned()),
        raw: cut(raw.unwrap_or_default()),
    }
}

/// Returns what a preview or a ledger tells of a record that is no bar.
pub(in crate::import) fn reject(
    file: &FilePlan,
    record: &RecordRef<'_>,
    fault: RowFault,
) -> Reject {
    Reject {
        file: file.name.to_string(),
        line: record.line,
        byte: record.byte,
        outcome: RejectOutcome::Rejected,
        rule: fault.rule,
        severity: fault.severity,
        column: fault.column,
        value: fault.value,
        reason: fault.reason,
        suggestion: fault.suggestion,
        raw: cut(record.raw),
    }
}

/// Reads one record, whatever it is.
pub(in crate::import) fn read(
    reader: &RowReader,
    record: &RecordRef<'_>,
    level: ValidationLevel,
    tally: &mut QualityTally,
) -> Row {
    match record.content {
        Content::Fields(fields) => reader.read(fields, tally),
        Content::Blank => Row::Skipped,
        Content::Broken(fault) => {
            tally.add(JudgedRow {
                level,
                findings: Findings::from_iter([Rule::Fields]),
                is_rejected: true,
                required_missing: 0,
                volume_missing: None,
            });
            Row::Rejected(broken(fault))
        }
    }
}

fn broken(fault: Fault) -> RowFault {
    RowFault {
        rule: fault.rule().to_owned(),
        severity: Severity::Critical,
        column: None,
        value: None,
        reason: fault.reason().to_owned(),
        suggestion: Some(Rule::Fields.suggestion().to_owned()),
    }
}

fn cut(raw: &[u8]) -> String {
    // Four bytes are the longest character.
    let beginning = &raw[..raw.len().min(4 * RAW_CHARS_MAX)];
    String::from_utf8_lossy(beginning)
        .chars()
        .take(RAW_CHARS_MAX)
        .collect()
}
