//! A small line of a price's recent course, one row high.
//!
//! Eighth blocks, one point a cell; in braille two points a cell with half the height. The scale is
//! the line's own lowest to highest value; a course that stands still lies in the middle. Prices
//! become floats here for the drawing only.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::pane;
use crate::domain::Price;

/// Without the whole block, so that lines of adjacent rows never touch.
const EIGHTHS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];

/// Dots of one braille column from the bottom up, left column then right.
const BRAILLE: [[u32; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];

/// Draws the newest of `closes` that fit, at the right of `area`.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, closes: &[Price], style: Style) {
    let shown = newest(closes, usize::from(area.width));
    let scale = Scale::of(shown);
    let start = area.right() - shown.len() as u16;
    for (x, close) in (start..).zip(shown) {
        pane::set(
            buf,
            x,
            area.y,
            EIGHTHS[scale.step(*close, EIGHTHS.len())],
            style,
        );
    }
}

/// Draws the newest of `closes` that fit in braille, two a cell.
pub(crate) fn draw_braille(buf: &mut Buffer, area: Rect, closes: &[Price], style: Style) {
    let shown = newest(closes, usize::from(area.width) * 2);
    let scale = Scale::of(shown);
    let cells = shown.len().div_ceil(2) as u16;
    let start = area.right() - cells;
    for (x, pair) in (start..).zip(shown.chunks(2)) {
        let dots = pair.iter().enumerate();
        let code = dots.fold(0x2800, |code, (side, close)| {
            code | BRAILLE[side][scale.step(*close, 4)]
        });
        pane::set(buf, x, area.y, char::from_u32(code).unwrap_or(' '), style);
    }
}

fn newest(closes: &[Price], count: usize) -> &[Price] {
    &closes[closes.len().saturating_sub(count)..]
}

struct Scale {
    low: f64,
    span: f64,
}

impl Scale {
    fn of(closes: &[Price]) -> Self {
        let low = closes.iter().min().map_or(0.0, |price| price.to_plot());
        let high = closes.iter().max().map_or(0.0, |price| price.to_plot());
        Self {
            low,
            span: high - low,
        }
    }

    fn step(&self, price: Price, steps: usize) -> usize {
        if self.span <= 0.0 {
            return (steps - 1) / 2;
        }
        let share = (price.to_plot() - self.low) / self.span;
        ((share * steps as f64) as usize).min(steps - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Painter = fn(&mut Buffer, Rect, &[Price], Style);

    fn drawn(values: &[i64], width: u16, paint: Painter) -> String {
        let closes: Vec<Price> = values.iter().map(|v| Price::from_scaled(*v)).collect();
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        paint(&mut buffer, area, &closes, Style::new());
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn newest_values_stand_at_the_right() {
        assert_eq!(drawn(&[9, 0, 1, 2, 3, 4, 5, 6], 7, draw), "▁▂▃▄▅▆▇");
        assert_eq!(drawn(&[0, 7], 4, draw), "  ▁▇");
    }

    #[test]
    fn a_flat_course_lies_in_the_middle() {
        assert_eq!(drawn(&[5, 5, 5], 3, draw), "▄▄▄");
        assert_eq!(drawn(&[], 3, draw), "   ");
    }

    #[test]
    fn braille_holds_two_points_a_cell() {
        assert_eq!(drawn(&[0, 3, 3, 0], 3, draw_braille), " ⡈⢁");
    }
}
