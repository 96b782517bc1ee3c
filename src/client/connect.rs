//! Connecting with an agent in another process.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::UnixStream;
use tokio::sync::Mutex;

use super::framing::{FrameError, FrameReader, FrameWriter};
use super::keeper::{Keeper, OnLoss};
use super::link::{Link, link};
use crate::api::{ClientMessage, PROTOCOL_VERSION, ServerMessage};
use crate::runtime::{RestartPolicy, Stage, Supervisor};

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

/// Both directions of a connection whose greetings are exchanged.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) reader: FrameReader,
    pub(super) writer: FrameWriter,
}

/// Connects with the agent that listens on `path`, and keeps the connection in a task of
/// `supervisor` until the viewer is gone, or what `on_loss` says.
///
/// # Errors
/// [`ClientError`] when nobody greets there in our protocol.
pub async fn connect(
    supervisor: &Supervisor,
    path: &Path,
    on_loss: OnLoss,
) -> Result<Link, ClientError> {
    let connection = open(path).await?;
    let (link, ends) = link();
    let keeper = Keeper::new(path, on_loss, ends);
    // The task runs once (`RestartPolicy::Never`): both move into its first and only run.
    let once = Arc::new(Mutex::new(Some((keeper, connection))));
    supervisor.spawn(
        "agent-link",
        Stage::Viewing,
        RestartPolicy::Never,
        move |token| {
            let once = Arc::clone(&once);
            async move {
                let Some((keeper, connection)) = once.lock().await.take() else {
                    return Ok(());
                };
                keeper.run(connection, token).await.map_err(Into::into)
            }
        },
    );
    Ok(link)
}

/// Opens a connection and exchanges greetings.
pub(super) async fn open(path: &Path) -> Result<Connection, ClientError> {
    let stream = UnixStream::connect(path)
        .await
        .map_err(|source| ClientError::Connect {
            path: path.to_owned(),
            source,
        })?;
    let (read, write) = stream.into_split();
    let mut connection = Connection {
        reader: FrameReader::new(read),
        writer: FrameWriter::new(write),
    };
    tokio::time::timeout(GREETING_MAX, greet(&mut connection))
        .await
        .map_err(|_| ClientError::Mute {
            path: path.to_owned(),
        })??;
    Ok(connection)
}

async fn greet(connection: &mut Connection) -> Result<(), ClientError> {
    let hello = ClientMessage::Hello {
        protocol: PROTOCOL_VERSION,
    };
    connection.writer.write(&hello).await?;
    match connection.reader.read::<ServerMessage>().await? {
        Some(ServerMessage::Hello {
            protocol: PROTOCOL_VERSION,
            ..
        }) => Ok(()),
        Some(ServerMessage::Hello { protocol, version }) => Err(ClientError::Version {
            version,
            theirs: protocol,
        }),
        Some(ServerMessage::Reply(_) | ServerMessage::State(_)) | None => {
            Err(ClientError::Protocol)
        }
    }
}
