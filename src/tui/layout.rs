//! Which pane lies where: a pure function of the size, the screen and the focus.
//!
//! ```text
//! wide (from 110 columns)            medium (from 60)              small
//! ┌ tickers ──────┐┌ feeds ──┐      ┌ tickers ─────────────┐      ┌ focused pane ┐
//! │               ││         │      └──────────────────────┘      │              │
//! └───────────────┘└─────────┘      ┌ chart ──────┐┌ feeds ┐      │              │
//! ┌ chart ────────┐┌ health ─┐      │             │└───────┘      └──────────────┘
//! └───────────────┘└─────────┘      │             │┌ health┐
//! ┌ latency ┐┌ cache ┐┌ imports ┐   └─────────────┘└───────┘
//! └─────────┘└───────┘└─────────┘   latency · cache · imports
//! ```
//! Drawing and paging both ask here, so a page is always what is on screen.

use ratatui::layout::{Constraint, Layout, Rect};

/// Below this width or content height only the focused pane is shown.
const SMALL: (u16, u16) = (60, 16);

/// From this width the overview has a column at the right.
const WIDE: u16 = 110;

/// From this content height the overview has room for the trades too.
const TALL: u16 = 34;

/// From this content height a wide overview shows latency, cache and imports in panes.
const STORE_FROM: u16 = 32;

/// Lines of a feed that runs.
pub(crate) const FEED_LINES: u16 = 3;

/// Lines of a feed in trouble: its reason in full.
pub(crate) const TROUBLE_LINES: u16 = 7;

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScreenName {
    /// Tickers, feeds, chart and health at once.
    #[default]
    Overview,
    /// The watchlist, with everything about one instrument.
    Markets,
    /// Files that become stored bars.
    Imports,
    /// The log.
    Logs,
}

/// A part of a screen that can be focused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pane {
    /// The watchlist.
    Tickers,
    /// The chart.
    Chart,
    /// The feeds.
    Feeds,
    /// Tasks, queues, latency, log counters.
    Health,
    /// The selected instrument in full.
    Quote,
    /// Its recent trades.
    Tape,
    /// How long questions to the store take.
    Latency,
    /// The cache in front of the store.
    Cache,
    /// How far imports are.
    Progress,
    /// Those three in one line.
    Strip,
    /// The list of imports.
    Imports,
    /// The selected import in full.
    ImportDetail,
    /// Log lines.
    Logs,
}

/// What the layout depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LayoutInput {
    pub(crate) screen: ScreenName,
    pub(crate) focus: Pane,
    pub(crate) is_zoomed: bool,
    /// Rows of the watchlist.
    pub(crate) rows: usize,
    /// Lines that the feeds would fill.
    pub(crate) feed_lines: usize,
    /// Rows of the list of imports.
    pub(crate) imports: usize,
}

/// The panes of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Panes {
    /// Each pane with its place.
    pub(crate) placed: Vec<(Pane, Rect)>,
    /// True when only one is shown, so that the others must be named.
    pub(crate) is_single: bool,
}

impl ScreenName {
    /// Every screen, in the order of its keys.
    pub const ALL: [Self; 4] = [Self::Overview, Self::Markets, Self::Imports, Self::Logs];

    /// Returns the word that flags and the palette use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Markets => "markets",
            Self::Imports => "imports",
            Self::Logs => "logs",
        }
    }

    /// Returns the word that the top bar shows.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Markets => "Markets",
            Self::Imports => "Imports",
            Self::Logs => "Logs",
        }
    }

    /// Returns the panes that can be focused, in order.
    pub(crate) const fn panes(self) -> &'static [Pane] {
        match self {
            Self::Overview => &[Pane::Tickers, Pane::Chart, Pane::Feeds, Pane::Health],
            Self::Markets => &[Pane::Tickers, Pane::Chart, Pane::Quote, Pane::Tape],
            Self::Imports => &[Pane::Imports, Pane::ImportDetail],
            Self::Logs => &[Pane::Logs],
        }
    }
}

impl Pane {
    /// Returns its title.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Tickers => "Tickers",
            Self::Chart => "Chart",
            Self::Feeds => "Feeds",
            Self::Health => "Health",
            Self::Quote => "Quote",
            Self::Tape => "Trades",
            Self::Latency => "Query latency",
            Self::Cache => "Cache",
            Self::Strip => "Store",
            Self::Progress | Self::Imports => "Imports",
            Self::ImportDetail => "Import",
            Self::Logs => "Log",
        }
    }
}

/// The three horizontal parts of the screen: top bar, content, footer.
pub(crate) fn frame(area: Rect) -> [Rect; 3] {
    let parts = [
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ];
    Layout::vertical(parts).areas(area)
}

/// Places the panes in `content`.
pub(crate) fn panes(content: Rect, input: LayoutInput) -> Panes {
    let is_small = content.width < SMALL.0 || content.height < SMALL.1;
    if is_small || input.is_zoomed || input.screen == ScreenName::Logs {
        return Panes {
            placed: vec![(input.focus, content)],
            is_single: input.screen != ScreenName::Logs,
        };
    }
    let placed = match input.screen {
        ScreenName::Overview if content.width < WIDE => stripped(content, input, overview_medium),
        ScreenName::Overview if content.height < STORE_FROM => {
            stripped(content, input, overview_wide)
        }
        ScreenName::Overview => overview_full(content, input),
        ScreenName::Imports => imports(content, input),
        ScreenName::Markets | ScreenName::Logs => markets(content, input),
    };
    Panes {
        placed,
        is_single: false,
    }
}

/// Latency, cache and imports in one line at the bottom, where they have no room of their own.
fn stripped(
    content: Rect,
    input: LayoutInput,
    above: fn(Rect, LayoutInput) -> Vec<(Pane, Rect)>,
) -> Vec<(Pane, Rect)> {
    let [top, strip] = stack(content, content.height - 1);
    let mut placed = above(top, input);
    placed.push((Pane::Strip, strip));
    placed
}

/// Latency, cache and imports beside each other at the bottom.
fn overview_full(content: Rect, input: LayoutInput) -> Vec<(Pane, Rect)> {
    let height = (content.height / 4).clamp(6, 9);
    let [top, bottom] = stack(content, content.height - height);
    let mut placed = overview_wide(top, input);
    let third = Constraint::Ratio(1, 3);
    let [latency, cache, progress] = Layout::horizontal([third, third, third]).areas(bottom);
    placed.extend([
        (Pane::Latency, latency),
        (Pane::Cache, cache),
        (Pane::Progress, progress),
    ]);
    placed
}

/// The list as high as it needs, up to less than half; the selected import below.
fn imports(content: Rect, input: LayoutInput) -> Vec<(Pane, Rect)> {
    let [list, detail] = stack(content, list_height(content, input.imports));
    vec![(Pane::Imports, list), (Pane::ImportDetail, detail)]
}

fn overview_wide(content: Rect, input: LayoutInput) -> Vec<(Pane, Rect)> {
    let side = (content.width * 3 / 10).clamp(36, 60);
    let [left, right] = split(content, Constraint::Length(side));
    let [tickers, chart] = stack(left, list_height(content, input.rows));
    let feeds_height = u16::try_from(input.feed_lines.max(3))
        .unwrap_or(u16::MAX)
        .saturating_add(2)
        .min(content.height / 2);
    let [feeds, below] = stack(right, feeds_height);
    let mut placed = vec![
        (Pane::Tickers, tickers),
        (Pane::Chart, chart),
        (Pane::Feeds, feeds),
    ];
    if content.height < TALL {
        placed.push((Pane::Health, below));
        return placed;
    }
    let [health, tape] = stack(below, (below.height / 2).max(17));
    placed.extend([(Pane::Health, health), (Pane::Tape, tape)]);
    placed
}

fn overview_medium(content: Rect, input: LayoutInput) -> Vec<(Pane, Rect)> {
    let [tickers, below] = stack(content, list_height(content, input.rows));
    let [chart, side] = split(below, Constraint::Length((content.width * 3 / 7).min(34)));
    let feeds_height = u16::try_from(input.feed_lines.max(3)).unwrap_or(u16::MAX);
    let most = side.height * 11 / 20;
    let feeds_height = feeds_height.saturating_add(2).min(most);
    let [feeds, health] = stack(side, feeds_height);
    vec![
        (Pane::Tickers, tickers),
        (Pane::Chart, chart),
        (Pane::Feeds, feeds),
        (Pane::Health, health),
    ]
}

fn markets(content: Rect, input: LayoutInput) -> Vec<(Pane, Rect)> {
    let [tickers, below] = stack(content, list_height(content, input.rows));
    let side = (content.width / 3).clamp(32, 48).min(content.width / 2);
    let [chart, right] = split(below, Constraint::Length(side));
    let mut placed = vec![(Pane::Tickers, tickers), (Pane::Chart, chart)];
    if right.height < 16 {
        placed.push((
            if input.focus == Pane::Tape {
                Pane::Tape
            } else {
                Pane::Quote
            },
            right,
        ));
        return placed;
    }
    let [quote, tape] = stack(right, 12);
    placed.extend([(Pane::Quote, quote), (Pane::Tape, tape)]);
    placed
}

/// A list is as high as its rows need, but leaves more than half to what lies below.
fn list_height(content: Rect, rows: usize) -> u16 {
    let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(3);
    wanted.clamp(7, (content.height * 9 / 20).max(7))
}

fn stack(area: Rect, top: u16) -> [Rect; 2] {
    Layout::vertical([Constraint::Length(top), Constraint::Min(0)]).areas(area)
}

fn split(area: Rect, right: Constraint) -> [Rect; 2] {
    Layout::horizontal([Constraint::Min(0), right]).areas(area)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn input(screen: ScreenName) -> LayoutInput {
        LayoutInput {
            screen,
            focus: screen.panes()[0],
            is_zoomed: false,
            rows: 8,
            feed_lines: 6,
            imports: 5,
        }
    }

    #[test]
    fn small_screens_show_the_focused_pane_alone() {
        let panes = panes(Rect::new(0, 1, 40, 10), input(ScreenName::Overview));
        assert!(panes.is_single);
        assert_eq!(panes.placed, [(Pane::Tickers, Rect::new(0, 1, 40, 10))]);
    }

    proptest! {
        #[test]
        fn prop_panes_fill_the_content_without_overlap(
            width in 1_u16..300,
            height in 1_u16..120,
            rows in 0_usize..600,
            feed_lines in 0_usize..30,
        ) {
            for screen in ScreenName::ALL {
                let content = Rect::new(0, 1, width, height);
                let panes = panes(content, LayoutInput { rows, feed_lines, ..input(screen) });
                let covered: u32 = panes.placed.iter().map(|(_, area)| area.area()).sum();
                prop_assert_eq!(covered, content.area());
                for (at, (_, a)) in panes.placed.iter().enumerate() {
                    prop_assert_eq!(a.intersection(content), *a);
                    prop_assert!(panes.placed[at + 1..].iter().all(|(_, b)| !a.intersects(*b)));
                }
            }
        }
    }
}
