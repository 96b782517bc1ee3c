//! What an import rejected: a list, and the selected record in full.
//!
//! ```text
//! ╭─ Rejected records of import 7 ───────────────────── 1–200 ─╮
//! │   line  rule  severity  column  what is wrong               │
//! │ ▸ 1,204  V2   CRITICAL  high    high is below low           │
//! │ ...                                                         │
//! │                                                             │
//! │ /data/btc_1m.csv:1204  byte 91,233                          │
//! │ high `1.2`: high is below low                               │
//! │ → swap high and low                                         │
//! │ 2024-01-02,1.3,1.2,1.3,1.2,100                              │
//! ╰─────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::form::{below, draw_trouble};
use super::{list, window};
use crate::api::{ImportJob, Reject, RejectOutcome};
use crate::domain::Severity;
use crate::tui::format;
use crate::tui::imports::RejectsView;
use crate::tui::layout;
use crate::tui::screen::scene::Scene;
use crate::tui::theme::Theme;
use crate::tui::widget::table::{self, ColumnNeed};
use crate::tui::widget::text;

/// From this height of the window the selected record has its lines.
const DETAIL_FROM: u16 = 9;

const TITLES: [&str; 6] = [
    "line",
    "rule",
    "severity",
    "column",
    "file",
    "what is wrong",
];

/// Draws the window.
pub(super) fn draw(scene: &Scene<'_>, content: Rect, buf: &mut Buffer, view: &RejectsView) {
    let title = format!("Rejected records of import {}", view.id);
    let facts = facts(view);
    let body = window::open(scene, content, buf, (&title, &facts));
    let job = scene.state.and_then(|state| {
        let mut jobs = state.imports.iter();
        jobs.find(|job| job.id == view.id).map(AsRef::as_ref)
    });
    let top = match &view.trouble {
        Some(trouble) => draw_trouble(scene, body, buf, trouble),
        None => 0,
    };
    let body = below(body, top);
    let rows = match &view.rows {
        Some(rows) if !rows.is_empty() => rows,
        Some(_) => {
            scene.empty(body, buf, "Nothing was rejected", &nothing(job));
            return;
        }
        None if view.trouble.is_some() => return,
        None => {
            scene.empty(
                body,
                buf,
                "Loading …",
                "The agent looks for rejected records.",
            );
            return;
        }
    };
    let detail = detail_height(body.height);
    let list_area = Rect {
        height: body.height - detail,
        ..body
    };
    draw_list(scene, list_area, buf, (view, rows));
    if let Some(reject) = view.selected() {
        draw_detail(scene, below(body, list_area.height), buf, reject);
    }
}

/// Returns how many records a window shows on a screen of this size.
pub(crate) fn page(size: (u16, u16)) -> usize {
    let [_, content, _] = layout::frame(Rect::new(0, 0, size.0, size.1));
    let inside = content.height.saturating_sub(2);
    usize::from((inside - detail_height(inside)).saturating_sub(1))
}

/// Two fifths of the window for the selected record, where it has room.
const fn detail_height(height: u16) -> u16 {
    if height < DETAIL_FROM {
        return 0;
    }
    let wanted = height * 2 / 5;
    if wanted > 9 { 9 } else { wanted }
}

/// Which records are shown, and whether there may be more.
fn facts(view: &RejectsView) -> String {
    let Some(rows) = view.rows.as_ref().filter(|rows| !rows.is_empty()) else {
        return String::new();
    };
    let first = view.offset + 1;
    let last = view.offset + rows.len() as u64;
    let more = if view.has_more() {
        " · more below"
    } else {
        ""
    };
    let loading = if view.waits_for().is_some() {
        " · loading …"
    } else {
        ""
    };
    format!(
        "{}–{}{more}{loading}",
        format::count(first),
        format::count(last)
    )
}

fn nothing(job: Option<&ImportJob>) -> String {
    match job {
        Some(job) if !job.state.is_ended() => {
            "Every record so far is a bar, was stored already or has no price.".to_owned()
        }
        _ => "Every record is a bar, was stored already or has no price.".to_owned(),
    }
}

fn cells(reject: &Reject) -> [String; 6] {
    let outcome = match reject.outcome {
        RejectOutcome::Rejected => String::new(),
        RejectOutcome::Duplicate => "repeated: ".to_owned(),
    };
    [
        format::count(reject.line),
        reject.rule.clone(),
        severity_word(reject.severity).to_owned(),
        reject.column.clone().unwrap_or_default(),
        list::base_name(&reject.file).to_owned(),
        format!("{outcome}{}", reject.reason),
    ]
}

fn draw_list(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    (view, rows): (&RejectsView, &[Reject]),
) {
    let theme = scene.theme;
    let page = usize::from(area.height.saturating_sub(1));
    let first = view.first(page);
    let shown: Vec<[String; 6]> = rows.iter().skip(first).take(page).map(cells).collect();
    let table = text::shifted(area, 2);
    let places = table::place(&needs(&shown), table.width);
    let cell = |row: Rect, place: &table::ColumnPlace| {
        let from = text::shifted(row, place.x);
        Rect {
            width: place.width.min(from.width),
            ..from
        }
    };
    for place in &places {
        let at = cell(text::row(table, 0), place);
        put_cell(buf, at, place.column, (TITLES[place.column], theme.dim));
    }
    for (y, (at, row)) in (1..).zip((first..).zip(&shown)) {
        let line = text::row(area, y);
        for place in &places {
            let style = cell_style(place.column, &rows[at], theme);
            let at = cell(text::row(table, y), place);
            put_cell(buf, at, place.column, (&row[place.column], style));
        }
        if at == view.cursor() {
            text::put(buf, line, "▸", theme.accent);
            buf.set_style(line, theme.selection);
        }
    }
}

fn needs(shown: &[[String; 6]]) -> Vec<ColumnNeed> {
    let need = |column: usize| {
        let widths = shown.iter().map(|row| text::width(&row[column]));
        let widest = widths.max().unwrap_or(0).max(text::width(TITLES[column]));
        let (width, width_max, priority) = match column {
            0 => (widest, widest, 0),
            5 => (widest.min(24), widest.max(24), 0),
            1 => (widest, widest, 1),
            3 => (widest.min(14), widest.min(14), 2),
            2 => (widest, widest, 3),
            _ => (widest.min(24), widest.min(24), 4),
        };
        ColumnNeed {
            width,
            width_max,
            priority,
        }
    };
    (0..TITLES.len()).map(need).collect()
}

fn put_cell(buf: &mut Buffer, at: Rect, column: usize, (words, style): (&str, Style)) {
    if column == 0 {
        text::put_right(buf, at, words, style);
    } else {
        text::put(buf, at, words, style);
    }
}

const fn cell_style(column: usize, reject: &Reject, theme: &Theme) -> Style {
    match column {
        2 => severity_style(reject.severity, theme),
        3 | 4 => theme.dim,
        _ => theme.text,
    }
}

const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "CRITICAL",
    }
}

const fn severity_style(severity: Severity, theme: &Theme) -> Style {
    match severity {
        Severity::Low => theme.dim,
        Severity::Medium | Severity::High => theme.warn,
        Severity::Critical => theme.error,
    }
}

/// Where it stands, what is wrong, what could be done, and the record itself.
fn draw_detail(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, reject: &Reject) {
    let theme = scene.theme;
    let place = format!("{}:{}", reject.file, reject.line);
    let byte = format!("  byte {}", format::count(reject.byte));
    let spans = [(place.as_str(), theme.strong), (byte.as_str(), theme.dim)];
    text::put_spans(buf, text::row(area, 1), &spans);
    let value = match (&reject.column, &reject.value) {
        (Some(column), Some(value)) => format!("{column} `{value}`: "),
        (Some(column), None) => format!("{column}: "),
        (None, Some(value)) => format!("`{value}`: "),
        (None, None) => String::new(),
    };
    let mut lines: Vec<(String, Style)> = Vec::new();
    let reason = text::wrap(&format!("{value}{}", reject.reason), area.width);
    lines.extend(reason.into_iter().map(|line| (line, theme.text)));
    if let Some(suggestion) = &reject.suggestion {
        let next = text::wrap(&format!("→ {suggestion}"), area.width);
        lines.extend(next.into_iter().map(|line| (line, theme.dim)));
    }
    let raw = text::wrap(&reject.raw, area.width);
    lines.extend(raw.into_iter().map(|line| (line, theme.info)));
    for (y, (line, style)) in (2..).zip(&lines) {
        text::put(buf, text::row(area, y), line.trim_end(), *style);
    }
}
