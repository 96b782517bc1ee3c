//! How the agent is: log counters, tasks, queues, latency, process. As many lines as there is room
//! for, the gravest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use crate::api::{AgentState, TaskPhase, TaskState};
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::theme::Theme;
use crate::tui::widget::text;

/// Width of the names at the left.
const NAME_WIDTH: u16 = 8;

type Piece = Vec<(String, Style)>;

/// One line: a name, and the pieces of its value; pieces that do not fit are left out.
#[derive(Debug, Default)]
struct HealthLine {
    name: &'static str,
    pieces: Vec<Piece>,
    /// Stands at the right edge.
    right: Piece,
}

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let inside = scene.frame(Pane::Health, area, buf, Pieces::default());
    let Some(state) = scene.state else {
        scene.empty(
            inside,
            buf,
            "Waiting for the agent",
            "Its health appears here.",
        );
        return;
    };
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    for (y, line) in (0..inside.height).zip(lines(scene, state)) {
        draw_line(scene, text::row(body, y), buf, &line);
    }
}

fn draw_line(scene: &Scene<'_>, row: Rect, buf: &mut Buffer, line: &HealthLine) {
    text::put(buf, row, line.name, scene.theme.dim);
    let value = text::shifted(row, NAME_WIDTH);
    let right: u16 = line.right.iter().map(|(text, _)| text::width(text)).sum();
    let left = Rect {
        width: value.width.saturating_sub(right),
        ..value
    };
    text::put_whole(buf, left, &line.pieces);
    let right: Vec<(&str, Style)> = line
        .right
        .iter()
        .map(|(text, s)| (text.as_str(), *s))
        .collect();
    text::put_spans(buf, text::shifted(value, left.width), &right);
}

/// The summary first; with more room the process, latencies, tasks and queues one by one.
fn lines(scene: &Scene<'_>, state: &AgentState) -> Vec<HealthLine> {
    let theme = scene.theme;
    let mut lines = vec![
        events(state, theme),
        tasks(state, theme),
        dropped(state, theme),
        publish(state, theme),
        agent(scene, state),
        line(
            "data",
            vec![vec![(state.agent.data_dir.clone(), theme.dim)]],
        ),
        log_file(state, theme),
    ];
    for group in [task_lines(state, theme), queue_lines(state, theme)] {
        if !group.is_empty() {
            lines.push(HealthLine::default());
            lines.extend(group);
        }
    }
    lines
}

fn line(name: &'static str, pieces: Vec<Piece>) -> HealthLine {
    HealthLine {
        name,
        pieces,
        right: Vec::new(),
    }
}

fn one(text: String, style: Style) -> Piece {
    vec![(text, style)]
}

fn counted(count: u64, word: &str, style: Style, theme: &Theme) -> Piece {
    let style = if count == 0 { theme.dim } else { style };
    one(format!("{} {word}", format::count(count)), style)
}

fn events(state: &AgentState, theme: &Theme) -> HealthLine {
    let log = &state.log;
    let mut pieces = vec![
        counted(log.errors, "err", theme.error, theme),
        counted(log.warnings, "warn", theme.warn, theme),
    ];
    if log.lost > 0 {
        pieces.push(counted(log.lost, "lost", theme.warn, theme));
    }
    line("log", pieces)
}

fn tasks(state: &AgentState, theme: &Theme) -> HealthLine {
    let running = state
        .tasks
        .iter()
        .filter(|task| task.phase == TaskPhase::Running);
    let running = one(format!("{} running", running.count()), theme.text);
    let worst = state
        .tasks
        .iter()
        .filter(|task| trouble(task) > 0)
        .max_by_key(|task| trouble(task));
    let Some(task) = worst else {
        return line("tasks", vec![running]);
    };
    let mark = status::task_mark(task.phase, task.is_degraded, theme);
    let worst = one(
        format!("{} {} {}", mark.glyph, mark.word, task.name),
        mark.style,
    );
    line("tasks", vec![worst, running])
}

fn trouble(task: &TaskState) -> u8 {
    match (task.phase, task.is_degraded) {
        (TaskPhase::Failed, _) => 3,
        (_, true) => 2,
        (TaskPhase::Restarting, false) => 1,
        (TaskPhase::Running | TaskPhase::Finished, false) => 0,
    }
}

fn dropped(state: &AgentState, theme: &Theme) -> HealthLine {
    let losing = state.queues.iter().filter(|queue| queue.dropped > 0);
    let pieces: Vec<Piece> = losing
        .map(|queue| {
            one(
                format!("{}: {}", queue.name, format::count(queue.dropped)),
                theme.warn,
            )
        })
        .collect();
    if pieces.is_empty() {
        return line("dropped", vec![one("0".to_owned(), theme.dim)]);
    }
    line("dropped", pieces)
}

/// From receiving an event to publishing it, over the last minute.
fn publish(state: &AgentState, theme: &Theme) -> HealthLine {
    let latency = state.publish_latency;
    if latency.count == 0 {
        return line("publish", vec![one(UNKNOWN.to_owned(), theme.dim)]);
    }
    let quantile = |name: &str, micros: u64| {
        let micros = format::micros(i64::try_from(micros).unwrap_or(i64::MAX));
        vec![(format!("{name} "), theme.dim), (micros, theme.text)]
    };
    let pieces = vec![
        quantile("p50", latency.p50_micros),
        quantile("p99", latency.p99_micros),
        quantile("max", latency.max_micros),
    ];
    line("publish", pieces)
}

fn agent(scene: &Scene<'_>, state: &AgentState) -> HealthLine {
    let theme = scene.theme;
    let agent = &state.agent;
    let up = format::age(scene.now.since(agent.started)).unwrap_or_else(|| "now".to_owned());
    let mut pieces = vec![
        one(format!("up {up}"), theme.text),
        one(format!("v{}", agent.version), theme.dim),
        one(format!("pid {}", agent.pid), theme.dim),
    ];
    if agent.viewers > 1 {
        pieces.push(one(format!("{} viewers", agent.viewers), theme.text));
    }
    line("agent", pieces)
}

fn log_file(state: &AgentState, theme: &Theme) -> HealthLine {
    let file = state.log.file.as_deref().unwrap_or("none");
    line("logs to", vec![one(file.to_owned(), theme.dim)])
}

fn task_lines(state: &AgentState, theme: &Theme) -> Vec<HealthLine> {
    let rows = state.tasks.iter().map(|task| {
        let mark = status::task_mark(task.phase, task.is_degraded, theme);
        let mut pieces = vec![vec![
            (format!("{} ", mark.glyph), mark.style),
            (task.name.clone(), theme.text),
        ]];
        if task.restarts > 0 {
            pieces.push(counted(task.restarts, "restarts", theme.warn, theme));
        }
        HealthLine {
            name: "",
            pieces,
            right: one(mark.word.to_owned(), mark.style),
        }
    });
    titled("tasks", rows.collect())
}

fn queue_lines(state: &AgentState, theme: &Theme) -> Vec<HealthLine> {
    let rows = state.queues.iter().map(|queue| {
        let mut pieces = vec![one(queue.name.clone(), theme.text)];
        if queue.dropped > 0 {
            pieces.push(counted(queue.dropped, "dropped", theme.warn, theme));
        }
        pieces.push(one(
            format!("peak {}", format::count(queue.high_water)),
            theme.dim,
        ));
        let depth = format!(
            "{} of {}",
            format::count(queue.depth),
            format::count(queue.capacity)
        );
        HealthLine {
            name: "",
            pieces,
            right: one(depth, theme.text),
        }
    });
    titled("queues", rows.collect())
}

/// Names a group at its first line.
fn titled(name: &'static str, mut lines: Vec<HealthLine>) -> Vec<HealthLine> {
    if let Some(first) = lines.first_mut() {
        first.name = name;
    }
    lines
}
