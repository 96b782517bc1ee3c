//! [`ImportService`]: imports as viewers ask for them, and [`ImportRunner`]: the task that works.
//!
//! ```text
//!   ImportService ──▶ Shared: cells, board, record ◀── ImportRunner ──▶ drive ──▶ pipeline
//!   (asks, answers)        (one cell for each import)      (jobs_at_once of them)
//! ```
//!
//! The memory leads and the record follows: a state is shown at once and saved behind it; what is
//! lost between is what a crash would have lost. The rows and the ledger are the sink's and never
//! wait for the record. An import whose runner died is found by its state and goes on.

mod ask;
mod cell;
mod drive;
mod paths;
mod plan;
mod preview;
mod refresh;
mod resume;
mod runner;
mod shared;
mod undo;

pub use ask::ImportService;
pub use runner::ImportRunner;
