//! [`Committer`]: parsed pieces into commits: duplicates out, keys and findings remembered.

use std::sync::Arc;

use super::parse::{Parsed, duplicate};
use super::source::FilePlan;
use super::state::ChunkState;
use crate::domain::ImportId;
use crate::import::keys::KeySet;
use crate::import::{Commit, CommitLine};

/// Makes commits of parsed pieces, in the order of their chunks.
#[derive(Debug)]
pub(super) struct Committer {
    pub(super) import: ImportId,
    pub(super) epoch: u64,
    pub(super) files: Arc<[FilePlan]>,
    pub(super) keys: KeySet,
    /// Number of the next chunk.
    pub(super) chunk: u64,
}

impl Committer {
    /// Makes the commit of the next piece. `state` says how long everything took so far.
    pub(super) fn commit(&mut self, parsed: Parsed, mut state: ChunkState) -> Commit {
        let raw = &parsed.piece.raw;
        let file = &self.files[parsed.piece.file];
        let mut counts = parsed.counts;
        let mut bars = Vec::with_capacity(parsed.rows.len());
        let mut duplicates = Vec::new();
        for (bar, place) in parsed.rows {
            if self.keys.insert(&bar) {
                bars.push(bar);
            } else {
                counts.duplicate += 1;
                let told = duplicate(file, &raw.text, place);
                duplicates.push((bar, told));
            }
        }
        state.tally = parsed.tally;
        state.keys = self.keys.take_delta();
        let line = CommitLine {
            chunk: self.chunk,
            file: parsed.piece.file as u32,
            byte_from: raw.byte_from,
            byte_to: raw.byte_to,
            line_to: raw.line_to,
            hash: raw.hash,
            counts,
            state: state.to_bytes(),
        };
        self.chunk += 1;
        Commit {
            import: self.import,
            epoch: self.epoch,
            bars: bars.into(),
            duplicates,
            rejects: parsed.rejects,
            line,
        }
    }
}
