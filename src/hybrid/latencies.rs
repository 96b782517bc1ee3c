//! [`Latencies`]: how long the store takes, by kind of question.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{OperationLatency, Quantiles};
use crate::cache::LatencyWindow;
use crate::runtime::Clock;

/// A kind of question to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Range,
    Latest,
    Point,
    Resample,
    Statistics,
    Write,
}

impl Operation {
    const ALL: [Self; 6] = [
        Self::Range,
        Self::Latest,
        Self::Point,
        Self::Resample,
        Self::Statistics,
        Self::Write,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::Latest => "latest",
            Self::Point => "point",
            Self::Resample => "resample",
            Self::Statistics => "statistics",
            Self::Write => "write",
        }
    }
}

/// A window for each kind.
#[derive(Debug)]
pub(super) struct Latencies {
    clock: Arc<dyn Clock>,
    windows: [LatencyWindow; Operation::ALL.len()],
}

impl Latencies {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let windows = Operation::ALL.map(|_| LatencyWindow::new(Arc::clone(&clock)));
        Self { clock, windows }
    }

    /// Measures what ends well. What fails or is dropped says nothing of how long it takes.
    pub(super) async fn timed<T, E>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let began = self.clock.monotonic();
        let answer = work.await?;
        let elapsed = self.clock.monotonic().saturating_sub(began);
        self.windows[operation as usize].record(elapsed);
        Ok(answer)
    }

    pub(super) fn all(&self) -> Vec<OperationLatency> {
        let micros = |time: Duration| time.as_micros() as u64;
        let of = |operation: Operation| {
            let found = self.windows[operation as usize].quantiles();
            OperationLatency {
                operation: operation.as_str().to_owned(),
                latency: Quantiles {
                    count: found.count,
                    p50_micros: micros(found.p50),
                    p90_micros: micros(found.p90),
                    p99_micros: micros(found.p99),
                    max_micros: micros(found.max),
                },
            }
        };
        Operation::ALL.map(of).into()
    }
}
