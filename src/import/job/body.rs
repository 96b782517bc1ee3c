//! [`Body`]: what an import's record says beside its state, as versioned JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::api::{
    ImportCounts, ImportMode, ImportPriority, ImportQuality, ImportQuestion, ImportSpec, Reject,
};
use crate::domain::Timestamp;
use crate::import::Layout;
use crate::import::progress::StageTimes;

/// The version that is written.
pub const BODY_VERSION: u32 = 1;

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It is no record of an import.
    #[error("the record of the import is damaged")]
    Damaged(#[from] serde_json::Error),
    /// A newer program wrote it.
    #[error("the record of the import has version {found}, newer than {BODY_VERSION}: update mda")]
    Newer {
        /// Its version.
        found: u32,
    },
}

/// What an import's record says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Version of this form.
    pub version: u32,
    /// What was asked for.
    pub spec: ImportSpec,
    /// The files its patterns matched when it was ordered, in the order of reading.
    pub paths: Vec<String>,
    /// Those files as they were understood; empty until then.
    pub files: Vec<BodyFile>,
    /// What must be answered.
    pub questions: Vec<ImportQuestion>,
    /// Why it failed, or why it is partial.
    pub problem: Option<String>,
    /// True when it failed on a file that is not what it was: resuming cannot help.
    pub is_file_changed: bool,
    /// What a reader of the report should know.
    pub notes: Vec<String>,
    /// When it first ran.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// How long it ran.
    pub elapsed: Duration,
    /// How long each stage worked.
    pub stages: StageTimes,
    /// Most memory the process ever held.
    pub peak_memory_bytes: u64,
    /// The judgement.
    pub quality: Option<ImportQuality>,
    /// What a dry run found.
    pub dry: Option<DryOutcome>,
    /// True from a crash or a stop in the middle until it ends.
    pub is_interrupted: bool,
    /// True while it is being taken back.
    pub is_undoing: bool,
}

/// One file, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyFile {
    /// Its absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last changed, in microseconds since 1970; 0 where the system does not tell.
    pub modified_micros: i64,
    /// Hash of its size, its first and its last mebibyte.
    pub fingerprint: u64,
    /// How it is read.
    pub layout: Layout,
}

/// What a dry run found: it has no ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DryOutcome {
    /// What would become of the rows.
    pub counts: ImportCounts,
    /// The first rejects.
    pub rejects: Vec<Reject>,
}

impl Body {
    /// Begins the record of an order.
    pub fn new(spec: ImportSpec, paths: Vec<String>) -> Self {
        Self {
            version: BODY_VERSION,
            spec,
            paths,
            ..Self::default()
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`BodyError`] when it is none, or a newer program's.
    pub fn parse(json: &str) -> Result<Self, BodyError> {
        let body: Self = serde_json::from_str(json)?;
        if body.version > BODY_VERSION {
            return Err(BodyError::Newer {
                found: body.version,
            });
        }
        Ok(body)
    }

    /// Writes the record.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a record has text keys and finite numbers only")
    }

    /// Adds a note once.
    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Returns what decides how rows come out: the order without what only decides how fast.
    pub fn settings(spec: &ImportSpec) -> ImportSpec {
        ImportSpec {
            paths: Vec::new(),
            mode: ImportMode::default(),
            workers: None,
            priority: ImportPriority::default(),
            ..spec.clone()
        }
    }

    /// Returns true when an order asks for the same work: same files, same settings.
    pub fn is_same_work(&self, spec: &ImportSpec, paths: &[String]) -> bool {
        self.paths == paths && Self::settings(&self.spec) == Self::settings(spec)
    }

    /// Returns true when the files of another import hold what this one's hold, read alike.
    pub fn is_same_content(&self, other: &Self) -> bool {
        let is_alike = |(one, two): (&BodyFile, &BodyFile)| {
            one.fingerprint == two.fingerprint && one.bytes == two.bytes && one.layout == two.layout
        };
        !self.files.is_empty()
            && self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(is_alike)
            && Self::settings(&self.spec) == Self::settings(&other.spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_a_newer_one_is_refused() {
        let mut body = Body::new(ImportSpec::default(), vec!["a.csv".to_owned()]);
        body.note("once".to_owned());
        body.note("once".to_owned());
        assert_eq!(Body::parse(&body.to_json()).unwrap(), body);
        body.version = BODY_VERSION + 1;
        let newer = Body::parse(&body.to_json()).unwrap_err();
        assert!(matches!(newer, BodyError::Newer { .. }), "{newer}");
        assert!(matches!(
            Body::parse("{").unwrap_err(),
            BodyError::Damaged(_)
        ));
    }

    #[test]
    fn how_fast_an_order_is_carried_out_makes_it_no_other_work() {
        let paths = vec!["a.csv".to_owned()];
        let body = Body::new(ImportSpec::default(), paths.clone());
        let faster = ImportSpec {
            workers: Some(8),
            ..ImportSpec::default()
        };
        assert!(body.is_same_work(&faster, &paths));
        let other = ImportSpec {
            dry_run: true,
            ..ImportSpec::default()
        };
        assert!(!body.is_same_work(&other, &paths));
        assert!(!body.is_same_work(&faster, &["b.csv".to_owned()]));
    }
}
