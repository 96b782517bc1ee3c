//! [`UiState`]: everything the dashboard remembers of its user: what he looks at, not what the
//! market does.

use std::sync::Arc;

use tui_input::Input;

use super::action::Context;
use super::flash::Flashes;
use super::imports::{Asks, ImportWindow, ImportsView};
use super::layout::{self, LayoutInput, Pane, Panes, ScreenName};
use super::log_view::LogView;
use super::picker::Picker;
use super::status;
use super::theme::ThemeName;
use super::toast::Toasts;
use super::watch::{RowId, Watch};
use crate::api::{AgentState, LogLine};
use crate::domain::{Timeframe, Timestamp};

use ratatui::layout::Rect;

/// Most entries of the palette's history.
pub(crate) const HISTORY_MAX: usize = 50;

/// A window or an input line over the screen.
#[derive(Debug, Clone)]
pub(crate) enum Overlay {
    /// The filter is being typed.
    Filter {
        /// The line.
        input: Input,
        /// The filter before, which ESC brings back.
        before: String,
        /// The row that was selected before; ESC brings it back too.
        selected: Option<RowId>,
    },
    /// The help or the palette.
    Picker(Picker),
    /// A log line in full.
    LogLine(Arc<LogLine>),
    /// A window over the imports.
    Import(ImportWindow),
}

/// The view held still.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    /// What is shown.
    pub(crate) state: Arc<AgentState>,
    /// Since when; the picture's clock stands here.
    pub(crate) at: Timestamp,
    /// States that came since.
    pub(crate) queued: u64,
}

/// What drawing costs, as the loop measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameCost {
    /// Time to draw and write the frame, in microseconds.
    pub frame_micros: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Frames skipped since the start, because the link was slow.
    pub skipped: u64,
}

/// What the user has before him.
#[derive(Debug, Clone)]
pub(crate) struct UiState {
    pub(crate) screen: ScreenName,
    /// Where ESC leads.
    pub(crate) previous_screen: Option<ScreenName>,
    /// The focused pane of each screen.
    focus: [Pane; 4],
    pub(crate) is_zoomed: bool,
    pub(crate) watch: Watch,
    pub(crate) feed_cursor: usize,
    /// The timeframe asked for; absent: the finest.
    pub(crate) timeframe: Option<Timeframe>,
    pub(crate) logs: LogView,
    pub(crate) imports: ImportsView,
    /// Numbers what windows ask.
    pub(crate) asks: Asks,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) history: Vec<String>,
    pub(crate) toasts: Toasts,
    pub(crate) frozen: Option<Frozen>,
    pub(crate) theme: ThemeName,
    pub(crate) is_cost_shown: bool,
    pub(crate) cost: FrameCost,
    pub(crate) flashes: Flashes,
    pub(crate) is_read_only: bool,
    /// The size last drawn.
    pub(crate) size: (u16, u16),
}

impl UiState {
    /// Starts on a screen.
    pub(crate) fn new(screen: ScreenName, theme: ThemeName) -> Self {
        Self {
            screen,
            previous_screen: None,
            focus: ScreenName::ALL.map(|screen| screen.panes()[0]),
            is_zoomed: false,
            watch: Watch::default(),
            feed_cursor: 0,
            timeframe: None,
            logs: LogView::default(),
            imports: ImportsView::default(),
            asks: Asks::default(),
            overlay: None,
            history: Vec::new(),
            toasts: Toasts::default(),
            frozen: None,
            theme,
            is_cost_shown: false,
            cost: FrameCost::default(),
            flashes: Flashes::default(),
            is_read_only: false,
            size: (80, 24),
        }
    }

    /// Returns the focused pane of the screen shown.
    pub(crate) fn focus(&self) -> Pane {
        self.focus[self.screen as usize]
    }

    /// Focuses a pane of the screen shown.
    pub(crate) fn set_focus(&mut self, pane: Pane) {
        self.focus[self.screen as usize] = pane;
    }

    /// Returns the context of keys.
    pub(crate) fn context(&self) -> Context {
        match self.screen {
            ScreenName::Overview | ScreenName::Markets => Context::Watchlist,
            ScreenName::Imports => Context::Imports,
            ScreenName::Logs => Context::Logs,
        }
    }

    /// Returns the panes of `content` as they are drawn.
    pub(crate) fn panes(&self, content: Rect, state: Option<&AgentState>) -> Panes {
        let input = LayoutInput {
            screen: self.screen,
            focus: self.focus(),
            is_zoomed: self.is_zoomed,
            rows: state.map_or(0, |state| state.instruments.len()),
            feed_lines: state.map_or(0, feed_lines),
            imports: state.map_or(0, |state| self.imports.rows(&state.imports).len()),
        };
        layout::panes(content, input)
    }

    /// Returns how many rows `pane` shows at the size last drawn; 0 when it is not on screen.
    pub(crate) fn page(&self, pane: Pane, state: Option<&AgentState>) -> usize {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let [_, content, _] = layout::frame(area);
        let panes = self.panes(content, state);
        let placed = panes.placed.iter().find(|(placed, _)| *placed == pane);
        let frame = match pane {
            Pane::Strip => 0,
            Pane::Tickers | Pane::Imports => 3,
            Pane::Chart
            | Pane::Feeds
            | Pane::Health
            | Pane::Quote
            | Pane::Tape
            | Pane::Latency
            | Pane::Cache
            | Pane::Progress
            | Pane::ImportDetail
            | Pane::Logs => 2,
        };
        placed.map_or(0, |(_, area)| {
            usize::from(area.height.saturating_sub(frame))
        })
    }

    /// Returns the places in the state of the watchlist rows on screen.
    pub(crate) fn visible_rows(&self, state: &AgentState) -> &[usize] {
        let page = self.page(Pane::Tickers, Some(state));
        let first = self.watch.offset.min(self.watch.order.len());
        let last = (first + page).min(self.watch.order.len());
        &self.watch.order[first..last]
    }
}

/// Lines that the feeds would fill; those in trouble more.
fn feed_lines(state: &AgentState) -> usize {
    let lines = state.feeds.iter().map(|feed| {
        if status::is_in_trouble(feed) {
            layout::TROUBLE_LINES
        } else {
            layout::FEED_LINES
        }
    });
    lines.map(usize::from).sum()
}
