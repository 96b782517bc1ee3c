//! Going on: what the ledger says was done, and the proof that the files still say it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::ImportCounts;
use crate::import::csv::{self, Position};
use crate::import::job::BodyFile;
use crate::import::keys::KeySet;
use crate::import::pipeline::{ChunkState, Place};
use crate::import::progress::StageTimes;
use crate::import::{CommitLine, ImportError, TextEncoding};
use crate::quality::QualityTally;

/// What was done, and where to go on.
#[derive(Debug, Default)]
pub(super) struct Recalled {
    /// Where to go on.
    pub(super) place: Place,
    /// The keys of every committed row.
    pub(super) keys: KeySet,
    /// What became of the records.
    pub(super) counts: ImportCounts,
    /// What was found in them.
    pub(super) tally: QualityTally,
    /// Bytes of committed chunks.
    pub(super) bytes: u64,
    /// How long it ran, and how long the stages worked.
    pub(super) times: (Duration, StageTimes),
}

/// Takes over what the ledger says.
///
/// # Errors
/// [`ImportError::Ledger`] when a line is damaged or missing.
pub(super) fn recall(ledger: &[CommitLine]) -> Result<Recalled, ImportError> {
    let mut recalled = Recalled::default();
    for (chunk, line) in (0..).zip(ledger) {
        let damaged = crate::import::pipeline::ChunkStateError { chunk };
        if line.chunk != chunk {
            return Err(damaged.into());
        }
        let state = ChunkState::from_bytes(chunk, &line.state)?;
        recalled.keys.absorb(&state.keys).map_err(|_| damaged)?;
        recalled.counts += line.counts;
        recalled.tally.merge(&state.tally);
        recalled.bytes += line.byte_to.saturating_sub(line.byte_from);
        recalled.times = (state.elapsed, state.stages);
        recalled.place = Place {
            chunk: chunk + 1,
            file: line.file as usize,
            position: Some(Position {
                byte: line.byte_to,
                line: line.line_to,
            }),
        };
    }
    Ok(recalled)
}

/// Proves that every committed chunk still stands in its file as it was read. Stops early when told
/// to.
///
/// # Errors
/// [`ImportError::Changed`] names the first bytes that differ and what to do.
pub(super) fn verify(
    files: &[BodyFile],
    ledger: &[CommitLine],
    stop: &CancellationToken,
) -> Result<(), ImportError> {
    for line in ledger {
        if stop.is_cancelled() {
            return Ok(());
        }
        let file = files.get(line.file as usize).ok_or_else(|| {
            ImportError::Changed(format!("chunk {} is of no file of the import", line.chunk))
        })?;
        verify_chunk(&file.path, line)?;
    }
    let Some(last) = ledger.last() else {
        return Ok(());
    };
    verify_last_record(&files[last.file as usize], last)
}

fn verify_chunk(path: &str, line: &CommitLine) -> Result<(), ImportError> {
    let failed = |source| ImportError::File {
        path: path.to_owned(),
        source,
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size < line.byte_to {
        return Err(changed(
            path,
            &format!("has {size} bytes, {} were imported", line.byte_to),
        ));
    }
    let hash = csv::hash_of_range(Path::new(path), line.byte_from, line.byte_to).map_err(failed)?;
    if hash != line.hash {
        let range = format!(
            "bytes {} to {} are not what was imported",
            line.byte_from, line.byte_to
        );
        return Err(changed(path, &range));
    }
    Ok(())
}

/// A file whose last line had no end when it was read may have been continued since.
fn verify_last_record(file: &BodyFile, last: &CommitLine) -> Result<(), ImportError> {
    let size = |source| ImportError::File {
        path: file.path.clone(),
        source,
    };
    if fs::metadata(&file.path).map_err(size)?.len() == last.byte_to {
        return Ok(());
    }
    let around = around(&file.path, last.byte_to).map_err(size)?;
    if is_line_end(file.layout.dialect.encoding, &around.0, &around.1) {
        return Ok(());
    }
    let torn = format!(
        "the record that ended at byte {} has been continued since",
        last.byte_to
    );
    Err(changed(&file.path, &torn))
}

/// Returns the two bytes before a place, and the two behind it.
fn around(path: &str, at: u64) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = fs::File::open(path)?;
    file.seek(SeekFrom::Start(at.saturating_sub(2)))?;
    let mut before = vec![0; at.min(2) as usize];
    file.read_exact(&mut before)?;
    let mut behind = Vec::new();
    file.take(2).read_to_end(&mut behind)?;
    Ok((before, behind))
}

fn is_line_end(encoding: TextEncoding, before: &[u8], behind: &[u8]) -> bool {
    let is_end = |byte: Option<&u8>| matches!(byte, Some(b'\n' | b'\r'));
    match encoding {
        TextEncoding::Utf8 | TextEncoding::Windows1252 => {
            is_end(before.last()) || is_end(behind.first())
        }
        TextEncoding::Utf16Le => is_end(before.first()) || is_end(behind.first()),
        TextEncoding::Utf16Be => is_end(before.last()) || is_end(behind.get(1)),
    }
}

fn changed(path: &str, what: &str) -> ImportError {
    ImportError::Changed(format!(
        "`{path}` changed since its first part was imported: {what}; put the old file back and \
         resume, or restart to import it as it is now"
    ))
}
