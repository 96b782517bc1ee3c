//! An import as tests of this module need one, and an agent's end that answers as it is told.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{
    Answer, Command, ImportCounts, ImportFile, ImportJob, ImportProgress, ImportQuestion,
    ImportSpec, ImportState, QuestionAbout, Refusal, Reply,
};
use crate::cli::ask::Asker;
use crate::client::{AgentEnds, link};
use crate::domain::{ImportId, Timestamp};

/// Import 3: ended, with every row in the store.
pub(super) fn job() -> ImportJob {
    ImportJob {
        id: ImportId(3),
        state: ImportState::Completed,
        spec: ImportSpec::default(),
        files: vec![ImportFile {
            path: "/d/a.csv".to_owned(),
            bytes: 3 << 20,
            layout: Some("ohlcv".to_owned()),
        }],
        created: Timestamp::EPOCH,
        started: Some(Timestamp::EPOCH),
        finished: Some(Timestamp::from_secs(4)),
        counts: ImportCounts {
            read: 1_000,
            inserted: 900,
            updated: 50,
            unchanged: 30,
            rejected: 0,
            duplicate: 8,
            skipped: 12,
        },
        progress: ImportProgress {
            bytes_done: 3 << 20,
            bytes_total: 3 << 20,
            rows_per_sec_average: 250.0,
            elapsed: Duration::from_secs(4),
            peak_memory_bytes: 64 << 20,
            ..ImportProgress::default()
        },
        questions: Vec::new(),
        problem: None,
        notes: Vec::new(),
        quality: None,
        is_undoing: false,
        undone: None,
    }
}

/// Import 3 in another state.
pub(super) fn job_in(state: ImportState) -> ImportJob {
    ImportJob { state, ..job() }
}

pub(super) fn question(about: QuestionAbout, choices: &[&str]) -> ImportQuestion {
    ImportQuestion {
        about,
        file: "/d/a.csv".to_owned(),
        text: "which symbol?".to_owned(),
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
    }
}

/// Returns an asker and the agent's end of its link.
pub(super) fn asker() -> (Asker, AgentEnds) {
    let (near, far) = link();
    (Asker::new(near), far)
}

/// Answers one request after the other, and returns what was asked.
pub(super) async fn answering(
    far: &mut AgentEnds,
    answers: Vec<Result<Answer, Refusal>>,
) -> Vec<Command> {
    let mut asked = Vec::new();
    for result in answers {
        let request = far.requests.recv().await.expect("another question");
        asked.push(request.command);
        let id = request.id;
        far.replies.send(Reply { id, result }).await.unwrap();
    }
    asked
}

/// The answer that is an import.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of the replies of an agent, some of which refuse"
)]
pub(super) fn answer(job: ImportJob) -> Result<Answer, Refusal> {
    Ok(Answer::Import(Arc::new(job)))
}
