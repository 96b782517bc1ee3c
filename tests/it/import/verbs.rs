//! Every verb in every state that lasts: done, or refused with what is possible instead.

use mda::api::{ImportSpec, ImportState, ImportVerb};
use mda::domain::ImportId;
use mda::import::ImportError;
use mda::import::job::{Event, next};

use super::rig::{Files, Rig, clean, dirty, spec};
use super::sink::{MemorySink, Trouble};

/// An import held in a state.
struct Held {
    rig: Rig,
    sink: MemorySink,
    files: Files,
    id: ImportId,
}

/// States in which an import stays until something is asked or released.
const LASTING: [ImportState; 10] = [
    ImportState::NeedsInput,
    ImportState::Queued,
    ImportState::Running,
    ImportState::Pausing,
    ImportState::Paused,
    ImportState::Cancelling,
    ImportState::Cancelled,
    ImportState::Completed,
    ImportState::Partial,
    ImportState::Failed,
];

/// Brings an import into a state.
async fn hold(state: ImportState) -> Held {
    let (files, sink) = (Files::new(), MemorySink::default());
    let text = if state == ImportState::Partial {
        dirty(0, 600)
    } else {
        clean(0, 600)
    };
    let path = files.write("bars.csv", &text);
    let order = ImportSpec {
        timezone: (state != ImportState::NeedsInput).then(|| "UTC".to_owned()),
        ..spec(&path)
    };
    let trouble = match state {
        ImportState::Failed => Trouble {
            breaks_at: Some(4),
            ..Trouble::default()
        },
        ImportState::Completed | ImportState::Partial | ImportState::NeedsInput => {
            Trouble::default()
        }
        _ => Trouble {
            hangs_at: Some((4, false)),
            ..Trouble::default()
        },
    };
    sink.trouble(trouble);
    let rig = Rig::start(&sink);
    let id = rig.service.start(order).await.unwrap().id;
    let held = Held {
        rig,
        sink,
        files,
        id,
    };
    held.reach(state).await;
    held
}

impl Held {
    async fn reach(&self, state: ImportState) {
        let verb = match state {
            ImportState::Pausing | ImportState::Paused => Some(ImportVerb::Pause),
            ImportState::Cancelling | ImportState::Cancelled => Some(ImportVerb::Cancel),
            // Both places are taken: one that is resumed waits.
            ImportState::Queued => return self.queue().await,
            _ => None,
        };
        if verb.is_some() {
            self.sink.hangs().await;
        }
        if let Some(verb) = verb {
            let job = self.rig.steer(self.id, verb).await;
            assert!(matches!(
                job.state,
                ImportState::Pausing | ImportState::Cancelling
            ));
        }
        if matches!(state, ImportState::Paused | ImportState::Cancelled) {
            self.sink.release();
        }
        self.rig.until(self.id, state).await;
    }

    async fn queue(&self) {
        self.sink.hangs().await;
        self.rig.steer(self.id, ImportVerb::Pause).await;
        self.sink.release();
        self.rig.until(self.id, ImportState::Paused).await;
        for name in ["x.csv", "y.csv"] {
            self.sink.trouble(Trouble {
                hangs_at: Some((1, false)),
                ..Trouble::default()
            });
            self.rig
                .order(&self.files.write(name, &clean(0, 600)))
                .await;
            self.sink.hangs().await;
        }
        self.rig.steer(self.id, ImportVerb::Resume).await;
        self.rig.until(self.id, ImportState::Queued).await;
    }

    async fn end(self) {
        // Whoever hangs is let go, again and again, until all have stopped.
        let release = async {
            loop {
                self.sink.release();
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = release => {}
            () = self.rig.stop() => {}
        }
    }
}

#[tokio::test]
async fn every_verb_is_done_or_refused_with_what_is_possible() {
    for state in LASTING {
        for verb in ImportVerb::ALL {
            let held = hold(state).await;
            let asked = held.rig.service.steer(held.id, verb).await;
            match (next(state, Event::Asked(verb)), asked) {
                (Some(_), Ok(job)) if verb == ImportVerb::Restart => {
                    assert_ne!(job.id, held.id, "{verb:?} in {state:?}");
                    assert_eq!(job.state, ImportState::Queued);
                }
                // What was queued may run already.
                (Some(ImportState::Queued), Ok(job)) => assert_eq!(job.id, held.id),
                (Some(to), Ok(job)) => assert_eq!(job.state, to, "{verb:?} in {state:?}"),
                (None, Err(ImportError::Impossible(refusal))) => {
                    let words = format!("import {} is {}; ", held.id, state.as_str());
                    assert!(refusal.to_string().starts_with(&words), "{refusal}");
                }
                (expected, got) => panic!("{verb:?} in {state:?}: {expected:?}, got {got:?}"),
            }
            held.end().await;
        }
    }
}

#[tokio::test]
async fn an_unknown_import_is_not_found() {
    let sink = MemorySink::default();
    let rig = Rig::start(&sink);
    let error = rig
        .service
        .steer(ImportId(7), ImportVerb::Pause)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.to_string(), "no import `7`");
    rig.stop().await;
}

#[tokio::test]
async fn questions_stop_an_import_until_they_are_answered() {
    let held = hold(ImportState::NeedsInput).await;
    let job = held.rig.service.job(held.id).await.unwrap();
    assert_eq!(job.questions.len(), 1);
    assert_eq!(job.questions[0].about.flag(), "--timezone");
    let answers = ImportSpec {
        timezone: Some("America/New_York".to_owned()),
        ..ImportSpec::default()
    };
    held.rig
        .service
        .answer(held.id, answers.clone())
        .await
        .unwrap();
    let job = held.rig.ended(held.id).await;
    assert_eq!(
        (job.state, job.counts.inserted),
        (ImportState::Completed, 600)
    );
    assert_eq!(job.questions, []);
    let error = held.rig.service.answer(held.id, answers).await.unwrap_err();
    assert!(error.is_impossible(), "{error}");
    held.end().await;
}

#[tokio::test]
async fn a_paused_import_goes_on_where_it_stopped() {
    let held = hold(ImportState::Paused).await;
    let paused = held.rig.service.job(held.id).await.unwrap();
    assert_eq!(paused.counts.read, 200);
    held.rig.steer(held.id, ImportVerb::Resume).await;
    let job = held.rig.ended(held.id).await;
    assert_eq!((job.counts.read, job.counts.inserted), (600, 600));
    assert_eq!(job.started, paused.started);
    let chunks: Vec<u64> = held
        .sink
        .commits()
        .iter()
        .map(|(_, chunk)| *chunk)
        .collect();
    assert_eq!(chunks, (0..12).collect::<Vec<_>>());
    held.end().await;
}

#[tokio::test]
async fn what_was_undone_is_not_undone_again_and_a_dry_run_has_nothing_to_undo() {
    let held = hold(ImportState::Completed).await;
    held.rig.steer(held.id, ImportVerb::Undo).await;
    held.rig.wait(held.id, |job| job.undone.is_some()).await;
    assert!(held.sink.rows().is_empty());
    held.rig.steer(held.id, ImportVerb::Undo).await;
    let order = ImportSpec {
        dry_run: true,
        ..spec(&held.files.path("bars.csv"))
    };
    let dry = held.rig.import(order).await;
    let error = held
        .rig
        .service
        .steer(dry.id, ImportVerb::Undo)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ImportError::NothingToUndo { .. }),
        "{error}"
    );
    held.end().await;
}

#[tokio::test]
async fn orders_that_cannot_be_carried_out_are_refused_at_once() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let rig = Rig::start(&sink);
    let error = rig
        .service
        .start(spec(&files.path("none.csv")))
        .await
        .unwrap_err();
    assert!(error.is_wrong_order(), "{error}");
    assert!(rig.service.jobs(10).await.unwrap().is_empty());
    let empty = files.write("empty.csv", "");
    let job = rig.import(spec(&empty)).await;
    assert_eq!(job.state, ImportState::Failed);
    assert!(
        job.problem.as_ref().unwrap().contains("empty.csv"),
        "{:?}",
        job.problem
    );
    rig.stop().await;
}
