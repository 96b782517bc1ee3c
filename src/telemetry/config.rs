//! [`TelemetryConfig`]: where the log goes and how much of it is kept.

use std::path::PathBuf;

use crate::api::LogLevel;

/// Where the log goes and how much of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetryConfig {
    /// Where the files are; made (mode 0700) when missing.
    pub directory: PathBuf,
    /// The least important level kept; it can be changed later.
    pub level: LogLevel,
    /// How a line in the file looks.
    pub format: LogFormat,
    /// Files kept, one a day; the oldest go. At least the one that is written.
    pub files_max: usize,
    /// Newest lines kept in memory for screens.
    pub ring_lines: usize,
}

impl Default for TelemetryConfig {
    /// A fortnight of text at INFO, in `logs` below the working directory, 2,000 lines in memory.
    fn default() -> Self {
        Self {
            directory: PathBuf::from("logs"),
            level: LogLevel::Info,
            format: LogFormat::Text,
            files_max: 14,
            ring_lines: 2_000,
        }
    }
}

/// How a line in the file looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogFormat {
    /// `time LEVEL target: message name=value`, for people.
    Text,
    /// One JSON object a line: `time`, `level`, `target`, `message`, `fields`.
    Json,
}
