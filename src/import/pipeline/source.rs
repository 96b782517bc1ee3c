//! [`Source`]: the files of an import, one after the other, as numbered pieces.

use std::path::PathBuf;
use std::sync::Arc;

use super::crew::CrewError;
use crate::import::Layout;
use crate::import::csv::{CutLimits, Cutter, Position, RawChunk};

/// One file, and how it is read.
#[derive(Debug, Clone)]
pub struct FilePlan {
    /// Where it is.
    pub path: PathBuf,
    /// Its path, as rejects name it.
    pub name: Arc<str>,
    /// How it is read.
    pub layout: Arc<Layout>,
}

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Number of the next chunk.
    pub chunk: u64,
    /// The file, by its place.
    pub file: usize,
    /// Where in it; `None`: at its first record.
    pub position: Option<Position>,
}

/// A piece of a file, to be parsed.
#[derive(Debug)]
pub(super) struct Piece {
    /// The file, by its place.
    pub(super) file: usize,
    /// The bytes.
    pub(super) raw: RawChunk,
}

/// Cuts file after file.
#[derive(Debug)]
pub(super) struct Source {
    files: Arc<[FilePlan]>,
    limits: CutLimits,
    file: usize,
    position: Option<Position>,
    open: Option<Cutter>,
}

impl Source {
    /// Begins at a place.
    pub(super) fn new(files: Arc<[FilePlan]>, place: Place, limits: CutLimits) -> Self {
        Self {
            files,
            limits,
            file: place.file,
            position: place.position,
            open: None,
        }
    }

    /// Cuts the next piece; `None` after the last file.
    ///
    /// # Errors
    /// [`CrewError::Read`] names the file and how far it was read.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, CrewError> {
        while let Some(file) = self.files.get(self.file).cloned() {
            if let Some(raw) = self.cut(&file)? {
                let file = self.file;
                return Ok(Some(Piece { file, raw }));
            }
            self.open = None;
            self.position = None;
            self.file += 1;
        }
        Ok(None)
    }

    fn cut(&mut self, file: &FilePlan) -> Result<Option<RawChunk>, CrewError> {
        let from = self
            .position
            .unwrap_or(Position::start_of(&file.layout.dialect));
        let failed = |source| CrewError::Read {
            path: file.name.to_string(),
            byte: from.byte,
            source,
        };
        if self.open.is_none() {
            let dialect = &file.layout.dialect;
            let cutter = Cutter::open(&file.path, dialect, from).map_err(failed)?;
            self.open = Some(cutter.with_limits(self.limits));
        }
        let Some(cutter) = self.open.as_mut() else {
            return Ok(None);
        };
        let chunk = cutter.next().map_err(failed)?;
        self.position = chunk.as_ref().map(RawChunk::end).or(self.position);
        Ok(chunk)
    }
}
