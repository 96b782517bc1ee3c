//! [`preview`]: how files would be read.

use std::path::Path;
use std::sync::Arc;

use super::paths;
use super::plan::look;
use crate::api::{FilePreview, ImportPreview, ImportSpec, PreviewLine};
use crate::domain::Timestamp;
use crate::import::convert::{Row, RowReader};
use crate::import::csv::{Content, CutLimits, Cutter, Position, RecordRef, Sample, records};
use crate::import::pipeline::{FilePlan, read, reject};
use crate::import::{Dialect, ImportError, Layout, TextEncoding};
use crate::quality::QualityTally;

/// Records that are shown of each file.
const LINES_MAX: usize = 20;

/// Files that are shown.
const FILES_MAX: usize = 100;

/// Tells how the files of an order would be read.
///
/// # Errors
/// What is wrong with the order or a file.
pub(super) fn preview(spec: &ImportSpec, now: Timestamp) -> Result<ImportPreview, ImportError> {
    let paths = paths::expand(&spec.paths)?;
    let shown = paths.iter().take(FILES_MAX);
    let files = shown
        .map(|path| file(spec, path, now))
        .collect::<Result<_, _>>()?;
    Ok(ImportPreview { files })
}

fn file(spec: &ImportSpec, path: &str, now: Timestamp) -> Result<FilePreview, ImportError> {
    let (sample, mapping) = look(spec, path)?;
    let reader = match &mapping.layout {
        Some(layout) => Some((layout.clone(), reader(layout, spec, now)?)),
        None => None,
    };
    Ok(FilePreview {
        path: path.to_owned(),
        bytes: sample.size,
        layout: mapping.layout_id.clone(),
        format: format_of(&sample),
        columns: mapping.columns,
        facts: mapping.facts,
        left_out: sample.left_out.clone(),
        lines: lines(path, &sample, reader.as_ref(), spec)?,
        questions: mapping.questions,
    })
}

fn reader(layout: &Layout, spec: &ImportSpec, now: Timestamp) -> Result<RowReader, ImportError> {
    let reader = RowReader::new(layout, spec.validation, now);
    reader.map_err(|fault| ImportError::Run(fault.into()))
}

/// Cuts the first records, and reads them where a layout is known.
fn lines(
    path: &str,
    sample: &Sample,
    reader: Option<&(Layout, RowReader)>,
    spec: &ImportSpec,
) -> Result<Vec<PreviewLine>, ImportError> {
    let failed = |source| ImportError::File {
        path: path.to_owned(),
        source,
    };
    let from = Position::start_of(&sample.dialect);
    let limits = CutLimits {
        records: LINES_MAX,
        ..CutLimits::default()
    };
    let mut cutter = Cutter::open(Path::new(path), &sample.dialect, from)
        .map_err(failed)?
        .with_limits(limits);
    let mut lines = Vec::new();
    let mut tally = QualityTally::default();
    let plan = reader.map(|(layout, _)| FilePlan {
        path: path.into(),
        name: Arc::from(path),
        layout: Arc::new(layout.clone()),
    });
    while lines.len() < LINES_MAX
        && let Some(chunk) = cutter.next().map_err(failed)?
    {
        records(&chunk, &sample.dialect, |record| {
            if matches!(record.content, Content::Blank) || lines.len() >= LINES_MAX {
                return;
            }
            let after = match (reader, &plan) {
                (Some((_, reader)), Some(plan)) => {
                    match read(reader, &record, spec.validation, &mut tally) {
                        Row::Bar(bar) => Some(Ok(bar)),
                        Row::Skipped => None,
                        Row::Rejected(fault) => Some(Err(reject(plan, &record, fault))),
                    }
                }
                _ => None,
            };
            lines.push(PreviewLine {
                line: record.line,
                before: fields(&record),
                after,
            });
        });
    }
    Ok(lines)
}

fn fields(record: &RecordRef<'_>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match record.content {
        Content::Fields(fields) => fields.iter().map(text).collect(),
        Content::Blank => Vec::new(),
        Content::Broken(_) => vec![text(&record.raw[..record.raw.len().min(200)])],
    }
}

/// Returns the text format in one line.
fn format_of(sample: &Sample) -> String {
    let dialect = &sample.dialect;
    format!(
        "CSV, {}, {}, {}",
        delimiter(dialect),
        encoding(dialect),
        header(dialect)
    )
}

fn delimiter(dialect: &Dialect) -> String {
    match dialect.delimiter {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        b'|' => "pipe".to_owned(),
        b' ' => "space".to_owned(),
        other => format!("`{}`", char::from(other)),
    }
}

fn encoding(dialect: &Dialect) -> &'static str {
    match dialect.encoding {
        TextEncoding::Utf8 => "UTF-8",
        TextEncoding::Utf16Le => "UTF-16 LE",
        TextEncoding::Utf16Be => "UTF-16 BE",
        TextEncoding::Windows1252 => "Windows-1252",
    }
}

fn header(dialect: &Dialect) -> String {
    match dialect.lines_before {
        0 => "no header".to_owned(),
        1 if !dialect.header.is_empty() => "1 header line".to_owned(),
        lines if !dialect.header.is_empty() => format!("{lines} lines before the data"),
        lines => format!("{lines} lines before the data, no header"),
    }
}
