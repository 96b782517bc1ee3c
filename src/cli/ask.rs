//! [`Asker`]: one question after another to an agent, our own or the one that runs.
//!
//! A refusal becomes an error with what to do next; an agent that goes away is one too. A signal
//! ends the asking in order.

use std::sync::Arc;

use anyhow::anyhow;
use thiserror::Error;

use super::backend::Backend;
use super::serve::StopSignals;
use super::session::Session;
use crate::agent::{AgentConfig, FeedPlan};
use crate::api::{
    AgentState, Answer, BackupDone, BarsFound, BarsQuery, Command, ImportJob, Refusal, RefusalCode,
    Reject, Reply, Request, StoreContents, VerifyDone,
};
use crate::client::{Link, OnLoss};
use crate::domain::ImportId;

/// Agents that are asked one after the other: each was that of a command, and ended.
const AGENTS_MAX: u32 = 5;

/// Why a question was not answered.
#[derive(Debug, Error)]
pub(super) enum AskError {
    /// The agent does not do it.
    #[error("{}", told(.0))]
    Refused(Refusal),
    /// There is no agent any more.
    #[error("the agent is gone")]
    Gone,
    /// It answered something else.
    #[error("the agent answered another question; is it of another version of `mda`?")]
    WrongAnswer,
}

impl AskError {
    /// Returns true when the agent that was asked is not there any more.
    pub(super) fn is_gone(error: &anyhow::Error) -> bool {
        matches!(error.downcast_ref(), Some(Self::Gone))
    }

    /// Returns true when the agent could make nothing of what was said.
    pub(super) fn is_malformed(error: &anyhow::Error) -> bool {
        match error.downcast_ref() {
            Some(Self::Refused(refusal)) => refusal.code == RefusalCode::Malformed,
            Some(Self::Gone | Self::WrongAnswer) | None => false,
        }
    }
}

/// The viewer's end of a link, and the number of the last question.
#[derive(Debug)]
pub(super) struct Asker {
    link: Link,
    last_id: u64,
}

impl Asker {
    /// Asks over `link`.
    pub(super) fn new(link: Link) -> Self {
        Self { link, last_id: 0 }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When the agent refuses, or is gone.
    pub(super) async fn ask(&mut self, command: Command) -> anyhow::Result<Answer> {
        self.last_id += 1;
        let id = self.last_id;
        let sent = self.link.requests.send(Request { id, command }).await;
        sent.map_err(|_closed| AskError::Gone)?;
        while let Some(Reply {
            id: answered,
            result,
        }) = self.link.replies.recv().await
        {
            if answered == id {
                return result.map_err(|refusal| AskError::Refused(refusal).into());
            }
        }
        Err(AskError::Gone.into())
    }

    /// Asks for the state of everything.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn state(&mut self) -> anyhow::Result<Arc<AgentState>> {
        let answer = self.ask(Command::State).await?;
        let Answer::State(state) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(state)
    }

    /// Asks for stored bars.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn bars(&mut self, query: BarsQuery) -> anyhow::Result<BarsFound> {
        let answer = self.ask(Command::Bars(query)).await?;
        let Answer::Bars(found) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(found)
    }

    /// Asks what the store holds.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn statistics(&mut self) -> anyhow::Result<StoreContents> {
        let answer = self.ask(Command::Statistics).await?;
        let Answer::Statistics(contents) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(contents)
    }

    /// Asks for an import, or for something that is answered with one.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn import(&mut self, command: Command) -> anyhow::Result<Arc<ImportJob>> {
        let answer = self.ask(command).await?;
        let Answer::Import(job) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(job)
    }

    /// Asks for imports, newest first.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn imports(&mut self, limit: u32) -> anyhow::Result<Vec<Arc<ImportJob>>> {
        let answer = self.ask(Command::Imports { limit }).await?;
        let Answer::Imports(jobs) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(jobs)
    }

    /// Asks for rejected records, `limit` at most, `offset` passed over.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn rejects(
        &mut self,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> anyhow::Result<Vec<Reject>> {
        let answer = self.ask(Command::Rejects { id, offset, limit }).await?;
        let Answer::Rejects(rejects) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(rejects)
    }

    /// Asks for a copy of the store at an absolute path.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn backup(&mut self, path: String) -> anyhow::Result<BackupDone> {
        let answer = self.ask(Command::Backup { path }).await?;
        let Answer::Backup(done) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(done)
    }

    /// Asks to check the store.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub(super) async fn verify(&mut self) -> anyhow::Result<VerifyDone> {
        let answer = self.ask(Command::Verify).await?;
        let Answer::Verify(done) = answer else {
            return Err(AskError::WrongAnswer.into());
        };
        Ok(done)
    }
}

/// Runs `work` against the agent that runs, else against our own without feeds, and closes it.
///
/// # Errors
/// When no agent can be reached or started, `work` fails, or a signal comes first.
pub(super) async fn with_store<T>(
    session: &Session,
    work: impl AsyncFnOnce(&mut Asker) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let config = AgentConfig {
        feeds: FeedPlan::Listed(Vec::new()),
        resumes_imports: false,
        ..session.agent_config()
    };
    // Before the agent starts: a signal that comes meanwhile must not end it without order.
    let mut signals = StopSignals::listen()?;
    let (clock, log) = (session.clock(), session.log());
    let (backend, link) = Backend::open(&config, clock, log, OnLoss::End).await?;
    let mut asker = Asker::new(link);
    let done = tokio::select! {
        done = work(&mut asker) => done,
        signal = signals.next() => Err(anyhow!("stopped by {signal} before it was done")),
    };
    if let Err(reason) = backend.close().await {
        // Why the agent is gone says more than that it is.
        let is_gone = done.as_ref().is_err_and(AskError::is_gone);
        return Err(if is_gone {
            reason.context(AskError::Gone)
        } else {
            reason
        });
    }
    done
}

/// As [`with_store`], of `work` that may be done twice: when the agent is that of another command
/// and ends meanwhile, the next one is asked.
///
/// # Errors
/// As of [`with_store`].
pub(super) async fn with_store_again<T>(
    session: &Session,
    mut work: impl AsyncFnMut(&mut Asker) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    for _ in 1..AGENTS_MAX {
        match with_store(session, async |asker| work(asker).await).await {
            Err(error) if AskError::is_gone(&error) => {}
            done => return done,
        }
    }
    with_store(session, async |asker| work(asker).await).await
}

/// Says what failed, and what to do next.
fn told(refusal: &Refusal) -> String {
    match &refusal.next_step {
        Some(next_step) => format!("{}; {next_step}", refusal.message),
        None => refusal.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RefusalCode;
    use crate::client::link;

    fn refusal() -> Refusal {
        Refusal {
            code: RefusalCode::Failed,
            message: "the store is locked".to_owned(),
            next_step: Some("close the other process".to_owned()),
        }
    }

    #[tokio::test]
    async fn the_answer_is_the_one_to_the_question() {
        let (near, mut far) = link();
        let mut asker = Asker::new(near);
        let agent = async {
            let request = far.requests.recv().await.unwrap();
            for (id, result) in [
                (request.id + 7, Err(refusal())),
                (request.id, Ok(Answer::Done)),
            ] {
                far.replies.send(Reply { id, result }).await.unwrap();
            }
        };
        let (answer, ()) = tokio::join!(asker.ask(Command::Stop), agent);
        assert_eq!(answer.unwrap(), Answer::Done);
    }

    #[tokio::test]
    async fn a_refusal_says_what_to_do() {
        let (near, mut far) = link();
        let mut asker = Asker::new(near);
        let agent = async {
            let id = far.requests.recv().await.unwrap().id;
            let result = Err(refusal());
            far.replies.send(Reply { id, result }).await.unwrap();
        };
        let (answer, ()) = tokio::join!(asker.statistics(), agent);
        assert_eq!(
            answer.unwrap_err().to_string(),
            "the store is locked; close the other process"
        );
    }

    #[tokio::test]
    async fn an_agent_that_is_gone_is_no_wait() {
        let (near, far) = link();
        drop(far);
        let gone = Asker::new(near).ask(Command::State).await;
        assert!(gone.unwrap_err().to_string().contains("gone"));
    }
}
