//! Files looked at: what they are, how they are read, and what only a person can say.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use xxhash_rust::xxh3::Xxh3;

use crate::api::{ImportQuestion, ImportSpec};
use crate::domain::Timestamp;
use crate::import::ImportError;
use crate::import::convert::RowReader;
use crate::import::csv::{self, Sample};
use crate::import::job::BodyFile;
use crate::import::mapping::{self, Mapping, MappingRequest};
use crate::import::pipeline::{FilePlan, RunError};

/// Bytes at either end of a file that its fingerprint covers.
const FINGERPRINT_BYTES: u64 = 1 << 20;

/// Questions that are asked at once.
const QUESTIONS_MAX: usize = 20;

/// What looking at the files of an import gave.
#[derive(Debug, Default)]
pub(super) struct Understood {
    /// The files, where no question is open.
    pub(super) files: Vec<BodyFile>,
    /// What must be answered, each once.
    pub(super) questions: Vec<ImportQuestion>,
    /// Lines that are left out, for the report.
    pub(super) notes: Vec<String>,
}

/// Looks at every file. Reads their beginnings and ends only.
///
/// # Errors
/// What a file is instead of a table, or why it cannot be read.
pub(super) fn understand(spec: &ImportSpec, paths: &[String]) -> Result<Understood, ImportError> {
    let mut understood = Understood::default();
    for path in paths {
        let (sample, mapping) = look(spec, path)?;
        for question in mapping.questions {
            let is_new = understood
                .questions
                .iter()
                .all(|other| other.about != question.about);
            if is_new && understood.questions.len() < QUESTIONS_MAX {
                understood.questions.push(question);
            }
        }
        if !sample.left_out.is_empty() {
            understood.notes.push(left_out(path, &sample.left_out));
        }
        let Some(layout) = mapping.layout else {
            continue;
        };
        // Better said now than at the first record. The moment of judgement does not matter here.
        RowReader::new(&layout, spec.validation, Timestamp::EPOCH).map_err(RunError::from)?;
        let (bytes, modified_micros, fingerprint) = identity(path)?;
        understood.files.push(BodyFile {
            path: path.clone(),
            bytes,
            modified_micros,
            fingerprint,
            layout,
        });
    }
    Ok(understood)
}

/// Looks at one file.
pub(super) fn look(spec: &ImportSpec, path: &str) -> Result<(Sample, Mapping), ImportError> {
    let sample = csv::probe(Path::new(path))?;
    let request = MappingRequest {
        path: Path::new(path),
        spec,
    };
    let mapping = mapping::map(&sample, &request);
    Ok((sample, mapping))
}

/// Returns size, time of change and fingerprint of a file.
pub(super) fn identity(path: &str) -> Result<(u64, i64, u64), ImportError> {
    let failed = |source| ImportError::File {
        path: path.to_owned(),
        source,
    };
    let metadata = fs::metadata(path).map_err(failed)?;
    let modified = metadata.modified().ok();
    let since = modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    let micros = since.and_then(|since| i64::try_from(since.as_micros()).ok());
    let fingerprint = fingerprint(path, metadata.len()).map_err(failed)?;
    Ok((metadata.len(), micros.unwrap_or(0), fingerprint))
}

/// Returns how the files of an import are read.
pub(super) fn plans(files: &[BodyFile]) -> Arc<[FilePlan]> {
    let plan = |file: &BodyFile| FilePlan {
        path: file.path.clone().into(),
        name: Arc::from(file.path.as_str()),
        layout: Arc::new(file.layout.clone()),
    };
    files.iter().map(plan).collect()
}

fn fingerprint(path: &str, size: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut hasher = Xxh3::new();
    hasher.update(&size.to_le_bytes());
    let mut bytes = Vec::new();
    (&mut file)
        .take(FINGERPRINT_BYTES)
        .read_to_end(&mut bytes)?;
    hasher.update(&bytes);
    if size > FINGERPRINT_BYTES {
        bytes.clear();
        file.seek(SeekFrom::Start(
            FINGERPRINT_BYTES.max(size - FINGERPRINT_BYTES),
        ))?;
        file.take(FINGERPRINT_BYTES).read_to_end(&mut bytes)?;
        hasher.update(&bytes);
    }
    Ok(hasher.digest())
}

fn left_out(path: &str, lines: &[(u64, String)]) -> String {
    let name = Path::new(path)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let numbers: Vec<String> = lines
        .iter()
        .take(10)
        .map(|(line, _)| line.to_string())
        .collect();
    let more = if lines.len() > numbers.len() {
        ", …"
    } else {
        ""
    };
    format!(
        "{name}: left out as no records: lines {}{more}",
        numbers.join(", ")
    )
}
