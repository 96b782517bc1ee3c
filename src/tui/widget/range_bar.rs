//! A price between the low and the high of the day: `├──●────┤`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::pane;
use crate::domain::Price;

/// The three prices of a bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) low: Price,
    pub(crate) high: Price,
    pub(crate) at: Price,
}

/// Draws the bar over the whole width; a price outside the range sits at its end.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, range: Range, styles: (Style, Style)) {
    if area.width < 3 || area.height == 0 {
        return;
    }
    let (line, mark) = styles;
    for x in area.x..area.right() {
        pane::set(buf, x, area.y, '─', line);
    }
    pane::set(buf, area.x, area.y, '├', line);
    pane::set(buf, area.right() - 1, area.y, '┤', line);
    let span = range.high.to_plot() - range.low.to_plot();
    let share = if span > 0.0 {
        ((range.at.to_plot() - range.low.to_plot()) / span).clamp(0.0, 1.0)
    } else {
        0.5
    };
    let step = (share * f64::from(area.width - 1)).round() as u16;
    pane::set(buf, area.x + step, area.y, '●', mark);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(10, 20, 10, "●───┤")]
    #[case(10, 20, 15, "├─●─┤")]
    #[case(10, 20, 99, "├───●")]
    #[case(10, 10, 10, "├─●─┤")]
    fn the_mark_sits_where_the_price_is(
        #[case] low: i64,
        #[case] high: i64,
        #[case] at: i64,
        #[case] drawn: &str,
    ) {
        let [low, high, at] = [low, high, at].map(Price::from_scaled);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 5, 1));
        let styles = (Style::new(), Style::new());
        draw(
            &mut buffer,
            Rect::new(0, 0, 5, 1),
            Range { low, high, at },
            styles,
        );
        let row: String = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(row, drawn);
    }
}
