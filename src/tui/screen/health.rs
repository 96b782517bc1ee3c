//! How the agent is: log counters, tasks, queues, latency, process.
//!
//! ```text
//! log     0 err  0 warn               gravest first; what does not fit on a line goes on in the
//! tasks   5 running                   next, so no value is ever cut
//! queue   hub 0/65,536
//!         high 3 · dropped 0
//! latency    p50     p99     max
//! publish  31 µs   64 µs  1.2 ms
//! agent   up 2h
//!         v0.1.0  pid 4242
//! ```
//! A task has a line of its own only while it is not simply running. In a low pane each name has
//! one line, and pieces that do not fit are left out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use super::strip;
use crate::api::{AgentState, QueueState, TaskPhase, TaskState};
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::theme::Theme;
use crate::tui::widget::labelled::{self, DOT, Labelled, Piece, line, one};
use crate::tui::widget::text;

/// Width of the names at the left.
const NAME_WIDTH: u16 = 8;

/// Below this height every name has one line.
const TALL_FROM: u16 = 9;

/// Width of a column of the latency table.
const COLUMN_WIDTH: usize = 7;

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
    let is_tall = inside.height >= TALL_FROM;
    let room = body.width.saturating_sub(NAME_WIDTH);
    let mut lines = lines(scene, state, is_tall);
    if is_tall {
        lines = lines
            .into_iter()
            .flat_map(|line| labelled::flow(line, room))
            .collect();
    }
    labelled::draw(buf, body, lines.iter(), (NAME_WIDTH, scene.theme.dim));
}

/// The summary first; with more room the process and where it keeps things.
fn lines(scene: &Scene<'_>, state: &AgentState, is_tall: bool) -> Vec<Labelled> {
    let theme = scene.theme;
    let mut lines = vec![events(state, theme)];
    lines.extend(tasks(state, theme));
    if scene.is_alone {
        lines.extend(strip::lines(scene, state));
    }
    // What is wrong comes early: a low pane shows the first lines only.
    let is_kept = state.store.problem.is_none() && state.store.failed == 0;
    if !is_kept {
        lines.push(store(state, theme));
    }
    if is_tall {
        lines.extend(queues(state, theme));
    } else {
        lines.push(queues_in_short(state, theme));
    }
    if is_tall {
        lines.extend(latency(state, theme));
    } else {
        lines.push(latency_in_short(state, theme));
    }
    if is_kept {
        lines.push(store(state, theme));
    }
    lines.extend(agent(scene, state));
    lines.push(log_file(state, theme));
    lines
}

fn counted(count: u64, word: &str, style: Style, theme: &Theme) -> Piece {
    let style = if count == 0 { theme.dim } else { style };
    one(format!("{} {word}", format::count(count)), style)
}

fn events(state: &AgentState, theme: &Theme) -> Labelled {
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

/// How many run; each that does not, with why.
fn tasks(state: &AgentState, theme: &Theme) -> Vec<Labelled> {
    let is_well = |task: &&TaskState| task.phase == TaskPhase::Running && !task.is_degraded;
    let running = state.tasks.iter().filter(is_well).count();
    let running = one(format!("{running} running"), theme.text);
    let mut troubled: Vec<&TaskState> = state
        .tasks
        .iter()
        .filter(|task| trouble(task) > 0)
        .collect();
    troubled.sort_by_key(|task| std::cmp::Reverse(trouble(task)));
    let mut lines: Vec<Labelled> = Vec::new();
    for task in troubled {
        let mark = status::task_mark(task.phase, task.is_degraded, theme);
        let words = format!("{} {} {}", mark.glyph, mark.word, task.name);
        let mut pieces = vec![one(words, mark.style)];
        if task.restarts > 0 {
            pieces.push(one(format::counted(task.restarts, "restart"), theme.warn));
        }
        let error = task.last_error.iter();
        pieces.extend(error.map(|error| one(error.clone(), theme.text)));
        lines.push(line("", pieces));
    }
    lines.push(line("", vec![running]));
    lines[0].name = "tasks";
    lines
}

fn trouble(task: &TaskState) -> u8 {
    match (task.phase, task.is_degraded) {
        (TaskPhase::Failed, _) => 3,
        (_, true) => 2,
        (TaskPhase::Restarting, false) => 1,
        (TaskPhase::Running | TaskPhase::Finished, false) => 0,
    }
}

/// Every queue: how full, the highest it ever was, what it lost.
fn queues(state: &AgentState, theme: &Theme) -> Vec<Labelled> {
    let rows = state.queues.iter().map(|queue| {
        let full = format!(
            "{}/{}",
            format::count(queue.depth),
            format::count(queue.capacity)
        );
        let name = one(format!("{} {full}", queue.name), theme.text);
        let mut marks = one(
            format!("high {}", format::count(queue.high_water)),
            theme.dim,
        );
        marks.push((DOT.to_owned(), theme.dim));
        marks.extend(dropped(queue.dropped, theme));
        line("", vec![name, marks])
    });
    let mut lines: Vec<Labelled> = rows.collect();
    if let Some(first) = lines.first_mut() {
        first.name = if state.queues.len() == 1 {
            "queue"
        } else {
            "queues"
        };
    }
    lines
}

/// What became of live bars since the start; why they are not kept comes first.
fn store(state: &AgentState, theme: &Theme) -> Labelled {
    let store = &state.store;
    let problem = store.problem.as_ref();
    let mut pieces: Vec<Piece> = problem
        .map(|reason| one(format!("NOT KEPT: {reason}"), theme.error))
        .into_iter()
        .collect();
    let kept = store.inserted + store.updated + store.unchanged;
    pieces.push(match kept {
        0 => one("no live bars yet".to_owned(), theme.dim),
        _ => one(format!("{} kept", format::counted(kept, "bar")), theme.text),
    });
    if store.failed > 0 {
        pieces.push(counted(store.failed, "lost", theme.error, theme));
    }
    line("store", pieces)
}

fn dropped(count: u64, theme: &Theme) -> Piece {
    let style = if count == 0 { theme.dim } else { theme.warn };
    one(format!("dropped {}", format::count(count)), style)
}

/// What all queues lost together, and the fullest that one of them ever was.
fn queues_in_short(state: &AgentState, theme: &Theme) -> Labelled {
    let lost: u64 = state
        .queues
        .iter()
        .fold(0, |sum, queue| sum.saturating_add(queue.dropped));
    let mut pieces = vec![dropped(lost, theme)];
    let losing = state.queues.iter().find(|queue| queue.dropped > 0);
    let fullest = state.queues.iter().max_by_key(|queue| queue.high_water);
    let name = |queue: &QueueState| one(queue.name.clone(), theme.warn);
    pieces.extend(losing.map(name));
    let high = |queue: &QueueState| format!("high {}", format::count(queue.high_water));
    pieces.extend(fullest.map(|queue| one(high(queue), theme.dim)));
    line("queue", pieces)
}

/// From receiving an event to publishing it, over the last minute.
fn latency(state: &AgentState, theme: &Theme) -> [Labelled; 2] {
    let quantiles = quantiles(state);
    let cell = |text: &str, style: Style| (format!("{text:>COLUMN_WIDTH$}"), style);
    let names = quantiles.iter().map(|(name, _)| cell(name, theme.dim));
    let values = quantiles.iter().map(|(_, value)| cell(value, theme.text));
    [
        line("latency", vec![names.collect()]),
        line("publish", vec![values.collect()]),
    ]
}

fn latency_in_short(state: &AgentState, theme: &Theme) -> Labelled {
    let pieces = quantiles(state).into_iter().map(|(name, value)| {
        let name = (format!("{name} "), theme.dim);
        vec![name, (value, theme.text)]
    });
    line("publish", pieces.collect())
}

fn quantiles(state: &AgentState) -> [(&'static str, String); 3] {
    let latency = state.publish_latency;
    let value = |micros: u64| {
        if latency.count == 0 {
            return UNKNOWN.to_owned();
        }
        format::micros(i64::try_from(micros).unwrap_or(i64::MAX))
    };
    [
        ("p50", value(latency.p50_micros)),
        ("p99", value(latency.p99_micros)),
        ("max", value(latency.max_micros)),
    ]
}

fn agent(scene: &Scene<'_>, state: &AgentState) -> [Labelled; 3] {
    let theme = scene.theme;
    let agent = &state.agent;
    let up = format::age(scene.now.since(agent.started)).unwrap_or_else(|| "now".to_owned());
    let mut pieces = vec![one(format!("up {up}"), theme.text)];
    if agent.viewers > 1 {
        let viewers = format::counted(agent.viewers.into(), "viewer");
        pieces.push(one(viewers, theme.text));
    }
    let build = vec![
        one(format!("v{}", agent.version), theme.dim),
        one(format!("pid {}", agent.pid), theme.dim),
    ];
    [
        line("agent", pieces),
        line("", build),
        line("data in", vec![one(agent.data_dir.clone(), theme.dim)]),
    ]
}

/// The log file, told from the data directory on where it lies in there.
fn log_file(state: &AgentState, theme: &Theme) -> Labelled {
    let file = state.log.file.as_deref().unwrap_or("none");
    let inside = file.strip_prefix(state.agent.data_dir.as_str());
    let inside = inside.and_then(|rest| rest.strip_prefix('/'));
    line(
        "logs to",
        vec![one(inside.unwrap_or(file).to_owned(), theme.dim)],
    )
}
