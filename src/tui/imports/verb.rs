//! Which verb makes sense for an import now, and what it would do: one place for keys, footer and
//! confirmation.

use crate::api::{ImportJob, ImportState, ImportVerb};
use crate::tui::format;

/// Returns true when asking for `verb` makes sense.
pub(crate) fn does_apply(verb: ImportVerb, job: &ImportJob) -> bool {
    match verb {
        ImportVerb::Pause => can_pause(job.state),
        ImportVerb::Resume => can_resume(job),
        ImportVerb::Cancel => can_cancel(job.state),
        ImportVerb::Restart => is_at_rest(job.state),
        ImportVerb::Undo => can_undo(job),
    }
}

/// Returns what the one key of pause and resume means for an import; `None` when neither makes
/// sense.
pub(crate) fn verb_of_toggle(job: &ImportJob) -> Option<ImportVerb> {
    let both = [ImportVerb::Pause, ImportVerb::Resume];
    both.into_iter().find(|verb| does_apply(*verb, job))
}

/// Says what taking an import back does: `6,225 rows go, 12 are put back`.
pub(crate) fn consequence(job: &ImportJob) -> String {
    let rows = format::counted(job.counts.inserted, "row");
    let goes = if job.counts.inserted == 1 {
        "goes"
    } else {
        "go"
    };
    let updated = format::count(job.counts.updated);
    match (job.counts.inserted, job.counts.updated) {
        (_, 0) => format!("{rows} {goes}"),
        (0, 1) => "1 row is put back as it was".to_owned(),
        (0, _) => format!("{updated} rows are put back as they were"),
        (_, 1) => format!("{rows} {goes}, 1 is put back as it was"),
        (..) => format!("{rows} {goes}, {updated} are put back as they were"),
    }
}

const fn can_pause(state: ImportState) -> bool {
    match state {
        ImportState::Queued | ImportState::Probing | ImportState::Running => true,
        ImportState::NeedsInput
        | ImportState::Pausing
        | ImportState::Paused
        | ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => false,
    }
}

/// A failed import goes on where it stopped, unless what it wrote was taken back.
const fn can_resume(job: &ImportJob) -> bool {
    match job.state {
        ImportState::Paused => true,
        ImportState::Failed => job.undone.is_none(),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Running
        | ImportState::Pausing
        | ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial => false,
    }
}

const fn can_cancel(state: ImportState) -> bool {
    match state {
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Running
        | ImportState::Pausing
        | ImportState::Paused => true,
        ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => false,
    }
}

/// Nothing of it is under way.
const fn is_at_rest(state: ImportState) -> bool {
    state.is_ended() || matches!(state, ImportState::Paused)
}

const fn can_undo(job: &ImportJob) -> bool {
    let has_written = job.counts.inserted > 0 || job.counts.updated > 0;
    is_at_rest(job.state) && job.undone.is_none() && !job.spec.dry_run && has_written
}
