//! The selected instrument in full: last price, quote, day range, and how far all that can be
//! trusted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use super::tickers::{change_of, percent_of};
use crate::api::{Freshness, Instrument};
use crate::domain::{AggressorSide, Price};
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
            "No quote",
            "It appears with the first symbol of a feed.",
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
    if status::is_of_bars(row) {
        draw_bar(scene, &mut next, buf, row);
    } else {
        draw_sides(scene, [next(), next(), next()], buf, row);
        let day = if row.day.is_some() {
            [next(), next(), next()]
        } else {
            [next(); 3]
        };
        draw_day(scene, day, buf, row);
    }
    let feed = Some(vec![row.feed.clone(), row.data_kind.as_str().to_owned()]);
    pair(
        buf,
        next(),
        ("feed", theme.dim),
        (feed, status::kind_style(row.data_kind, theme)),
    );
    let is_whole = row.missing_events == 0;
    let events = format::count(row.events);
    let missing = format!("missing {}", format::count(row.missing_events));
    let (counts, style) = if is_whole {
        (vec![events, missing], theme.dim)
    } else {
        (vec![missing, events], theme.warn)
    };
    pair(buf, next(), ("events", theme.dim), (Some(counts), style));
}

/// Bid, ask and spread.
fn draw_sides(scene: &Scene<'_>, areas: [Rect; 3], buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let (bid, ask) = sides(row);
    let text = trusted(scene, row, theme.text);
    let (bid, ask) = evened(bid, ask);
    side_line(buf, areas[0], (theme.dim, text), ("bid", bid));
    side_line(buf, areas[1], (theme.dim, text), ("ask", ask));
    let spread = row.quote.as_ref().and_then(|quote| {
        let spread = quote.spread()?;
        let price = format::price(spread, row.decimals);
        Some(vec![price, spread_bps(spread, quote.bid)])
    });
    pair(buf, areas[2], ("spread", theme.dim), (spread, text));
}

/// What is played from bars has no quotes: its last bar stands in their place.
fn draw_bar(scene: &Scene<'_>, mut next: impl FnMut() -> Rect, buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let text = trusted(scene, row, theme.text);
    let chart = scene.chart();
    let bar = chart.and_then(|chart| chart.forming.as_ref().or(chart.bars.last()));
    let price = |price: Price| format::price(price, row.decimals);
    let lines = [
        ("open", bar.map(|bar| price(bar.open))),
        ("high", bar.map(|bar| price(bar.high))),
        ("low", bar.map(|bar| price(bar.low))),
        ("volume", bar.map(|bar| format::volume(bar.volume))),
        ("bar of", chart.map(|chart| chart.timeframe.to_string())),
    ];
    for (name, value) in lines {
        let value = value.map(|value| vec![value]);
        pair(buf, next(), (name, theme.dim), (value, text));
    }
}

/// The spread in relation to the bid, in tenths of basis points.
fn spread_bps(spread: Price, bid: Price) -> String {
    let tenths = (i128::from(spread.scaled()) * 100_000).checked_div(bid.scaled().into());
    match tenths {
        Some(0) if spread > Price::ZERO => "<0.1 bps".to_owned(),
        Some(tenths) => format!("{:.1} bps", tenths as f64 / 10.0),
        None => UNKNOWN.to_owned(),
    }
}

/// Values that are not of now lose their colour.
fn trusted(scene: &Scene<'_>, row: &Instrument, style: Style) -> Style {
    match scene.freshness(row) {
        Freshness::Live | Freshness::Slow => style,
        Freshness::Stale | Freshness::Closed | Freshness::Waiting => scene.theme.stale,
    }
}

type Value = Option<Vec<String>>;

/// A name at the left, and at the right as many pieces of its value as fit whole, the first one
/// always.
fn pair(buf: &mut Buffer, area: Rect, name: (&str, Style), value: (Value, Style)) {
    text::put(buf, area, name.0, name.1);
    let rest = text::shifted(area, text::width(name.0) + 1);
    let Some(pieces) = value.0 else {
        text::put_right(buf, rest, UNKNOWN, name.1);
        return;
    };
    let mut shown = String::new();
    for piece in &pieces {
        let longer = if shown.is_empty() {
            piece.clone()
        } else {
            format!("{shown}  {piece}")
        };
        if text::width(&longer) > rest.width && !shown.is_empty() {
            break;
        }
        shown = longer;
    }
    text::put_number(buf, rest, &shown, value.1);
}

fn draw_last(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: &Instrument) {
    let theme = scene.theme;
    let last = row.last.as_ref().map(|last| {
        let side = match last.side {
            AggressorSide::Buy => " bought",
            AggressorSide::Sell => " sold",
            AggressorSide::Unknown => "",
        };
        let mut pieces = vec![format::price(last.price, row.decimals)];
        pieces.extend(
            last.size
                .map(|size| format!("{}{side}", format::volume(size))),
        );
        pieces
    });
    pair(
        buf,
        area,
        ("last", theme.dim),
        (last, trusted(scene, row, theme.strong)),
    );
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
    let value = change
        .zip(percent_of(row))
        .map(|(change, percent)| vec![percent, format::signed_price(change, row.decimals)]);
    let name = format!("chg {basis}");
    pair(
        buf,
        area,
        (name.trim_end(), theme.dim),
        (value, trusted(scene, row, style)),
    );
}

/// The price of one side of the quote, and its size where the venue tells.
type SideOfQuote = Option<(String, Option<String>)>;

/// Makes both sizes equally wide, so that the prices stand below each other.
fn evened(bid: SideOfQuote, ask: SideOfQuote) -> (SideOfQuote, SideOfQuote) {
    let size = |side: &SideOfQuote| side.as_ref().and_then(|(_, size)| size.clone());
    let widths = [&bid, &ask].map(|side| size(side).map_or(0, |size| size.len()));
    let width = widths[0].max(widths[1]);
    let even = |side: SideOfQuote| {
        side.map(|(price, size)| (price, size.map(|size| format!("{size:>width$}"))))
    };
    (even(bid), even(ask))
}

fn sides(row: &Instrument) -> (SideOfQuote, SideOfQuote) {
    let price = |price: Price| format::price(price, row.decimals);
    let quote = row.quote.as_ref();
    (
        quote.map(|quote| (price(quote.bid), quote.bid_size.map(format::volume))),
        quote.map(|quote| (price(quote.ask), quote.ask_size.map(format::volume))),
    )
}

fn side_line(buf: &mut Buffer, area: Rect, look: (Style, Style), side: (&str, SideOfQuote)) {
    let (name, text) = look;
    let value = side.1.map(|(price, size)| {
        let size_text = size.map(|size| format!("× {size}"));
        [Some(price), size_text].into_iter().flatten().collect()
    });
    pair(buf, area, (side.0, name), (value, text));
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
    let named = (format!("low {low}"), format!("high {high}"));
    let has_room = text::width(&named.0) + text::width(&named.1) < areas[0].width;
    let (low, high) = if has_room { named } else { (low, high) };
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
    let volume = Some(vec![format::volume(day.volume)]);
    pair(
        buf,
        areas[2],
        ("day volume", theme.dim),
        (volume, theme.text),
    );
}
