//! The cache in front of the store: how often it answered, by class, how full it is, how fast.
//!
//! ```text
//! class       hit rate     hits  misses    old
//! latest         98.1%   12,345     240      3
//! 12.4 MB of 64 MB  hit p99 4.1 µs  p50 1.2 µs  1,234 values
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use crate::api::{CacheClassState, CacheState};
use crate::tui::amount;
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::widget::labelled::{Piece, one};
use crate::tui::widget::text;

/// Width of the name of a class.
const NAME_WIDTH: u16 = 11;

/// Widths of hit rate, hits, misses and values found old.
const COLUMN_WIDTHS: [u16; 4] = [9, 9, 8, 7];

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let cache = scene.state.map(|state| &*state.cache);
    let rate = cache.and_then(hit_rate).map(|rate| format!("{rate} hits"));
    let pieces = Pieces {
        facts: vec![(rate.as_deref().unwrap_or_default(), theme.strong)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Cache, area, buf, pieces);
    let Some(cache) = cache else {
        scene.empty(
            inside,
            buf,
            "Waiting for the agent",
            "Its cache appears here.",
        );
        return;
    };
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    let asked: Vec<&CacheClassState> = asked(cache).collect();
    let facts = facts(scene, cache);
    let room = body.height.saturating_sub(2);
    let mut y = 0;
    if asked.is_empty() {
        let told = "no questions since the start";
        text::put(buf, text::row(body, 0), told, theme.dim);
        y = 1;
    } else if room > 0 {
        let names = ["class", "hit rate", "hits", "misses", "old"];
        draw_row(buf, text::row(body, 0), names, theme.dim);
        y = 1;
    }
    for class in asked.iter().take(usize::from(room)) {
        draw_class(scene, text::row(body, y), buf, class);
        y += 1;
    }
    text::put_whole(buf, text::row(body, y), &facts);
}

/// Returns how often the cache answered, since the start; `None` before any question.
pub(super) fn hit_rate(cache: &CacheState) -> Option<String> {
    let hits = cache.classes.iter().map(|class| class.hits);
    let hits = hits.fold(0, u64::saturating_add);
    let misses = cache.classes.iter().map(|class| class.misses);
    let misses = misses.fold(0, u64::saturating_add);
    amount::part(hits, hits.saturating_add(misses))
}

/// The classes that were asked for; where they do not all fit, the busiest come first.
fn asked(cache: &CacheState) -> impl Iterator<Item = &CacheClassState> {
    let mut classes: Vec<_> = cache
        .classes
        .iter()
        .filter(|class| class.hits > 0 || class.misses > 0)
        .collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.hits.saturating_add(class.misses)));
    classes.into_iter()
}

fn draw_class(scene: &Scene<'_>, row: Rect, buf: &mut Buffer, class: &CacheClassState) {
    let rate = amount::part(class.hits, class.hits.saturating_add(class.misses));
    let cells = [
        class.name.as_str(),
        rate.as_deref().unwrap_or(format::UNKNOWN),
        &format::count(class.hits),
        &format::count(class.misses),
        &format::count(class.stale),
    ];
    draw_row(buf, row, cells, scene.theme.text);
}

fn draw_row(buf: &mut Buffer, row: Rect, cells: [&str; 5], style: Style) {
    let name = Rect {
        width: NAME_WIDTH.min(row.width),
        ..row
    };
    text::put(buf, name, cells[0], style);
    let mut rest = text::shifted(row, NAME_WIDTH);
    for (cell, width) in cells[1..].iter().zip(COLUMN_WIDTHS) {
        if rest.width < width {
            return;
        }
        text::put_number(buf, Rect { width, ..rest }, cell, style);
        rest = text::shifted(rest, width);
    }
}

/// How full it is, and how fast a hit was over the last minute; the first pieces matter most.
fn facts(scene: &Scene<'_>, cache: &CacheState) -> Vec<Piece> {
    let theme = scene.theme;
    let mut facts = Vec::new();
    if cache.bytes_max > 0 {
        let held = amount::bytes(cache.bytes);
        let most = amount::bytes(cache.bytes_max);
        facts.push(one(format!("{held} of {most}"), theme.text));
    }
    if cache.hit_p99_nanos > 0 {
        let time = |name: &str, nanos: u64| -> Piece {
            let name: (String, Style) = (format!("{name} "), theme.dim);
            vec![name, (amount::nanos(nanos), theme.text)]
        };
        facts.push(time("hit p99", cache.hit_p99_nanos));
        facts.push(time("p50", cache.hit_p50_nanos));
    }
    if cache.entries > 0 {
        let values = format::counted(cache.entries, "value");
        facts.push(one(values, theme.dim));
    }
    facts
}
