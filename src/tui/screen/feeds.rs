//! The feeds: for each its state with the reason, and the numbers that back it.
//!
//! ```text
//! ▸● coinbase                LIVE      state as the connection says it, never the render tick
//!    142/s  lag 23 ms  8 symbols
//!    missing 0  undecoded 0            in warning colour as soon as one is not 0
//!  ○ kraken      RECONNECTING in 4s    a feed in trouble gets the lines that are free
//!    try 5 · cannot reach ws.kraken.com: connection refused
//!    r tries again now
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Pieces, Scene};
use crate::api::FeedState;
use crate::domain::FeedMode;
use crate::tui::format;
use crate::tui::layout::{self, Pane};
use crate::tui::status::{self, Mark};
use crate::tui::widget::text;

/// Columns before the lines of a feed.
const INDENT: u16 = 3;

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
    let cursor = scene.ui.feed_cursor.min(feeds.len() - 1);
    let first = (cursor + 1).saturating_sub(usize::from(inside.height));
    let shown = &feeds[first..];
    let needs: Vec<u16> = shown.iter().map(|feed| need(feed, inside.width)).collect();
    let mut y = inside.y;
    for ((at, feed), height) in (first..).zip(shown).zip(heights(&needs, inside.height)) {
        let block = Rect {
            y,
            height,
            ..inside
        };
        let is_chosen = at == cursor && scene.ui.focus() == Pane::Feeds;
        draw_feed(scene, block, buf, (feed, is_chosen));
        y += height;
    }
}

/// Lines a feed would fill.
fn need(feed: &FeedState, width: u16) -> u16 {
    if !status::is_in_trouble(feed) {
        return layout::FEED_LINES;
    }
    let why = text::wrap(&why(feed), width.saturating_sub(INDENT + 1));
    3 + why.len().min(100) as u16
}

/// Shares the lines of the pane: one for each feed, then by turns to those that need more.
fn heights(needs: &[u16], height: u16) -> Vec<u16> {
    let mut left = height;
    let mut heights: Vec<u16> = Vec::new();
    for _ in needs {
        heights.push(left.min(1));
        left -= left.min(1);
    }
    let highest = needs.iter().copied().max().unwrap_or(0);
    for line in 2..=highest {
        for (height, need) in heights.iter_mut().zip(needs) {
            if *need >= line && left > 0 {
                *height += 1;
                left -= 1;
            }
        }
    }
    heights
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
    let words = words(scene, feed, first.width);
    let name = Rect {
        width: first.width.saturating_sub(text::width(&words) + 2),
        ..first
    };
    text::put_spans(buf, name, &spans);
    let words_area = Rect {
        width: first.width.saturating_sub(1),
        ..first
    };
    text::put_right(buf, words_area, &words, mark.style);
    let rest = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..text::shifted(area, INDENT)
    };
    let rest = Rect {
        width: rest.width.saturating_sub(1),
        ..rest
    };
    if status::is_in_trouble(feed) {
        draw_trouble(scene, rest, buf, feed);
    } else {
        draw_second(scene, text::row(rest, 0), buf, feed);
        draw_counts(scene, text::row(rest, 1), buf, feed);
    }
    if is_chosen {
        buf.set_style(first, theme.selection);
    }
}

/// The state in words; with the countdown where the name leaves room for it.
fn words(scene: &Scene<'_>, feed: &FeedState, width: u16) -> String {
    if scene.lost.is_some() {
        return format!("WAS {}", feed.mode.as_str());
    }
    let words = status::feed_words(feed, scene.now);
    let room = width.saturating_sub(text::width(&feed.name) + 5);
    if text::width(&words) <= room || feed.mode == FeedMode::Live {
        words
    } else {
        feed.mode.as_str().to_owned()
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

/// Why it is in trouble, in as many lines as there are; then what to do, and the counts.
fn draw_trouble(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    let mark = mark_of(scene, feed);
    let lines = text::wrap(&why(feed), area.width);
    let shown = lines.len().min(usize::from(area.height));
    for (y, line) in (0..).zip(&lines[..shown]) {
        let is_last = usize::from(y) + 1 == shown;
        // The last line takes what is left of the reason, so that it is seen to be cut.
        let line = if is_last {
            lines[shown - 1..].concat()
        } else {
            line.clone()
        };
        text::put(buf, text::row(area, y), line.trim(), mark.style);
    }
    let shown = shown as u16;
    let hint = [("r", theme.key), (" tries again now", theme.dim)];
    text::put_spans(buf, text::row(area, shown), &hint);
    draw_counts(scene, text::row(area, shown + 1), buf, feed);
}

/// How it runs.
fn draw_second(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, feed: &FeedState) {
    let theme = scene.theme;
    if feed.mode != FeedMode::Live {
        let mark = mark_of(scene, feed);
        text::put(buf, area, &why(feed), mark.style);
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
        vec![(format::counted(feed.symbols.into(), "symbol"), theme.dim)],
    ];
    text::put_whole(buf, area, &pieces);
}

/// `try 3 · connection closed by peer`.
fn why(feed: &FeedState) -> String {
    if feed.attempt > 1 && status::is_in_trouble(feed) {
        return format!("try {} · {}", feed.attempt, feed.reason);
    }
    feed.reason.clone()
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[3, 3], 6, &[3, 3])]
    #[case(&[6, 3], 8, &[5, 3])]
    #[case(&[6, 3], 4, &[2, 2])]
    #[case(&[3, 3, 3], 2, &[1, 1, 0])]
    #[case(&[], 4, &[])]
    fn lines_go_round_to_those_that_need_them(
        #[case] needs: &[u16],
        #[case] height: u16,
        #[case] shared: &[u16],
    ) {
        assert_eq!(heights(needs, height), shared);
    }
}
