//! A thousand random orders to imports at work: the accounts hold, nothing is lost, nothing falls.

use std::collections::HashMap;

use fastrand::Rng;
use mda::api::{ImportCounts, ImportJob, ImportState, ImportVerb};
use mda::domain::ImportId;

use super::rig::{Files, Rig, dirty, spec};
use super::sink::{MemorySink, Trouble};

/// Numbers that may never fall, of each import.
#[derive(Default)]
struct Watch(HashMap<ImportId, (u64, u64)>);

impl Watch {
    fn look(&mut self, job: &ImportJob) {
        let now = (job.counts.read, job.progress.bytes_done);
        let before = self.0.insert(job.id, now).unwrap_or_default();
        assert!(now.0 >= before.0 && now.1 >= before.1, "{before:?} {now:?}");
        assert!(job.counts.adds_up(), "{:?}", job.counts);
    }
}

fn verb(rng: &mut Rng) -> ImportVerb {
    match rng.u8(..100) {
        0..=39 => ImportVerb::Pause,
        40..=89 => ImportVerb::Resume,
        90..=94 => ImportVerb::Cancel,
        95..=97 => ImportVerb::Restart,
        _ => ImportVerb::Undo,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_verbs_ends_in_order() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let texts: Vec<String> = (0..4).map(|n| dirty(n * 5_000, 5_000)).collect();
    let names = ["a.csv", "b.csv", "c.csv", "d.csv"];
    let paths: Vec<_> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| files.write(name, text))
        .collect();
    sink.trouble(Trouble {
        fails_every: Some(97),
        ..Trouble::default()
    });
    let rig = Rig::start(&sink);
    let mut ids = Vec::new();
    for path in &paths {
        ids.push(rig.order(path).await);
    }
    let (mut rng, mut watch) = (Rng::with_seed(11), Watch::default());
    let mut done = 0;
    for _ in 0..1_000 {
        let id = *rng.choice(&ids).unwrap();
        match rig.service.steer(id, verb(&mut rng)).await {
            Ok(job) => {
                done += 1;
                if job.id != id {
                    ids.push(job.id);
                }
            }
            Err(error) => assert!(error.is_impossible(), "{error}"),
        }
        for job in rig.service.states().borrow().iter() {
            watch.look(job);
        }
        tokio::task::yield_now().await;
    }
    assert!(done > 200, "{done}");
    settle(&rig, &ids, &sink).await;
    // Whatever was cancelled or undone: imported once more, everything is there.
    sink.trouble(Trouble::default());
    for path in &paths {
        let job = rig.import(spec(path)).await;
        assert_eq!(job.state, ImportState::Partial);
    }
    assert_eq!(sink.rows().len(), 20_000);
    rig.stop().await;
}

/// Lets every import come to rest, and compares what is said of it with its ledger.
async fn settle(rig: &Rig, ids: &[ImportId], sink: &MemorySink) {
    for id in ids {
        let is_at_rest = |job: &ImportJob| job.state.is_ended() || job.state == ImportState::Paused;
        let job = rig.wait(*id, is_at_rest).await;
        if job.state == ImportState::Paused {
            // An undo may still be under way; then there is nothing to resume.
            rig.steer(*id, ImportVerb::Resume).await;
        }
        let job = rig.ended(*id).await;
        assert!(
            matches!(job.state, ImportState::Partial | ImportState::Cancelled),
            "{:?} {:?}",
            job.state,
            job.problem
        );
        let mut sums = ImportCounts::default();
        sink.ledger_of(*id)
            .iter()
            .for_each(|line| sums += line.counts);
        assert_eq!(job.counts, sums);
        assert_eq!(sink.saved(*id).counts, sums);
    }
}
