//! How much of something is done: `██████░░░░`.
//!
//! Whole cells only: the bar then changes as seldom as its width allows, and every terminal has
//! its characters.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::pane;

/// Draws the bar over the whole width; it is full only when all is done.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, share: f64, styles: (Style, Style)) {
    if area.is_empty() {
        return;
    }
    let (done, rest) = styles;
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let filled = (share * f64::from(area.width)).floor() as u16;
    for step in 0..area.width {
        let (glyph, style) = if step < filled {
            ('█', done)
        } else {
            ('░', rest)
        };
        pane::set(buf, area.x + step, area.y, glyph, style);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0.0, "░░░░")]
    #[case(0.49, "█░░░")]
    #[case(0.999, "███░")]
    #[case(1.0, "████")]
    #[case(f64::NAN, "░░░░")]
    #[case(7.0, "████")]
    fn the_bar_is_full_only_when_all_is_done(#[case] share: f64, #[case] drawn: &str) {
        let area = Rect::new(0, 0, 4, 1);
        let mut buffer = Buffer::empty(area);
        draw(&mut buffer, area, share, (Style::new(), Style::new()));
        let cells = buffer.content.iter();
        let row: String = cells.map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(row, drawn);
    }
}
