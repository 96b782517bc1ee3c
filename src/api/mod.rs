//! The contract of every viewer with the agent: plain data, the same in process and over the local
//! socket.
//!
//! A viewer sends a [`Request`] (a [`Command`] with an id of its choice) and gets a [`Reply`] with
//! the same id. What it looks at it says with [`Command::View`]; from then on it is sent the newest
//! [`AgentState`] of that view whenever something in it changed, at most once a frame. Nothing here
//! does I/O or reads a clock.

mod command;
mod import;
mod state;
mod wire;

pub use command::{
    Answer, BackupDone, BarsFound, BarsQuery, ChartSpec, Command, Refusal, RefusalCode, Reply,
    Request, SeriesContents, StoreContents, VerifyDone, ViewSpec,
};
pub use import::{
    ColumnMapping, DateOrder, DecimalSign, DimensionScores, FilePreview, ImportCounts, ImportFile,
    ImportJob, ImportMode, ImportPreview, ImportPriority, ImportProgress, ImportQuality,
    ImportQuestion, ImportSpec, ImportState, ImportVerb, PreviewFact, PreviewLine, QuestionAbout,
    Reject, RejectOutcome, StageTime, ValidationLevel,
};
pub use state::{
    AgentInfo, AgentPhase, AgentState, CacheClassState, CacheState, ChangeBasis, ChartDetail,
    FeedState, Freshness, FreshnessLimits, Instrument, LastTrade, LogLevel, LogLine, LogState,
    OperationLatency, Quantiles, QueueState, StoreState, TaskPhase, TaskState,
};
pub use wire::{ClientMessage, PROTOCOL_VERSION, ServerMessage};
