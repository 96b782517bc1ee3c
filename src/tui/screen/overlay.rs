//! Windows over the screen: help, palette, a log line in full; and the toasts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::imports;
use super::scene::Scene;
use crate::api::LogLine;
use crate::tui::action::Context;
use crate::tui::format;
use crate::tui::picker::{Picker, PickerItem, PickerKind};
use crate::tui::state::Overlay;
use crate::tui::status;
use crate::tui::toast::{Toast, ToastLevel};
use crate::tui::watch::scrolled;
use crate::tui::widget::pane::Frame;
use crate::tui::widget::text;

/// Widest window.
const WIDTH_MAX: u16 = 88;

/// Below this height the help takes all of it.
const LOW: u16 = 16;

/// Draws the window that is open; returns where the cursor blinks.
pub(super) fn draw(scene: &Scene<'_>, content: Rect, buf: &mut Buffer) -> Option<Position> {
    match scene.ui.overlay.as_ref()? {
        Overlay::Filter { .. } => None,
        Overlay::Picker(picker) => draw_picker(scene, content, buf, picker),
        Overlay::LogLine(line) => {
            draw_log_line(scene, content, buf, line);
            None
        }
        Overlay::Import(window) => imports::draw_window(scene, content, buf, window),
    }
}

/// Clears a centred window and draws its frame.
fn window(scene: &Scene<'_>, content: Rect, buf: &mut Buffer, look: (u16, &str, &str)) -> Rect {
    let (height, title, facts) = look;
    let width = content
        .width
        .saturating_sub(2)
        .clamp(1, WIDTH_MAX)
        .min(content.width);
    let height = height.min(content.height);
    let area = Rect {
        x: content.x + (content.width - width) / 2,
        y: content.y + (content.height - height) / 3,
        width,
        height,
    };
    fill(scene, area, buf);
    let frame = Frame {
        title: vec![(title, scene.theme.accent)],
        facts: vec![(facts, scene.theme.dim)],
        is_focused: true,
        ..Frame::default()
    };
    frame.draw(area, buf, scene.theme)
}

/// Clears `area` to the ground of windows.
pub(super) fn fill(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            buf[(x, y)].reset();
        }
    }
    buf.set_style(area, scene.theme.raised());
}

fn draw_picker(
    scene: &Scene<'_>,
    content: Rect,
    buf: &mut Buffer,
    picker: &Picker,
) -> Option<Position> {
    let theme = scene.theme;
    let (title, sign) = match picker.kind {
        PickerKind::Help => ("Keys", "? "),
        PickerKind::Palette => ("Palette", ": "),
    };
    let height = match picker.kind {
        PickerKind::Help if content.height < LOW => content.height,
        PickerKind::Help => content.height.saturating_sub(2),
        PickerKind::Palette => (picker.rows().len() as u16 + 5)
            .min(content.height * 2 / 3)
            .max(8),
    };
    let facts = format!("{} of {}", picker.cursor() + 1, picker.rows().len());
    let inside = window(scene, content, buf, (height, title, &facts));
    let line = text::shifted(text::row(inside, 0), 1);
    let x = text::put(buf, line, sign, theme.accent);
    let input = text::shifted(line, x - line.x);
    let scroll = picker
        .input
        .visual_scroll(usize::from(input.width.saturating_sub(1)));
    let typed: String = picker.input.value().chars().skip(scroll).collect();
    text::put(buf, input, &typed, theme.strong);
    let told = u16::from(inside.height >= 6) * 2;
    let list = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1 + told),
        ..inside
    };
    draw_items(scene, list, buf, picker);
    draw_help(
        scene,
        Rect {
            y: list.bottom(),
            height: told,
            ..inside
        },
        buf,
        picker,
    );
    let column = input.x + picker.input.visual_cursor().saturating_sub(scroll) as u16;
    (column < input.right()).then_some(Position::new(column, input.y))
}

fn draw_items(scene: &Scene<'_>, list: Rect, buf: &mut Buffer, picker: &Picker) {
    if picker.rows().len() == 0 {
        scene.empty(list, buf, "Nothing found", "Fewer letters find more.");
        return;
    }
    let lines = picker_lines(picker);
    let is_cursor =
        |line: &PickerLine<'_>| matches!(line, PickerLine::Item(at, _) if *at == picker.cursor());
    let cursor = lines.iter().position(is_cursor).unwrap_or(0);
    // The first row of a group brings its heading along.
    let is_headed = cursor > 0 && matches!(lines[cursor - 1], PickerLine::Heading(_));
    let page = usize::from(list.height);
    let first = scrolled(0, cursor, page).min(cursor - usize::from(is_headed && page > 1));
    for (y, line) in (0..).zip(lines.iter().skip(first).take(page)) {
        let row = text::row(list, y);
        match line {
            PickerLine::Heading(name) => {
                text::put(buf, text::shifted(row, 1), name, scene.theme.accent);
            }
            PickerLine::Item(at, item) => {
                draw_item(scene, row, buf, item);
                if *at == picker.cursor() {
                    text::put(buf, row, "▸", scene.theme.accent);
                    buf.set_style(row, scene.theme.selection);
                }
            }
        }
    }
}

/// A line of the list: a row that can be run, or the name of the group below it.
enum PickerLine<'a> {
    Heading(&'static str),
    Item(usize, &'a PickerItem),
}

/// Rows in groups as long as nothing is searched; what was found, best first.
fn picker_lines(picker: &Picker) -> Vec<PickerLine<'_>> {
    let mut lines = Vec::new();
    let mut group = None;
    for (at, item) in picker.rows().enumerate() {
        if picker.is_grouped() && item.context != group {
            group = item.context;
            lines.extend(group.map(|context| PickerLine::Heading(context.title())));
        }
        lines.push(PickerLine::Item(at, item));
    }
    lines
}

/// The whole sentence of the selected row, which its column may have cut.
fn draw_help(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, picker: &Picker) {
    let Some(item) = picker.rows().nth(picker.cursor()) else {
        return;
    };
    let body = text::shifted(area, 1);
    let place = item.context.filter(|context| *context != Context::Global);
    let place = place.map_or(String::new(), |place| format!(" ({})", place.label()));
    let help = format!("{}{place}", item.help);
    for (y, line) in (0..area.height).zip(text::wrap(&help, body.width)) {
        text::put(buf, text::row(body, y), &line, scene.theme.text);
    }
}

/// Keys, name and sentence in columns; in a narrow window the sentence is left out.
fn draw_item(scene: &Scene<'_>, row: Rect, buf: &mut Buffer, item: &PickerItem) {
    let theme = scene.theme;
    let keys_width = if row.width < 50 { 8 } else { 13 };
    let column = |from: u16, width: u16| {
        let area = text::shifted(row, from);
        Rect {
            width: width.min(area.width),
            ..area
        }
    };
    text::put(buf, column(1, keys_width - 1), &item.hint, theme.key);
    text::put(buf, column(keys_width + 1, 20), &item.title, theme.strong);
    let help = text::shifted(row, keys_width + 22);
    if help.width >= 16 {
        text::put(buf, help, &item.help, theme.dim);
    }
}

fn draw_log_line(scene: &Scene<'_>, content: Rect, buf: &mut Buffer, line: &LogLine) {
    let theme = scene.theme;
    let width = content.width.saturating_sub(8).min(WIDTH_MAX);
    let message = text::wrap(&line.message, width.saturating_sub(2).max(1));
    let height = message.len() as u16 + 5;
    let title = format!("Line {}", format::count(line.number));
    let inside = window(scene, content, buf, (height, &title, "any key closes"));
    let body = text::shifted(inside, 1);
    let time = format::formatted(line.time, "%Y-%m-%d %H:%M:%S%.6f UTC");
    let spans = [
        (line.level.as_str(), status::level_style(line.level, theme)),
        ("  ", theme.dim),
        (time.as_str(), theme.text),
    ];
    text::put_spans(buf, text::row(body, 0), &spans);
    text::put(buf, text::row(body, 1), &line.target, theme.dim);
    for (y, part) in (3..).zip(&message) {
        text::put(buf, text::row(body, y), part.trim_start(), theme.text);
    }
}

/// Draws the toasts above the footer, newest lowest.
pub(super) fn draw_toasts(scene: &Scene<'_>, content: Rect, buf: &mut Buffer) {
    let toasts: Vec<&Toast> = scene.ui.toasts.shown(scene.wall_now).collect();
    let mut bottom = content.bottom();
    for toast in toasts.into_iter().rev() {
        let lines = toast_lines(toast);
        let widest = lines
            .iter()
            .map(|line| text::width(line))
            .max()
            .unwrap_or(0);
        let width = (widest + 4).min(content.width);
        let height = lines.len() as u16 + 2;
        if bottom.saturating_sub(content.y) < height {
            break;
        }
        let area = Rect::new(content.right() - width, bottom - height, width, height);
        draw_toast(scene, area, buf, (toast, &lines));
        bottom -= height;
    }
}

fn toast_lines(toast: &Toast) -> Vec<String> {
    let times = if toast.times > 1 {
        format!(" ×{}", toast.times)
    } else {
        String::new()
    };
    let mut lines = vec![format!("{}{times}", toast.text)];
    lines.extend(toast.next_step.iter().map(|next| format!("→ {next}")));
    lines
}

fn draw_toast(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, shown: (&Toast, &[String])) {
    let theme = scene.theme;
    let (toast, lines) = shown;
    let (title, style) = match toast.level {
        ToastLevel::Note => ("note", theme.info),
        ToastLevel::Error => ("error", theme.error),
    };
    fill(scene, area, buf);
    let frame = Frame {
        title: vec![(title, style)],
        ..Frame::default()
    };
    let inside = text::shifted(frame.draw(area, buf, theme), 1);
    for (y, line) in (0..).zip(lines) {
        let style = if y == 0 { theme.text } else { theme.dim };
        text::put(buf, text::row(inside, y), line, style);
    }
}
