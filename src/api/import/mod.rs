//! Bulk import, as a viewer sees and steers it.

mod job;
mod preview;
mod report;
mod spec;

pub use job::{ImportFile, ImportJob, ImportProgress, ImportState, ImportVerb, StageTime};
pub use preview::{
    ColumnMapping, FilePreview, ImportPreview, ImportQuestion, PreviewFact, PreviewLine,
    QuestionAbout,
};
pub use report::{DimensionScores, ImportCounts, ImportQuality, Reject, RejectOutcome};
pub use spec::{DateOrder, DecimalSign, ImportMode, ImportPriority, ImportSpec, ValidationLevel};
