//! [`Keeper`]: keeps a link with an agent in another process, from agent to agent.
//!
//! ```text
//!   carrying ── connection lost, OnLoss::End ─▶ ended
//!    ▲    └──── connection lost, OnLoss::Reconnect ─▶ alone ── other protocol ─▶ ended
//!    └────────────────── greeted, view asked again ─────┘
//! ```
//!
//! Alone, it tries again with growing waits and answers requests itself: a view is kept for the
//! next agent, anything else is refused. It ends with the viewer.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use super::connect::{self, ClientError, Connection};
use super::framing::FrameError;
use super::link::AgentEnds;
use crate::api::{ClientMessage, Command, Refusal, RefusalCode, Reply, Request, ServerMessage};
use crate::runtime::{Backoff, BackoffPolicy, ShutdownToken};

/// Waits between attempts: an agent that is started anew is found before its user looks up.
const WAIT_MIN: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(2);
const WAIT_JITTER: f64 = 0.3;

/// What a link does when its connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnLoss {
    /// It ends.
    End,
    /// Its state becomes `None`, and it connects again as soon as an agent is there.
    Reconnect,
}

/// Why nothing is carried any more.
enum Stopped {
    /// The viewer is gone, or the process stops.
    ByViewer,
    /// The agent closed the connection.
    ByAgent,
}

/// The task behind a link.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    on_loss: OnLoss,
    ends: AgentEnds,
    /// What the viewer looks at: the next agent is asked for the same.
    view: Option<Request>,
    /// Absent only if its constants made no sense; then the longest wait is waited.
    backoff: Option<Backoff>,
}

impl Keeper {
    pub(super) fn new(path: &Path, on_loss: OnLoss, ends: AgentEnds) -> Self {
        let policy = BackoffPolicy::try_new(WAIT_MIN, WAIT_MAX, WAIT_JITTER);
        Self {
            path: path.to_owned(),
            on_loss,
            ends,
            view: None,
            backoff: policy.ok().map(Backoff::with_random_seed),
        }
    }

    /// Carries until the viewer is gone, or the agent is for good.
    ///
    /// # Errors
    /// [`ClientError::Version`] when the next agent speaks another protocol; with [`OnLoss::End`]
    /// whatever broke the connection.
    pub(super) async fn run(
        mut self,
        mut connection: Connection,
        token: ShutdownToken,
    ) -> Result<(), ClientError> {
        let _ended = self.ends.ended.clone().drop_guard();
        loop {
            let stopped = self.carry(&mut connection, &token).await;
            match (stopped, self.on_loss) {
                (Ok(Stopped::ByViewer), _) | (Ok(Stopped::ByAgent), OnLoss::End) => return Ok(()),
                (Err(error), OnLoss::End) => return Err(error.into()),
                (Ok(Stopped::ByAgent), OnLoss::Reconnect) => {
                    tracing::warn!("the agent closed the connection");
                }
                (Err(error), OnLoss::Reconnect) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "connection with the agent lost");
                }
            }
            self.ends.states.send_replace(None);
            let Some(next) = self.reconnect(&token).await? else {
                return Ok(());
            };
            tracing::info!("connected with an agent again");
            connection = next;
        }
    }

    /// Carries requests out and states and replies in, until either end is gone.
    async fn carry(
        &mut self,
        connection: &mut Connection,
        token: &ShutdownToken,
    ) -> Result<Stopped, FrameError> {
        let Connection { reader, writer } = connection;
        if let Some(view) = self.view.clone() {
            writer.write(&ClientMessage::Request(view)).await?;
        }
        loop {
            // Reading and receiving are cancel safe; a request is written to the end once taken.
            tokio::select! {
                biased;
                () = token.cancelled() => return Ok(Stopped::ByViewer),
                request = self.ends.requests.recv() => match request {
                    Some(request) => {
                        self.remember(&request);
                        writer.write(&ClientMessage::Request(request)).await?;
                    }
                    None => return Ok(Stopped::ByViewer),
                },
                frame = reader.read::<ServerMessage>() => match frame? {
                    Some(ServerMessage::State(state)) => {
                        // Only an agent that can be understood makes the waits short again.
                        self.backoff.iter_mut().for_each(Backoff::reset);
                        self.ends.states.send_replace(Some(state));
                    }
                    Some(ServerMessage::Reply(reply)) => {
                        if self.ends.replies.send(reply).await.is_err() {
                            return Ok(Stopped::ByViewer);
                        }
                    }
                    Some(ServerMessage::Hello { .. }) => {}
                    None => return Ok(Stopped::ByAgent),
                },
            }
        }
    }

    fn remember(&mut self, request: &Request) {
        if matches!(request.command, Command::View(_)) {
            self.view = Some(request.clone());
        }
    }

    /// Tries until an agent greets; `None` when the viewer is gone first.
    async fn reconnect(
        &mut self,
        token: &ShutdownToken,
    ) -> Result<Option<Connection>, ClientError> {
        loop {
            let wait = self.backoff.as_mut().map_or(WAIT_MAX, Backoff::next_wait);
            let path = self.path.clone();
            let mut attempt = pin!(async move {
                tokio::time::sleep(wait).await;
                connect::open(&path).await
            });
            let opened = loop {
                tokio::select! {
                    biased;
                    () = token.cancelled() => return Ok(None),
                    request = self.ends.requests.recv() => match request {
                        Some(request) => self.answer_alone(&request),
                        None => return Ok(None),
                    },
                    opened = &mut attempt => break opened,
                }
            };
            match opened {
                Ok(connection) => return Ok(Some(connection)),
                Err(error @ ClientError::Version { .. }) => return Err(error),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::debug!(error, "no agent yet");
                }
            }
        }
    }

    /// Answers in the place of the agent that is gone. A view is answered by the next one.
    fn answer_alone(&mut self, request: &Request) {
        self.remember(request);
        if matches!(request.command, Command::View(_)) {
            return;
        }
        let reply = Reply {
            id: request.id,
            result: Err(Refusal {
                code: RefusalCode::NotNow,
                message: "the agent is gone".to_owned(),
                next_step: Some("start `mda serve` on the same data directory".to_owned()),
            }),
        };
        if let Err(error) = self.ends.replies.try_send(reply) {
            tracing::warn!(%error, "reply dropped");
        }
    }
}
