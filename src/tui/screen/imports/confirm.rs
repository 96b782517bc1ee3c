//! The question before an import is taken back, with what that does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::window;
use crate::domain::ImportId;
use crate::tui::screen::scene::Scene;
use crate::tui::widget::text;

/// Widest window.
const WIDTH_MAX: u16 = 60;

/// Draws the question.
pub(super) fn draw(
    scene: &Scene<'_>,
    content: Rect,
    buf: &mut Buffer,
    (id, consequence): (ImportId, &str),
) {
    let theme = scene.theme;
    let width = content.width.saturating_sub(2).min(WIDTH_MAX);
    let asked = format!("Undo import {id}: {consequence}.");
    let lines = text::wrap(&asked, width.saturating_sub(4));
    let height = (lines.len() as u16 + 4).min(content.height);
    let area = Rect {
        x: content.x + (content.width - width) / 2,
        y: content.y + (content.height - height) / 3,
        width,
        height,
    };
    let body = window::open(scene, area, buf, ("Undo", ""));
    for (y, line) in (0..).zip(&lines) {
        text::put(buf, text::row(body, y), line.trim(), theme.text);
    }
    let keys = [
        ("y", theme.key),
        (" undo it   ", theme.dim),
        ("n", theme.key),
        (" keep it", theme.dim),
    ];
    text::put_spans(buf, text::row(body, lines.len() as u16 + 1), &keys);
}
