//! [`refresh`]: files of an interrupted import as they are now, behind what is committed.

use std::path::Path;

use super::plan::{self, identity};
use crate::api::ImportSpec;
use crate::import::job::BodyFile;
use crate::import::{ImportError, csv};

/// Files as they are now.
#[derive(Debug, Default)]
pub(super) struct Refreshed {
    /// The files.
    pub(super) files: Vec<BodyFile>,
    /// What changed, for the report.
    pub(super) notes: Vec<String>,
}

/// Looks again at files whose committed part has proved to be the same. `current` is the file in
/// which the last committed chunk stands: those before it are done, those behind it are read as if
/// for the first time.
///
/// # Errors
/// A file that cannot be looked at, or that now raises a question.
pub(super) fn refresh(
    spec: &ImportSpec,
    files: Vec<BodyFile>,
    current: usize,
) -> Result<Refreshed, ImportError> {
    let mut refreshed = Refreshed::default();
    for (place, file) in files.into_iter().enumerate() {
        let (bytes, modified_micros, fingerprint) = identity(&file.path)?;
        if bytes == file.bytes && fingerprint == file.fingerprint {
            refreshed.files.push(file);
            continue;
        }
        let change = words(&file, bytes);
        if place < current {
            refreshed.notes.push(format!(
                "{change} after it was read: import it again for the rest"
            ));
            refreshed.files.push(file);
            continue;
        }
        refreshed
            .notes
            .push(format!("{change} while the import stood still"));
        let layout = if place == current {
            continued(&file)?
        } else {
            read_anew(spec, &file)?
        };
        refreshed.files.push(BodyFile {
            bytes,
            modified_micros,
            fingerprint,
            layout,
            ..file
        });
    }
    Ok(refreshed)
}

/// What was half read is read on by the same rules; only where its records end may have moved.
fn continued(file: &BodyFile) -> Result<crate::import::Layout, ImportError> {
    let mut layout = file.layout.clone();
    let sample = csv::probe(Path::new(&file.path))?;
    layout.dialect.body_to = sample.dialect.body_to;
    Ok(layout)
}

fn read_anew(spec: &ImportSpec, file: &BodyFile) -> Result<crate::import::Layout, ImportError> {
    let (_, mapping) = plan::look(spec, &file.path)?;
    mapping.layout.ok_or_else(|| {
        let asked = mapping
            .questions
            .first()
            .map_or("", |question| &question.text);
        ImportError::Changed(format!(
            "`{}` changed since it was looked at, and is not clear any more: {asked}; restart to \
             answer",
            file.path
        ))
    })
}

fn words(file: &BodyFile, bytes: u64) -> String {
    let name = Path::new(&file.path)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    if bytes > file.bytes {
        return format!("{name} grew by {} bytes", bytes - file.bytes);
    }
    format!("{name} changed")
}
