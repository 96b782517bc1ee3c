//! The selected import in full.
//!
//! ```text
//! done     ████████░░░░░░░░░░░░ 42%  52.1 MB of 124 MB  40s–1m left
//!          118K rows/s now  97K rows/s on average
//! rows     1,234,567 read
//!          = 1,200,000 inserted + 12 updated + 34,000 unchanged + 5 rejected + …
//! stages   read 1.2 s  parse 8.1 s  write 12 s ◂ the others wait for it
//! quality  A 97.3 Excellent  capped: one critical defect or more, at most B
//! files    /data/btc_1m.csv  124 MB  binance
//! ```
//! Whatever does not fit on a line goes on in the next; whatever does not fit in the pane is
//! scrolled to.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list;
use crate::api::{AgentState, ImportJob, ImportQuality, ImportSpec, ImportState};
use crate::domain::{Dimension, GradeCap};
use crate::tui::amount;
use crate::tui::format::{self, UNKNOWN};
use crate::tui::layout::Pane;
use crate::tui::screen::scene::{Pieces, Scene};
use crate::tui::state::UiState;
use crate::tui::theme::{Theme, ThemeName};
use crate::tui::widget::labelled::{self, Labelled, Piece, line, one};
use crate::tui::widget::text;

/// Width of the bar.
const BAR_WIDTH: u16 = 20;

/// Width of the names at the left.
const NAME_WIDTH: u16 = 9;

/// Draws the pane.
pub(in crate::tui::screen) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let job = scene
        .state
        .and_then(|state| scene.ui.imports.job(&state.imports));
    let Some(job) = job else {
        let inside = scene.frame(Pane::ImportDetail, area, buf, Pieces::default());
        let next = "What it read, wrote and rejected appears here.";
        scene.empty(inside, buf, "No import is selected", next);
        return;
    };
    let mark = scene.import_mark(job);
    let name = format!("Import {}", job.id);
    let word = format!(" {} {}", mark.glyph, mark.word);
    let ordered = format!(
        "ordered {} UTC",
        format::formatted(job.created, "%Y-%m-%d %H:%M")
    );
    let lines = lines(job, theme, inner_width(area));
    let room = usize::from(area.height.saturating_sub(2));
    let first = scene
        .ui
        .imports
        .detail_scroll
        .min(lines.len().saturating_sub(room));
    let more = lines.len().saturating_sub(first + room);
    let hidden = match (more, first) {
        (0, 0) => String::new(),
        (0, _) => "end".to_owned(),
        (more, _) => format!("{more} more below"),
    };
    let facts = if hidden.is_empty() { ordered } else { hidden };
    let pieces = Pieces {
        name: Some(&name),
        title: vec![(word.as_str(), mark.style)],
        facts: vec![(facts.as_str(), theme.dim)],
    };
    let inside = scene.frame(Pane::ImportDetail, area, buf, pieces);
    let body = Rect {
        width: inside.width.saturating_sub(2),
        ..text::shifted(inside, 1)
    };
    let shown = lines.iter().skip(first);
    labelled::draw(buf, body, shown, (NAME_WIDTH, theme.dim));
}

/// Returns how far the detail can be scrolled in a pane that shows `page` lines.
pub(crate) fn scroll_max(ui: &UiState, state: &AgentState, page: usize) -> usize {
    let Some(job) = ui.imports.job(&state.imports) else {
        return 0;
    };
    let width = inner_width(Rect::new(0, 0, ui.size.0, ui.size.1));
    lines(job, ThemeName::Mono.theme(), width)
        .len()
        .saturating_sub(page)
}

/// Frame and a cell of air at both sides.
fn inner_width(area: Rect) -> u16 {
    area.width.saturating_sub(4)
}

/// Everything about an import, what its operator must know first.
fn lines(job: &ImportJob, theme: &Theme, width: u16) -> Vec<Labelled> {
    let mut lines = Vec::new();
    if let Some(problem) = &job.problem {
        let style = match job.state {
            ImportState::Failed => theme.error,
            _ => theme.warn,
        };
        lines.push(line("problem", vec![one(problem.clone(), style)]));
    }
    for question in &job.questions {
        let asked = one(question.text.clone(), theme.warn);
        lines.push(line("asks", vec![asked]));
    }
    lines.push(done(job, theme));
    lines.extend(rows(job, theme));
    lines.extend(stages(job, theme));
    lines.extend(quality(job, theme));
    lines.extend(files(job, theme));
    lines.extend(asked_for(&job.spec, theme));
    lines.push(times(job, theme));
    lines.extend(notes(job, theme));
    let room = width.saturating_sub(NAME_WIDTH);
    let flown = lines
        .into_iter()
        .flat_map(|line| labelled::flow(line, room));
    flown.collect()
}

/// A name in front of a value.
fn named(name: &str, value: String, theme: &Theme) -> Piece {
    vec![(format!("{name} "), theme.dim), (value, theme.text)]
}

fn done(job: &ImportJob, theme: &Theme) -> Labelled {
    let progress = &job.progress;
    let Some(share) = list::share(job) else {
        let told = match job.state {
            ImportState::NeedsInput => "not begun: it needs input, press a",
            ImportState::Queued => "not begun: it waits for its turn",
            _ => "its files are not measured yet",
        };
        return line("done", vec![one(told.to_owned(), theme.dim)]);
    };
    let of = format!(
        "{} of {}",
        amount::bytes(progress.bytes_done),
        amount::bytes(progress.bytes_total)
    );
    let filled = (share * f64::from(BAR_WIDTH)).floor() as usize;
    let bar = vec![
        ("█".repeat(filled), theme.accent),
        ("░".repeat(usize::from(BAR_WIDTH) - filled), theme.grid),
        (format!(" {}", amount::percent(share)), theme.strong),
    ];
    let mut pieces = vec![bar, one(of, theme.text)];
    match (job.state.is_ended(), progress.remaining) {
        (true, _) => {}
        (false, Some(range)) => {
            let left = format!("{} left", amount::remaining(range));
            pieces.push(one(left, theme.text));
        }
        (false, None) => pieces.push(one("time left unknown".to_owned(), theme.dim)),
    }
    if progress.rows_per_sec > 0.0 && !job.state.is_ended() {
        let now = format!("{} rows/s now", amount::rate(progress.rows_per_sec));
        pieces.push(one(now, theme.text));
    }
    if progress.elapsed > Duration::ZERO {
        let average = amount::rate(progress.rows_per_sec_average);
        pieces.push(one(format!("{average} rows/s on average"), theme.text));
    }
    line("done", pieces)
}

/// The sum and its parts; that they do not add up would be a fault, and is told.
fn rows(job: &ImportJob, theme: &Theme) -> [Labelled; 2] {
    let counts = job.counts;
    let mut first = vec![one(
        format!("{} read", format::count(counts.read)),
        theme.strong,
    )];
    if job.spec.dry_run {
        first.push(one("dry run: nothing is written".to_owned(), theme.warn));
    }
    if job.is_undoing {
        first.push(one("being taken back".to_owned(), theme.warn));
    } else if job.undone.is_some() {
        first.push(one(
            "taken back: none of it is stored".to_owned(),
            theme.warn,
        ));
    }
    if !counts.adds_up() {
        first.push(one("the parts do not add up".to_owned(), theme.error));
    }
    let parts = [
        ("inserted", counts.inserted, theme.text),
        ("updated", counts.updated, theme.text),
        ("unchanged", counts.unchanged, theme.text),
        ("rejected", counts.rejected, theme.warn),
        ("duplicate", counts.duplicate, theme.warn),
        ("skipped", counts.skipped, theme.text),
    ];
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(at, (name, count, style))| {
            let sign = if at == 0 { "= " } else { "+ " };
            let style = if count == 0 { theme.dim } else { style };
            vec![
                (sign.to_owned(), theme.dim),
                (format!("{} {name}", format::count(count)), style),
            ]
        });
    [line("rows", first), line("", parts.collect())]
}

/// How long each stage worked, and what that took of the machine.
fn stages(job: &ImportJob, theme: &Theme) -> Option<Labelled> {
    let progress = &job.progress;
    let mut pieces: Vec<Piece> = Vec::new();
    for stage in &progress.stages {
        let is_slowest = progress.bottleneck.as_deref() == Some(stage.name.as_str());
        let mut piece = named(&stage.name, amount::span(stage.busy), theme);
        if is_slowest {
            piece.push((" ← the others wait for it".to_owned(), theme.warn));
        }
        pieces.push(piece);
    }
    if progress.workers > 0 {
        pieces.push(one(
            format::counted(progress.workers.into(), "parser"),
            theme.dim,
        ));
    }
    if progress.peak_memory_bytes > 0 {
        let memory = amount::bytes(progress.peak_memory_bytes);
        pieces.push(one(format!("{memory} of memory at most"), theme.dim));
    }
    (!pieces.is_empty()).then(|| line("stages", pieces))
}

fn quality(job: &ImportJob, theme: &Theme) -> Vec<Labelled> {
    let Some(quality) = &job.quality else {
        return Vec::new();
    };
    let judged = format!(
        "{:?}  {} of 100  {:?}",
        quality.grade,
        amount::score(quality.score),
        quality.level
    );
    let mut first = vec![one(judged, theme.strong)];
    if let Some(cap) = quality.cap {
        first.push(one(cap_words(cap), theme.warn));
    }
    vec![line("quality", first), line("", dimensions(quality, theme))]
}

fn dimensions(quality: &ImportQuality, theme: &Theme) -> Vec<Piece> {
    let parts = quality.dimensions;
    let all = [
        ("completeness", parts.completeness),
        ("accuracy", parts.accuracy),
        ("consistency", parts.consistency),
        ("validity", parts.validity),
        ("timeliness", parts.timeliness),
        ("uniqueness", parts.uniqueness),
    ];
    let pieces = all.into_iter().map(|(name, score)| {
        let score = score.map_or_else(|| UNKNOWN.to_owned(), amount::score);
        named(name, score, theme)
    });
    pieces.collect()
}

/// Names the cap that held the grade down.
fn cap_words(cap: GradeCap) -> String {
    let why = match cap {
        GradeCap::CriticalAbove10000PerMillion => "over 10,000 critical defects per million",
        GradeCap::CriticalAbove1000PerMillion => "over 1,000 critical defects per million",
        GradeCap::CriticalAbove100PerMillion => "over 100 critical defects per million",
        GradeCap::AnyCritical => "it has critical defects",
        GradeCap::DimensionBelow50(dimension) => {
            return format!(
                "capped at {:?}: {} is below 50",
                cap.best_grade(),
                dimension_word(dimension)
            );
        }
    };
    format!("capped at {:?}: {why}", cap.best_grade())
}

const fn dimension_word(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Completeness => "completeness",
        Dimension::Accuracy => "accuracy",
        Dimension::Consistency => "consistency",
        Dimension::Validity => "validity",
        Dimension::Timeliness => "timeliness",
        Dimension::Uniqueness => "uniqueness",
    }
}

/// Each file; before they are looked at, what was ordered.
fn files(job: &ImportJob, theme: &Theme) -> Vec<Labelled> {
    let mut lines: Vec<Labelled> = if job.files.is_empty() {
        let paths = job.spec.paths.iter();
        let lines = paths.map(|path| line("", vec![one(path.clone(), theme.text)]));
        lines.collect()
    } else {
        let files = job.files.iter().map(|file| {
            let mut pieces = vec![
                one(file.path.clone(), theme.text),
                one(amount::bytes(file.bytes), theme.dim),
            ];
            let layout = file.layout.as_ref();
            pieces.extend(layout.map(|layout| named("layout", layout.clone(), theme)));
            line("", pieces)
        });
        files.collect()
    };
    let count = lines.len();
    if let Some(first) = lines.first_mut() {
        first.name = if count == 1 { "file" } else { "files" };
    }
    lines
}

/// What was asked for beside the files, where it is not the usual.
fn asked_for(spec: &ImportSpec, theme: &Theme) -> Option<Labelled> {
    let symbol = spec
        .symbol
        .as_ref()
        .map(|symbol| ("symbol", symbol.to_string()));
    let timeframe = spec
        .timeframe
        .map(|length| ("timeframe", length.to_string()));
    let source = spec
        .source
        .as_ref()
        .map(|source| ("source", source.to_string()));
    let zone = spec.timezone.clone().map(|zone| ("zone", zone));
    let order = spec
        .date_order
        .map(|order| ("dates", format!("{order:?}").to_lowercase()));
    let decimal = spec
        .decimal
        .map(|sign| ("decimal", format!("{sign:?}").to_lowercase()));
    let layout = spec.layout.clone().map(|layout| ("layout", layout));
    let checks = Some(("checks", format!("{:?}", spec.validation).to_lowercase()));
    let all = [
        symbol, timeframe, source, zone, order, decimal, layout, checks,
    ];
    let told = all.into_iter().flatten();
    let pieces: Vec<Piece> = told
        .map(|(name, value)| named(name, value, theme))
        .collect();
    (!pieces.is_empty()).then(|| line("options", pieces))
}

/// Moments, never ages: nothing here changes by itself.
fn times(job: &ImportJob, theme: &Theme) -> Labelled {
    let time = |moment| format!("{} UTC", format::formatted(moment, "%Y-%m-%d %H:%M:%S"));
    let mut pieces = vec![named("ordered", time(job.created), theme)];
    let later = [
        ("began", job.started),
        ("ended", job.finished),
        ("undone", job.undone),
    ];
    for (name, moment) in later {
        pieces.extend(moment.map(|moment| named(name, time(moment), theme)));
    }
    if job.progress.elapsed > Duration::ZERO {
        let worked = amount::span(job.progress.elapsed);
        pieces.push(named("at work for", worked, theme));
    }
    line("times", pieces)
}

fn notes(job: &ImportJob, theme: &Theme) -> Vec<Labelled> {
    let notes = job.notes.iter();
    let mut lines: Vec<Labelled> = notes
        .map(|note| line("", vec![one(note.clone(), theme.text)]))
        .collect();
    if let Some(first) = lines.first_mut() {
        first.name = "notes";
    }
    lines
}
