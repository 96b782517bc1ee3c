//! The list of imports, newest first.
//!
//! ```text
//!   id  state        files         done              rows  rows/s     left  rejected  grade
//! ▸  7  ● RUNNING    btc_1m.csv    █████░░░░░ 42%  1,234,567    118K  40s–1m         5  A
//!    6  ▲ PARTIAL    AAPL.csv +2   ██████████ 100%     6,237   96.1K       –        12  B
//! ```
//! What does not fit is left out from the least important on; the state is always a sign and a
//! word.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::api::{ImportJob, ImportState};
use crate::tui::amount;
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::screen::scene::{Pieces, Scene};
use crate::tui::status;
use crate::tui::widget::table::{self, ColumnNeed, ColumnPlace};
use crate::tui::widget::{progress, text};

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    State,
    Files,
    Done,
    Rows,
    Rate,
    Left,
    Rejected,
    Grade,
}

const COLUMNS: [Column; 9] = [
    Column::Id,
    Column::State,
    Column::Files,
    Column::Done,
    Column::Rows,
    Column::Rate,
    Column::Left,
    Column::Rejected,
    Column::Grade,
];

/// Width of the mark of the selected row.
const MARK_WIDTH: u16 = 2;

/// Width of `100%` and the gap before it.
const PERCENT_WIDTH: u16 = 5;

impl Column {
    const fn title(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::State => "state",
            Self::Files => "files",
            Self::Done => "done",
            Self::Rows => "rows",
            Self::Rate => "rows/s",
            Self::Left => "left",
            Self::Rejected => "rejected",
            Self::Grade => "grade",
        }
    }

    const fn is_number(self) -> bool {
        match self {
            Self::Id | Self::Rows | Self::Rate | Self::Left | Self::Rejected => true,
            Self::State | Self::Files | Self::Done | Self::Grade => false,
        }
    }

    /// What the column says of an import.
    fn text(self, job: &ImportJob) -> String {
        match self {
            Self::Id => job.id.to_string(),
            Self::State => String::new(),
            Self::Files => files(job),
            Self::Done => share(job).map_or_else(|| UNKNOWN.to_owned(), amount::percent),
            Self::Rows => format::count(job.counts.read),
            Self::Rate => rate(job),
            Self::Left => left(job),
            Self::Rejected => format::count(job.counts.rejected),
            Self::Grade => grade(job),
        }
    }
}

/// Draws the pane.
pub(in crate::tui::screen) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(state) = scene.state else {
        let inside = scene.frame(Pane::Imports, area, buf, Pieces::default());
        let next = "Its imports appear here.";
        scene.empty(inside, buf, "Waiting for the agent", next);
        return;
    };
    let view = &scene.ui.imports;
    let rows = view.rows(&state.imports);
    let page = usize::from(area.height.saturating_sub(3));
    let cursor = view.cursor(&rows);
    let first = view.first(cursor, page);
    let facts = facts(&rows, (first, page), state.imports.len());
    let filter = match view.filter.as_str() {
        "" => String::new(),
        filter => format!("  filter `{filter}`"),
    };
    let pieces = Pieces {
        title: vec![(filter.as_str(), scene.theme.accent)],
        facts: vec![(facts.as_str(), scene.theme.dim)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Imports, area, buf, pieces);
    if rows.is_empty() {
        draw_empty(scene, inside, buf, state.imports.is_empty());
        return;
    }
    let body = text::shifted(inside, MARK_WIDTH);
    let shown: Vec<&ImportJob> = rows.iter().skip(first).take(page).copied().collect();
    let places = table::place(&needs(&shown), body.width);
    draw_header(scene, text::row(body, 0), buf, &places);
    for (y, (at, job)) in (1..).zip((first..).zip(shown)) {
        let row = text::row(body, y);
        draw_job(scene, row, buf, (job, &places));
        if at == cursor {
            draw_cursor(scene, text::row(inside, y), buf);
        }
    }
}

fn draw_empty(scene: &Scene<'_>, inside: Rect, buf: &mut Buffer, is_none: bool) {
    let (what, next) = if is_none && scene.ui.is_read_only {
        (
            "No imports yet",
            "This dashboard is read-only; `mda import FILE` in a shell begins one.",
        )
    } else if is_none {
        (
            "No imports yet",
            "Press i, type the path of a CSV file of prices and press ENTER: you see how it would \
             be read before anything is stored.",
        )
    } else {
        ("No import matches", "ESC clears the filter.")
    };
    scene.empty(inside, buf, what, next);
}

fn draw_cursor(scene: &Scene<'_>, row: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let style = if scene.ui.focus() == Pane::Imports {
        theme.selection
    } else {
        theme.selection_idle
    };
    text::put(buf, row, "▸", theme.accent);
    buf.set_style(row, style);
}

/// How many there are, and which of them are seen.
fn facts(rows: &[&ImportJob], (first, page): (usize, usize), all: usize) -> String {
    if all == 0 {
        return String::new();
    }
    let working = rows.iter().filter(|job| !job.state.is_ended()).count();
    let open = match working {
        0 => String::new(),
        count => format!("{count} open · "),
    };
    let count = format::counted(all as u64, "import");
    if rows.len() == all && all <= page {
        return format!("{open}{count}");
    }
    let last = (first + page).min(rows.len());
    format!("{open}{}–{last} of {count}", (first + 1).min(last))
}

/// What each column needs for the rows on screen.
fn needs(shown: &[&ImportJob]) -> Vec<ColumnNeed> {
    let need = |column: Column| {
        let texts = shown.iter().map(|job| match column {
            Column::State => 2 + text::width(status::import_mark(job, mono()).word),
            _ => text::width(&column.text(job)),
        });
        let widest = texts.max().unwrap_or(0).max(text::width(column.title()));
        let (width, width_max, priority) = match column {
            Column::Id | Column::State => (widest, widest, 0),
            Column::Done => (PERCENT_WIDTH - 1, PERCENT_WIDTH + 16, 0),
            Column::Files => (widest.min(12), widest, 1),
            Column::Rows => (widest, widest, 2),
            Column::Rejected => (widest, widest, 3),
            Column::Rate => (widest, widest, 4),
            Column::Left => (widest.max(6), widest.max(6), 5),
            Column::Grade => (widest, widest, 6),
        };
        ColumnNeed {
            width,
            width_max,
            priority,
        }
    };
    COLUMNS.map(need).to_vec()
}

/// Only the words of a mark are asked for, which no theme changes.
const fn mono() -> &'static crate::tui::theme::Theme {
    crate::tui::theme::ThemeName::Mono.theme()
}

fn cell(row: Rect, place: ColumnPlace) -> Rect {
    let from = text::shifted(row, place.x);
    Rect {
        width: place.width.min(from.width),
        ..from
    }
}

fn draw_header(scene: &Scene<'_>, row: Rect, buf: &mut Buffer, places: &[ColumnPlace]) {
    for place in places {
        let column = COLUMNS[place.column];
        let at = cell(row, *place);
        if column.is_number() {
            text::put_right(buf, at, column.title(), scene.theme.dim);
        } else {
            text::put(buf, at, column.title(), scene.theme.dim);
        }
    }
}

fn draw_job(
    scene: &Scene<'_>,
    row: Rect,
    buf: &mut Buffer,
    (job, places): (&ImportJob, &[ColumnPlace]),
) {
    let theme = scene.theme;
    for place in places {
        let column = COLUMNS[place.column];
        let at = cell(row, *place);
        match column {
            Column::State => {
                let mark = scene.import_mark(job);
                let spans = [
                    (mark.glyph, mark.style),
                    (" ", theme.text),
                    (mark.word, mark.style),
                ];
                text::put_spans(buf, at, &spans);
            }
            Column::Done => draw_share(buf, at, job, (theme.accent, theme.grid, theme.text)),
            Column::Files | Column::Grade => {
                text::put(buf, at, &column.text(job), theme.strong);
            }
            Column::Rejected if job.counts.rejected > 0 => {
                text::put_number(buf, at, &column.text(job), theme.warn);
            }
            Column::Id | Column::Rows | Column::Rate | Column::Left | Column::Rejected => {
                text::put_number(buf, at, &column.text(job), theme.text);
            }
        }
    }
}

/// A bar as wide as there is room, and the percentage.
pub(super) fn draw_share(
    buf: &mut Buffer,
    area: Rect,
    job: &ImportJob,
    styles: (Style, Style, Style),
) {
    let (done, rest, number) = styles;
    let percent = Column::Done.text(job);
    let bar_width = area.width.saturating_sub(PERCENT_WIDTH);
    if bar_width < 3 {
        text::put_right(buf, area, &percent, number);
        return;
    }
    let bar = Rect {
        width: bar_width,
        ..area
    };
    progress::draw(buf, bar, share(job).unwrap_or(0.0), (done, rest));
    text::put_right(buf, text::shifted(area, bar_width), &percent, number);
}

/// Returns what is done of what there is; `None` while the files were not looked at.
pub(super) fn share(job: &ImportJob) -> Option<f64> {
    (job.progress.bytes_total > 0).then(|| job.progress.share())
}

/// Returns the first file's name and how many more there are.
pub(super) fn files(job: &ImportJob) -> String {
    let first = job.files.first().map(|file| file.path.as_str());
    let named = first.or(job.spec.paths.first().map(String::as_str));
    let name = named.map_or(UNKNOWN, base_name);
    match job.files.len().max(job.spec.paths.len()) {
        0 | 1 => name.to_owned(),
        count => format!("{name} +{}", count - 1),
    }
}

/// Returns the last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    let parts = path.rsplit(['/', '\\']);
    parts
        .into_iter()
        .find(|part| !part.is_empty())
        .unwrap_or(path)
}

/// Returns a path, or its end after `…` where it is too wide: the name of the file matters most.
pub(super) fn path_end(path: &str, room: u16) -> String {
    if text::width(path) <= room {
        return path.to_owned();
    }
    let starts = path.char_indices().map(|(at, _)| at);
    let ends = starts.map(|at| &path[at..]);
    let fits = |end: &&str| text::width(end) < room;
    format!("…{}", ends.into_iter().find(fits).unwrap_or_default())
}

/// The rate now while it works; once ended, that over all the time it ran.
fn rate(job: &ImportJob) -> String {
    let progress = &job.progress;
    match job.state {
        ImportState::Running | ImportState::Pausing | ImportState::Cancelling => {
            amount::rate(progress.rows_per_sec)
        }
        ImportState::Completed
        | ImportState::Partial
        | ImportState::Cancelled
        | ImportState::Failed
            if progress.elapsed > Duration::ZERO =>
        {
            amount::rate(progress.rows_per_sec_average)
        }
        _ => UNKNOWN.to_owned(),
    }
}

/// How long it will take, while that can be said.
pub(super) fn left(job: &ImportJob) -> String {
    match job.progress.remaining {
        Some(range) if !job.state.is_ended() => amount::remaining(range),
        _ => UNKNOWN.to_owned(),
    }
}

fn grade(job: &ImportJob) -> String {
    let quality = job.quality.as_ref();
    quality.map_or_else(
        || UNKNOWN.to_owned(),
        |quality| format!("{:?}", quality.grade),
    )
}
