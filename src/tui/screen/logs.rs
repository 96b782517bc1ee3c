//! The agent's log lines: time, level, part of the program, message. Lines
//! that never came, by their missing numbers, are counted in the title.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::api::{LogLine, LogState};
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::widget::text;

/// Below this width the part of the program is left out.
const TARGET_FROM: u16 = 70;

/// Width of the part of the program, on narrow and on wide screens.
const TARGET_WIDTHS: (u16, u16) = (11, 14);

/// Width of mark, time and level.
const HEAD_WIDTH: u16 = 20;

/// From this width a screen is wide.
const WIDE_FROM: u16 = 110;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(state) = scene.state else {
        let inside = scene.frame(Pane::Logs, area, buf, Pieces::default());
        scene.empty(
            inside,
            buf,
            "Waiting for the agent",
            "Its log lines appear here.",
        );
        return;
    };
    let log = scene.ui.logs.source(&state.log);
    let inside = draw_frame(scene, area, buf, log);
    let view = &scene.ui.logs;
    if view.len() == 0 {
        let (what, next) = match (log.lines.is_empty(), view.filter.is_empty()) {
            (true, _) => ("No log lines yet", "They appear as the agent works."),
            (false, false) => (
                "No line matches",
                "ESC clears the filter; L shows more levels.",
            ),
            (false, true) => ("No line of this level", "L shows more levels."),
        };
        scene.empty(inside, buf, what, next);
        return;
    }
    draw_lines(scene, inside, buf, log);
}

/// Level, filter, whether lines follow, what was lost and where the file is.
fn draw_frame(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, log: &LogState) -> Rect {
    let theme = scene.theme;
    let view = &scene.ui.logs;
    let level = format!(" ≥ {}", view.level.as_str());
    let filter = if view.filter.is_empty() {
        String::new()
    } else {
        format!("  filter `{}`", view.filter)
    };
    let follow = if view.is_following() {
        "  ▼ FOLLOW"
    } else {
        "  ‖ PAUSED"
    };
    let follow_style = if view.is_following() {
        theme.live
    } else {
        theme.warn
    };
    let counts = format!(
        "{} shown · {} written",
        view.len(),
        format::count(log.written)
    );
    let skipped = match skipped_lines(log) {
        0 => String::new(),
        count => format!(" · {} skipped", format::count(count)),
    };
    let lost = format!(" · {} lost", format::count(log.lost));
    let lost_style = if log.lost > 0 { theme.warn } else { theme.dim };
    let pieces = Pieces {
        title: vec![
            (level.as_str(), theme.text),
            (filter.as_str(), theme.accent),
            (follow, follow_style),
        ],
        facts: vec![
            (counts.as_str(), theme.dim),
            (skipped.as_str(), theme.warn),
            (lost.as_str(), lost_style),
        ],
        ..Pieces::default()
    };
    scene.frame(Pane::Logs, area, buf, pieces)
}

/// Returns how many lines between the first and the last one were never sent: their numbers are
/// missing.
fn skipped_lines(log: &LogState) -> u64 {
    let (Some(first), Some(last)) = (log.lines.first(), log.lines.last()) else {
        return 0;
    };
    let span = last.number.saturating_sub(first.number).saturating_add(1);
    span.saturating_sub(log.lines.len() as u64)
}

/// A line on screen: its place, the line, and its message in rows.
struct Shown<'a> {
    row: usize,
    line: &'a LogLine,
    message: Vec<String>,
}

/// Lines are laid out from the last one on screen upwards, so that wrapping keeps the newest in
/// sight.
fn draw_lines(scene: &Scene<'_>, inside: Rect, buf: &mut Buffer, log: &LogState) {
    let view = &scene.ui.logs;
    let page = usize::from(inside.height);
    let first = view.first(page);
    let head = head_width(inside.width);
    let room = inside.width.saturating_sub(head);
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for (row, line) in view.lines(log).skip(first).take(page) {
        let message = if view.is_wrapped {
            text::wrap(&line.message, room)
        } else {
            vec![line.message.clone()]
        };
        shown.push(Shown { row, line, message });
    }
    let heights: Vec<usize> = shown.iter().map(|one| one.message.len()).collect();
    let cursor = shown
        .iter()
        .position(|one| one.row == view.cursor())
        .unwrap_or(0);
    let skip = skipped(&heights, cursor, page);
    let mut y = 0;
    for one in &shown[skip..] {
        if y >= inside.height {
            break;
        }
        let height = (one.message.len() as u16).min(inside.height - y);
        let area = Rect {
            y: inside.y + y,
            height,
            ..inside
        };
        draw_line(scene, area, buf, (one, head));
        y += height;
    }
}

/// Returns how many lines give way at the top so that the cursor's line is wholly on screen.
fn skipped(heights: &[usize], cursor: usize, page: usize) -> usize {
    let mut used = 0;
    for at in (0..=cursor.min(heights.len().saturating_sub(1))).rev() {
        used += heights.get(at).copied().unwrap_or(0);
        if used > page {
            return (at + 1).min(cursor);
        }
    }
    0
}

/// The last segments of a part's path that fit, one at least: the line in full tells the whole.
fn short_target(target: &str, width: u16) -> &str {
    let path = target.strip_prefix("mda::").unwrap_or(target);
    let starts = path.match_indices("::").map(|(at, _)| at + 2);
    let mut parts = std::iter::once(0).chain(starts).map(|at| &path[at..]);
    let last = path.rsplit("::").next().unwrap_or(path);
    parts
        .find(|part| text::width(part) <= width)
        .unwrap_or(last)
}

fn head_width(width: u16) -> u16 {
    match width {
        0..TARGET_FROM => HEAD_WIDTH,
        TARGET_FROM..WIDE_FROM => HEAD_WIDTH + TARGET_WIDTHS.0 + 1,
        _ => HEAD_WIDTH + TARGET_WIDTHS.1 + 1,
    }
}

fn draw_line(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, shown: (&Shown<'_>, u16)) {
    let theme = scene.theme;
    let (Shown { row, line, message }, head) = &shown;
    let is_cursor = *row == scene.ui.logs.cursor();
    let level = status::level_style(line.level, theme);
    let time = format::formatted(line.time, "%H:%M:%S%.3f");
    let level_word = format!("{:<5}", line.level.as_str());
    let mark = if is_cursor { "▸" } else { " " };
    let first = text::row(area, 0);
    let spans = [
        (mark, theme.accent),
        (time.as_str(), theme.dim),
        (" ", theme.dim),
        (level_word.as_str(), level),
        (" ", theme.dim),
    ];
    let x = text::put_spans(buf, first, &spans);
    if *head > HEAD_WIDTH {
        let rest = text::shifted(first, x - first.x);
        let target = Rect {
            width: (head - HEAD_WIDTH - 1).min(rest.width),
            ..rest
        };
        text::put(
            buf,
            target,
            short_target(&line.target, target.width),
            theme.dim,
        );
    }
    for (y, part) in (0..).zip(message) {
        let row = text::shifted(text::row(area, y), *head);
        text::put(buf, row, part.trim_start(), theme.text);
    }
    if is_cursor {
        buf.set_style(area, theme.selection);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mda::feed::status", 14, "feed::status")]
    #[case("mda::feed::status", 11, "status")]
    #[case("mda::runtime::supervisor", 14, "supervisor")]
    #[case("agent", 11, "agent")]
    #[case("mda::averyveryverylongname", 11, "averyveryverylongname")]
    fn a_part_is_named_by_its_last_segments(
        #[case] target: &str,
        #[case] width: u16,
        #[case] shown: &str,
    ) {
        assert_eq!(short_target(target, width), shown);
    }
}
