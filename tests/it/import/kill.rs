//! Killed at any point, an import ends as if nothing had happened.

use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use mda::api::{ImportCounts, ImportQuality, ImportSpec, ImportState, Reject};
use mda::domain::ImportId;
use mda::import::{CommitLine, ImportConfig};
use tokio::runtime::{Builder, Runtime};

use super::rig::{Files, Rig, config, dirty, spec};
use super::sink::{MemorySink, Row, Trouble};

/// Kills that are tried.
const KILLS: usize = 200;

pub(super) fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Starts an import and drops everything while commit `at` hangs, written or not.
pub(super) fn killed(sink: &MemorySink, order: &ImportSpec, at: u64, is_written: bool) {
    let runtime = runtime();
    sink.trouble(Trouble {
        hangs_at: Some((at, is_written)),
        ..Trouble::default()
    });
    runtime.block_on(async {
        let rig = Rig::start(sink);
        rig.service.start(order.clone()).await.unwrap();
        sink.hangs().await;
    });
    runtime.shutdown_timeout(Duration::from_secs(10));
    sink.trouble(Trouble::default());
}

/// What is left of an import.
#[derive(Debug, PartialEq)]
struct Left {
    state: ImportState,
    counts: ImportCounts,
    quality: Option<ImportQuality>,
    rows: Vec<Row>,
    rejects: Vec<Reject>,
    ledger: Vec<CommitLine>,
}

fn left(sink: &MemorySink, job: &mda::api::ImportJob) -> Left {
    Left {
        state: job.state,
        counts: job.counts,
        quality: job.quality.clone(),
        rows: sink.rows().into_values().collect(),
        rejects: sink.all_rejects(job.id),
        ledger: sink.ledger_of(job.id),
    }
}

fn order(files: &Files) -> ImportSpec {
    ImportSpec {
        paths: vec![files.path("*.csv").display().to_string()],
        ..spec(Path::new("unused"))
    }
}

#[test]
fn two_hundred_kills_leave_what_no_kill_leaves() {
    let files = Files::new();
    files.write("a.csv", &dirty(0, 400));
    files.write("b.csv", &dirty(200, 500));
    let order = order(&files);
    let undisturbed = {
        let sink = MemorySink::default();
        let job = runtime().block_on(async { Rig::start(&sink).import(order.clone()).await });
        left(&sink, &job)
    };
    let chunks = undisturbed.ledger.len();
    assert!(
        chunks > 15 && undisturbed.counts.duplicate > 200,
        "{undisturbed:?}"
    );
    let mut rng = Rng::with_seed(7);
    for kill in 0..KILLS {
        let sink = MemorySink::default();
        let (at, is_written) = (rng.u64(1..=chunks as u64), rng.bool());
        killed(&sink, &order, at, is_written);
        // Some are killed twice.
        if rng.u8(..4) == 0 {
            let rest = chunks as u64 + 1 - at;
            let again = rng.u64(1..=rest - u64::from(is_written && rest > 1));
            if !(is_written && rest == 1) {
                killed(&sink, &order, again, rng.bool());
            }
        }
        let job = runtime().block_on(async {
            let rig = Rig::start(&sink);
            let job = rig.ended(ImportId(1)).await;
            rig.stop().await;
            job
        });
        assert_eq!(
            left(&sink, &job),
            undisturbed,
            "kill {kill} at {at}, {is_written}"
        );
    }
}

#[test]
fn the_same_order_goes_on_with_what_was_interrupted() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.minutes("a.csv", 1_000);
    let order = order(&files);
    killed(&sink, &order, 5, true);
    runtime().block_on(async {
        let rig = Rig::start(&sink);
        let job = rig
            .import(ImportSpec {
                workers: Some(1),
                ..order.clone()
            })
            .await;
        assert_eq!(job.id, ImportId(1));
        assert_eq!(job.notes, ["continues import 1"]);
        let next = rig.import(order).await;
        assert_eq!(next.id, ImportId(2));
        rig.stop().await;
    });
}

#[test]
fn what_was_interrupted_waits_where_it_is_not_to_go_on_by_itself() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.minutes("a.csv", 1_000);
    killed(&sink, &order(&files), 5, false);
    runtime().block_on(async {
        let rig = Rig::with(
            &sink,
            ImportConfig {
                resumes_at_start: false,
                ..config()
            },
        );
        let job = rig.until(ImportId(1), ImportState::Paused).await;
        assert_eq!(job.notes, ["interrupted; go on with `mda import resume 1`"]);
        assert!(job.progress.bytes_done > 0 && job.counts.read > 0);
        rig.steer(ImportId(1), mda::api::ImportVerb::Resume).await;
        let job = rig.ended(ImportId(1)).await;
        assert_eq!(job.counts.inserted, 1_000);
        rig.stop().await;
    });
}

#[test]
fn a_stop_in_order_leaves_an_import_to_the_next_start() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.minutes("a.csv", 1_000);
    let order = order(&files);
    sink.trouble(Trouble {
        hangs_at: Some((5, false)),
        ..Trouble::default()
    });
    runtime().block_on(async {
        let rig = Rig::start(&sink);
        rig.service.start(order).await.unwrap();
        sink.hangs().await;
        tokio::join!(rig.stop(), async { sink.release() });
    });
    let saved = sink.saved(ImportId(1));
    assert_eq!(saved.state, ImportState::Running);
    assert_eq!(sink.commits().len(), 5);
    runtime().block_on(async {
        let rig = Rig::start(&sink);
        let job = rig.ended(ImportId(1)).await;
        assert_eq!(job.counts.inserted, 1_000);
        rig.stop().await;
    });
}

#[test]
fn an_undo_that_was_killed_goes_on() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.minutes("a.csv", 500);
    runtime().block_on(async {
        let rig = Rig::start(&sink);
        rig.import(order(&files)).await;
        rig.stop().await;
        // Without a runner, the order to undo is kept and nothing is done.
        let (service, _) = mda::import::ImportService::new(
            std::sync::Arc::new(sink.clone()),
            std::sync::Arc::new(mda::runtime::SystemClock::new()),
            config(),
        );
        service
            .steer(ImportId(1), mda::api::ImportVerb::Undo)
            .await
            .unwrap();
        assert_eq!(sink.rows().len(), 500);
        let again = Rig::start(&sink);
        again.wait(ImportId(1), |job| job.undone.is_some()).await;
        assert!(sink.rows().is_empty());
        again.stop().await;
    });
}
