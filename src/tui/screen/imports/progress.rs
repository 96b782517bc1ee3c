//! Imports at a glance, for the overview: those at work with bar, rate and time left; else what
//! became of the last one.
//!
//! ```text
//! 7  ● RUNNING  btc_1m.csv
//! ██████████░░░░░░░░░░░░░░  42%
//! 118K rows/s  40s–1m left  5 rejected
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list;
use crate::api::{AgentState, ImportJob, ImportState};
use crate::tui::amount;
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::screen::scene::{Pieces, Scene};
use crate::tui::theme::Theme;
use crate::tui::widget::labelled::{Piece, one};
use crate::tui::widget::text;

/// Lines of one import.
const LINES: u16 = 3;

/// Draws the pane.
pub(in crate::tui::screen) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let Some(state) = scene.state else {
        let inside = scene.frame(Pane::Progress, area, buf, Pieces::default());
        let next = "Its imports appear here.";
        scene.empty(inside, buf, "Waiting for the agent", next);
        return;
    };
    let open = state.imports.iter().filter(|job| is_open(job)).count();
    let facts = if open == 0 {
        String::new()
    } else {
        format!("{open} open")
    };
    let pieces = Pieces {
        facts: vec![(facts.as_str(), theme.strong)],
        ..Pieces::default()
    };
    let inside = scene.frame(Pane::Progress, area, buf, pieces);
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    let shown = at_work(state);
    if shown.is_empty() {
        text::put(buf, text::row(body, 0), "no imports yet", theme.dim);
        if !scene.ui.is_read_only {
            let hint = [("i", theme.key), (" imports files", theme.dim)];
            text::put_spans(buf, text::row(body, 1), &hint);
        }
        return;
    }
    let mut y = 0;
    for job in shown {
        if y >= body.height {
            return;
        }
        let block = Rect {
            y: body.y + y,
            height: LINES.min(body.height - y),
            ..body
        };
        draw_job(scene, block, buf, job);
        y += LINES;
    }
}

/// The imports that are told of: those at work, gravest first; else the last one.
fn at_work(state: &AgentState) -> Vec<&ImportJob> {
    let mut open: Vec<&ImportJob> = state
        .imports
        .iter()
        .map(AsRef::as_ref)
        .filter(|job| is_open(job))
        .collect();
    open.sort_by_key(|job| rank(job.state));
    if open.is_empty() {
        open.extend(state.imports.first().map(AsRef::as_ref));
    }
    open
}

const fn is_open(job: &ImportJob) -> bool {
    !job.state.is_ended()
}

/// What moves comes first, then what waits for somebody.
const fn rank(state: ImportState) -> u8 {
    match state {
        ImportState::Running | ImportState::Pausing | ImportState::Cancelling => 0,
        ImportState::NeedsInput => 1,
        ImportState::Paused => 2,
        ImportState::Probing => 3,
        ImportState::Queued => 4,
        ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => 5,
    }
}

fn draw_job(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, job: &ImportJob) {
    let theme = scene.theme;
    let mark = scene.import_mark(job);
    let id = format!("{} ", job.id);
    let state = format!("{} {}  ", mark.glyph, mark.word);
    let files = list::files(job);
    let spans = [
        (id.as_str(), theme.strong),
        (state.as_str(), mark.style),
        (files.as_str(), theme.text),
    ];
    text::put_spans(buf, text::row(area, 0), &spans);
    let styles = (theme.accent, theme.grid, theme.text);
    let is_whole = job.state == ImportState::Completed || job.state == ImportState::Partial;
    if is_whole {
        text::put_whole(buf, text::row(area, 1), &result(job, theme));
        text::put_whole(buf, text::row(area, 2), &judged(job, theme));
        return;
    }
    if let Some(problem) = job.problem.as_ref().filter(|_| !is_open(job)) {
        text::put(buf, text::row(area, 1), problem, mark.style);
        text::put_whole(buf, text::row(area, 2), &result(job, theme));
        return;
    }
    list::draw_share(buf, text::row(area, 1), job, styles);
    text::put_whole(buf, text::row(area, 2), &moving(job, theme));
}

/// How fast it is, and what is wrong so far.
fn moving(job: &ImportJob, theme: &Theme) -> Vec<Piece> {
    let progress = &job.progress;
    let mut pieces = Vec::new();
    if job.state == ImportState::NeedsInput {
        pieces.push(one(
            "needs an answer: press 3, then a".to_owned(),
            theme.warn,
        ));
        return pieces;
    }
    if progress.rows_per_sec > 0.0 {
        let rate = format!("{} rows/s", amount::rate(progress.rows_per_sec));
        pieces.push(one(rate, theme.text));
    }
    if progress.remaining.is_some() {
        pieces.push(one(format!("{} left", list::left(job)), theme.text));
    }
    if job.counts.rejected > 0 {
        let rejected = format!("{} rejected", format::count(job.counts.rejected));
        pieces.push(one(rejected, theme.warn));
    }
    if pieces.is_empty() {
        let rows = format::counted(job.counts.read, "row");
        pieces.push(one(format!("{rows} read"), theme.dim));
    }
    pieces
}

/// What became of its rows.
fn result(job: &ImportJob, theme: &Theme) -> Vec<Piece> {
    let counts = job.counts;
    let rows = format!("{} read", format::counted(counts.read, "row"));
    let new = format!("{} new", format::count(counts.inserted));
    let mut pieces = vec![one(rows, theme.text), one(new, theme.text)];
    if counts.rejected > 0 {
        let rejected = format!("{} rejected", format::count(counts.rejected));
        pieces.push(one(rejected, theme.warn));
    }
    pieces
}

/// What is thought of it, and when it ended.
fn judged(job: &ImportJob, theme: &Theme) -> Vec<Piece> {
    let grade = job.quality.as_ref().map(|quality| {
        let score = amount::score(quality.score);
        one(
            format!("grade {:?}, {score} of 100", quality.grade),
            theme.text,
        )
    });
    let ended = job.finished.map(|moment| {
        let time = format::formatted(moment, "%Y-%m-%d %H:%M");
        one(format!("ended {time} UTC"), theme.dim)
    });
    grade.into_iter().chain(ended).collect()
}

/// The same in one line.
pub(in crate::tui::screen) fn in_short(scene: &Scene<'_>, state: &AgentState) -> Vec<Piece> {
    let theme = scene.theme;
    let shown = at_work(state);
    let Some(job) = shown.first() else {
        return vec![one("none yet".to_owned(), theme.dim)];
    };
    let mark = scene.import_mark(job);
    let state_words = vec![
        (format!("{} ", job.id), theme.text),
        (format!("{} {}", mark.glyph, mark.word), mark.style),
    ];
    let mut pieces = vec![state_words];
    if is_open(job) {
        let share = list::share(job).map_or_else(|| UNKNOWN.to_owned(), amount::percent);
        pieces.push(one(share, theme.text));
        if job.state != ImportState::NeedsInput {
            pieces.extend(moving(job, theme));
        }
    } else {
        pieces.extend(result(job, theme));
    }
    pieces
}
