//! The first step of an import: which files.
//!
//! ```text
//! ╭─ Import files ─────────────────────────────────────────────╮
//! │ path  /data/ohlcv/btc_█                                     │
//! │ a file, or several by a pattern: /data/*.csv                │
//! │                                                             │
//! │ ▸ /data/ohlcv/btc_1d.csv                                    │
//! │   /data/ohlcv/btc_1m.csv                                    │
//! ╰─────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_input::Input;

use super::{list, window};
use crate::tui::format;
use crate::tui::imports::{Candidates, ImportForm, Purpose, Trouble, Wait};
use crate::tui::screen::scene::Scene;
use crate::tui::watch::scrolled;
use crate::tui::widget::text;

/// Widest window.
const WIDTH_MAX: u16 = 100;

/// Highest window.
const HEIGHT_MAX: u16 = 20;

/// Draws the window; returns where the cursor blinks.
pub(super) fn draw(
    scene: &Scene<'_>,
    content: Rect,
    buf: &mut Buffer,
    form: &ImportForm,
) -> Option<Position> {
    let theme = scene.theme;
    let width = content.width.min(WIDTH_MAX);
    let height = content.height.min(HEIGHT_MAX);
    let area = Rect {
        x: content.x + (content.width - width) / 2,
        y: content.y + (content.height - height) / 3,
        width,
        height,
    };
    let title = match form.purpose {
        Purpose::Start => "Import files".to_owned(),
        Purpose::Answer(id) => format!("Answer import {id}"),
    };
    let body = window::open(scene, area, buf, (&title, ""));
    let line = text::row(body, 0);
    let x = text::put(buf, line, "path  ", theme.dim);
    let cursor = draw_input(
        buf,
        text::shifted(line, x - line.x),
        &form.path,
        theme.strong,
    );
    let told = draw_told(scene, below(body, 1), buf, form);
    draw_candidates(scene, below(body, 2 + told), buf, &form.candidates);
    cursor.filter(|_| form.purpose == Purpose::Start)
}

/// Draws the text of an input line, scrolled so that its cursor is seen; returns where that is.
pub(super) fn draw_input(
    buf: &mut Buffer,
    area: Rect,
    input: &Input,
    style: Style,
) -> Option<Position> {
    let scroll = input.visual_scroll(usize::from(area.width.saturating_sub(1)));
    let shown: String = input.value().chars().skip(scroll).collect();
    text::put(buf, area, &shown, style);
    let column = u16::try_from(input.visual_cursor().saturating_sub(scroll)).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(column);
    (x < area.right()).then_some(Position::new(x, area.y))
}

/// Draws what went wrong and what to do; returns how many lines that took.
pub(super) fn draw_trouble(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    trouble: &Trouble,
) -> u16 {
    let theme = scene.theme;
    let mut y = 0;
    for line in text::wrap(&format!("! {}", trouble.text), area.width) {
        text::put(buf, text::row(area, y), line.trim(), theme.error);
        y += 1;
    }
    let next = trouble.next_step.iter().map(|next| format!("→ {next}"));
    for line in next.flat_map(|next| text::wrap(&next, area.width)) {
        text::put(buf, text::row(area, y), line.trim(), theme.dim);
        y += 1;
    }
    y
}

/// Returns `area` without its first lines.
pub(super) fn below(area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    Rect {
        y: area.y + lines,
        height: area.height - lines,
        ..area
    }
}

/// What the line waits for, what is wrong, or what can be typed.
fn draw_told(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, form: &ImportForm) -> u16 {
    if let Some(trouble) = &form.trouble {
        return draw_trouble(scene, area, buf, trouble);
    }
    let told = match form.wait() {
        Some(Wait::Paths) => "looking for paths …",
        Some(Wait::Preview(_)) => "reading the first lines …",
        Some(Wait::Order) => "ordered …",
        None if form.candidates.is_nothing() => "nothing on the agent's machine begins so",
        None => "a file, or several by a pattern such as /data/*.csv",
    };
    text::put(buf, text::row(area, 0), told, scene.theme.dim);
    1
}

fn draw_candidates(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, candidates: &Candidates) {
    let theme = scene.theme;
    let found = candidates.found();
    if found.is_empty() || area.height == 0 {
        return;
    }
    let room = usize::from(area.height);
    // The last line tells how many more there are.
    let page = if found.len() > room { room - 1 } else { room };
    let cursor = candidates.cursor();
    let first = scrolled(0, cursor.unwrap_or(0), page);
    for (y, (at, path)) in (0..).zip((first..).zip(found.iter().skip(first).take(page))) {
        let row = text::row(area, y);
        let is_chosen = cursor == Some(at);
        let mark = if is_chosen { "▸ " } else { "  " };
        let folder = if path.ends_with('/') { "/" } else { "" };
        let name = format!("{}{folder}", list::base_name(path));
        let style = if folder.is_empty() {
            theme.text
        } else {
            theme.info
        };
        text::put_spans(buf, row, &[(mark, theme.accent), (&name, style)]);
        if is_chosen {
            buf.set_style(row, theme.selection);
        }
    }
    if found.len() > page {
        let last = (first + page).min(found.len());
        let told = format!(
            "  {}–{last} of {}",
            first + 1,
            format::counted(found.len() as u64, "path")
        );
        text::put(buf, text::row(area, page as u16), &told, theme.dim);
    }
}
