//! [`ChunkState`]: what a ledger line carries so that an import goes on after it.

use std::time::Duration;

use crate::import::keys::{Reader, put_unsigned};
use crate::import::progress::StageTimes;
use crate::quality::QualityTally;

const VERSION: u64 = 1;

/// Why the bytes of a ledger line are no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger of the import is damaged at chunk {chunk}; restart the import")]
pub struct ChunkStateError {
    /// Which chunk.
    pub chunk: u64,
}

/// What is needed to go on after a chunk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkState {
    /// How long the import had run by then.
    pub elapsed: Duration,
    /// How long each stage had worked by then.
    pub stages: StageTimes,
    /// What was found in the rows of this chunk.
    pub tally: QualityTally,
    /// The keys this chunk added.
    pub keys: Vec<u8>,
}

impl ChunkState {
    /// Writes the state.
    pub fn to_bytes(&self) -> Vec<u8> {
        let tally = self.tally.to_bytes();
        let mut bytes = Vec::with_capacity(self.keys.len() + tally.len() + 32);
        put_unsigned(&mut bytes, VERSION);
        let times = [
            self.elapsed,
            self.stages.read,
            self.stages.parse,
            self.stages.write,
        ];
        for time in times {
            put_unsigned(&mut bytes, time.as_micros() as u64);
        }
        for part in [&tally, &self.keys] {
            put_unsigned(&mut bytes, part.len() as u64);
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// Reads the state of a chunk.
    ///
    /// # Errors
    /// [`ChunkStateError`] when the bytes are none.
    pub fn from_bytes(chunk: u64, bytes: &[u8]) -> Result<Self, ChunkStateError> {
        read(bytes).ok_or(ChunkStateError { chunk })
    }
}

fn read(bytes: &[u8]) -> Option<ChunkState> {
    let mut reader = Reader::new(bytes);
    if reader.unsigned()? != VERSION {
        return None;
    }
    let mut time = || reader.unsigned().map(Duration::from_micros);
    let elapsed = time()?;
    let stages = StageTimes {
        read: time()?,
        parse: time()?,
        write: time()?,
    };
    let tally = QualityTally::from_bytes(reader.bytes()?).ok()?;
    let keys = reader.bytes()?.to_vec();
    reader.is_empty().then_some(ChunkState {
        elapsed,
        stages,
        tally,
        keys,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_and_a_cut_one_is_refused() {
        let state = ChunkState {
            elapsed: Duration::from_micros(1_234_567),
            stages: StageTimes {
                read: Duration::from_micros(1),
                parse: Duration::from_secs(2),
                write: Duration::ZERO,
            },
            tally: QualityTally::default(),
            keys: vec![1, 2, 3],
        };
        let bytes = state.to_bytes();
        assert_eq!(ChunkState::from_bytes(4, &bytes), Ok(state));
        for length in 0..bytes.len() {
            let error = ChunkState::from_bytes(4, &bytes[..length]).unwrap_err();
            assert_eq!(error, ChunkStateError { chunk: 4 });
        }
    }
}
