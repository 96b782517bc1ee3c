//! The frames of the local socket: one JSON object a line, in both directions.

use std::io;

use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec, LinesCodecError};

/// Longest frame read: a state of 10,000 instruments, the most that a feed opens, takes about half
/// of it; one of 500 with a chart of 2,000 bars a fortieth.
pub const FRAME_LEN_MAX: usize = 32 << 20;

/// Why a frame was not read or written.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The line is longer than [`FRAME_LEN_MAX`].
    #[error("frame on the local socket is longer than {FRAME_LEN_MAX} bytes")]
    TooLong,
    /// The line is no frame of the protocol.
    #[error("frame on the local socket is malformed: `{start}`")]
    Malformed {
        /// Its first 80 characters.
        start: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The frame cannot be written as JSON.
    #[error("failed to write a frame as JSON")]
    Encode(#[source] serde_json::Error),
    /// The connection failed.
    #[error("connection on the local socket failed")]
    Io(#[source] io::Error),
}

impl From<LinesCodecError> for FrameError {
    fn from(error: LinesCodecError) -> Self {
        match error {
            LinesCodecError::MaxLineLengthExceeded => Self::TooLong,
            LinesCodecError::Io(source) => Self::Io(source),
        }
    }
}

/// Reads frames. Cancel safe.
#[derive(Debug)]
pub struct FrameReader(FramedRead<OwnedReadHalf, LinesCodec>);

impl FrameReader {
    /// Reads from one half of a socket.
    pub fn new(half: OwnedReadHalf) -> Self {
        Self(FramedRead::new(
            half,
            LinesCodec::new_with_max_length(FRAME_LEN_MAX),
        ))
    }

    /// Returns the next frame; `None` when the other end has closed.
    ///
    /// # Errors
    /// [`FrameError`] when the line is no `T`, or the connection fails.
    pub async fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some(line) = self.0.next().await else {
            return Ok(None);
        };
        let line = line?;
        serde_json::from_str(&line)
            .map(Some)
            .map_err(|source| FrameError::Malformed {
                start: line.chars().take(80).collect(),
                source,
            })
    }
}

/// Writes frames.
#[derive(Debug)]
pub struct FrameWriter(FramedWrite<OwnedWriteHalf, LinesCodec>);

impl FrameWriter {
    /// Writes to one half of a socket.
    pub fn new(half: OwnedWriteHalf) -> Self {
        Self(FramedWrite::new(
            half,
            LinesCodec::new_with_max_length(FRAME_LEN_MAX),
        ))
    }

    /// Writes one frame and flushes it. Not cancel safe: half a frame may be written.
    ///
    /// # Errors
    /// [`FrameError`] when the connection fails.
    pub async fn write<T: Serialize + Sync>(&mut self, frame: &T) -> Result<(), FrameError> {
        let line = serde_json::to_string(frame).map_err(FrameError::Encode)?;
        Ok(self.0.send(line).await?)
    }
}
