//! [`Report`]: what came of an import, for scripts and for people.
//!
//! The JSON is part of the contract with scripts: names and order of its fields do not change, new
//! ones come last.

use serde::Serialize;

use super::amounts::{bytes, count, counted, finite, rate, span};
use super::questions;
use crate::api::{
    DimensionScores, ImportCounts, ImportFile, ImportJob, ImportQuality, ImportQuestion,
    ImportState, QuestionAbout,
};
use crate::cli::text::one_line;
use crate::cli::{DetailFormat, Exit, print};
use crate::domain::{Grade, GradeCap, ImportId, Level};

/// Files of a summary; the rest is counted.
const FILES_SHOWN: usize = 10;

/// What came of an import, as scripts read it.
#[derive(Debug, Serialize)]
struct Report<'a> {
    job_id: ImportId,
    status: ImportState,
    rows_read: u64,
    rows_inserted: u64,
    rows_updated: u64,
    rows_unchanged: u64,
    rows_rejected: u64,
    rows_duplicate: u64,
    rows_skipped: u64,
    seconds: f64,
    rows_per_second: f64,
    peak_memory_bytes: u64,
    quality: Option<Quality<'a>>,
    files: &'a [ImportFile],
    notes: &'a [String],
    problem: Option<&'a str>,
    questions: Vec<Question<'a>>,
}

/// The judgement. Of its own, so that a change of the agent's contract is none of the scripts'.
#[derive(Debug, Serialize)]
struct Quality<'a> {
    score: f64,
    grade: Grade,
    level: Level,
    cap: Option<&'a GradeCap>,
    dimensions: &'a DimensionScores,
}

/// What must be answered, with the flag that does.
#[derive(Debug, Serialize)]
struct Question<'a> {
    about: QuestionAbout,
    flag: &'static str,
    file: &'a str,
    text: &'a str,
    choices: &'a [String],
}

impl<'a> Report<'a> {
    fn of(job: &'a ImportJob) -> Self {
        let (counts, progress) = (&job.counts, &job.progress);
        Self {
            job_id: job.id,
            status: job.state,
            rows_read: counts.read,
            rows_inserted: counts.inserted,
            rows_updated: counts.updated,
            rows_unchanged: counts.unchanged,
            rows_rejected: counts.rejected,
            rows_duplicate: counts.duplicate,
            rows_skipped: counts.skipped,
            seconds: progress.elapsed.as_secs_f64(),
            rows_per_second: finite(progress.rows_per_sec_average),
            peak_memory_bytes: progress.peak_memory_bytes,
            quality: job.quality.as_ref().map(Quality::of),
            files: &job.files,
            notes: &job.notes,
            problem: job.problem.as_deref(),
            questions: job.questions.iter().map(Question::of).collect(),
        }
    }
}

impl<'a> Quality<'a> {
    const fn of(quality: &'a ImportQuality) -> Self {
        Self {
            score: quality.score,
            grade: quality.grade,
            level: quality.level,
            cap: quality.cap.as_ref(),
            dimensions: &quality.dimensions,
        }
    }
}

impl<'a> Question<'a> {
    fn of(question: &'a ImportQuestion) -> Self {
        Self {
            about: question.about,
            flag: question.about.flag(),
            file: &question.file,
            text: &question.text,
            choices: &question.choices,
        }
    }
}

/// Writes the report of an import, with a line end.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn written(job: &ImportJob, format: DetailFormat) -> serde_json::Result<String> {
    match format {
        DetailFormat::Table => Ok(summary(job, next_step(job))),
        DetailFormat::Json => print::pretty(&Report::of(job)),
    }
}

/// Writes the report of an import that is cancelled right after: nothing more can be done with it.
///
/// # Errors
/// As of [`written`].
pub(super) fn written_last(job: &ImportJob, format: DetailFormat) -> serde_json::Result<String> {
    match format {
        DetailFormat::Table => Ok(summary(job, None)),
        DetailFormat::Json => written(job, format),
    }
}

/// Returns the exit code of a followed import.
pub(super) const fn exit_of(state: ImportState) -> Exit {
    match state {
        ImportState::Completed => Exit::Success,
        ImportState::Partial => Exit::Partial,
        // Who cancelled it was somebody else: what was asked for was not done.
        ImportState::Failed | ImportState::Cancelled => Exit::ImportFailed,
        ImportState::NeedsInput => Exit::Ambiguous,
        ImportState::Queued
        | ImportState::Probing
        | ImportState::Running
        | ImportState::Pausing
        | ImportState::Paused
        | ImportState::Cancelling => Exit::Interrupted,
    }
}

/// Writes what came of an import for people.
fn summary(job: &ImportJob, next: Option<String>) -> String {
    let mut lines = vec![headline(job)];
    if job.counts != ImportCounts::default() {
        lines.extend(count_lines(&job.counts, job.spec.dry_run));
    }
    if let Some(quality) = &job.quality {
        lines.push(quality_line(quality));
        lines.extend(dimension_line(&quality.dimensions));
    }
    lines.extend(file_lines(&job.files));
    let notes = job.notes.iter();
    lines.extend(notes.map(|note| format!("note: {}", one_line(note))));
    if let Some(problem) = &job.problem {
        lines.push(format!("problem: {}", one_line(problem)));
    }
    if let Some(next) = next {
        lines.push(format!("next: {next}"));
    }
    lines.join("\n") + "\n"
}

fn headline(job: &ImportJob) -> String {
    let (id, state) = (job.id, job.state.as_str().replace('_', " "));
    let dry = if job.spec.dry_run { " (dry run)" } else { "" };
    let undone = if job.undone.is_some() { ", undone" } else { "" };
    let head = format!("import {id} {state}{undone}{dry}");
    let progress = &job.progress;
    if progress.elapsed.is_zero() {
        return head;
    }
    format!(
        "{head}: {} in {}, {}, peak memory {}",
        counted(job.counts.read, "row"),
        span(progress.elapsed),
        rate(progress.rows_per_sec_average),
        bytes(progress.peak_memory_bytes),
    )
}

/// Writes what became of the rows, the numbers below each other.
fn count_lines(counts: &ImportCounts, is_dry_run: bool) -> Vec<String> {
    let rows = [
        ("inserted", counts.inserted),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("rejected", counts.rejected),
        ("duplicate", counts.duplicate),
        ("skipped", counts.skipped),
    ];
    let numbers = rows.map(|(name, number)| (name, count(number)));
    let width = numbers.iter().map(|(_, text)| text.len()).max();
    let width = width.unwrap_or_default();
    let would = if is_dry_run { "would be " } else { "" };
    let line = |(name, number): (&str, String)| format!("  {would}{name:<9}  {number:>width$}");
    numbers.map(line).to_vec()
}

fn quality_line(quality: &ImportQuality) -> String {
    let cap = quality.cap.map_or(String::new(), |cap| {
        format!(", capped at {:?}: {}", cap.best_grade(), cap_words(cap))
    });
    format!(
        "quality: {:.1}, grade {:?}, {:?}{cap}",
        quality.score, quality.grade, quality.level
    )
}

fn cap_words(cap: GradeCap) -> String {
    match cap {
        GradeCap::CriticalAbove10000PerMillion => {
            "more than 10,000 critical defects per million rows".to_owned()
        }
        GradeCap::CriticalAbove1000PerMillion => {
            "more than 1,000 critical defects per million rows".to_owned()
        }
        GradeCap::DimensionBelow50(dimension) => {
            format!("{dimension:?} is below 50").to_lowercase()
        }
        GradeCap::CriticalAbove100PerMillion => {
            "more than 100 critical defects per million rows".to_owned()
        }
        GradeCap::AnyCritical => "a critical defect".to_owned(),
    }
}

/// Writes the dimensions that were measured; `None` without any.
fn dimension_line(scores: &DimensionScores) -> Option<String> {
    let named = [
        ("completeness", scores.completeness),
        ("accuracy", scores.accuracy),
        ("consistency", scores.consistency),
        ("validity", scores.validity),
        ("timeliness", scores.timeliness),
        ("uniqueness", scores.uniqueness),
    ];
    let measured = named
        .into_iter()
        .filter_map(|(name, score)| Some(format!("{name} {:.1}", score?)));
    let text = measured.collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then(|| format!("  {text}"))
}

fn file_lines(files: &[ImportFile]) -> Vec<String> {
    let line = |file: &ImportFile| {
        let layout = file.layout.as_deref();
        let layout = layout.map_or(String::new(), |name| format!(", layout {}", one_line(name)));
        format!(
            "file: {} ({}{layout})",
            one_line(&file.path),
            bytes(file.bytes)
        )
    };
    let mut lines: Vec<String> = files.iter().take(FILES_SHOWN).map(line).collect();
    if files.len() > FILES_SHOWN {
        lines.push(format!("file: … and {} more", files.len() - FILES_SHOWN));
    }
    lines
}

/// Says what can be done now.
fn next_step(job: &ImportJob) -> Option<String> {
    let id = job.id;
    let has_rejects = job.counts.rejected > 0;
    let rejects =
        has_rejects.then(|| format!("`mda import rejects {id}` tells what was rejected, and why"));
    let undo = format!("`mda import undo {id}` takes back what was written");
    if job.undone.is_some() {
        return Some(format!("`mda import restart {id}` imports the files again"));
    }
    match job.state {
        ImportState::Completed | ImportState::Partial if job.spec.dry_run => {
            let write = "call again without `--dry-run` to write".to_owned();
            Some(rejects.map_or(write.clone(), |rejects| format!("{rejects}; {write}")))
        }
        ImportState::Completed | ImportState::Partial => {
            Some(rejects.unwrap_or_else(|| format!("`mda stats` tells what is stored; {undo}")))
        }
        ImportState::Cancelled if job.counts.inserted + job.counts.updated > 0 => Some(undo),
        ImportState::Cancelled | ImportState::Pausing | ImportState::Cancelling => None,
        ImportState::NeedsInput => Some(format!(
            "`mda import resume {id} {}` answers",
            questions::flags(job).join(" ")
        )),
        ImportState::Failed | ImportState::Paused => {
            Some(format!("`mda import resume {id}` goes on where it stopped"))
        }
        ImportState::Queued | ImportState::Probing | ImportState::Running => {
            Some(format!("`mda import resume {id}` follows it to its end"))
        }
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
