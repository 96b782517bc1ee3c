//! `mda import list` and `show`: imports as they stand.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use super::amounts::span;
use super::args::{ListArgs, ShowArgs};
use super::report;
use crate::api::{Command, ImportJob, ImportState};
use crate::cli::rows::{Row, RowWriter};
use crate::cli::session::Session;
use crate::cli::text::cut;
use crate::cli::{RowFormat, ask, print};
use crate::domain::{Grade, ImportId, Timestamp};

/// Characters of a file's name in a table.
const NAME_MAX: usize = 40;

/// Prints imports, newest first.
pub(super) async fn list(session: &Session, args: ListArgs) -> anyhow::Result<()> {
    let jobs =
        ask::with_store_again(session, async |asker| asker.imports(args.limit).await).await?;
    if jobs.is_empty() {
        print::note("no imports yet; `mda import FILE` makes one");
    }
    print::unless_gone(write(print::rows(), &jobs, args.format))
}

/// Prints one import.
pub(super) async fn show(session: &Session, args: ShowArgs) -> anyhow::Result<()> {
    let id = args.id;
    let job = ask::with_store_again(session, async |asker| {
        asker.import(Command::Import { id }).await
    });
    print::result(&report::written(&*job.await?, args.format)?)?;
    Ok(())
}

fn write(out: impl Write, jobs: &[Arc<ImportJob>], format: RowFormat) -> anyhow::Result<()> {
    match format {
        RowFormat::Table => {
            let mut rows = RowWriter::begin::<ImportLine>(out, format)?;
            for job in jobs {
                rows.write(&ImportLine::from(&**job))?;
            }
            rows.end()?;
        }
        RowFormat::Json | RowFormat::Csv | RowFormat::Ndjson => {
            let mut rows = RowWriter::begin::<ImportRow<'_>>(out, format)?;
            for job in jobs {
                rows.write(&ImportRow::from(&**job))?;
            }
            rows.end()?;
        }
    }
    Ok(())
}

/// An import as scripts read it; the names are those of its report.
#[derive(Debug, Serialize)]
struct ImportRow<'a> {
    job_id: ImportId,
    status: ImportState,
    created: Timestamp,
    finished: Option<Timestamp>,
    undone: Option<Timestamp>,
    rows_read: u64,
    rows_inserted: u64,
    rows_updated: u64,
    rows_unchanged: u64,
    rows_rejected: u64,
    rows_duplicate: u64,
    rows_skipped: u64,
    seconds: f64,
    score: Option<f64>,
    grade: Option<Grade>,
    files: Vec<&'a str>,
}

impl<'a> From<&'a ImportJob> for ImportRow<'a> {
    fn from(job: &'a ImportJob) -> Self {
        let counts = &job.counts;
        Self {
            job_id: job.id,
            status: job.state,
            created: job.created,
            finished: job.finished,
            undone: job.undone,
            rows_read: counts.read,
            rows_inserted: counts.inserted,
            rows_updated: counts.updated,
            rows_unchanged: counts.unchanged,
            rows_rejected: counts.rejected,
            rows_duplicate: counts.duplicate,
            rows_skipped: counts.skipped,
            seconds: job.progress.elapsed.as_secs_f64(),
            score: job.quality.as_ref().map(|quality| quality.score),
            grade: job.quality.as_ref().map(|quality| quality.grade),
            files: files(job),
        }
    }
}

impl Row for ImportRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "job_id",
        "status",
        "created",
        "finished",
        "undone",
        "rows_read",
        "rows_inserted",
        "rows_updated",
        "rows_unchanged",
        "rows_rejected",
        "rows_duplicate",
        "rows_skipped",
        "seconds",
        "score",
        "grade",
        "files",
    ];

    fn cells(&self) -> Vec<String> {
        let time = |time: Option<Timestamp>| time.map_or(String::new(), |time| time.to_string());
        vec![
            self.job_id.to_string(),
            self.status.as_str().to_owned(),
            self.created.to_string(),
            time(self.finished),
            time(self.undone),
            self.rows_read.to_string(),
            self.rows_inserted.to_string(),
            self.rows_updated.to_string(),
            self.rows_unchanged.to_string(),
            self.rows_rejected.to_string(),
            self.rows_duplicate.to_string(),
            self.rows_skipped.to_string(),
            self.seconds.to_string(),
            self.score.map_or(String::new(), |score| score.to_string()),
            self.grade
                .map_or(String::new(), |grade| format!("{grade:?}")),
            self.files.join(";"),
        ]
    }
}

/// An import as a line of a table.
#[derive(Debug, Serialize)]
struct ImportLine {
    id: ImportId,
    status: String,
    created: String,
    rows: u64,
    inserted: u64,
    updated: u64,
    rejected: u64,
    time: String,
    grade: String,
    files: String,
}

impl From<&ImportJob> for ImportLine {
    fn from(job: &ImportJob) -> Self {
        let undone = if job.undone.is_some() { ", undone" } else { "" };
        let quality = job.quality.as_ref();
        Self {
            id: job.id,
            status: format!("{}{undone}", job.state.as_str()),
            created: job.created.to_string(),
            rows: job.counts.read,
            inserted: job.counts.inserted,
            updated: job.counts.updated,
            rejected: job.counts.rejected,
            time: span(job.progress.elapsed),
            grade: quality.map_or("-".to_owned(), |quality| format!("{:?}", quality.grade)),
            files: files_in_short(job),
        }
    }
}

impl Row for ImportLine {
    const COLUMNS: &'static [&'static str] = &[
        "id", "status", "created", "rows", "inserted", "updated", "rejected", "time", "grade",
        "files",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.status.clone(),
            self.created.clone(),
            self.rows.to_string(),
            self.inserted.to_string(),
            self.updated.to_string(),
            self.rejected.to_string(),
            self.time.clone(),
            self.grade.clone(),
            self.files.clone(),
        ]
    }
}

/// Returns its files, or what was named while they were not looked at yet.
fn files(job: &ImportJob) -> Vec<&str> {
    if job.files.is_empty() {
        return job.spec.paths.iter().map(String::as_str).collect();
    }
    job.files.iter().map(|file| file.path.as_str()).collect()
}

fn files_in_short(job: &ImportJob) -> String {
    let files = files(job);
    let Some(first) = files.first() else {
        return String::new();
    };
    let name = cut(first.rsplit('/').next().unwrap_or(first), NAME_MAX);
    match files.len() {
        1 => name,
        count => format!("{name} +{}", count - 1),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::ImportFile;
    use crate::cli::import::fixtures::{job, job_in};

    fn written(format: RowFormat, jobs: &[ImportJob]) -> String {
        let jobs: Vec<_> = jobs.iter().cloned().map(Arc::new).collect();
        let mut bytes = Vec::new();
        write(&mut bytes, &jobs, format).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_list_names_what_the_report_names() {
        let text = written(RowFormat::Csv, &[job()]);
        assert_eq!(
            text,
            "job_id,status,created,finished,undone,rows_read,rows_inserted,rows_updated,\
             rows_unchanged,rows_rejected,rows_duplicate,rows_skipped,seconds,score,grade,files\n\
             3,completed,1970-01-01T00:00:00Z,1970-01-01T00:00:04Z,,1000,900,50,30,0,8,12,4,,,\
             /d/a.csv\n"
        );
        let lines: Vec<Value> = written(RowFormat::Ndjson, &[job(), job()])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        let mut names: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
        let mut columns: Vec<_> = ImportRow::COLUMNS.to_vec();
        names.sort();
        columns.sort_unstable();
        assert_eq!(names, columns);
        assert_eq!(lines[0]["files"][0], "/d/a.csv");
        assert_eq!(lines[0]["grade"], Value::Null);
    }

    #[test]
    fn a_table_is_short() {
        let mut two = job_in(ImportState::Queued);
        two.files.push(ImportFile {
            path: "/d/b.csv".to_owned(),
            bytes: 1,
            layout: None,
        });
        let mut none = job_in(ImportState::Queued);
        none.files.clear();
        none.spec.paths = vec!["/d/c\u{1b}[2J.csv".to_owned()];
        let text = written(RowFormat::Table, &[two, none]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("a.csv +1"), "{text}");
        assert!(lines[2].ends_with(r"c\u{1b}[2J.csv"), "{text}");
        assert_eq!(lines[0].len(), lines[1].len());
        assert_eq!(written(RowFormat::Table, &[]), "");
    }
}
