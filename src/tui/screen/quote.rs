//! The selected instrument in full: last price, quote, day range, and how far all that can be trusted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use super::tickers::{change_of, percent_of};
use crate::api::Instrument;
use crate::domain::{AggressorSide, Price, Volume};
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::widget::{range_bar, text};

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(row) = scene.selected() else {
        let inside = scene.frame(Pane::Quote, area, buf, Pieces::default());
        scene.empty(
            inside,
            buf,
            "No symbol selected",
            "Choose one in the tickers with j and k.",
        );
        return;
    };
    let mark = status::freshness_mark(scene.freshness(row), row.data_kind, scene.theme);
    let age = row
        .last_recv
        .and_then(|time| format::age(scene.now.since(time)));
    let state = format!("{} {} {}", mark.glyph, mark.word, age.unwrap_or_default());
    let pieces = Pieces {
        title: vec![
            (" ", scene.theme.dim),
            (row.symbol.as_str(), scene.theme.strong),
        ],
        facts: vec![(state.trim_end(), mark.style)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Quote, area, buf, pieces);
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    draw_body(scene, body, buf, row);
}

fn draw_body(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let mut y = 0;
    let mut next = || {
        let area = text::row(area, y);
        y += 1;
        area
    };
    draw_last(scene, next(), buf, row);
    draw_change(scene, next(), buf, row);
    let (bid, ask) = sides(row);
    side_line(scene, next(), buf, ("bid", bid));
    side_line(scene, next(), buf, ("ask", ask));
    let spread = row.quote.as_ref().and_then(|quote| {
        let spread = quote.spread()?;
        let bps = quote.ask.change_bps(quote.bid)?;
        Some(format!(
            "{}  {bps} bps",
            format::price(spread, row.decimals)
        ))
    });
    pair(buf, next(), ("spread", theme.dim), (spread, theme.text));
    draw_day(scene, [next(), next(), next()], buf, row);
    let feed = Some(format!("{} · {}", row.feed, row.data_kind.as_str()));
    pair(
        buf,
        next(),
        ("feed", theme.dim),
        (feed, status::kind_style(row.data_kind, theme)),
    );
    let events = format::count(row.events);
    let missing = format::count(row.missing_events);
    let counts = Some(format!("{events}  missing {missing}"));
    let style = if row.missing_events > 0 {
        theme.warn
    } else {
        theme.dim
    };
    pair(buf, next(), ("events", theme.dim), (counts, style));
}

fn pair(buf: &mut Buffer, area: Rect, name: (&str, Style), value: (Option<String>, Style)) {
    text::put(buf, area, name.0, name.1);
    let rest = text::shifted(area, text::width(name.0) + 1);
    match value.0 {
        Some(text) => text::put_right(buf, rest, &text, value.1),
        None => text::put_right(buf, rest, UNKNOWN, name.1),
    }
}

fn draw_last(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let last = row.last.as_ref().map(|last| {
        let size = last.size.map(|size| format!(" × {}", format::volume(size)));
        let side = match last.side {
            AggressorSide::Buy => " buy",
            AggressorSide::Sell => " sell",
            AggressorSide::Unknown => "",
        };
        let price = format::price(last.price, row.decimals);
        format!("{price}{}{side}", size.unwrap_or_default())
    });
    pair(buf, area, ("last", theme.dim), (last, theme.strong));
}

/// The change with its basis in full words.
fn draw_change(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let basis = row.change_basis.map_or("", |basis| basis.label());
    let change = change_of(row);
    let style = match change.map(|change| change.cmp(&Price::ZERO)) {
        Some(std::cmp::Ordering::Greater) => theme.up,
        Some(std::cmp::Ordering::Less) => theme.down,
        Some(std::cmp::Ordering::Equal) | None => theme.flat,
    };
    let value = change.zip(percent_of(row)).map(|(change, percent)| {
        format!("{}  {percent}", format::signed_price(change, row.decimals))
    });
    let name = format!("chg {basis}");
    pair(buf, area, (name.trim_end(), theme.dim), (value, style));
}

type SideOfQuote = Option<(String, Option<Volume>)>;

fn sides(row: &Instrument) -> (SideOfQuote, SideOfQuote) {
    let price = |price: Price| format::price(price, row.decimals);
    let quote = row.quote.as_ref();
    (
        quote.map(|quote| (price(quote.bid), quote.bid_size)),
        quote.map(|quote| (price(quote.ask), quote.ask_size)),
    )
}

fn side_line(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, side: (&str, SideOfQuote)) {
    let theme = scene.theme;
    let text = side.1.map(|(price, size)| match size {
        Some(size) => format!("{price} × {}", format::volume(size)),
        None => price,
    });
    pair(buf, area, (side.0, theme.dim), (text, theme.text));
}

/// Where the last price lies between the low and the high of the day.
fn draw_day(scene: &Scene<'_>, areas: [Rect; 3], buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let Some(day) = &row.day else {
        pair(buf, areas[0], ("day", theme.dim), (None, theme.dim));
        return;
    };
    let low = format::price(day.low, row.decimals);
    let high = format::price(day.high, row.decimals);
    text::put(buf, areas[0], &low, theme.dim);
    text::put_right(
        buf,
        text::shifted(areas[0], text::width(&low)),
        &high,
        theme.dim,
    );
    if let Some(last) = &row.last {
        let range = range_bar::Range {
            low: day.low,
            high: day.high,
            at: last.price,
        };
        range_bar::draw(buf, areas[1], range, (theme.grid, theme.accent));
    }
    let volume = Some(format::volume(day.volume));
    pair(
        buf,
        areas[2],
        ("day volume", theme.dim),
        (volume, theme.text),
    );
}
