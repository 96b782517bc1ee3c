//! The feeds: for each its state with the reason, and the numbers that back it.
//!
//! ```text
//! ▸● coinbase                LIVE      state as the connection says it, never the render tick
//!    142/s  lag 23 ms  8 symbols       while it is not live: when it tries again, and why
//!    missing 0  undecoded 0            in warning colour as soon as one is not 0
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::api::FeedState;
use crate::domain::{FeedMode, Timestamp};
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::status::{self, Mark};
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
    let mark = mark_of(scene, feed);
    let first = text::row(area, 0);
    let chosen = if is_chosen { "▸" } else { " " };
    let spans = [
        (chosen, theme.accent),
        (mark.glyph, mark.style),
        (" ", theme.text),
        (feed.name.as_str(), theme.strong),
    ];
    let words = match (scene.lost, feed.mode) {
        (Some(_), mode) => format!("WAS {}", mode.as_str()),
        (None, FeedMode::Live) => status::feed_words(feed, scene.now),
        (None, mode) => mode.as_str().to_owned(),
    };
    let words_width = text::width(&words) + 1;
    let name = Rect {
        width: first.width.saturating_sub(words_width + 1),
        ..first
    };
    text::put_spans(buf, name, &spans);
    let words_area = Rect {
        width: first.width.saturating_sub(1),
        ..first
    };
    text::put_right(buf, words_area, &words, mark.style);
    draw_second(scene, text::shifted(text::row(area, 1), 3), buf, feed);
    draw_counts(scene, text::shifted(text::row(area, 2), 3), buf, feed);
    if is_chosen {
        buf.set_style(first, theme.selection);
    }
}

/// How a feed looks; without an agent nothing is known of it any more.
fn mark_of(scene: &Scene<'_>, feed: &FeedState) -> Mark {
    let mark = status::feed_mark(feed.mode, feed.data_kind, scene.theme);
    match scene.lost {
        Some(_) => Mark {
            glyph: "○",
            style: scene.theme.stale,
            ..mark
        },
        None => mark,
    }
}

/// Why it is not live, else how it runs.
fn draw_second(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    let is_live = feed.mode == FeedMode::Live;
    if !is_live {
        let mark = mark_of(scene, feed);
        text::put(buf, area, &why(feed, scene.now), mark.style);
        return;
    }
    let age = feed
        .last_message
        .and_then(|time| format::age(scene.now.since(time)));
    let age = age.map(|age| vec![(format!("last {age} ago"), theme.slow)]);
    let lag = feed.venue_lag_micros.map(|lag| {
        let lag = format::micros(lag);
        vec![("lag ".to_owned(), theme.dim), (lag, theme.text)]
    });
    let pieces = [
        vec![(format::rate(feed.messages_per_sec), theme.text)],
        age.unwrap_or_default(),
        lag.unwrap_or_default(),
        vec![(format!("{} symbols", feed.symbols), theme.dim)],
    ];
    text::put_whole(buf, area, &pieces);
}

/// `in 4s · attempt 3 · connection closed by peer`.
fn why(feed: &FeedState, now: Timestamp) -> String {
    let next = feed.next_attempt.filter(|next| *next > now);
    let mut parts = Vec::new();
    if let Some(next) = next {
        parts.push(format!("in {}s", format::seconds_left(next, now)));
    }
    if feed.mode == FeedMode::Reconnecting && feed.attempt > 1 {
        parts.push(format!("try {}", feed.attempt));
    }
    parts.push(feed.reason.clone());
    parts.join(" · ")
}

fn draw_counts(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    let counts = [
        ("missing", feed.missing_events),
        ("undecoded", feed.undecodable),
        ("refused", feed.rejected.len() as u64),
        ("reconnects", feed.reconnects),
    ];
    let pieces = counts.map(|(name, count)| {
        let style = if count == 0 { theme.dim } else { theme.warn };
        vec![
            (format!("{name} "), theme.dim),
            (format::count(count), style),
        ]
    });
    text::put_whole(buf, area, &pieces);
}
