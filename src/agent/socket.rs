//! The local socket: viewers in other processes.
//!
//! Every connection is a member of the acceptor's join set and ends with it. A connection that
//! sends what is no frame, or another protocol, is told why and closed; others never notice. One
//! that does not read (a suspended dashboard) keeps its place: its states replace one another, so
//! it costs the memory of one, and finds the newest when it goes on.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::hub::{HubMail, attach};
use crate::api::{ClientMessage, PROTOCOL_VERSION, Refusal, RefusalCode, Reply, ServerMessage};
use crate::client::{FrameError, FrameReader, FrameWriter, Link};
use crate::runtime::ShutdownToken;

/// Connections at once: each is a screen or a command that somebody typed.
const CONNECTIONS_MAX: usize = 64;

/// How long a connection may take to say hello.
const HELLO_MAX: Duration = Duration::from_secs(3);

/// How long no connection is accepted after that failed (too many open files): those that are open
/// live on.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the socket does not work.
#[derive(Debug, Error)]
#[error("failed to {operation} the local socket `{path}`; move away what is there")]
pub(super) struct SocketError {
    operation: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl SocketError {
    fn new(operation: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            operation,
            path: path.to_owned(),
            source,
        }
    }
}

/// Binds the socket, for this user only, in the place of one that a killed agent left. The caller
/// holds the lease.
fn bind(path: &Path) -> Result<UnixListener, SocketError> {
    remove(path)?;
    let failed = |source| SocketError::new("open", path, source);
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

/// Removes the socket; one that is gone already is as good.
fn remove(path: &Path) -> Result<(), SocketError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SocketError::new("replace", path, error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Accepts connections until asked to stop, then ends them and removes the socket.
pub(super) async fn serve(
    path: PathBuf,
    hub: mpsc::Sender<HubMail>,
    token: ShutdownToken,
) -> Result<(), SocketError> {
    let listener = bind(&path)?;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = token.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, hub.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a viewer on the local socket");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    connections.shutdown().await;
    remove(&path)
}

async fn converse(stream: UnixStream, hub: mpsc::Sender<HubMail>) {
    let (read, write) = stream.into_split();
    let (mut reader, mut writer) = (FrameReader::new(read), FrameWriter::new(write));
    let result = async {
        if !greet(&mut reader, &mut writer).await? {
            return Ok(());
        }
        let Some(link) = attach(&hub).await else {
            return Ok(());
        };
        carry(&mut reader, &mut writer, link).await
    };
    if let Err(error) = result.await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "viewer on the local socket lost"
        );
    }
}

/// Exchanges greetings; false when the other end went away, stayed mute, or speaks another
/// protocol.
async fn greet(reader: &mut FrameReader, writer: &mut FrameWriter) -> Result<bool, FrameError> {
    let Ok(hello) = timeout(HELLO_MAX, reader.read::<ClientMessage>()).await else {
        return Ok(false);
    };
    let Some(hello) = hello? else {
        return Ok(false);
    };
    writer
        .write(&ServerMessage::Hello {
            protocol: PROTOCOL_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
        .await?;
    Ok(matches!(
        hello,
        ClientMessage::Hello {
            protocol: PROTOCOL_VERSION
        }
    ))
}

/// Carries requests in and states and replies out, until either end is gone.
async fn carry(
    reader: &mut FrameReader,
    writer: &mut FrameWriter,
    mut link: Link,
) -> Result<(), FrameError> {
    loop {
        tokio::select! {
            biased;
            () = link.ended.cancelled() => return Ok(()),
            Some(reply) = link.replies.recv() => writer.write(&ServerMessage::Reply(reply)).await?,
            frame = reader.read::<ClientMessage>() => match frame {
                Ok(Some(ClientMessage::Request(request))) => {
                    if link.requests.send(request).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(Some(ClientMessage::Hello { .. })) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    writer.write(&ServerMessage::Reply(malformed(&error))).await?;
                    return Err(error);
                }
            },
            changed = link.states.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let state = link.states.borrow_and_update().clone();
                if let Some(state) = state {
                    writer.write(&ServerMessage::State(state)).await?;
                }
            }
        }
    }
}

/// Tells a viewer that its frame was not understood. The frame had no readable id, so the reply has
/// none either (0).
fn malformed(error: &FrameError) -> Reply {
    Reply {
        id: 0,
        result: Err(Refusal {
            code: RefusalCode::Malformed,
            message: error.to_string(),
            next_step: Some("use the same version of mda on both ends".to_owned()),
        }),
    }
}
