//! The watchlist: one row an instrument, the changed digits of its prices marked for a moment.
//!
//! Only rows on screen are formatted. Values of a stale row lose their colours; unknown values are
//! `–`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::columns::{Column, Content, basis_word, columns_of};
use super::scene::{Pieces, Scene};
use crate::api::{AgentState, Freshness, Instrument};
use crate::domain::{DataKind, Price, Quote};
use crate::tui::caps::GlyphLevel;
use crate::tui::flash::PriceCell;
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::watch::scrolled;
use crate::tui::widget::table::{self, ColumnPlace};
use crate::tui::widget::{pane, sparkline, text};

/// A row and how it is drawn.
#[derive(Debug, Clone, Copy)]
struct Row<'a> {
    at: usize,
    instrument: &'a Instrument,
    freshness: Freshness,
    is_selected: bool,
}

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(state) = scene.state else {
        let inside = scene.frame(Pane::Tickers, area, buf, Pieces::default());
        let next = "No state has arrived from the agent. It sends its first one when it is up.";
        scene.empty(inside, buf, "Waiting for the agent", next);
        return;
    };
    let content = Content::of(&state.instruments, area.width);
    let facts = facts(scene, state);
    let pieces = Pieces {
        facts: vec![(facts.as_str(), scene.theme.dim)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Tickers, area, buf, pieces);
    if scene.ui.watch.order.is_empty() {
        draw_empty(scene, state, inside, buf);
        return;
    }
    let columns = columns_of(scene.ui.screen);
    let needs: Vec<_> = columns.iter().map(|column| column.need(&content)).collect();
    let places = table::place(&needs, inside.width);
    draw_header(
        scene,
        text::row(inside, 0),
        buf,
        (columns, &places, &content),
    );
    let body = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1),
        ..inside
    };
    draw_rows(scene, state, body, buf, (columns, &places));
}

/// How many rows, under which filter and sort.
fn facts(scene: &Scene<'_>, state: &AgentState) -> String {
    let watch = &scene.ui.watch;
    let (shown, all) = (watch.order.len(), state.instruments.len());
    let page = scene.ui.page(Pane::Tickers, Some(state));
    let mut facts = if !watch.filter.is_empty() {
        format!("filter `{}`: {shown} of {all}", watch.filter)
    } else if page < all {
        let first = first_row(scene, state, page);
        format!("{}–{} of {all} symbols", first + 1, (first + page).min(all))
    } else {
        format::counted(all as u64, "symbol")
    };
    if let Some(sort) = watch.sort {
        let arrow = if sort.is_descending { "↓" } else { "↑" };
        facts = format!("{facts} · by {}{arrow}", sort.key.label());
    }
    facts
}

fn draw_empty(scene: &Scene<'_>, state: &AgentState, inside: Rect, buf: &mut Buffer) {
    if !scene.ui.watch.filter.is_empty() {
        scene.empty(
            inside,
            buf,
            "No symbol matches the filter",
            "ESC clears it.",
        );
    } else if state.feeds.is_empty() {
        let next = "Start with --feed coinbase:BTC-USD, --feed replay:FILE or --feed simulated.";
        scene.empty(inside, buf, "No feed", next);
    } else {
        let next = "The feeds have not confirmed a symbol; the Feeds pane says why.";
        scene.empty(inside, buf, "No symbols yet", next);
    }
}

type Table<'a> = (&'a [Column], &'a [ColumnPlace], &'a Content);

fn draw_header(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, table: Table<'_>) {
    let (columns, places, content) = table;
    let sort = scene.ui.watch.sort;
    for place in places {
        let column = columns[place.column];
        let mut header = column.header(content);
        let mut style = scene.theme.dim;
        if let Some(sort) = sort.filter(|sort| Some(sort.key) == column.sort_key()) {
            let arrow = if sort.is_descending { "↓" } else { "↑" };
            if text::width(&header) < place.width {
                header.push_str(arrow);
            }
            style = scene.theme.accent;
        }
        let at = cell_area(area, *place);
        if column.is_right() {
            text::put_right(buf, at, &header, style);
        } else {
            text::put(buf, at, &header, style);
        }
    }
}

fn cell_area(row: Rect, place: ColumnPlace) -> Rect {
    let shifted = text::shifted(row, place.x);
    Rect {
        width: place.width.min(shifted.width),
        ..shifted
    }
}

fn draw_rows(
    scene: &Scene<'_>,
    state: &AgentState,
    body: Rect,
    buf: &mut Buffer,
    table: (&[Column], &[ColumnPlace]),
) {
    let watch = &scene.ui.watch;
    let cursor = watch.cursor(&state.instruments);
    let page = usize::from(body.height);
    let first = first_row(scene, state, page);
    let shown = watch.order.iter().enumerate().skip(first).take(page);
    for (y, (number, at)) in (0..).zip(shown) {
        let Some(instrument) = state.instruments.get(*at) else {
            continue;
        };
        let row = Row {
            at: *at,
            instrument,
            freshness: scene.freshness(instrument),
            is_selected: cursor == Some(number),
        };
        draw_row(scene, text::row(body, y), buf, row, table);
    }
}

/// The first row on screen: as the user scrolled, but never leaving room below the last row or the
/// cursor out of sight.
fn first_row(scene: &Scene<'_>, state: &AgentState, page: usize) -> usize {
    let watch = &scene.ui.watch;
    let first = watch
        .offset
        .min(watch.order.len().saturating_sub(page.max(1)));
    let cursor = watch.cursor(&state.instruments);
    cursor.map_or(first, |cursor| scrolled(first, cursor, page))
}

fn draw_row(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    row: Row<'_>,
    table: (&[Column], &[ColumnPlace]),
) {
    for place in table.1 {
        draw_cell(
            scene,
            cell_area(area, *place),
            buf,
            row,
            table.0[place.column],
        );
    }
    if row.is_selected {
        let is_focused = scene.ui.focus() == Pane::Tickers;
        let style = if is_focused {
            scene.theme.selection
        } else {
            scene.theme.selection_idle
        };
        lay_under(buf, area, style);
    }
}

/// Gives the cells of a row a ground, except those that have their own.
fn lay_under(buf: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buf.area);
    let Some(ground) = buf.cell((area.x, area.y)).map(|cell| cell.bg) else {
        return;
    };
    for x in area.x..area.right() {
        if let Some(cell) = buf.cell_mut((x, area.y)).filter(|cell| cell.bg == ground) {
            cell.set_style(style);
        }
    }
}

fn draw_cell(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: Row<'_>, column: Column) {
    let look = Look::of(scene, row);
    let instrument = row.instrument;
    match column {
        Column::Cursor => {
            let mark = if row.is_selected { "▸" } else { "" };
            text::put(buf, area, mark, scene.theme.accent);
        }
        Column::Symbol => {
            text::put(buf, area, instrument.symbol.as_str(), look.strong);
        }
        Column::Kind => draw_kind(scene, area, buf, instrument.data_kind),
        Column::Basis => {
            let word = instrument.change_basis.map_or(UNKNOWN, basis_word);
            text::put(buf, area, word, scene.theme.dim);
        }
        Column::Trend => draw_trend(scene, area, buf, row, look.trend),
        Column::Feed => {
            text::put(buf, area, &instrument.feed, scene.theme.dim);
        }
        Column::State => draw_state(scene, area, buf, row),
        Column::Last | Column::Bid | Column::Ask => draw_price(scene, area, buf, row, column),
        Column::Change
        | Column::ChangePercent
        | Column::Spread
        | Column::BidSize
        | Column::AskSize
        | Column::Low
        | Column::High
        | Column::Volume => {
            let (value, style) = figure(instrument, column, &look);
            put_figure(scene, area, buf, value, style);
        }
    }
}

/// Draws a price that lights up when it changes.
fn draw_price(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: Row<'_>, column: Column) {
    let look = Look::of(scene, row);
    let instrument = row.instrument;
    let quote = instrument.quote.as_ref();
    let (price, cell, style) = match column {
        Column::Bid => (quote.map(|quote| quote.bid), PriceCell::Bid, look.text),
        Column::Ask => (quote.map(|quote| quote.ask), PriceCell::Ask, look.text),
        _ => (
            instrument.last.as_ref().map(|last| last.price),
            PriceCell::Last,
            look.strong,
        ),
    };
    let value = price.map(|price| format::price(price, instrument.decimals));
    put_figure(scene, area, buf, value, style);
    draw_flash(scene, area, buf, row, cell);
}

/// Returns the text and the style of a number that does not light up; no text where it is unknown.
fn figure(instrument: &Instrument, column: Column, look: &Look) -> (Option<String>, Style) {
    let quote = instrument.quote.as_ref();
    let day = instrument.day.as_ref();
    let decimals = instrument.decimals;
    let price = |price: Price| format::price(price, decimals);
    let change = change_of(instrument);
    match column {
        Column::Change => {
            let value = change.map(|change| format::signed_price(change, decimals));
            (value, look.change(change))
        }
        Column::ChangePercent => (percent_of(instrument), look.change(change)),
        Column::Spread => (quote.and_then(Quote::spread).map(price), look.dim),
        Column::BidSize => (
            quote.and_then(|quote| quote.bid_size).map(format::volume),
            look.dim,
        ),
        Column::AskSize => (
            quote.and_then(|quote| quote.ask_size).map(format::volume),
            look.dim,
        ),
        Column::Low => (day.map(|day| price(day.low)), look.dim),
        Column::High => (day.map(|day| price(day.high)), look.dim),
        _ => (day.map(|day| format::volume(day.volume)), look.text),
    }
}

fn put_figure(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    value: Option<String>,
    style: Style,
) {
    match value {
        Some(value) => text::put_number(buf, area, &value, style),
        None => text::put_right(buf, area, UNKNOWN, scene.theme.dim),
    }
}

/// Styles of a row's values: those of a stale row lose their colours.
struct Look {
    text: Style,
    dim: Style,
    strong: Style,
    trend: Style,
    up: Style,
    down: Style,
    flat: Style,
}

impl Look {
    fn of(scene: &Scene<'_>, row: Row<'_>) -> Self {
        let theme = scene.theme;
        if matches!(row.freshness, Freshness::Live | Freshness::Slow) {
            return Self {
                text: theme.text,
                dim: theme.dim,
                strong: theme.strong,
                trend: theme.trend,
                up: theme.up,
                down: theme.down,
                flat: theme.flat,
            };
        }
        let stale = theme.stale;
        Self {
            text: stale,
            dim: stale,
            strong: stale,
            trend: stale,
            up: stale,
            down: stale,
            flat: stale,
        }
    }

    fn change(&self, change: Option<Price>) -> Style {
        match change.map(|change| change.cmp(&Price::ZERO)) {
            Some(std::cmp::Ordering::Greater) => self.up,
            Some(std::cmp::Ordering::Less) => self.down,
            Some(std::cmp::Ordering::Equal) | None => self.flat,
        }
    }
}

/// Returns last − basis.
pub(super) fn change_of(row: &Instrument) -> Option<Price> {
    let last = row.last.as_ref()?.price;
    last.checked_sub(row.change_basis?.price())
}

/// Returns the change in percent, with its arrow and sign.
pub(super) fn percent_of(row: &Instrument) -> Option<String> {
    let last = row.last.as_ref()?.price;
    let bps = last.change_bps(row.change_basis?.price())?;
    let change = change_of(row)?;
    Some(match change.cmp(&Price::ZERO) {
        std::cmp::Ordering::Greater => format!("▲ {}", format::percent(bps, Some(true))),
        std::cmp::Ordering::Less => format!("▼ {}", format::percent(bps, Some(false))),
        std::cmp::Ordering::Equal => format!("= {}", format::percent(0, None)),
    })
}

fn draw_kind(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, kind: DataKind) {
    let letter = match kind {
        DataKind::Live => "",
        DataKind::Replay => "R",
        DataKind::Simulated => "S",
    };
    text::put(buf, area, letter, status::kind_style(kind, scene.theme));
}

/// Marks the digits that differ from the price before, from the first one that does, with an arrow
/// in the gap beside.
fn draw_flash(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: Row<'_>, cell: PriceCell) {
    let before = scene.ui.flashes.before(row.at, cell, scene.now);
    let (Some(before), Some(after)) = (before, cell.price_of(row.instrument)) else {
        return;
    };
    let [old, new] = [before, after].map(|price| format::price(price, row.instrument.decimals));
    let same = if old.len() == new.len() {
        old.bytes()
            .zip(new.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    } else {
        0
    };
    let changed = &new[same..];
    if changed.is_empty() || text::width(&new) > area.width {
        return;
    }
    let style = if after > before {
        scene.theme.flash_up
    } else {
        scene.theme.flash_down
    };
    text::put_right(buf, area, changed, style);
    let (arrow, arrow_style) = if after > before {
        ('▲', scene.theme.up)
    } else {
        ('▼', scene.theme.down)
    };
    pane::set(buf, area.right(), area.y, arrow, arrow_style);
}

fn draw_trend(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: Row<'_>, style: Style) {
    let closes = &row.instrument.closes;
    if closes.is_empty() {
        text::put_right(buf, area, UNKNOWN, scene.theme.dim);
    } else if scene.caps.glyphs == GlyphLevel::Braille {
        sparkline::draw_braille(buf, area, closes, style);
    } else {
        sparkline::draw(buf, area, closes, style);
    }
}

/// Glyph, word and age; in a narrow column glyph and age.
fn draw_state(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, row: Row<'_>) {
    let mark = status::freshness_mark(row.freshness, row.instrument.data_kind, scene.theme);
    let age = row
        .instrument
        .last_recv
        .and_then(|time| format::age(scene.now.since(time)));
    let word = match (area.width < 8, &age) {
        (true, Some(_)) => "",
        (true, None) => status::freshness_short(row.freshness, row.instrument.data_kind),
        (false, _) => mark.word,
    };
    let age = age.unwrap_or_default();
    let parts = [mark.glyph, word, age.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let mut state = parts.join(" ");
    // `× CLOSED 15s` is one cell too long; half an age would be another age.
    if text::width(&state) > area.width {
        state = state.replacen(' ', "", 1);
    }
    text::put(buf, area, &state, mark.style);
}
