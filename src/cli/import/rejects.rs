//! `mda import rejects ID`: the records that did not become bars, page by page as they are written.

use std::io::Write;

use serde::Serialize;

use super::args::RejectsArgs;
use crate::api::{Reject, RejectOutcome};
use crate::cli::ask::{self, Asker};
use crate::cli::rows::{Row, RowWriter};
use crate::cli::session::Session;
use crate::cli::text::{cut, one_line};
use crate::cli::{RowFormat, print};
use crate::domain::Severity;

/// Records of one question: with the longest ones a page takes 8 of the 32 MiB of a frame.
const PAGE: u32 = 1_000;

/// Records of a table when no limit is given.
const TABLE_ROWS: u64 = 100;

/// Characters of the columns of a table that come from the file.
const NAME_MAX: usize = 24;
const REASON_MAX: usize = 72;

/// Prints rejected records.
pub(super) async fn run(session: &Session, args: RejectsArgs) -> anyhow::Result<()> {
    ask::with_store(session, async |asker| {
        let count = match args.format {
            RowFormat::Table => write::<RejectLine>(asker, args, print::rows()).await,
            RowFormat::Json | RowFormat::Csv | RowFormat::Ndjson => {
                write::<Reject>(asker, args, print::rows()).await
            }
        };
        let id = args.id;
        print::unless_gone(count.map(|count| match count {
            0 => print::note(&format!("import {id} rejected nothing")),
            TABLE_ROWS if is_cut(args) => {
                print::note("these are the first; `--limit N` shows more");
            }
            _all => {}
        }))
    })
    .await
}

/// Writes records until there are no more, or as many as are wanted; returns how many.
async fn write<R>(asker: &mut Asker, args: RejectsArgs, out: impl Write) -> anyhow::Result<u64>
where
    R: Row + From<Reject>,
{
    let mut rows = RowWriter::begin::<R>(out, args.format)?;
    let mut left = limit(args);
    while left > 0 {
        let page = u32::try_from(left).map_or(PAGE, |left| left.min(PAGE));
        let rejects = asker.rejects(args.id, rows.rows(), page).await?;
        // The agent may give fewer at once than it is asked for: only none at all is the end.
        if rejects.is_empty() {
            break;
        }
        left = left.saturating_sub(rejects.len() as u64);
        for reject in rejects {
            rows.write(&R::from(reject))?;
        }
    }
    let count = rows.rows();
    rows.end()?;
    Ok(count)
}

fn limit(args: RejectsArgs) -> u64 {
    let untold = if is_cut(args) { TABLE_ROWS } else { u64::MAX };
    args.limit.unwrap_or(untold)
}

/// Returns true when a table ends early without having been asked to.
const fn is_cut(args: RejectsArgs) -> bool {
    matches!(args.format, RowFormat::Table) && args.limit.is_none()
}

impl Row for Reject {
    const COLUMNS: &'static [&'static str] = &[
        "file",
        "line",
        "byte",
        "outcome",
        "rule",
        "severity",
        "column",
        "value",
        "reason",
        "suggestion",
        "raw",
    ];

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.file.clone(),
            self.line.to_string(),
            self.byte.to_string(),
            outcome_word(self.outcome).to_owned(),
            self.rule.clone(),
            severity_word(self.severity).to_owned(),
            or_empty(&self.column),
            or_empty(&self.value),
            self.reason.clone(),
            or_empty(&self.suggestion),
            self.raw.clone(),
        ]
    }
}

/// A rejected record as a line of a table.
#[derive(Debug, Serialize)]
struct RejectLine {
    file: String,
    line: u64,
    outcome: &'static str,
    rule: String,
    column: String,
    value: String,
    reason: String,
}

impl From<Reject> for RejectLine {
    fn from(reject: Reject) -> Self {
        let short = |text: &str| cut(&one_line(text), NAME_MAX);
        let name = reject.file.rsplit('/').next();
        Self {
            file: short(name.unwrap_or(&reject.file)),
            line: reject.line,
            outcome: outcome_word(reject.outcome),
            rule: reject.rule,
            column: short(&reject.column.unwrap_or_default()),
            value: short(&reject.value.unwrap_or_default()),
            reason: cut(&one_line(&reject.reason), REASON_MAX),
        }
    }
}

impl Row for RejectLine {
    const COLUMNS: &'static [&'static str] = &[
        "file", "line", "outcome", "rule", "column", "value", "reason",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.file.clone(),
            self.line.to_string(),
            self.outcome.to_owned(),
            self.rule.clone(),
            self.column.clone(),
            self.value.clone(),
            self.reason.clone(),
        ]
    }
}

const fn outcome_word(outcome: RejectOutcome) -> &'static str {
    match outcome {
        RejectOutcome::Rejected => "rejected",
        RejectOutcome::Duplicate => "duplicate",
    }
}

const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::{Answer, Command};
    use crate::cli::import::fixtures::{answering, asker};
    use crate::domain::ImportId;

    fn reject(line: u64) -> Reject {
        Reject {
            file: "/d/a.csv".to_owned(),
            line,
            byte: 40,
            outcome: RejectOutcome::Rejected,
            rule: "V2".to_owned(),
            severity: Severity::Critical,
            column: Some("high".to_owned()),
            value: Some("1,5".to_owned()),
            reason: "high is below low".to_owned(),
            suggestion: None,
            raw: "2024-01-31,\"1\n2\"".to_owned(),
        }
    }

    fn args(format: RowFormat, limit: Option<u64>) -> RejectsArgs {
        RejectsArgs {
            id: ImportId(3),
            limit,
            format,
        }
    }

    async fn written(args: RejectsArgs, pages: &[u64]) -> (String, u64, Vec<Command>) {
        let (mut asker, mut far) = asker();
        let replies = pages.iter().map(|&rows| {
            let rejects = (1..=rows).map(reject).collect();
            Ok(Answer::Rejects(rejects))
        });
        let replies = replies.collect();
        let mut bytes = Vec::new();
        let work = async {
            match args.format {
                RowFormat::Table => write::<RejectLine>(&mut asker, args, &mut bytes).await,
                _other => write::<Reject>(&mut asker, args, &mut bytes).await,
            }
        };
        let (count, commands) = tokio::join!(work, answering(&mut far, replies));
        (String::from_utf8(bytes).unwrap(), count.unwrap(), commands)
    }

    #[tokio::test]
    async fn pages_are_asked_for_until_there_are_no_more() {
        let (text, count, commands) = written(args(RowFormat::Ndjson, None), &[1_000, 3, 0]).await;
        assert_eq!((count, text.lines().count()), (1_003, 1_003));
        let offsets: Vec<_> = commands
            .iter()
            .map(|command| match command {
                Command::Rejects { offset, limit, .. } => (*offset, *limit),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(offsets, [(0, 1_000), (1_000, 1_000), (1_003, 1_000)]);
        let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(line.as_object().unwrap().len(), Reject::COLUMNS.len());
        for column in Reject::COLUMNS {
            assert!(
                !line[column].is_null() || *column == "suggestion",
                "{column}"
            );
        }
    }

    #[tokio::test]
    async fn a_limit_ends_the_asking() {
        let (_, count, commands) = written(args(RowFormat::Json, Some(2)), &[2]).await;
        assert_eq!((count, commands.len()), (2, 1));
    }

    #[tokio::test]
    async fn a_record_of_several_lines_is_one_record_of_csv() {
        let (text, ..) = written(args(RowFormat::Csv, Some(1)), &[1]).await;
        assert_eq!(
            text,
            "file,line,byte,outcome,rule,severity,column,value,reason,suggestion,raw\n\
             /d/a.csv,1,40,rejected,V2,critical,high,\"1,5\",high is below low,,\
             \"2024-01-31,\"\"1\n2\"\"\"\n"
        );
    }

    #[tokio::test]
    async fn only_a_table_is_cut_without_being_asked() {
        let (text, _, commands) = written(args(RowFormat::Table, None), &[2, 0]).await;
        assert!(matches!(commands[0], Command::Rejects { limit: 100, .. }));
        let expected = " file  line   outcome  rule  column  value             reason\n\
                        a.csv     1  rejected    V2    high    1,5  high is below low\n\
                        a.csv     2  rejected    V2    high    1,5  high is below low\n";
        assert_eq!(text, expected);
        assert_eq!(limit(args(RowFormat::Table, Some(7))), 7);
        assert_eq!(limit(args(RowFormat::Csv, None)), u64::MAX);
    }

    #[test]
    fn a_page_of_the_longest_records_fits_a_frame() {
        let mut longest = reject(u64::MAX);
        // A control character takes six bytes of JSON, and a record has at most 1,000 characters.
        longest.raw = "\u{1}".repeat(1_000);
        longest.value = Some("\u{1}".repeat(200));
        longest.file = "f".repeat(4_096);
        let bytes = serde_json::to_string(&longest).unwrap().len();
        assert!(
            bytes * PAGE as usize <= crate::client::FRAME_LEN_MAX,
            "{bytes} bytes a record"
        );
    }
}
