//! What a preview says of one file, line by line: columns, facts, lines left out, records before
//! and after.

use ratatui::style::Style;

use crate::api::{ColumnMapping, FilePreview, PreviewFact, PreviewLine, Reject};
use crate::domain::{Bar, Timeframe};
use crate::tui::format;
use crate::tui::theme::Theme;
use crate::tui::widget::text;

type Spans = Vec<(String, Style)>;

/// Least room of a column that is wrapped; narrower, it is left out.
const WRAP_FROM: usize = 12;

/// Returns everything about a file, for a width.
pub(super) fn lines(file: &FilePreview, theme: &Theme, width: u16) -> Vec<Spans> {
    let mut lines = columns(&file.columns, theme, width);
    if !file.facts.is_empty() {
        lines.push(Vec::new());
        lines.extend(facts(&file.facts, theme, width));
    }
    if !file.left_out.is_empty() {
        lines.push(Vec::new());
        lines.push(vec![("left out".to_owned(), theme.dim)]);
        for (number, line) in &file.left_out {
            lines.push(vec![
                (format!("line {} ", format::count(*number)), theme.dim),
                (line.clone(), theme.text),
            ]);
        }
    }
    if !file.lines.is_empty() {
        lines.push(Vec::new());
        lines.push(vec![(
            "first records, before and after".to_owned(),
            theme.dim,
        )]);
        for record in &file.lines {
            lines.extend(before_and_after(record, theme));
        }
    }
    lines
}

fn columns(columns: &[ColumnMapping], theme: &Theme, width: u16) -> Vec<Spans> {
    let head = ["column", "means", "sure", "why"].map(str::to_owned);
    let rows = columns.iter().map(|column| {
        let name = match column.name.as_str() {
            "" => "(no name)".to_owned(),
            name => name.to_owned(),
        };
        let role = match column.role.as_str() {
            "-" => "not used".to_owned(),
            role => role.to_owned(),
        };
        let sure = match column.role.as_str() {
            "-" => String::new(),
            _ => format!("{:>3}%", column.confidence),
        };
        [name, role, sure, column.evidence.clone()]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    let styles = [theme.text, theme.strong, theme.text, theme.dim];
    let mut lines = Vec::new();
    for (at, row) in std::iter::once(&head).chain(&rows).enumerate() {
        let styles = if at == 0 { [theme.dim; 4] } else { styles };
        let widths = [0, 1, 2].map(|cell| widest(&head[cell], rows.iter().map(|row| &row[cell])));
        lines.extend(table_row(row, &widths, styles, width));
    }
    lines
}

fn facts(facts: &[PreviewFact], theme: &Theme, width: u16) -> Vec<Spans> {
    let what = widest("", facts.iter().map(|fact| &fact.what));
    let value = widest("", facts.iter().map(|fact| &fact.value));
    let styles = [theme.dim, theme.strong, theme.dim, theme.dim];
    let rows = facts.iter().flat_map(|fact| {
        let row = [
            fact.what.clone(),
            fact.value.clone(),
            String::new(),
            fact.evidence.clone(),
        ];
        table_row(&row, &[what, value, 0], styles, width)
    });
    rows.collect()
}

fn widest<'a>(head: &str, cells: impl Iterator<Item = &'a String>) -> usize {
    let widths = cells.map(|cell| usize::from(text::width(cell)));
    widths
        .max()
        .unwrap_or(0)
        .max(usize::from(text::width(head)))
        .min(30)
}

/// Three columns of fixed width, and a last one that is wrapped below itself.
fn table_row(row: &[String; 4], widths: &[usize; 3], styles: [Style; 4], width: u16) -> Vec<Spans> {
    let mut first = Vec::new();
    let mut used = 0;
    for (cell, wide) in widths.iter().enumerate().filter(|(_, wide)| **wide > 0) {
        let text = text::fit(&row[cell], u16::try_from(*wide).unwrap_or(u16::MAX));
        let blank = wide.saturating_sub(usize::from(text::width(&text))) + 2;
        first.push((format!("{text}{}", " ".repeat(blank)), styles[cell]));
        used += wide + 2;
    }
    let room = usize::from(width).saturating_sub(used);
    if room < WRAP_FROM {
        return vec![first];
    }
    let why = text::wrap(&row[3], room as u16);
    let mut lines = vec![first];
    for (at, part) in why.into_iter().enumerate() {
        let part = (part.trim().to_owned(), styles[3]);
        match lines.get_mut(at) {
            Some(line) => line.push(part),
            None => lines.push(vec![(" ".repeat(used), styles[3]), part]),
        }
    }
    lines
}

fn before_and_after(record: &PreviewLine, theme: &Theme) -> Vec<Spans> {
    let number = format!("{:>5}  ", format::count(record.line));
    let indent = " ".repeat(number.len() - 2);
    let before = vec![(number, theme.dim), (record.before.join("  "), theme.text)];
    let after = match &record.after {
        None => return vec![before],
        Some(Ok(bar)) => bar_spans(bar, theme),
        Some(Err(reject)) => reject_spans(reject, theme),
    };
    let mut line = vec![(format!("{indent}→ "), theme.dim)];
    line.extend(after);
    vec![before, line]
}

fn bar_spans(bar: &Bar, theme: &Theme) -> Spans {
    let pattern = if bar.timeframe >= Timeframe::D1 {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%d %H:%M:%S UTC"
    };
    let time = format::formatted(bar.time, pattern);
    let mut spans = vec![(
        format!("{} {} {time}", bar.symbol, bar.timeframe),
        theme.strong,
    )];
    let prices = [
        ("O", bar.open),
        ("H", bar.high),
        ("L", bar.low),
        ("C", bar.close),
    ];
    for (name, price) in prices {
        spans.push((format!("  {name} "), theme.dim));
        spans.push((price.to_string(), theme.text));
    }
    spans.push(("  V ".to_owned(), theme.dim));
    spans.push((bar.volume.to_string(), theme.text));
    spans
}

fn reject_spans(reject: &Reject, theme: &Theme) -> Spans {
    vec![
        (format!("rejected by {}: ", reject.rule), theme.warn),
        (reject.reason.clone(), theme.text),
    ]
}
