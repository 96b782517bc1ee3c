//! [`follow`]: looks at an import until nothing happens any more without somebody's doing.

use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;
use crate::api::{Command, ImportJob, ImportState};
use crate::cli::ask::Asker;

/// How soon the second look comes: a small file is done by then. Each wait doubles up to the last.
const FIRST_WAIT: Duration = Duration::from_millis(15);
const LAST_WAIT: Duration = Duration::from_millis(60);

/// Looks at `job` until it ended or needs input, and returns how it stands then. One that somebody
/// paused is waited for, and that is told. Cancel safe.
///
/// # Errors
/// When the agent refuses or is gone.
pub(super) async fn follow(
    asker: &mut Asker,
    mut job: Arc<ImportJob>,
    progress: &mut Progress,
) -> anyhow::Result<Arc<ImportJob>> {
    let id = job.id;
    let mut wait = FIRST_WAIT;
    let mut is_paused = false;
    while !is_over(job.state) {
        if job.state == ImportState::Paused && !is_paused {
            progress.note(&format!(
                "import {id} was paused; `mda import resume {id}` lets it go on"
            ));
        }
        is_paused = job.state == ImportState::Paused;
        progress.show(&job);
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LAST_WAIT);
        job = asker.import(Command::Import { id }).await?;
    }
    progress.clear();
    Ok(job)
}

/// Returns true when looking on is no use.
const fn is_over(state: ImportState) -> bool {
    state.is_ended() || matches!(state, ImportState::NeedsInput)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::cli::ask::AskError;
    use crate::cli::import::fixtures::{answer, answering, asker, job_in};

    #[rstest]
    #[case(ImportState::Completed)]
    #[case(ImportState::Partial)]
    #[case(ImportState::Failed)]
    #[case(ImportState::Cancelled)]
    #[case(ImportState::NeedsInput)]
    #[tokio::test(start_paused = true)]
    async fn an_import_is_followed_over_every_state_to_its_end(#[case] end: ImportState) {
        let (mut asker, mut far) = asker();
        let replies: Vec<_> = [
            ImportState::Probing,
            ImportState::Running,
            ImportState::Pausing,
            ImportState::Paused,
            ImportState::Paused,
            ImportState::Running,
            ImportState::Cancelling,
            end,
        ]
        .map(|state| answer(job_in(state)))
        .into();
        let first = Arc::new(job_in(ImportState::Queued));
        let mut progress = Progress::hidden();
        let work = follow(&mut asker, first, &mut progress);
        let (job, commands) = tokio::join!(work, answering(&mut far, replies));
        assert_eq!(job.unwrap().state, end);
        assert_eq!(commands.len(), 8);
    }

    #[tokio::test]
    async fn what_ended_at_once_is_not_asked_for() {
        let (mut asker, far) = asker();
        drop(far);
        let first = Arc::new(job_in(ImportState::Completed));
        let job = follow(&mut asker, first, &mut Progress::hidden()).await;
        assert_eq!(job.unwrap().state, ImportState::Completed);
    }

    #[tokio::test(start_paused = true)]
    async fn an_agent_that_goes_away_ends_the_watch() {
        let (mut asker, far) = asker();
        drop(far);
        let first = Arc::new(job_in(ImportState::Running));
        let lost = follow(&mut asker, first, &mut Progress::hidden()).await;
        assert!(AskError::is_gone(&lost.unwrap_err()));
    }
}
