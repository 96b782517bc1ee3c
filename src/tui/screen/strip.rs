//! Query latency, cache and imports in a line each, or all in one, where they have no panes.
//!
//! ```text
//!  query p99 3.1 ms (range)   cache 92.1% hits   import 7 ● RUNNING  42%  118K rows/s
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::imports;
use super::scene::Scene;
use super::{cache, latency};
use crate::api::{AgentState, OperationLatency};
use crate::tui::amount;
use crate::tui::theme::Theme;
use crate::tui::widget::labelled::{Labelled, Piece, line, one};
use crate::tui::widget::text;

/// Below this width the median gives way, so that all three have room.
const WIDE_FROM: u16 = 110;

/// Draws all three in one row; what does not fit whole is left out.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(state) = scene.state else { return };
    let theme = scene.theme;
    let mut row = text::shifted(text::row(area, 0), 1);
    for line in lines(scene, state) {
        let mut pieces = line.pieces.into_iter();
        let first = pieces.next().unwrap_or_default();
        let is_cut = line.name == "query" && area.width < WIDE_FROM;
        let pieces = pieces.take(if is_cut { 0 } else { usize::MAX });
        let mut named = vec![(format!("{} ", line.name), theme.dim)];
        named.extend(first);
        let all: Vec<Piece> = std::iter::once(named).chain(pieces).collect();
        let shown = fitting(&all, row.width);
        if shown.is_empty() {
            return;
        }
        text::put_whole(buf, row, shown);
        row = text::shifted(row, width(shown) + 3);
    }
}

/// The first pieces that fit whole.
fn fitting(pieces: &[Piece], room: u16) -> &[Piece] {
    let fits = |count: &usize| width(&pieces[..*count]) <= room;
    let count = (0..=pieces.len()).rev().find(fits).unwrap_or(0);
    &pieces[..count]
}

fn width(pieces: &[Piece]) -> u16 {
    let texts = pieces.iter().flatten().map(|(text, _)| text::width(text));
    let gaps = pieces.len().saturating_sub(1) as u16 * 2;
    texts.fold(gaps, u16::saturating_add)
}

/// A line for each of the three.
pub(super) fn lines(scene: &Scene<'_>, state: &AgentState) -> Vec<Labelled> {
    let theme = scene.theme;
    vec![
        line("query", query(state, theme)),
        line("cache", hits(state, theme)),
        line("import", imports::in_short(scene, state)),
    ]
}

/// The slowest kind of question of the last minute.
fn query(state: &AgentState, theme: &Theme) -> Vec<Piece> {
    let is_question = |one: &&OperationLatency| one.operation != "write";
    let measured = latency::measured(state).filter(is_question);
    let Some(slowest) = measured.max_by_key(|one| one.latency.p99_micros) else {
        return vec![one("none in the last minute".to_owned(), theme.dim)];
    };
    let time = |name: &str, micros: u64| -> Piece {
        let name: (String, Style) = (format!("{name} "), theme.dim);
        vec![name, (amount::micros(micros), theme.text)]
    };
    let mut p99 = time("p99", slowest.latency.p99_micros);
    p99.push((format!(" ({})", slowest.operation), theme.dim));
    vec![p99, time("p50", slowest.latency.p50_micros)]
}

fn hits(state: &AgentState, theme: &Theme) -> Vec<Piece> {
    match cache::hit_rate(&state.cache) {
        Some(rate) => vec![one(format!("{rate} hits"), theme.text)],
        None => vec![one("not asked yet".to_owned(), theme.dim)],
    }
}
