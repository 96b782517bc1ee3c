//! What every task needs and no market knows: time, bounded queues, supervision, ordered shutdown,
//! backoff, rates, the lease on a directory and where its socket is, places at which a test ends
//! everything.
//!
//! Nothing here knows another module of the product. Every queue is bounded and says what happens
//! when it is full; every task has a name, an owner and a restart policy; stopping is an order of
//! stages, with a deadline that names who is late.

mod backoff;
mod clock;
mod fault_point;
mod lease;
pub mod queue;
mod rate;
mod shutdown;
mod socket_path;
mod supervisor;

pub use backoff::{Backoff, BackoffError, BackoffPolicy};
pub use clock::{Clock, ManualClock, SystemClock, TokioClock};
pub use fault_point::fault_point;
pub use lease::{Lease, LeaseError};
pub use queue::{QueueStats, WhenFull};
pub use rate::RateMeter;
pub use shutdown::{Shutdown, ShutdownReport, ShutdownToken, Stage};
pub use socket_path::{SOCKET_PATH_LEN_MAX, socket_path};
pub use supervisor::{
    RestartPolicy, Supervisor, TaskError, TaskHandle, TaskPhase, TaskResult, TaskStatus,
    error_chain, panic_words,
};
