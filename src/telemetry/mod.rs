//! What the program tells about itself: its log, how long things take, and its panics.
//!
//! Every event goes two ways: as a line to a file of the day, and to a ring of the newest lines
//! that a screen shows. Nothing ever goes to stdout or stderr, which belong to the dashboard and to
//! results. Logging never waits: a file that cannot keep up or cannot be written loses lines, which
//! are counted and shown.
//!
//! Fields are written as they are given: a secret that is handed to a log line is in the log. Types
//! that hold secrets redact them in their `Debug`. Spans are not written; an event names what
//! matters itself. Crates that speak through `log` (rustls, tungstenite) are not heard: what fails
//! in them reaches us as an error, and that is logged with its whole chain.
//!
//! ```text
//!   tracing event ─▶ LogLayer ─┬─▶ Ring ──────────────▶ LogReader ─▶ a screen
//!         level?               └─▶ Spool ─▶ its thread ─▶ RollingFile mda.2026-01-31.log
//! ```

mod config;
mod error;
mod latency;
mod layer;
mod log;
mod panic_log;
mod record;
mod ring;
mod rolling;
mod spool;

pub use config::{LogFormat, TelemetryConfig};
pub use error::TelemetryError;
pub use latency::LatencyWindow;
pub use log::{LogReader, Telemetry};
pub use panic_log::install_panic_log;
