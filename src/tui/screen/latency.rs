//! How long questions to the store took over the last minute, by kind, the cache left out.
//!
//! ```text
//! kind        asked     p50     p99     max
//! latest        842   85 µs  1.2 ms    4 ms
//! write          12    2 ms   11 ms   12 ms
//! store  12,345 bars kept
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use crate::api::{AgentState, OperationLatency};
use crate::tui::amount;
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::widget::text;

/// Width of the name of a kind of question.
const NAME_WIDTH: u16 = 11;

/// Width of a column of times.
const COLUMN_WIDTH: u16 = 8;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let pieces = Pieces {
        facts: vec![("store, last minute", theme.dim)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Latency, area, buf, pieces);
    let Some(state) = scene.state else {
        scene.empty(
            inside,
            buf,
            "Waiting for the agent",
            "Its store appears here.",
        );
        return;
    };
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    let measured: Vec<&OperationLatency> = measured(state).collect();
    if measured.is_empty() {
        let told = "no questions in the last minute";
        text::put(buf, text::row(body, 0), told, theme.dim);
        draw_store(scene, text::row(body, 1), buf, state);
        return;
    }
    draw_row(
        buf,
        text::row(body, 0),
        ["kind", "asked", "p50", "p99", "max"],
        theme.dim,
    );
    for (y, one) in (1..).zip(&measured) {
        let latency = one.latency;
        let cells = [
            one.operation.as_str(),
            &format::count(latency.count),
            &amount::micros(latency.p50_micros),
            &amount::micros(latency.p99_micros),
            &amount::micros(latency.max_micros),
        ];
        draw_row(buf, text::row(body, y), cells, theme.text);
    }
    let last = 1 + measured.len() as u16;
    draw_store(scene, text::row(body, last), buf, state);
}

/// Returns what was measured, the rest left out.
pub(super) fn measured(state: &AgentState) -> impl Iterator<Item = &OperationLatency> {
    let latencies = state.store.latencies.iter();
    latencies.filter(|one| one.latency.count > 0)
}

/// The kind at the left, numbers below each other; those that do not fit are left out.
fn draw_row(buf: &mut Buffer, row: Rect, cells: [&str; 5], style: Style) {
    let name = Rect {
        width: NAME_WIDTH.min(row.width),
        ..row
    };
    text::put(buf, name, cells[0], style);
    let mut rest = text::shifted(row, NAME_WIDTH);
    for cell in &cells[1..] {
        if rest.width < COLUMN_WIDTH {
            return;
        }
        let column = Rect {
            width: COLUMN_WIDTH,
            ..rest
        };
        text::put_number(buf, column, cell, style);
        rest = text::shifted(rest, COLUMN_WIDTH);
    }
}

fn draw_store(scene: &Scene<'_>, row: Rect, buf: &mut Buffer, state: &AgentState) {
    let theme = scene.theme;
    let store = &state.store;
    let kept = store.inserted + store.updated + store.unchanged;
    let told = match (&store.problem, kept) {
        (Some(problem), _) => (format!("NOT KEPT: {problem}"), theme.error),
        (None, 0) => ("no live bars kept yet".to_owned(), theme.dim),
        (None, _) => (
            format!("{} kept live", format::counted(kept, "bar")),
            theme.text,
        ),
    };
    let waiting = (store.pending > 0).then(|| {
        vec![(
            format!("{} waiting", format::count(store.pending)),
            theme.dim,
        )]
    });
    let pieces = [
        vec![("store ".to_owned(), theme.dim), told],
        waiting.unwrap_or_default(),
    ];
    text::put_whole(buf, row, &pieces);
}
