//! [`Frame`]: the box around a pane, with a title at the left and facts at the right of its upper
//! edge.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::tui::theme::Theme;

/// A box to be drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame<'a> {
    /// Pieces of the title.
    pub(crate) title: Vec<(&'a str, Style)>,
    /// Pieces of the facts at the right; left out where both do not fit.
    pub(crate) facts: Vec<(&'a str, Style)>,
    /// True where the facts matter more than the end of the title, as the mark of data that is not
    /// the market's does.
    pub(crate) is_facts_first: bool,
    /// True for the focused pane.
    pub(crate) is_focused: bool,
}

impl Frame<'_> {
    /// Draws the box and returns what is inside; without room for a box everything is inside.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        if area.width < 4 || area.height < 3 {
            return area;
        }
        let style = if self.is_focused {
            theme.border_focus
        } else {
            theme.border
        };
        draw_edges(area, buf, style);
        let edge = Rect::new(area.x + 2, area.y, area.width - 4, 1);
        let title_end = put_title(buf, edge, self.title_beside_facts(edge.width), style);
        let wanted: u16 = self.facts.iter().map(|(text, _)| text::width(text)).sum();
        let room = edge.right().saturating_sub(title_end + 1);
        if wanted > 0 && wanted + 2 <= room {
            let at = edge.right() - wanted - 2;
            put_title(buf, text::shifted(edge, at - edge.x), &self.facts, style);
        }
        Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
    }

    /// The title, without its last pieces where the facts need their room.
    fn title_beside_facts(&self, room: u16) -> &[(&str, Style)] {
        let width = |spans: &[(&str, Style)]| -> u16 {
            spans.iter().map(|(text, _)| text::width(text)).sum()
        };
        let facts = width(&self.facts);
        if !self.is_facts_first || facts == 0 {
            return &self.title;
        }
        let fits = |count: &usize| width(&self.title[..*count]) + facts + 5 <= room;
        let count = (1..=self.title.len()).rev().find(fits);
        &self.title[..count.unwrap_or(self.title.len())]
    }
}

fn put_title(buf: &mut Buffer, edge: Rect, spans: &[(&str, Style)], style: Style) -> u16 {
    if spans.is_empty() {
        return edge.x;
    }
    let x = text::put(buf, edge, " ", style);
    let x = text::put_spans(buf, text::shifted(edge, x - edge.x), spans);
    text::put(buf, text::shifted(edge, x - edge.x), " ", style)
}

fn draw_edges(area: Rect, buf: &mut Buffer, style: Style) {
    let (left, right) = (area.x, area.right() - 1);
    let (top, bottom) = (area.y, area.bottom() - 1);
    for x in left..=right {
        set(buf, x, top, '─', style);
        set(buf, x, bottom, '─', style);
    }
    for y in top..=bottom {
        set(buf, left, y, '│', style);
        set(buf, right, y, '│', style);
    }
    set(buf, left, top, '╭', style);
    set(buf, right, top, '╮', style);
    set(buf, left, bottom, '╰', style);
    set(buf, right, bottom, '╯', style);
}

/// Sets one cell, where the buffer has it.
pub(crate) fn set(buf: &mut Buffer, x: u16, y: u16, glyph: char, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_char(glyph).set_style(style);
    }
}
