//! The feeds: for each its state with the reason, and the numbers that back it.
//!
//! ```text
//! ▸● coinbase                LIVE      state as the connection says it, never the render tick
//!    142/s  lag 23 ms  8 symbols       why, while it is not live; else how it runs
//!    missing 0  undecoded 0            in warning colour as soon as one is not 0
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::api::FeedState;
use crate::domain::FeedMode;
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::widget::text;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let inside = scene.frame(Pane::Feeds, area, buf, Pieces::default());
    let feeds = scene
        .state
        .map(|state| &state.feeds[..])
        .unwrap_or_default();
    if feeds.is_empty() {
        let (what, next) = match scene.state {
            Some(_) => (
                "No feed",
                "Start with --feed, for example coinbase:BTC-USD.",
            ),
            None => ("Waiting for the agent", "Its feeds appear here."),
        };
        scene.empty(inside, buf, what, next);
        return;
    }
    let lines = (inside.height / feeds.len().min(100) as u16).clamp(1, 3);
    let page = usize::from(inside.height / lines);
    let cursor = scene.ui.feed_cursor.min(feeds.len() - 1);
    let first = cursor.saturating_sub(page.saturating_sub(1));
    for (y, (at, feed)) in (0..).zip(feeds.iter().enumerate().skip(first).take(page)) {
        let block = Rect {
            y: inside.y + y * lines,
            height: lines,
            ..inside
        };
        let is_chosen = at == cursor && scene.ui.focus() == Pane::Feeds;
        draw_feed(scene, block, buf, (feed, is_chosen));
    }
}

fn draw_feed(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, shown: (&FeedState, bool)) {
    let theme = scene.theme;
    let (feed, is_chosen) = shown;
    let mark = status::feed_mark(feed.mode, feed.data_kind, theme);
    let first = text::row(area, 0);
    let chosen = if is_chosen { "▸" } else { " " };
    let spans = [
        (chosen, theme.accent),
        (mark.glyph, mark.style),
        (" ", theme.text),
        (feed.name.as_str(), theme.strong),
    ];
    let words = status::feed_words(feed, scene.now);
    let end = text::put_spans(buf, first, &spans);
    let rest = text::shifted(first, (end + 1).saturating_sub(first.x));
    let inner = Rect {
        width: rest.width.saturating_sub(1),
        ..rest
    };
    text::put_right(buf, inner, &words, mark.style);
    draw_second(scene, text::shifted(text::row(area, 1), 3), buf, feed);
    draw_counts(scene, text::shifted(text::row(area, 2), 3), buf, feed);
    if is_chosen {
        buf.set_style(first, theme.selection);
    }
}

/// Why it is not live, else how it runs.
fn draw_second(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    let is_live = feed.mode == FeedMode::Live;
    if !is_live && !feed.reason.is_empty() {
        let mark = status::feed_mark(feed.mode, feed.data_kind, theme);
        text::put(buf, area, &feed.reason, mark.style);
        return;
    }
    let rate = format::rate(feed.messages_per_sec);
    let lag = feed
        .venue_lag_micros
        .map(|lag| format!("  lag {}", format::micros(lag)));
    let age = feed
        .last_message
        .and_then(|time| format::age(scene.now.since(time)));
    let age = age.map(|age| format!("  last {age} ago"));
    let symbols = format!("  {} symbols", feed.symbols);
    let spans = [
        (rate.as_str(), theme.text),
        (age.as_deref().unwrap_or(""), theme.slow),
        (lag.as_deref().unwrap_or(""), theme.dim),
        (symbols.as_str(), theme.dim),
    ];
    text::put_spans(buf, area, &spans);
}

fn draw_counts(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    let counts = [
        ("missing", feed.missing_events),
        ("undecoded", feed.undecodable),
        ("refused", feed.rejected.len() as u64),
        ("reconnects", feed.reconnects),
    ];
    let mut x = area.x;
    for (name, count) in counts {
        let number = format::count(count);
        let at = text::shifted(area, x - area.x);
        if at.width < text::width(name) + 1 + text::width(&number) {
            break;
        }
        let style = if count == 0 { theme.dim } else { theme.warn };
        let spans = [
            (name, theme.dim),
            (" ", theme.dim),
            (number.as_str(), style),
            ("  ", theme.dim),
        ];
        x = text::put_spans(buf, at, &spans);
    }
}
