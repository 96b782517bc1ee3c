//! Connecting with an agent in another process.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::UnixStream;
use tokio::sync::Mutex;

use super::framing::{FrameError, FrameReader, FrameWriter};
use super::link::{AgentEnds, Link, link};
use crate::api::{ClientMessage, PROTOCOL_VERSION, ServerMessage};
use crate::runtime::{RestartPolicy, ShutdownToken, Stage, Supervisor};

/// How long the agent may take to greet.
const GREETING_MAX: Duration = Duration::from_secs(3);

/// Why there is no connection with the agent.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Nobody listens there.
    #[error(
        "failed to connect with the agent on `{path}`: is `mda` or `mda serve` running on this data directory?"
    )]
    Connect {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It listens, and says nothing.
    #[error("the agent on `{path}` did not greet within 3 s: it may hang; stop it and try again")]
    Mute {
        /// The socket.
        path: PathBuf,
    },
    /// It speaks another version of the protocol.
    #[error(
        "the agent runs version {version}, which speaks protocol {theirs} (this program: {PROTOCOL_VERSION}): restart it"
    )]
    Version {
        /// Its program version.
        version: String,
        /// Its protocol.
        theirs: u32,
    },
    /// It sent something else than a greeting.
    #[error("the agent did not begin with a greeting")]
    Protocol,
    /// The connection failed on the way.
    #[error("failed to speak with the agent")]
    Frame(#[from] FrameError),
}

/// Connects with the agent that listens on `path`, and keeps the connection in a task of
/// `supervisor` until either end is gone.
///
/// # Errors
/// [`ClientError`] when nobody greets there in our protocol.
pub async fn connect(supervisor: &Supervisor, path: &Path) -> Result<Link, ClientError> {
    let stream = UnixStream::connect(path)
        .await
        .map_err(|source| ClientError::Connect {
            path: path.to_owned(),
            source,
        })?;
    let (read, write) = stream.into_split();
    let mut reader = FrameReader::new(read);
    let mut writer = FrameWriter::new(write);
    let greeting = async {
        writer
            .write(&ClientMessage::Hello {
                protocol: PROTOCOL_VERSION,
            })
            .await?;
        reader.read::<ServerMessage>().await
    };
    let greeting = tokio::time::timeout(GREETING_MAX, greeting)
        .await
        .map_err(|_| ClientError::Mute {
            path: path.to_owned(),
        })??;
    match greeting {
        Some(ServerMessage::Hello {
            protocol: PROTOCOL_VERSION,
            ..
        }) => {}
        Some(ServerMessage::Hello { protocol, version }) => {
            return Err(ClientError::Version {
                version,
                theirs: protocol,
            });
        }
        Some(ServerMessage::Reply(_) | ServerMessage::State(_)) | None => {
            return Err(ClientError::Protocol);
        }
    }
    let (link, ends) = link();
    // The task runs once (`RestartPolicy::Never`): the ends move into its first and only run.
    let connection = Arc::new(Mutex::new(Some((reader, writer, ends))));
    supervisor.spawn(
        "agent-link",
        Stage::Viewing,
        RestartPolicy::Never,
        move |token| {
            let connection = Arc::clone(&connection);
            async move {
                let Some((reader, writer, ends)) = connection.lock().await.take() else {
                    return Ok(());
                };
                let ended = ends.ended.clone();
                let result = carry(reader, writer, ends, token).await;
                ended.cancel();
                result.map_err(Into::into)
            }
        },
    );
    Ok(link)
}

/// Carries requests out and states and replies in, until either end is gone.
async fn carry(
    mut reader: FrameReader,
    mut writer: FrameWriter,
    mut ends: AgentEnds,
    token: ShutdownToken,
) -> Result<(), FrameError> {
    loop {
        // Reading and receiving are cancel safe; a request is written to the end once taken.
        tokio::select! {
            biased;
            () = token.cancelled() => return Ok(()),
            request = ends.requests.recv() => match request {
                Some(request) => writer.write(&ClientMessage::Request(request)).await?,
                None => return Ok(()),
            },
            frame = reader.read::<ServerMessage>() => match frame? {
                Some(ServerMessage::State(state)) => { ends.states.send_replace(Some(state)); }
                Some(ServerMessage::Reply(reply)) => {
                    if ends.replies.send(reply).await.is_err() {
                        return Ok(());
                    }
                }
                Some(ServerMessage::Hello { .. }) => {}
                None => return Ok(()),
            },
        }
    }
}
