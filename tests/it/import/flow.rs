//! Imports that nobody disturbs: what comes out, whoever parses, and what is told of it.

use std::collections::BTreeMap;

use mda::api::{ImportCounts, ImportMode, ImportSpec, ImportState};
use mda::import::ImportConfig;
use rstest::rstest;

use super::rig::{Files, Rig, clean, config, dirty, line, spec};
use super::sink::{MemorySink, Trouble, differing};

#[tokio::test]
async fn every_record_is_accounted_for() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let rig = Rig::start(&sink);
    let job = rig.import(spec(&files.minutes("dirty.csv", 3_000))).await;
    assert_eq!(job.state, ImportState::Partial);
    let counts = job.counts;
    assert!(counts.adds_up(), "{counts:?}");
    assert_eq!(counts.inserted, 3_000);
    assert_eq!(counts.rejected, 3_000 / 97);
    assert_eq!(counts.skipped, 3_000 / 211);
    assert_eq!(counts.read, dirty(0, 3_000).lines().count() as u64 - 1);
    assert_eq!(sink.rows().len(), 3_000);
    let rejects = rig.service.rejects(job.id, 0, 10_000).await.unwrap();
    let told = rejects.len() - differing(&rejects);
    assert_eq!(told as u64, counts.rejected);
    assert!(differing(&rejects) > 30, "{}", differing(&rejects));
    let problem = job.problem.as_deref().unwrap();
    assert!(
        problem.starts_with("30 records were rejected; "),
        "{problem}"
    );
    assert!(job.quality.is_some());
    rig.stop().await;
}

#[tokio::test]
async fn rejects_name_line_byte_and_text_as_they_stand_in_the_file() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.minutes("dirty.csv", 500);
    let text = std::fs::read_to_string(&path).unwrap();
    let rig = Rig::start(&sink);
    let job = rig.import(spec(&path)).await;
    let rejects = rig.service.rejects(job.id, 0, 1_000).await.unwrap();
    assert!(rejects.len() > 5);
    for reject in rejects {
        let line = text.lines().nth(reject.line as usize - 1).unwrap();
        assert_eq!(line, reject.raw);
        assert!(text[reject.byte as usize..].starts_with(&reject.raw));
        assert_eq!(reject.file, path.display().to_string());
    }
    rig.stop().await;
}

/// Imports two files into a sink of its own.
async fn import_with(files: &Files, mode: ImportMode, workers: u32) -> (MemorySink, ImportCounts) {
    let sink = MemorySink::default();
    let rig = Rig::with(
        &sink,
        ImportConfig {
            workers: Some(workers),
            ..config()
        },
    );
    let order = ImportSpec {
        paths: vec![files.path("*.csv").display().to_string()],
        mode,
        ..spec(&files.path("a.csv"))
    };
    let job = rig.import(order).await;
    let names: Vec<&str> = job
        .files
        .iter()
        .map(|f| f.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["a.csv", "b.csv"]);
    rig.stop().await;
    (sink, job.counts)
}

#[rstest]
#[case(ImportMode::Threads, 1)]
#[case(ImportMode::Threads, 2)]
#[case(ImportMode::Threads, 8)]
#[case(ImportMode::Auto, 4)]
#[tokio::test]
async fn who_parses_changes_nothing(#[case] mode: ImportMode, #[case] workers: u32) {
    let files = Files::new();
    files.write("b.csv", &dirty(1_000, 2_000));
    files.write("a.csv", &dirty(0, 2_000));
    let (one, one_counts) = import_with(&files, ImportMode::Single, 1).await;
    let (other, other_counts) = import_with(&files, mode, workers).await;
    assert_eq!(one_counts, other_counts);
    assert!(one_counts.duplicate >= 1_000, "{one_counts:?}");
    assert_eq!(one.rows(), other.rows());
    let id = mda::domain::ImportId(1);
    assert_eq!(one.all_rejects(id), other.all_rejects(id));
    assert_eq!(one.ledger_of(id), other.ledger_of(id));
    let chunks: Vec<u64> = other.commits().iter().map(|(_, chunk)| *chunk).collect();
    assert_eq!(chunks, (0..chunks.len() as u64).collect::<Vec<_>>());
    assert!(chunks.len() > 80);
}

#[tokio::test]
async fn the_first_of_equal_keys_counts_across_chunks_and_files() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let first = files.write("1.csv", &clean(0, 300));
    let second = files.write("2.csv", &clean(200, 300).replace(".5,", ".6,"));
    let rig = Rig::start(&sink);
    let order = ImportSpec {
        paths: vec![first.display().to_string(), second.display().to_string()],
        ..spec(&first)
    };
    let job = rig.import(order).await;
    assert_eq!((job.counts.inserted, job.counts.duplicate), (500, 100));
    let rejects = rig.service.rejects(job.id, 0, 1_000).await.unwrap();
    assert_eq!(differing(&rejects), 100);
    assert_eq!(job.state, ImportState::Partial);
    let problem = job.problem.as_deref().unwrap();
    assert!(
        problem.starts_with("100 records give other values"),
        "{problem}"
    );
    let uniqueness = job.quality.as_ref().unwrap().dimensions.uniqueness.unwrap();
    assert!(
        (uniqueness - 100.0 * 500.0 / 600.0).abs() < 1e-9,
        "{uniqueness}"
    );
    rig.stop().await;
}

#[tokio::test]
async fn the_same_content_again_is_unchanged_and_said_to_be_the_same() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let first = files.write("first.csv", &clean(0, 500));
    let copy = files.write("copy.csv", &clean(0, 500));
    let rig = Rig::start(&sink);
    let one = rig.import(spec(&first)).await;
    let two = rig.import(spec(&copy)).await;
    assert_ne!(one.id, two.id);
    assert_eq!((two.counts.read, two.counts.unchanged), (500, 500));
    assert_eq!(two.notes, [format!("same content as import {}", one.id)]);
    assert_eq!(one.notes, Vec::<String>::new());
    rig.stop().await;
}

#[tokio::test]
async fn a_busy_store_is_asked_again_and_nothing_is_written_twice() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("clean.csv", &clean(0, 1_000));
    sink.trouble(Trouble {
        fails_every: Some(7),
        ..Trouble::default()
    });
    let rig = Rig::start(&sink);
    let job = rig.import(spec(&path)).await;
    assert_eq!(job.state, ImportState::Completed);
    assert_eq!((job.counts.read, job.counts.inserted), (1_000, 1_000));
    rig.stop().await;
}

#[tokio::test]
async fn a_broken_store_fails_the_import_and_it_can_be_resumed() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("clean.csv", &clean(0, 1_000));
    sink.trouble(Trouble {
        breaks_at: Some(6),
        ..Trouble::default()
    });
    let rig = Rig::start(&sink);
    let job = rig.import(spec(&path)).await;
    assert_eq!(job.state, ImportState::Failed);
    let problem = job.problem.clone().unwrap();
    assert_eq!(
        problem,
        "failed to commit chunk 5 of the import: the disk is full"
    );
    assert_eq!(job.counts.inserted, 250);
    rig.steer(job.id, mda::api::ImportVerb::Resume).await;
    let job = rig.until(job.id, ImportState::Completed).await;
    assert_eq!((job.counts.inserted, job.problem.clone()), (1_000, None));
    rig.stop().await;
}

#[tokio::test]
async fn progress_ends_whole_and_names_its_stages() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("clean.csv", &clean(0, 2_000));
    let rig = Rig::start(&sink);
    let job = rig.import(spec(&path)).await;
    let progress = &job.progress;
    assert_eq!(progress.bytes_done, std::fs::metadata(&path).unwrap().len());
    assert!((progress.share() - 1.0).abs() < f64::EPSILON);
    let stages: Vec<&str> = progress
        .stages
        .iter()
        .map(|stage| stage.name.as_str())
        .collect();
    assert_eq!(stages, ["read", "parse", "write"]);
    assert!(progress.bottleneck.is_some());
    assert!(progress.rows_per_sec_average > 0.0 && !progress.elapsed.is_zero());
    rig.stop().await;
}

#[tokio::test]
async fn a_dry_run_counts_as_the_import_would_and_writes_nothing() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.write("old.csv", &clean(0, 400));
    let path = files.write("new.csv", &(dirty(300, 1_000) + &line(350, 7)));
    let rig = Rig::start(&sink);
    rig.import(spec(&files.path("old.csv"))).await;
    let before = sink.rows();
    let dry = rig
        .import(ImportSpec {
            dry_run: true,
            ..spec(&path)
        })
        .await;
    assert_eq!(sink.rows(), before);
    assert_eq!(sink.ledger_of(dry.id), []);
    let rejects = rig.service.rejects(dry.id, 0, 1_000).await.unwrap();
    assert_eq!(rejects.len() as u64, dry.counts.rejected);
    let real = rig.import(spec(&path)).await;
    assert_eq!(dry.counts, real.counts);
    assert!(dry.counts.adds_up() && dry.counts.unchanged > 0 && dry.counts.inserted > 0);
    rig.stop().await;
    let again = Rig::start(&sink);
    assert_eq!(again.service.job(dry.id).await.unwrap().counts, dry.counts);
    again.stop().await;
}

#[tokio::test]
async fn an_undone_import_leaves_the_store_as_it_was() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let old = files.write("old.csv", &clean(0, 400));
    let new = files.write("new.csv", &clean(300, 400).replace(".5,", ".6,"));
    let rig = Rig::start(&sink);
    rig.import(spec(&old)).await;
    let before: BTreeMap<_, _> = sink.rows();
    let job = rig.import(spec(&new)).await;
    assert_eq!((job.counts.inserted, job.counts.updated), (300, 100));
    rig.steer(job.id, mda::api::ImportVerb::Undo).await;
    let job = rig.wait(job.id, |job| job.undone.is_some()).await;
    assert_eq!(sink.rows(), before);
    assert_eq!(
        job.notes,
        ["undone: 300 rows taken out, 100 restored, 0 changed since and kept"]
    );
    rig.stop().await;
}

#[tokio::test]
async fn more_urgent_imports_go_first() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let path = files.write("clean.csv", &clean(0, 100));
    let (service, runner) = mda::import::ImportService::new(
        std::sync::Arc::new(sink.clone()),
        std::sync::Arc::new(mda::runtime::SystemClock::new()),
        ImportConfig {
            jobs_at_once: 1,
            ..config()
        },
    );
    let mut ids = Vec::new();
    for priority in [
        mda::api::ImportPriority::Low,
        mda::api::ImportPriority::Normal,
        mda::api::ImportPriority::Critical,
        mda::api::ImportPriority::High,
    ] {
        let order = ImportSpec {
            priority,
            ..spec(&path)
        };
        ids.push(service.start(order).await.unwrap().id);
    }
    let shutdown = mda::runtime::Shutdown::new();
    let token = shutdown.register(mda::runtime::Stage::Intake, "imports");
    let watched = service.clone();
    let ended = async move {
        let mut states = watched.states();
        while !states
            .borrow_and_update()
            .iter()
            .all(|job| job.state.is_ended())
        {
            states.changed().await.unwrap();
        }
        shutdown.run(std::time::Duration::from_secs(10)).await
    };
    let (ran, report) = tokio::join!(runner.run(token), ended);
    ran.unwrap();
    assert!(report.late.is_empty());
    let mut order: Vec<_> = sink.commits().iter().map(|(id, _)| *id).collect();
    order.dedup();
    assert_eq!(order, [ids[2], ids[3], ids[1], ids[0]]);
}
