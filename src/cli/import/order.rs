//! [`Order`]: what is asked of the agent before an import is followed.

use std::sync::Arc;

use super::steer::{answered, steer};
use crate::api::{Command, ImportJob, ImportSpec, ImportState, ImportVerb};
use crate::cli::ask::Asker;
use crate::cli::exit::UsageError;
use crate::domain::ImportId;

/// What is asked of the agent before an import is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// Import files.
    Files(ImportSpec),
    /// Go on; with answers when it had asked for some.
    Resume {
        /// Which import.
        id: ImportId,
        /// `None`: nothing was answered.
        answers: Option<ImportSpec>,
    },
    /// Import the same files anew.
    Restart(ImportId),
    /// Go on if it is not at its end: it was followed at an agent that went away.
    GoOn(ImportId),
}

impl Order {
    /// Gives the order, and returns the import that came of it.
    ///
    /// # Errors
    /// When the agent refuses or is gone, or answers were given to an import that asks nothing.
    pub(super) async fn give(&self, asker: &mut Asker) -> anyhow::Result<Arc<ImportJob>> {
        match self {
            Self::Files(spec) => asker.import(Command::StartImport(spec.clone())).await,
            Self::Resume { id, answers } => resume(asker, *id, answers.as_ref()).await,
            Self::Restart(id) => steer(asker, *id, ImportVerb::Restart).await,
            Self::GoOn(id) => {
                let job = asker.import(Command::Import { id: *id }).await?;
                match job.state {
                    // A failure that the agent's end brought is the one it goes on after.
                    ImportState::Completed | ImportState::Partial | ImportState::Cancelled => {
                        Ok(job)
                    }
                    state if goes_on_by_itself(state) => Ok(job),
                    _stopped => steer(asker, *id, ImportVerb::Resume).await,
                }
            }
        }
    }

    /// Returns true when it may be given again where nobody knows whether it was heard: the same
    /// files go on with the import that came of them.
    pub(super) const fn is_repeatable(&self) -> bool {
        match self {
            Self::Files(_) | Self::Resume { answers: None, .. } | Self::GoOn(_) => true,
            Self::Resume {
                answers: Some(_), ..
            }
            | Self::Restart(_) => false,
        }
    }

    /// Returns true when what is ordered is this command's own: nobody else waits for it.
    pub(super) const fn is_new(&self) -> bool {
        match self {
            Self::Files(_) => true,
            Self::Resume { .. } | Self::Restart(_) | Self::GoOn(_) => false,
        }
    }
}

async fn resume(
    asker: &mut Asker,
    id: ImportId,
    answers: Option<&ImportSpec>,
) -> anyhow::Result<Arc<ImportJob>> {
    let job = asker.import(Command::Import { id }).await?;
    match (job.state, answers) {
        (ImportState::NeedsInput, Some(answers)) => {
            let answers = answers.clone();
            let answer = asker.ask(Command::AnswerImport { id, answers }).await?;
            answered(asker, id, answer).await
        }
        // What it asks for is told where it is followed.
        (ImportState::NeedsInput, None) => Ok(job),
        (state, Some(_)) => {
            let state = state.as_str();
            let why = format!(
                "import {id} asks for nothing, it is {state}; to read its files otherwise import \
                 them again"
            );
            Err(UsageError(why).into())
        }
        (state, None) if goes_on_by_itself(state) => Ok(job),
        (_stopped, None) => steer(asker, id, ImportVerb::Resume).await,
    }
}

/// Returns true for what needs nobody to go on, or cannot before somebody answers.
const fn goes_on_by_itself(state: ImportState) -> bool {
    match state {
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Running => true,
        ImportState::Pausing
        | ImportState::Paused
        | ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::api::Answer;
    use crate::cli::import::fixtures::{answer, answering, asker, job_in};

    const ID: ImportId = ImportId(3);

    fn look() -> Command {
        Command::Import { id: ID }
    }

    fn resume_verb() -> Command {
        Command::SteerImport {
            id: ID,
            verb: ImportVerb::Resume,
        }
    }

    fn answers() -> ImportSpec {
        ImportSpec {
            timezone: Some("UTC".to_owned()),
            ..ImportSpec::default()
        }
    }

    #[rstest]
    #[case(ImportState::Paused, true)]
    #[case(ImportState::Failed, true)]
    #[case(ImportState::Pausing, true)]
    #[case(ImportState::Completed, true)]
    #[case(ImportState::Running, false)]
    #[case(ImportState::Queued, false)]
    #[case(ImportState::NeedsInput, false)]
    #[tokio::test]
    async fn resume_asks_for_what_does_not_go_on_by_itself(
        #[case] state: ImportState,
        #[case] is_asked: bool,
    ) {
        let (mut asker, mut far) = asker();
        let order = Order::Resume {
            id: ID,
            answers: None,
        };
        let mut replies = vec![answer(job_in(state))];
        if is_asked {
            replies.push(answer(job_in(ImportState::Queued)));
        }
        let (given, commands) = tokio::join!(order.give(&mut asker), answering(&mut far, replies));
        let expected = if is_asked { ImportState::Queued } else { state };
        assert_eq!(given.unwrap().state, expected);
        let verb = is_asked.then(resume_verb);
        assert_eq!(
            commands,
            std::iter::once(look()).chain(verb).collect::<Vec<_>>()
        );
    }

    #[tokio::test]
    async fn an_import_that_asks_is_answered_and_another_is_not() {
        let (mut asker, mut far) = asker();
        let order = Order::Resume {
            id: ID,
            answers: Some(answers()),
        };
        let replies = vec![
            answer(job_in(ImportState::NeedsInput)),
            Ok(Answer::Done),
            answer(job_in(ImportState::Queued)),
        ];
        let (given, commands) = tokio::join!(order.give(&mut asker), answering(&mut far, replies));
        assert_eq!(given.unwrap().state, ImportState::Queued);
        let expected = Command::AnswerImport {
            id: ID,
            answers: answers(),
        };
        assert_eq!(commands[1], expected);

        let replies = vec![answer(job_in(ImportState::Paused))];
        let (given, _) = tokio::join!(order.give(&mut asker), answering(&mut far, replies));
        let error = given.unwrap_err();
        assert!(error.is::<UsageError>(), "{error}");
        assert!(
            error
                .to_string()
                .contains("import 3 asks for nothing, it is paused")
        );
    }

    #[rstest]
    #[case(ImportState::Paused, true)]
    #[case(ImportState::Failed, true)]
    #[case(ImportState::Running, false)]
    #[case(ImportState::Completed, false)]
    #[case(ImportState::Cancelled, false)]
    #[tokio::test]
    async fn what_another_agent_left_goes_on_unless_it_ended(
        #[case] state: ImportState,
        #[case] is_asked: bool,
    ) {
        let (mut asker, mut far) = asker();
        let order = Order::GoOn(ID);
        let mut replies = vec![answer(job_in(state))];
        if is_asked {
            replies.push(answer(job_in(ImportState::Queued)));
        }
        let (given, commands) = tokio::join!(order.give(&mut asker), answering(&mut far, replies));
        given.unwrap();
        assert_eq!(commands.len(), 1 + usize::from(is_asked));
    }

    #[test]
    fn what_would_be_done_twice_is_not_ordered_twice() {
        let resume = |answers| Order::Resume { id: ID, answers };
        assert!(Order::Files(answers()).is_repeatable());
        assert!(Order::GoOn(ID).is_repeatable());
        assert!(resume(None).is_repeatable());
        assert!(!resume(Some(answers())).is_repeatable());
        assert!(!Order::Restart(ID).is_repeatable());
    }
}
