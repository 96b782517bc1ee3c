//! How the agent is: log counters, tasks, queues, latency, process. As many lines as there is room for, the gravest first.

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
const NAME_WIDTH: u16 = 9;

/// One line: a name, and pieces of a value.
type HealthLine = (String, Vec<(String, Style)>);

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
    let rows = usize::from(inside.height);
    for (y, (name, spans)) in (0..).zip(lines(scene, state, rows).into_iter().take(rows)) {
        let row = text::shifted(text::row(inside, y), 1);
        text::put(buf, row, &name, scene.theme.dim);
        let value = text::shifted(row, NAME_WIDTH);
        let spans: Vec<(&str, Style)> = spans.iter().map(|(t, s)| (t.as_str(), *s)).collect();
        text::put_spans(buf, value, &spans);
    }
}

/// The summary first; with more room the tasks and queues one by one, and the process.
fn lines(scene: &Scene<'_>, state: &AgentState, rows: usize) -> Vec<HealthLine> {
    let theme = scene.theme;
    let mut lines = vec![
        events(state, theme),
        tasks(state, theme),
        dropped(state, theme),
        publish(state, theme),
    ];
    let mut more = vec![
        agent(scene, state),
        place(state, theme),
        log_file(state, theme),
    ];
    more.extend(blank_before(latency(state, theme)));
    more.extend(blank_before(task_lines(state, theme)));
    more.extend(blank_before(queue_lines(state, theme)));
    let room = rows.saturating_sub(lines.len());
    lines.extend(more.into_iter().take(room));
    lines
}

fn blank_before(lines: Vec<HealthLine>) -> Vec<HealthLine> {
    let mut all = vec![(String::new(), Vec::new())];
    all.extend(lines);
    all
}

fn line(name: &str, spans: Vec<(String, Style)>) -> HealthLine {
    (name.to_owned(), spans)
}

fn counted(count: u64, word: &str, style: Style, theme: &Theme) -> (String, Style) {
    let style = if count == 0 { theme.dim } else { style };
    (format!("{} {word}", format::count(count)), style)
}

fn events(state: &AgentState, theme: &Theme) -> HealthLine {
    let log = &state.log;
    let gap = ("  ".to_owned(), theme.dim);
    let mut spans = vec![
        counted(log.errors, "errors", theme.error, theme),
        gap.clone(),
        counted(log.warnings, "warnings", theme.warn, theme),
    ];
    if log.lost > 0 {
        spans.extend([gap, counted(log.lost, "lines lost", theme.warn, theme)]);
    }
    line("log", spans)
}

fn tasks(state: &AgentState, theme: &Theme) -> HealthLine {
    let running = state
        .tasks
        .iter()
        .filter(|task| task.phase == TaskPhase::Running);
    let mut spans = vec![(format!("{} running", running.count()), theme.text)];
    let worst = state
        .tasks
        .iter()
        .filter(|task| trouble(task) > 0)
        .max_by_key(|task| trouble(task));
    if let Some(task) = worst {
        let mark = status::task_mark(task.phase, task.is_degraded, theme);
        spans.push((
            format!("  {} {} {}", mark.glyph, task.name, mark.word),
            mark.style,
        ));
    }
    line("tasks", spans)
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
    let losing: Vec<String> = state
        .queues
        .iter()
        .filter(|queue| queue.dropped > 0)
        .map(|queue| format!("{}: {}", queue.name, format::count(queue.dropped)))
        .collect();
    if losing.is_empty() {
        return line("dropped", vec![("0".to_owned(), theme.dim)]);
    }
    line("dropped", vec![(losing.join("  "), theme.warn)])
}

fn publish(state: &AgentState, theme: &Theme) -> HealthLine {
    let latency = state.publish_latency;
    if latency.count == 0 {
        return line("publish", vec![(UNKNOWN.to_owned(), theme.dim)]);
    }
    let spans = vec![
        ("p50 ".to_owned(), theme.dim),
        (latency_text(latency.p50_micros), theme.text),
        ("  p99 ".to_owned(), theme.dim),
        (latency_text(latency.p99_micros), theme.text),
    ];
    line("publish", spans)
}

fn latency_text(micros: u64) -> String {
    format::micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

fn latency(state: &AgentState, theme: &Theme) -> Vec<HealthLine> {
    let latency = state.publish_latency;
    if latency.count == 0 {
        return vec![line(
            "latency",
            vec![("nothing measured in the last minute".to_owned(), theme.dim)],
        )];
    }
    let pair = |name: &str, micros: u64| line(name, vec![(latency_text(micros), theme.text)]);
    vec![
        pair("p50", latency.p50_micros),
        pair("p90", latency.p90_micros),
        pair("p99", latency.p99_micros),
        pair("max", latency.max_micros),
        line(
            "of",
            vec![(
                format!("{} events, last minute", format::count(latency.count)),
                theme.dim,
            )],
        ),
    ]
}

fn agent(scene: &Scene<'_>, state: &AgentState) -> HealthLine {
    let theme = scene.theme;
    let agent = &state.agent;
    let up = format::age(scene.now.since(agent.started)).unwrap_or_else(|| "now".to_owned());
    let text = format!("v{}  pid {}  up {up}", agent.version, agent.pid);
    let mut spans = vec![(text, theme.text)];
    if agent.viewers > 1 {
        spans.push((format!("  {} viewers", agent.viewers), theme.dim));
    }
    line("agent", spans)
}

fn place(state: &AgentState, theme: &Theme) -> HealthLine {
    line("files", vec![(state.agent.data_dir.clone(), theme.dim)])
}

fn log_file(state: &AgentState, theme: &Theme) -> HealthLine {
    let file = state.log.file.as_deref().unwrap_or("no log file");
    line("log file", vec![(file.to_owned(), theme.dim)])
}

fn task_lines(state: &AgentState, theme: &Theme) -> Vec<HealthLine> {
    let rows = state.tasks.iter().map(|task| {
        let mark = status::task_mark(task.phase, task.is_degraded, theme);
        let mut spans = vec![
            (format!("{} ", mark.glyph), mark.style),
            (format!("{:<18}", task.name), theme.text),
            (mark.word.to_owned(), mark.style),
        ];
        if task.restarts > 0 {
            spans.push((
                format!("  {} restarts", format::count(task.restarts)),
                theme.warn,
            ));
        }
        (String::new(), spans)
    });
    titled("tasks", rows.collect())
}

fn queue_lines(state: &AgentState, theme: &Theme) -> Vec<HealthLine> {
    let rows = state.queues.iter().map(|queue| {
        let text = format!(
            "{:<12}{} of {}  peak {}",
            queue.name,
            format::count(queue.depth),
            format::count(queue.capacity),
            format::count(queue.high_water)
        );
        let mut spans = vec![(text, theme.text)];
        if queue.dropped > 0 {
            spans.push((
                format!("  dropped {}", format::count(queue.dropped)),
                theme.warn,
            ));
        }
        (String::new(), spans)
    });
    titled("queues", rows.collect())
}

/// Names a group at its first line.
fn titled(name: &str, mut lines: Vec<HealthLine>) -> Vec<HealthLine> {
    if let Some((first, _)) = lines.first_mut() {
        name.clone_into(first);
    }
    lines
}
