//! [`Importing`]: the import service as the agent uses it: supervised, and answering viewers.

use std::sync::Arc;

use tokio::sync::watch;

use super::build::restart_policy;
use super::keeping::LateAnswer;
use crate::api::{Answer, ImportJob, ImportSpec, ImportVerb, Refusal, RefusalCode};
use crate::domain::ImportId;
use crate::import::{ImportConfig, ImportError, ImportService, ImportSink};
use crate::runtime::{Clock, Stage, Supervisor, error_chain};

/// Imports sent to a viewer that looks at them.
const JOBS_MAX: usize = 100;

/// The import service.
#[derive(Debug, Clone)]
pub(super) struct Importing(ImportService);

impl Importing {
    /// Starts the service; its one task stops before the store's.
    pub(super) fn start(
        sink: Arc<dyn ImportSink>,
        supervisor: &Supervisor,
        clock: &Arc<dyn Clock>,
        config: ImportConfig,
    ) -> Self {
        let (service, runner) = ImportService::new(sink, Arc::clone(clock), config);
        supervisor.spawn("imports", Stage::Intake, restart_policy(), move |token| {
            let runner = runner.clone();
            async move { runner.run(token).await }
        });
        Self(service)
    }

    /// Watches the imports, newest first.
    pub(super) fn changes(&self) -> watch::Receiver<Arc<[Arc<ImportJob>]>> {
        self.0.states()
    }

    /// Tells how files would be read.
    pub(super) fn preview(&self, spec: ImportSpec) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let preview = service.preview(spec).await;
            preview.map(Answer::Preview).map_err(|e| refused(&e))
        })
    }

    /// Starts an import.
    pub(super) fn begin(&self, spec: ImportSpec) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let job = service.start(spec).await;
            job.map(Answer::Import).map_err(|e| refused(&e))
        })
    }

    /// Steers an import.
    pub(super) fn steer(&self, id: ImportId, verb: ImportVerb) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let job = service.steer(id, verb).await;
            job.map(Answer::Import).map_err(|e| refused(&e))
        })
    }

    /// Answers an import's questions.
    pub(super) fn give(&self, id: ImportId, answers: ImportSpec) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let job = service.answer(id, answers).await;
            job.map(Answer::Import).map_err(|e| refused(&e))
        })
    }

    /// Lists imports, newest first.
    pub(super) fn jobs(&self, limit: u32) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let jobs = service.jobs(limit).await;
            jobs.map(Answer::Imports).map_err(|e| refused(&e))
        })
    }

    /// Tells of one import.
    pub(super) fn job(&self, id: ImportId) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let job = service.job(id).await;
            job.map(Answer::Import).map_err(|e| refused(&e))
        })
    }

    /// Lists rejected records.
    pub(super) fn rejects(&self, id: ImportId, (offset, limit): (u64, u32)) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let rejects = service.rejects(id, offset, limit).await;
            rejects.map(Answer::Rejects).map_err(|e| refused(&e))
        })
    }

    /// Completes a path.
    pub(super) fn paths(&self, typed: String) -> LateAnswer {
        let service = self.0.clone();
        Box::pin(async move {
            let paths = service.complete_path(typed).await;
            paths.map(Answer::Paths).map_err(|e| refused(&e))
        })
    }
}

/// Returns what a viewer is sent: all it asked for, or those at work and the last that ended.
pub(super) fn view(jobs: &Arc<[Arc<ImportJob>]>, is_wanted: bool) -> Arc<[Arc<ImportJob>]> {
    if is_wanted {
        return jobs.iter().take(JOBS_MAX).cloned().collect();
    }
    let mut has_ended = false;
    let is_shown = |job: &&Arc<ImportJob>| {
        let is_last = job.state.is_ended() && !std::mem::replace(&mut has_ended, true);
        !job.state.is_ended() || is_last
    };
    jobs.iter().filter(is_shown).cloned().collect()
}

fn refused(error: &ImportError) -> Refusal {
    Refusal {
        code: if error.is_not_found() {
            RefusalCode::NotFound
        } else if error.is_impossible() {
            RefusalCode::NotNow
        } else if error.is_wrong_order() {
            RefusalCode::Malformed
        } else {
            RefusalCode::Failed
        },
        message: error_chain(error),
        next_step: error.next_step().map(str::to_owned),
    }
}
