//! [`Scene`]: all that a picture depends on, and [`draw`], which paints it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{
    cache, chart, chrome, feeds, health, imports, latency, logs, overlay, quote, strip, tape,
    tickers,
};
use crate::api::{AgentState, ChartDetail, Freshness, FreshnessLimits, ImportJob, Instrument};
use crate::domain::Timestamp;
use crate::tui::app::Lost;
use crate::tui::caps::Caps;
use crate::tui::deadline;
use crate::tui::layout::{self, Pane};
use crate::tui::state::UiState;
use crate::tui::status::{self, Mark};
use crate::tui::theme::Theme;
use crate::tui::widget::pane::Frame;
use crate::tui::widget::text;

/// All that a picture depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// What the agent says; absent before it said anything.
    pub(crate) state: Option<&'a AgentState>,
    /// The newest state, also while the view is frozen: lights are wired to this one.
    pub(crate) newest: Option<&'a AgentState>,
    pub(crate) ui: &'a UiState,
    pub(crate) theme: &'a Theme,
    pub(crate) caps: Caps,
    pub(crate) limits: FreshnessLimits,
    /// Why no states come any more.
    pub(crate) lost: Option<&'a Lost>,
    /// The picture's time: stands still while frozen.
    pub(crate) now: Timestamp,
    /// The user's time.
    pub(crate) wall_now: Timestamp,
    /// True while one pane has the whole screen, so that it must tell what others would.
    pub(crate) is_alone: bool,
}

impl<'a> Scene<'a> {
    /// Returns the instrument under the cursor.
    pub(crate) fn selected(&self) -> Option<&'a Instrument> {
        deadline::selected(self.ui, self.state?)
    }

    /// Returns the chart, when it is that of the selected instrument.
    pub(crate) fn chart(&self) -> Option<&'a ChartDetail> {
        let chart = self.state?.chart.as_deref()?;
        let selected = self.selected()?;
        (chart.symbol == selected.symbol).then_some(chart)
    }

    /// Returns how fresh a row is; without an agent nothing is.
    pub(crate) fn freshness(&self, row: &Instrument) -> Freshness {
        let judged = self
            .state
            .map(|state| deadline::freshness(state, row, self.limits, self.now));
        match judged {
            Some(Freshness::Live | Freshness::Slow) if self.lost.is_some() => Freshness::Stale,
            Some(freshness) => freshness,
            None => Freshness::Waiting,
        }
    }

    /// Returns how an import looks; without an agent nobody knows whether one is still at work.
    pub(crate) fn import_mark(&self, job: &ImportJob) -> Mark {
        let mark = status::import_mark(job, self.theme);
        if self.lost.is_none() || job.state.is_ended() {
            return mark;
        }
        Mark {
            glyph: "○",
            style: self.theme.stale,
            ..mark
        }
    }

    /// Draws the frame of a pane, named as usual or by `title`; returns what is inside.
    pub(crate) fn frame(
        &self,
        pane: Pane,
        area: Rect,
        buf: &mut Buffer,
        pieces: Pieces<'_>,
    ) -> Rect {
        let is_focused = self.ui.focus() == pane;
        let style = if is_focused {
            self.theme.accent
        } else {
            self.theme.strong
        };
        let mut title = vec![(pieces.name.unwrap_or(pane.title()), style)];
        title.extend(pieces.title);
        Frame {
            title,
            facts: pieces.facts,
            is_facts_first: matches!(pane, Pane::Chart | Pane::Quote | Pane::Tape),
            is_focused,
        }
        .draw(area, buf, self.theme)
    }

    /// Draws what stands in an empty pane: what is missing, and the next step.
    pub(crate) fn empty(&self, area: Rect, buf: &mut Buffer, what: &str, next: &str) {
        let lines = text::wrap(next, area.width.saturating_sub(2)).len() as u16;
        let top = area.height.saturating_sub(lines + 1) / 2;
        let inside = text::shifted(area, 1);
        text::put(buf, text::row(inside, top), what, self.theme.text);
        for (at, line) in (1..).zip(text::wrap(next, area.width.saturating_sub(2))) {
            text::put(
                buf,
                text::row(inside, top + at),
                line.trim(),
                self.theme.dim,
            );
        }
    }
}

/// What a pane's frame says beside its name.
#[derive(Debug, Default)]
pub(crate) struct Pieces<'a> {
    /// Instead of the pane's own name.
    pub(crate) name: Option<&'a str>,
    /// After the name.
    pub(crate) title: Vec<(&'a str, Style)>,
    /// At the right.
    pub(crate) facts: Vec<(&'a str, Style)>,
}

/// Paints the whole picture; returns where the cursor blinks.
pub(crate) fn draw(scene: &Scene<'_>, buf: &mut Buffer) -> Option<Position> {
    let area = buf.area;
    buf.reset();
    buf.set_style(area, scene.theme.ground());
    let [top, content, footer] = layout::frame(area);
    chrome::draw_top(scene, top, buf);
    let panes = scene.ui.panes(content, scene.state);
    let scene = &Scene {
        is_alone: panes.is_single,
        ..*scene
    };
    for (pane, area) in panes.placed {
        draw_pane(scene, pane, area, buf);
    }
    if panes.is_single && content.height >= 3 {
        chrome::draw_pane_tabs(scene, content, buf);
    }
    let typed = chrome::draw_footer(scene, footer, buf);
    overlay::draw_toasts(scene, content, buf);
    overlay::draw(scene, content, buf).or(typed)
}

fn draw_pane(scene: &Scene<'_>, pane: Pane, area: Rect, buf: &mut Buffer) {
    match pane {
        Pane::Tickers => tickers::draw(scene, area, buf),
        Pane::Chart => chart::draw(scene, area, buf),
        Pane::Feeds => feeds::draw(scene, area, buf),
        Pane::Health => health::draw(scene, area, buf),
        Pane::Quote => quote::draw(scene, area, buf),
        Pane::Tape => tape::draw(scene, area, buf),
        Pane::Latency => latency::draw(scene, area, buf),
        Pane::Cache => cache::draw(scene, area, buf),
        Pane::Progress => imports::draw_progress(scene, area, buf),
        Pane::Strip => strip::draw(scene, area, buf),
        Pane::Imports => imports::draw_list(scene, area, buf),
        Pane::ImportDetail => imports::draw_detail(scene, area, buf),
        Pane::Logs => logs::draw(scene, area, buf),
    }
}
