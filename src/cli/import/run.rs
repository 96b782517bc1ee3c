//! `mda import`: which part of it is asked for, and the import that is followed to its end.
//!
//! ```text
//!   open agent ─▶ order ─▶ follow ─▶ report ─▶ close agent ─▶ exit code
//!        ▲                  │
//!        └── the agent was that of a passing command, and went away
//! ```

use std::env;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, anyhow};

use super::args::{FollowArgs, ImportArgs, ImportCommand, ImportFileArgs};
use super::follow::follow;
use super::order::Order;
use super::progress::Progress;
use super::steer::steer;
use super::{list, paths, questions, rejects, report, steer};
use crate::agent::{AgentConfig, FeedPlan};
use crate::api::{ImportJob, ImportState, ImportVerb};
use crate::cli::ask::{AskError, Asker};
use crate::cli::backend::Backend;
use crate::cli::exit::UsageError;
use crate::cli::serve::StopSignals;
use crate::cli::session::Session;
use crate::cli::{Exit, print};
use crate::client::OnLoss;
use crate::domain::ImportId;

/// Does what `args` asks for.
pub(in crate::cli) async fn run(session: &Session, args: &ImportArgs) -> anyhow::Result<Exit> {
    let done = match &args.command {
        None => return Ok(told(files(session, &args.files).await)),
        Some(ImportCommand::Resume(args)) => {
            let answers = (!args.answers.is_empty()).then(|| args.answers.to_spec());
            let order = Order::Resume {
                id: args.id,
                answers,
            };
            return Ok(told(watch(session, order, args.follow).await));
        }
        Some(ImportCommand::Restart(args)) => {
            let order = Order::Restart(args.id);
            return Ok(told(watch(session, order, args.follow).await));
        }
        Some(ImportCommand::Pause(args)) => steer::run(session, *args, ImportVerb::Pause).await,
        Some(ImportCommand::Cancel(args)) => steer::run(session, *args, ImportVerb::Cancel).await,
        Some(ImportCommand::Undo(args)) => steer::run(session, *args, ImportVerb::Undo).await,
        Some(ImportCommand::List(args)) => list::list(session, *args).await,
        Some(ImportCommand::Show(args)) => list::show(session, *args).await,
        Some(ImportCommand::Rejects(args)) => rejects::run(session, *args).await,
    };
    done.map(|()| Exit::Success)
}

/// Tells what went wrong while files were imported: that is a failed import, unless the command
/// line is wrong.
fn told(done: anyhow::Result<Exit>) -> Exit {
    done.unwrap_or_else(|error| {
        print::error(&*error);
        exit_after(&error)
    })
}

fn exit_after(error: &anyhow::Error) -> Exit {
    if Exit::of(&**error) == Exit::Usage || AskError::is_malformed(error) {
        return Exit::Usage;
    }
    Exit::ImportFailed
}

/// Imports files, once it is sure that they are there.
async fn files(session: &Session, args: &ImportFileArgs) -> anyhow::Result<Exit> {
    let folder = env::current_dir().context("failed to find the working folder")?;
    let paths = paths::resolve(&args.files, &folder)?;
    watch(session, Order::Files(args.to_spec(paths)), args.follow).await
}

/// What is known of a watch that did not come to its end.
#[derive(Debug, Default)]
struct Known {
    /// The import, once the agent told its number.
    id: OnceLock<ImportId>,
    /// True when the agent of another process is one without feeds: that of a command.
    is_passing: AtomicBool,
}

/// How a watch ended.
enum Ended {
    /// The work is done, or failed.
    Done(anyhow::Result<Exit>),
    /// Somebody asked to stop before.
    Stopped(&'static str),
}

/// Gives an order, and follows the import that comes of it.
async fn watch(session: &Session, order: Order, args: FollowArgs) -> anyhow::Result<Exit> {
    // Before the agent starts: a signal that comes meanwhile must not end it without order.
    let mut signals = StopSignals::listen()?;
    let config = AgentConfig {
        feeds: FeedPlan::Listed(Vec::new()),
        ..session.agent_config()
    };
    let mut order = order;
    loop {
        let (clock, log) = (session.clock(), session.log());
        let (backend, link) = Backend::open(&config, clock, log, OnLoss::End).await?;
        let holder = backend.holder();
        let known = Known::default();
        let mut asker = Asker::new(link);
        let ended = tokio::select! {
            done = at_agent(&mut asker, &order, args, (holder, &known)) => Ended::Done(done),
            signal = signals.next() => Ended::Stopped(signal),
            () = backend.stop_asked() => Ended::Stopped("a viewer's command"),
        };
        let closed = tokio::select! {
            closed = backend.close() => closed,
            signal = signals.next() => Err(anyhow!("stopped at once by a second {signal}")),
        };
        let id = known.id.get().copied();
        match ended {
            Ended::Done(Ok(exit)) => {
                // What was asked for is there; that something stopped late is a side note.
                note_late(closed);
                return Ok(exit);
            }
            Ended::Done(Err(error)) => match id {
                Some(id) if holder.is_some() && AskError::is_gone(&error) => {
                    if !known.is_passing.load(Ordering::Relaxed) {
                        return Err(lost(id, holder, closed));
                    }
                    order = Order::GoOn(id);
                }
                // That of another command, which was just ending.
                None if holder.is_some() && AskError::is_gone(&error) && order.is_repeatable() => {}
                Some(_) | None => {
                    // Why the agent is gone says more than that it is.
                    closed?;
                    return Err(error);
                }
            },
            Ended::Stopped(by) => {
                note_late(closed);
                print::note(&stopped(by, id, holder));
                return Ok(Exit::Interrupted);
            }
        }
    }
}

/// Gives the order to the agent behind `asker`, follows, and prints the report.
async fn at_agent(
    asker: &mut Asker,
    order: &Order,
    args: FollowArgs,
    (holder, known): (Option<u32>, &Known),
) -> anyhow::Result<Exit> {
    if holder.is_some() {
        let state = asker.state().await?;
        let is_passing = state.feeds.is_empty();
        known.is_passing.store(is_passing, Ordering::Relaxed);
    } else if args.detach {
        let why = "`--detach` needs an agent that runs, `mda serve` or a dashboard: without one \
                   nobody does the work once this command has ended";
        return Err(UsageError(why.to_owned()).into());
    }
    let job = order.give(asker).await?;
    known.id.get_or_init(|| job.id);
    if args.detach {
        print::result(&report::written(&job, args.format)?)?;
        return Ok(Exit::Success);
    }
    let job = follow(asker, job, &mut Progress::on_stderr()).await?;
    let is_asking = job.state == ImportState::NeedsInput;
    print::result(&if is_asking && order.is_new() {
        report::written_last(&job, args.format)?
    } else {
        report::written(&job, args.format)?
    })?;
    if is_asking {
        ask_back(asker, &job, order).await;
    }
    Ok(report::exit_of(job.state))
}

/// Tells the questions on stderr. An import that this command made is cancelled: nobody would ever
/// answer it.
async fn ask_back(asker: &mut Asker, job: &ImportJob, order: &Order) {
    let words: Vec<String> = env::args().collect();
    print::note(&questions::told(job, &words));
    if order.is_new()
        && let Err(error) = steer(asker, job.id, ImportVerb::Cancel).await
    {
        let id = job.id;
        print::note(&format!("import {id} waits for an answer: {error:#}"));
    }
}

fn note_late(closed: anyhow::Result<()>) {
    if let Err(error) = closed {
        print::note(&format!("mda: {error:#}"));
    }
}

/// Says that the agent of another process went away while it imported.
fn lost(id: ImportId, holder: Option<u32>, closed: anyhow::Result<()>) -> anyhow::Error {
    let reason = closed.err().unwrap_or_else(|| anyhow!("no agent any more"));
    let process = holder.map_or(String::new(), |pid| format!(" in process {pid}"));
    reason.context(format!(
        "import {id}{process} is not watched any more; `mda import resume {id}` goes on"
    ))
}

/// Says what stopped the watch, and what becomes of the import.
fn stopped(by: &str, id: Option<ImportId>, holder: Option<u32>) -> String {
    match (id, holder) {
        (Some(id), None) => {
            format!("import {id} was stopped by {by}; `mda import resume {id}` goes on")
        }
        (Some(id), Some(pid)) => format!(
            "import {id} goes on in process {pid}; `mda import show {id}` tells how it stands, \
             `mda import cancel {id}` ends it"
        ),
        (None, _) => {
            format!("stopped by {by} before the import began; `mda import list` tells if it did")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Answer, Command, ImportSpec, QuestionAbout, Refusal, RefusalCode};
    use crate::cli::DetailFormat;
    use crate::cli::import::fixtures::{answer, answering, asker, job_in, question};

    const FOLLOWED: FollowArgs = FollowArgs {
        detach: false,
        format: DetailFormat::Json,
    };

    fn new() -> Order {
        Order::Files(ImportSpec {
            paths: vec!["/d/a.csv".to_owned()],
            ..ImportSpec::default()
        })
    }

    #[tokio::test(start_paused = true)]
    async fn an_import_is_ordered_and_followed_to_its_exit_code() {
        for (state, exit) in [
            (ImportState::Completed, Exit::Success),
            (ImportState::Partial, Exit::Partial),
            (ImportState::Failed, Exit::ImportFailed),
            (ImportState::Cancelled, Exit::ImportFailed),
        ] {
            let (mut asker, mut far) = asker();
            let known = Known::default();
            let replies = vec![answer(job_in(ImportState::Queued)), answer(job_in(state))];
            let order = new();
            let work = at_agent(&mut asker, &order, FOLLOWED, (None, &known));
            let (done, commands) = tokio::join!(work, answering(&mut far, replies));
            assert_eq!(done.unwrap(), exit);
            assert!(matches!(commands[0], Command::StartImport(_)));
            assert_eq!(known.id.get(), Some(&ImportId(3)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_ends_what_this_command_began_and_nothing_else() {
        let mut asking = job_in(ImportState::NeedsInput);
        asking.questions = vec![question(QuestionAbout::Timezone, &["UTC"])];
        let resumed = Order::Resume {
            id: ImportId(3),
            answers: None,
        };
        for order in [new(), resumed] {
            let (mut asker, mut far) = asker();
            let known = Known::default();
            let mut replies = vec![answer(asking.clone())];
            if order.is_new() {
                replies.push(answer(job_in(ImportState::Cancelled)));
            }
            let work = at_agent(&mut asker, &order, FOLLOWED, (None, &known));
            let (done, commands) = tokio::join!(work, answering(&mut far, replies));
            assert_eq!(done.unwrap(), Exit::Ambiguous);
            let cancel = Command::SteerImport {
                id: ImportId(3),
                verb: ImportVerb::Cancel,
            };
            assert_eq!(commands.contains(&cancel), order.is_new());
        }
    }

    #[tokio::test]
    async fn without_an_agent_that_runs_nothing_is_left_to_itself() {
        let (mut asker, far) = asker();
        drop(far);
        let known = Known::default();
        let args = FollowArgs {
            detach: true,
            ..FOLLOWED
        };
        let refused = at_agent(&mut asker, &new(), args, (None, &known)).await;
        let error = refused.unwrap_err();
        assert!(error.to_string().contains("mda serve"), "{error}");
        assert_eq!(exit_after(&error), Exit::Usage);
    }

    #[tokio::test]
    async fn what_the_agent_cannot_read_is_a_wrong_command_line() {
        for (code, exit) in [
            (RefusalCode::Malformed, Exit::Usage),
            (RefusalCode::Failed, Exit::ImportFailed),
            (RefusalCode::NotNow, Exit::ImportFailed),
            (RefusalCode::NotFound, Exit::ImportFailed),
        ] {
            let (mut asker, mut far) = asker();
            let refusal = Refusal {
                code,
                message: "unknown layout `yaho`".to_owned(),
                next_step: Some("one of yahoo".to_owned()),
            };
            let known = Known::default();
            let order = new();
            let work = at_agent(&mut asker, &order, FOLLOWED, (None, &known));
            let (done, _) = tokio::join!(work, answering(&mut far, vec![Err(refusal)]));
            let error = done.unwrap_err();
            assert_eq!(exit_after(&error), exit);
            assert_eq!(error.to_string(), "unknown layout `yaho`; one of yahoo");
        }
    }

    #[tokio::test]
    async fn an_agent_that_answers_something_else_is_not_believed() {
        let (mut asker, mut far) = asker();
        let known = Known::default();
        let order = new();
        let work = at_agent(&mut asker, &order, FOLLOWED, (None, &known));
        let (done, _) = tokio::join!(work, answering(&mut far, vec![Ok(Answer::Done)]));
        assert!(done.unwrap_err().to_string().contains("another version"));
    }

    #[test]
    fn who_stops_is_told_how_to_go_on() {
        let id = Some(ImportId(3));
        assert_eq!(
            stopped("SIGINT", id, None),
            "import 3 was stopped by SIGINT; `mda import resume 3` goes on"
        );
        let left = stopped("SIGINT", id, Some(7));
        assert!(left.starts_with("import 3 goes on in process 7; `mda import show 3`"));
        assert!(stopped("SIGTERM", None, None).contains("`mda import list`"));
        let error = lost(ImportId(3), Some(7), Err(anyhow!("connection failed")));
        assert_eq!(
            format!("{error:#}"),
            "import 3 in process 7 is not watched any more; `mda import resume 3` goes on: \
             connection failed"
        );
    }
}
