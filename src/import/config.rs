//! [`ImportConfig`]: how imports use the machine.

use super::csv::CutLimits;

/// How imports use the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportConfig {
    /// Parsers of an import that names none; `None`: as many as the machine has cores.
    pub workers: Option<u32>,
    /// How much is committed at once: a chunk is one transaction.
    pub chunks: CutLimits,
    /// Imports that run at once.
    pub jobs_at_once: u32,
    /// Go on by itself with imports that a crash or a stop interrupted; else they are listed as
    /// paused.
    pub resumes_at_start: bool,
}

impl ImportConfig {
    /// The most parsers of one import.
    pub const WORKERS_MAX: u32 = 64;
}

impl Default for ImportConfig {
    fn default() -> Self {
        Self {
            workers: None,
            chunks: CutLimits::default(),
            jobs_at_once: 2,
            resumes_at_start: true,
        }
    }
}
