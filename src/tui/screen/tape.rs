//! Recent trades of the selected instrument, newest first, with who crossed the spread by arrow and
//! colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::domain::{AggressorSide, Trade};
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::widget::text;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let symbol = scene.selected().map_or("", |row| row.symbol.as_str());
    let pieces = Pieces {
        title: vec![(" ", scene.theme.dim), (symbol, scene.theme.strong)],
        facts: vec![("UTC", scene.theme.dim)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Tape, area, buf, pieces);
    let trades = scene
        .chart()
        .map(|chart| &chart.trades[..])
        .unwrap_or_default();
    let decimals = scene.selected().map_or(2, |row| row.decimals);
    if trades.is_empty() {
        scene.empty(inside, buf, "No trades yet", "They appear as they happen.");
        return;
    }
    for (y, trade) in (0..inside.height).zip(trades) {
        let row = text::shifted(text::row(inside, y), 1);
        let row = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        draw_trade(scene, row, buf, (trade, decimals));
    }
}

fn draw_trade(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, shown: (&Trade, u8)) {
    let theme = scene.theme;
    let (trade, decimals) = shown;
    let (arrow, style) = match trade.aggressor_side {
        AggressorSide::Buy => ("▲", theme.up),
        AggressorSide::Sell => ("▼", theme.down),
        AggressorSide::Unknown => ("·", theme.text),
    };
    let time = format::second(trade.ts_event);
    let price = format::price(trade.price, decimals);
    let spans = [
        (time.as_str(), theme.dim),
        ("  ", theme.dim),
        (arrow, style),
        (" ", theme.dim),
    ];
    let x = text::put_spans(buf, area, &spans);
    let rest = text::shifted(area, x - area.x);
    let half = Rect {
        width: rest.width / 2,
        ..rest
    };
    text::put_number(buf, half, &price, style);
    let size = text::shifted(rest, half.width + 1);
    text::put_number(buf, size, &format::volume(trade.size), theme.text);
}
