//! [`ImportJob`]: one import from the order to its report.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ImportCounts, ImportQuality, ImportQuestion, ImportSpec};
use crate::domain::{ImportId, Timestamp};

/// One import, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportJob {
    /// Its number.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// What was asked for.
    pub spec: ImportSpec,
    /// Its files, in the order in which they are read; empty until they were looked at.
    pub files: Vec<ImportFile>,
    /// When it was ordered.
    pub created: Timestamp,
    /// When it first ran.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// What became of the rows so far. They add up: see [`ImportCounts`].
    pub counts: ImportCounts,
    /// How far and how fast.
    pub progress: ImportProgress,
    /// What must be answered before it can run.
    pub questions: Vec<ImportQuestion>,
    /// Why it failed, or why it is partial.
    pub problem: Option<String>,
    /// What a reader of the report should know: "same content as import 12", lines left out.
    pub notes: Vec<String>,
    /// The judgement; `None` until something was judged.
    pub quality: Option<ImportQuality>,
    /// True while what it wrote is taken back.
    #[serde(default)]
    pub is_undoing: bool,
    /// When it was undone.
    pub undone: Option<Timestamp>,
}

/// One file of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFile {
    /// Its absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The layout it was read by.
    pub layout: Option<String>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It cannot run before its questions are answered.
    NeedsInput,
    /// It waits for its turn.
    Queued,
    /// Its files are looked at.
    Probing,
    /// It reads and writes.
    Running,
    /// Asked to pause; what is under way is written first.
    Pausing,
    /// It stands still, and goes on where it stopped.
    Paused,
    /// Asked to cancel; what is under way is written first.
    Cancelling,
    /// Ended on request; what was written stays until it is undone.
    Cancelled,
    /// Ended, with every row in the store.
    Completed,
    /// Ended, with some records rejected, or left out since they contradict earlier ones.
    Partial,
    /// Ended by a failure; it can be resumed.
    Failed,
}

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::NeedsInput,
        Self::Queued,
        Self::Probing,
        Self::Running,
        Self::Pausing,
        Self::Paused,
        Self::Cancelling,
        Self::Cancelled,
        Self::Completed,
        Self::Partial,
        Self::Failed,
    ];

    /// Returns the word of reports and screens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsInput => "needs_input",
            Self::Queued => "queued",
            Self::Probing => "probing",
            Self::Running => "running",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }

    /// Returns true when nothing happens any more unless somebody asks for it.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Cancelled | Self::Completed | Self::Partial | Self::Failed => true,
            Self::NeedsInput
            | Self::Queued
            | Self::Probing
            | Self::Running
            | Self::Pausing
            | Self::Paused
            | Self::Cancelling => false,
        }
    }
}

/// What can be asked of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportVerb {
    /// Stand still after what is under way.
    Pause,
    /// Go on where it stopped.
    Resume,
    /// End; what was written stays.
    Cancel,
    /// Begin anew, as another import of the same files.
    Restart,
    /// Take back what it wrote.
    Undo,
}

impl ImportVerb {
    /// Every verb.
    pub const ALL: [Self; 5] = [
        Self::Pause,
        Self::Resume,
        Self::Cancel,
        Self::Restart,
        Self::Undo,
    ];

    /// Returns the word that is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Restart => "restart",
            Self::Undo => "undo",
        }
    }
}

/// How far an import is, and how fast. Never falls back, whatever was paused or killed between.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ImportProgress {
    /// Bytes whose rows are committed.
    pub bytes_done: u64,
    /// Bytes of all files; 0 until they were looked at.
    pub bytes_total: u64,
    /// Rows a second over the last seconds; 0 while it stands still.
    pub rows_per_sec: f64,
    /// Rows a second over all the time it ran.
    pub rows_per_sec_average: f64,
    /// How long it ran, pauses left out.
    pub elapsed: Duration,
    /// How long it will take from now, at least and at most; `None` while nothing can be said.
    pub remaining: Option<(Duration, Duration)>,
    /// How long each stage worked, in the order of the pipeline.
    pub stages: Vec<StageTime>,
    /// The stage the others wait for.
    pub bottleneck: Option<String>,
    /// Parsers at work.
    pub workers: u32,
    /// Most memory the process ever held, in bytes.
    pub peak_memory_bytes: u64,
}

impl ImportProgress {
    /// Returns what is done of what there is, 0 to 1; 0 while the sizes are not known.
    pub fn share(&self) -> f64 {
        if self.bytes_total == 0 {
            return 0.0;
        }
        (self.bytes_done as f64 / self.bytes_total as f64).min(1.0)
    }
}

/// How long one stage worked, over all of its threads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTime {
    /// `read`, `parse` or `write`.
    pub name: String,
    /// Time at work.
    pub busy: Duration,
}
