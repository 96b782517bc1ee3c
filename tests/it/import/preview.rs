//! What is told before anything is written, and of records that another program wrote.

use std::sync::Arc;

use mda::api::{ImportSpec, ImportState, ImportVerb};
use mda::domain::ImportId;
use mda::import::{ImportError, ImportService, ImportSink as _};
use mda::runtime::SystemClock;

use super::rig::{Files, Rig, config, dirty, spec};
use super::sink::MemorySink;

#[tokio::test]
async fn a_preview_shows_records_before_and_after_and_writes_nothing() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("bars.csv", &dirty(90, 60));
    let rig = Rig::start(&sink);
    let preview = rig.service.preview(spec(&path)).await.unwrap();
    let file = &preview.files[0];
    assert_eq!(file.path, path.display().to_string());
    assert_eq!(file.format, "CSV, comma, UTF-8, 1 header line");
    assert_eq!((file.lines.len(), file.lines[0].line), (20, 2));
    let bars = file
        .lines
        .iter()
        .filter(|line| matches!(line.after, Some(Ok(_))));
    let faults = file
        .lines
        .iter()
        .filter(|line| matches!(line.after, Some(Err(_))));
    assert_eq!((bars.count(), faults.count()), (19, 1));
    assert_eq!(file.lines[0].before.len(), 6);
    assert!(preview.questions().is_empty());
    assert!(rig.service.jobs(10).await.unwrap().is_empty());
    rig.stop().await;
}

#[tokio::test]
async fn a_preview_with_questions_shows_no_bars() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("bars.csv", &dirty(0, 60));
    let rig = Rig::start(&sink);
    let order = ImportSpec {
        timezone: None,
        ..spec(&path)
    };
    let preview = rig.service.preview(order).await.unwrap();
    assert_eq!(preview.questions().len(), 1);
    assert!(
        preview.files[0]
            .lines
            .iter()
            .all(|line| line.after.is_none())
    );
    rig.stop().await;
}

#[tokio::test]
async fn a_record_of_a_newer_program_is_shown_and_left_alone() {
    let sink = MemorySink::default();
    let body = r#"{"version":99}"#.to_owned();
    sink.create(ImportState::Running, body.clone())
        .await
        .unwrap();
    let rig = Rig::start(&sink);
    let job = rig.until(ImportId(1), ImportState::Running).await;
    assert!(
        job.problem.as_ref().unwrap().contains("update mda"),
        "{:?}",
        job.problem
    );
    let error = rig
        .service
        .steer(ImportId(1), ImportVerb::Cancel)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ImportError::Foreign { .. }) && error.is_impossible(),
        "{error}"
    );
    rig.stop().await;
    assert_eq!(sink.saved(ImportId(1)).body, body);
}

#[tokio::test]
async fn a_claim_by_somebody_else_ends_the_work_and_leaves_the_record() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("bars.csv", &dirty(0, 1_000));
    sink.trouble(super::sink::Trouble {
        hangs_at: Some((5, false)),
        ..Default::default()
    });
    let rig = Rig::start(&sink);
    let id = rig.order(&path).await;
    sink.hangs().await;
    let claimed = sink.claim(id).await.unwrap();
    sink.release();
    let job = rig.ended(id).await;
    assert_eq!(job.state, ImportState::Failed);
    rig.stop().await;
    assert_eq!(sink.saved(id), claimed);
}

#[tokio::test]
async fn a_service_without_a_runner_answers_and_waits() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("bars.csv", &dirty(0, 100));
    let clock = Arc::new(SystemClock::new());
    let (service, _runner) = ImportService::new(Arc::new(sink.clone()), clock, config());
    let job = service.start(spec(&path)).await.unwrap();
    assert_eq!((job.id, job.state), (ImportId(1), ImportState::Queued));
    let paused = service.steer(job.id, ImportVerb::Pause).await.unwrap();
    assert_eq!(paused.state, ImportState::Paused);
    assert_eq!(sink.saved(job.id).state, ImportState::Paused);
    let typed = path.display().to_string();
    assert_eq!(service.complete_path(typed.clone()).await.unwrap(), [typed]);
    assert_eq!(service.jobs(5).await.unwrap().len(), 1);
}
