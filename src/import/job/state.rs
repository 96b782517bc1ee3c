//! [`next`]: the one table of what an import may become, from where, by what.
//!
//! ```text
//!             ┌── answered ──┐
//!             ▼              │
//!  create ─▶ queued ─▶ probing ─▶ running ─▶ completed | partial | failed
//!             ▲  │        │          │                                 │
//!             │  └────┐   └─ pausing ┴─ cancelling ─▶ cancelled        │
//!             │       ▼        ▼                                       │
//!             └──── paused ◀───┘  ◀─────────── resume ─────────────────┘
//! ```
//!
//! Pure. Asking for what is so already, or on its way, is allowed and changes nothing: a retry is
//! harmless.

use crate::api::{ImportState, ImportVerb};
use crate::domain::ImportId;

/// What happens to an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Somebody asked for something.
    Asked(ImportVerb),
    /// Somebody answered its questions.
    Answered,
    /// Its turn came.
    Picked,
    /// Its files raise questions.
    Questioned,
    /// Its files are understood.
    Understood,
    /// What was under way is written, nothing more is.
    Drained,
    /// Everything is written.
    Finished {
        /// Some rows were rejected.
        is_partial: bool,
    },
    /// It cannot go on.
    Broke,
    /// It was found without an owner, and goes on by itself.
    Adopted,
    /// It was found without an owner, and waits for somebody to resume it.
    Shelved,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 15] = [
        Self::Asked(ImportVerb::Pause),
        Self::Asked(ImportVerb::Resume),
        Self::Asked(ImportVerb::Cancel),
        Self::Asked(ImportVerb::Restart),
        Self::Asked(ImportVerb::Undo),
        Self::Answered,
        Self::Picked,
        Self::Questioned,
        Self::Understood,
        Self::Drained,
        Self::Finished { is_partial: false },
        Self::Finished { is_partial: true },
        Self::Broke,
        Self::Adopted,
        Self::Shelved,
    ];
}

/// Why an import cannot do what is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("import {id} is {}; {}", state.as_str(), possible(*state))]
pub struct Impossible {
    /// Which import.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// What was to happen.
    pub event: Event,
}

/// Returns what `state` becomes by `event`; `None` when that cannot happen.
pub fn next(state: ImportState, event: Event) -> Option<ImportState> {
    match event {
        Event::Asked(verb) => asked(state, verb),
        Event::Answered => (state == ImportState::NeedsInput).then_some(ImportState::Queued),
        Event::Picked => (state == ImportState::Queued).then_some(ImportState::Probing),
        Event::Questioned => questioned(state),
        Event::Understood => understood(state),
        Event::Drained => drained(state),
        Event::Finished { is_partial } => finished(state, is_partial),
        Event::Broke => broke(state),
        Event::Adopted => adopted(state),
        Event::Shelved => shelved(state),
    }
}

/// Returns what `state` of import `id` becomes by `event`.
///
/// # Errors
/// [`Impossible`] says what can be asked of it instead.
pub fn advance(id: ImportId, state: ImportState, event: Event) -> Result<ImportState, Impossible> {
    next(state, event).ok_or(Impossible { id, state, event })
}

fn asked(state: ImportState, verb: ImportVerb) -> Option<ImportState> {
    match verb {
        ImportVerb::Pause => paused_by_request(state),
        ImportVerb::Resume => resumed(state),
        ImportVerb::Cancel => cancelled_by_request(state),
        // The new import is another one: this one stays what it is.
        ImportVerb::Restart => is_at_rest(state).then_some(state),
        ImportVerb::Undo => undone(state),
    }
}

fn paused_by_request(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Queued | ImportState::Paused => Some(ImportState::Paused),
        ImportState::Probing | ImportState::Running | ImportState::Pausing => {
            Some(ImportState::Pausing)
        }
        ImportState::NeedsInput
        | ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

fn resumed(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Paused | ImportState::Failed => Some(ImportState::Queued),
        ImportState::Queued | ImportState::Probing | ImportState::Running => Some(state),
        ImportState::NeedsInput
        | ImportState::Pausing
        | ImportState::Cancelling
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial => None,
    }
}

fn cancelled_by_request(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Paused
        | ImportState::Failed
        | ImportState::Cancelled => Some(ImportState::Cancelled),
        ImportState::Probing
        | ImportState::Running
        | ImportState::Pausing
        | ImportState::Cancelling => Some(ImportState::Cancelling),
        ImportState::Completed | ImportState::Partial => None,
    }
}

/// What was taken back cannot be gone on with.
fn undone(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Paused | ImportState::Failed | ImportState::Cancelled => {
            Some(ImportState::Cancelled)
        }
        ImportState::Completed | ImportState::Partial => Some(state),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Running
        | ImportState::Pausing
        | ImportState::Cancelling => None,
    }
}

/// Returns true when nobody works on it and nobody is about to.
fn is_at_rest(state: ImportState) -> bool {
    state == ImportState::Paused || state.is_ended()
}

fn questioned(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Probing | ImportState::Pausing => Some(ImportState::NeedsInput),
        ImportState::Cancelling => Some(ImportState::Cancelled),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Running
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

/// Who was asked to stop meanwhile stays so.
fn understood(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Probing => Some(ImportState::Running),
        ImportState::Pausing | ImportState::Cancelling => Some(state),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Running
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

fn drained(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Pausing => Some(ImportState::Paused),
        ImportState::Cancelling => Some(ImportState::Cancelled),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Running
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

/// An order to stop that came behind the last row changes nothing.
fn finished(state: ImportState, is_partial: bool) -> Option<ImportState> {
    match state {
        ImportState::Running | ImportState::Pausing | ImportState::Cancelling if is_partial => {
            Some(ImportState::Partial)
        }
        ImportState::Running | ImportState::Pausing | ImportState::Cancelling => {
            Some(ImportState::Completed)
        }
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Probing
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

fn broke(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Probing | ImportState::Running | ImportState::Pausing => {
            Some(ImportState::Failed)
        }
        ImportState::Cancelling => Some(ImportState::Cancelled),
        ImportState::NeedsInput
        | ImportState::Queued
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

fn adopted(state: ImportState) -> Option<ImportState> {
    match state {
        ImportState::Queued | ImportState::Probing | ImportState::Running => {
            Some(ImportState::Queued)
        }
        ImportState::Pausing => Some(ImportState::Paused),
        ImportState::Cancelling => Some(ImportState::Cancelled),
        ImportState::NeedsInput
        | ImportState::Paused
        | ImportState::Cancelled
        | ImportState::Completed
        | ImportState::Partial
        | ImportState::Failed => None,
    }
}

fn shelved(state: ImportState) -> Option<ImportState> {
    match adopted(state) {
        Some(ImportState::Queued) => Some(ImportState::Paused),
        other => other,
    }
}

/// Returns what can be asked of an import in `state`, as the end of a sentence.
pub fn possible(state: ImportState) -> String {
    let verbs: Vec<&str> = ImportVerb::ALL
        .into_iter()
        .filter(|verb| is_of_use(state, *verb))
        .map(done_to)
        .collect();
    let answered = (state == ImportState::NeedsInput).then_some("answered");
    match answered
        .into_iter()
        .chain(verbs)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => "nothing can be asked of it until it has stopped".to_owned(),
        [one] => format!("it can be {one}"),
        [many @ .., last] => format!("it can be {} or {last}", many.join(", ")),
    }
}

/// Returns true when a verb is allowed and changes something.
fn is_of_use(state: ImportState, verb: ImportVerb) -> bool {
    let is_change = asked(state, verb).is_some_and(|to| to != state);
    let acts_elsewhere = matches!(verb, ImportVerb::Restart | ImportVerb::Undo);
    is_change || acts_elsewhere && asked(state, verb).is_some()
}

fn done_to(verb: ImportVerb) -> &'static str {
    match verb {
        ImportVerb::Pause => "paused",
        ImportVerb::Resume => "resumed",
        ImportVerb::Cancel => "cancelled",
        ImportVerb::Restart => "restarted",
        ImportVerb::Undo => "undone",
    }
}

#[cfg(test)]
mod tests {
    use ImportState::{
        Cancelled, Cancelling, Completed, Failed, NeedsInput, Partial, Paused, Pausing, Probing,
        Queued, Running,
    };

    use super::*;

    /// What each event makes of each state, in the order of [`ImportState::ALL`].
    #[rustfmt::skip]
    fn row(event: Event) -> [Option<ImportState>; 11] {
        let no = None;
        let to = Some;
        match event {
            // needs_input queued probing running pausing paused cancelling cancelled completed
            // partial failed
            Event::Asked(ImportVerb::Pause) => [no, to(Paused), to(Pausing), to(Pausing), to(Pausing), to(Paused), no, no, no, no, no],
            Event::Asked(ImportVerb::Resume) => [no, to(Queued), to(Probing), to(Running), no, to(Queued), no, no, no, no, to(Queued)],
            Event::Asked(ImportVerb::Cancel) => [to(Cancelled), to(Cancelled), to(Cancelling), to(Cancelling), to(Cancelling), to(Cancelled), to(Cancelling), to(Cancelled), no, no, to(Cancelled)],
            Event::Asked(ImportVerb::Restart) => [no, no, no, no, no, to(Paused), no, to(Cancelled), to(Completed), to(Partial), to(Failed)],
            Event::Asked(ImportVerb::Undo) => [no, no, no, no, no, to(Cancelled), no, to(Cancelled), to(Completed), to(Partial), to(Cancelled)],
            Event::Answered => [to(Queued), no, no, no, no, no, no, no, no, no, no],
            Event::Picked => [no, to(Probing), no, no, no, no, no, no, no, no, no],
            Event::Questioned => [no, no, to(NeedsInput), no, to(NeedsInput), no, to(Cancelled), no, no, no, no],
            Event::Understood => [no, no, to(Running), no, to(Pausing), no, to(Cancelling), no, no, no, no],
            Event::Drained => [no, no, no, no, to(Paused), no, to(Cancelled), no, no, no, no],
            Event::Finished { is_partial: false } => [no, no, no, to(Completed), to(Completed), no, to(Completed), no, no, no, no],
            Event::Finished { is_partial: true } => [no, no, no, to(Partial), to(Partial), no, to(Partial), no, no, no, no],
            Event::Broke => [no, no, to(Failed), to(Failed), to(Failed), no, to(Cancelled), no, no, no, no],
            Event::Adopted => [no, to(Queued), to(Queued), to(Queued), to(Paused), no, to(Cancelled), no, no, no, no],
            Event::Shelved => [no, to(Paused), to(Paused), to(Paused), to(Paused), no, to(Cancelled), no, no, no, no],
        }
    }

    #[test]
    fn every_event_does_in_every_state_what_the_table_says() {
        for event in Event::ALL {
            for (state, expected) in ImportState::ALL.into_iter().zip(row(event)) {
                assert_eq!(next(state, event), expected, "{event:?} in {state:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_possible_now() {
        let told = |state| {
            let event = Event::Answered;
            Impossible {
                id: ImportId(3),
                state,
                event,
            }
            .to_string()
        };
        let restartable = "import 3 is completed; it can be restarted or undone";
        assert_eq!(told(Completed), restartable);
        assert_eq!(
            told(NeedsInput),
            "import 3 is needs_input; it can be answered or cancelled"
        );
        assert_eq!(
            told(Running),
            "import 3 is running; it can be paused or cancelled"
        );
        assert_eq!(
            told(Cancelling),
            "import 3 is cancelling; nothing can be asked of it until it has stopped"
        );
        assert_eq!(
            told(Failed),
            "import 3 is failed; it can be resumed, cancelled, restarted or undone"
        );
    }

    #[test]
    fn what_rests_can_always_be_begun_anew_and_what_works_cannot() {
        for state in ImportState::ALL {
            let is_allowed = next(state, Event::Asked(ImportVerb::Restart)).is_some();
            let rests = state.is_ended() || state == Paused;
            assert_eq!(is_allowed, rests, "{state:?}");
        }
    }

    #[test]
    fn a_crash_leaves_no_state_that_waits_for_a_dead_worker() {
        for state in [Queued, Probing, Running, Pausing, Cancelling] {
            for event in [Event::Adopted, Event::Shelved] {
                let to = next(state, event).unwrap();
                assert!(
                    matches!(to, Queued | Paused | Cancelled),
                    "{state:?} {to:?}"
                );
            }
        }
    }
}
