//! Steering an import: `pause`, `cancel`, `undo`, and what the other verbs need of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;

use super::args::SteerArgs;
use super::report;
use crate::api::{Answer, Command, ImportJob, ImportState, ImportVerb};
use crate::cli::ask::{self, AskError, Asker};
use crate::cli::print;
use crate::cli::session::Session;
use crate::domain::ImportId;

/// How often an import is looked at until it did what it was asked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks after which it is told as it stands: five seconds, where one is promised.
const LOOKS_MAX: u32 = 100;

/// Asks an import to do something, and prints how it stands then.
pub(super) async fn run(
    session: &Session,
    args: SteerArgs,
    verb: ImportVerb,
) -> anyhow::Result<()> {
    let job = ask::with_store_again(session, async |asker| {
        let job = steer(asker, args.id, verb).await?;
        settled(asker, job, verb).await
    });
    print::result(&report::written(&*job.await?, args.format)?)?;
    Ok(())
}

/// Asks an import to do something; returns it, or the one that came of it.
///
/// # Errors
/// When the agent refuses or is gone.
pub(super) async fn steer(
    asker: &mut Asker,
    id: ImportId,
    verb: ImportVerb,
) -> anyhow::Result<Arc<ImportJob>> {
    let answer = asker.ask(Command::SteerImport { id, verb }).await?;
    let is_told = matches!(answer, Answer::Import(_));
    if verb == ImportVerb::Restart && !is_told {
        // Which one came of it only the list knows: the newest.
        let newest = asker.imports(1).await?.into_iter().next();
        let newest = newest.filter(|job| job.id > id);
        return newest.ok_or_else(|| AskError::WrongAnswer.into());
    }
    answered(asker, id, answer).await
}

/// Returns the import of an answer, or asks for it.
///
/// # Errors
/// When the agent is gone, or the answer is to another question.
pub(super) async fn answered(
    asker: &mut Asker,
    id: ImportId,
    answer: Answer,
) -> anyhow::Result<Arc<ImportJob>> {
    match answer {
        Answer::Import(job) => Ok(job),
        Answer::Done => asker.import(Command::Import { id }).await,
        _other => Err(AskError::WrongAnswer.into()),
    }
}

/// Waits until an import did what it was asked for.
async fn settled(
    asker: &mut Asker,
    mut job: Arc<ImportJob>,
    verb: ImportVerb,
) -> anyhow::Result<Arc<ImportJob>> {
    let id = job.id;
    for _ in 0..LOOKS_MAX {
        if is_settled(&job, verb) {
            return Ok(job);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        job = asker.import(Command::Import { id }).await?;
    }
    if verb == ImportVerb::Undo {
        bail!("import {id} is not undone yet; `mda import show {id}` tells when it is");
    }
    Ok(job)
}

fn is_settled(job: &ImportJob, verb: ImportVerb) -> bool {
    match verb {
        ImportVerb::Undo => job.undone.is_some(),
        ImportVerb::Pause | ImportVerb::Cancel | ImportVerb::Resume | ImportVerb::Restart => {
            !matches!(job.state, ImportState::Pausing | ImportState::Cancelling)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::import::fixtures::{answer, answering, asker, job, job_in};
    use crate::domain::Timestamp;

    const ID: ImportId = ImportId(3);

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_told_when_it_stands_still() {
        let (mut asker, mut far) = asker();
        let replies = [
            ImportState::Pausing,
            ImportState::Pausing,
            ImportState::Paused,
        ];
        let replies = replies.map(|state| answer(job_in(state))).to_vec();
        let work = async {
            let job = steer(&mut asker, ID, ImportVerb::Pause).await.unwrap();
            settled(&mut asker, job, ImportVerb::Pause).await
        };
        let (job, commands) = tokio::join!(work, answering(&mut far, replies));
        assert_eq!(job.unwrap().state, ImportState::Paused);
        let verb = ImportVerb::Pause;
        assert_eq!(commands[0], Command::SteerImport { id: ID, verb });
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_takes_long_is_told_as_it_stands() {
        let (mut asker, mut far) = asker();
        let replies = vec![answer(job_in(ImportState::Pausing)); LOOKS_MAX as usize];
        let job = Arc::new(job_in(ImportState::Pausing));
        let work = settled(&mut asker, job, ImportVerb::Pause);
        let (job, _) = tokio::join!(work, answering(&mut far, replies));
        assert_eq!(job.unwrap().state, ImportState::Pausing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_undo_is_told_when_it_is_done_and_not_before() {
        let (mut asker, mut far) = asker();
        let mut undone = job();
        undone.undone = Some(Timestamp::EPOCH);
        let replies = vec![Ok(Answer::Done), answer(job()), answer(undone)];
        let work = async {
            let job = steer(&mut asker, ID, ImportVerb::Undo).await.unwrap();
            settled(&mut asker, job, ImportVerb::Undo).await
        };
        let (told, _) = tokio::join!(work, answering(&mut far, replies));
        assert!(told.unwrap().undone.is_some());

        let replies = vec![answer(job()); LOOKS_MAX as usize];
        let work = settled(&mut asker, Arc::new(job()), ImportVerb::Undo);
        let (late, _) = tokio::join!(work, answering(&mut far, replies));
        assert!(late.unwrap_err().to_string().contains("not undone yet"));
    }

    #[tokio::test]
    async fn a_restart_is_the_import_that_came_of_it() {
        let (mut asker, mut far) = asker();
        let newer = || {
            let mut newer = job_in(ImportState::Queued);
            newer.id = ImportId(9);
            newer
        };
        let told = vec![answer(newer())];
        let listed = vec![
            Ok(Answer::Done),
            Ok(Answer::Imports(vec![Arc::new(newer())])),
        ];
        for replies in [told, listed] {
            let work = steer(&mut asker, ID, ImportVerb::Restart);
            let (job, _) = tokio::join!(work, answering(&mut far, replies));
            assert_eq!(job.unwrap().id, ImportId(9));
        }
        let replies = vec![Ok(Answer::Done), Ok(Answer::Imports(Vec::new()))];
        let work = steer(&mut asker, ID, ImportVerb::Restart);
        let (job, _) = tokio::join!(work, answering(&mut far, replies));
        assert!(job.is_err());
    }
}
