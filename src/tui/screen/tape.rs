//! Recent trades of the selected instrument, newest first, with who crossed the spread by arrow and
//! colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::domain::{AggressorSide, FeedMode, Trade};
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::widget::text;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let symbol = scene.selected().map_or("", |row| row.symbol.as_str());
    let trades = scene
        .chart()
        .map(|chart| &chart.trades[..])
        .unwrap_or_default();
    let (mark, style) = scene.selected().map_or(("", scene.theme.dim), |row| {
        status::kind_mark(row.data_kind, scene.theme)
    });
    let mut pieces = Pieces::default();
    if !symbol.is_empty() {
        pieces.title = vec![(" ", scene.theme.dim), (symbol, scene.theme.strong)];
    }
    if !trades.is_empty() {
        pieces.facts = vec![(mark, style), ("UTC", scene.theme.dim)];
    }
    let inside = scene.frame(Pane::Tape, area, buf, pieces);
    let decimals = scene.selected().map_or(2, |row| row.decimals);
    if trades.is_empty() {
        let (what, next) = missing(scene);
        scene.empty(inside, buf, what, &next);
        return;
    }
    let shown = &trades[..trades.len().min(usize::from(inside.height))];
    let sizes = format::below_each_other(shown.iter().map(|trade| format::volume(trade.size)));
    for (y, (trade, size)) in (0..inside.height).zip(shown.iter().zip(&sizes)) {
        let row = text::shifted(text::row(inside, y), 1);
        let row = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        draw_trade(scene, row, buf, (trade, size, decimals));
    }
}

/// Why there are no trades, and when there will be.
fn missing(scene: &Scene<'_>) -> (&'static str, String) {
    let Some(row) = scene.selected() else {
        let next = "They appear with the selected symbol.";
        return ("No trades", next.to_owned());
    };
    if status::is_of_bars(row) {
        let next = "This replay plays bars, and bars hold no single trades.";
        return ("No trades in bars", next.to_owned());
    }
    let feed = scene.state.and_then(|state| status::feed_of(state, row));
    match feed.filter(|feed| !matches!(feed.mode, FeedMode::Live | FeedMode::Degraded)) {
        Some(feed) => (
            "No trades",
            format!("{} is {}.", feed.name, feed.mode.as_str()),
        ),
        None => ("No trades yet", "They appear as they happen.".to_owned()),
    }
}

fn draw_trade(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, shown: (&Trade, &str, u8)) {
    let theme = scene.theme;
    let (trade, size_text, decimals) = shown;
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
    text::put_number(buf, size, size_text, theme.text);
}
