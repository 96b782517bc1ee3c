//! Ten thousand broken files: every record is accounted for, and nothing panics.

use std::path::Path;

use fastrand::Rng;
use mda::api::{ImportMode, ImportSpec, ImportState};
use mda::import::csv::{self, Cutter, Position};
use mda::import::{ImportConfig, ImportService};

use super::rig::{CHUNKS, Files, Rig, config, dirty, spec};
use super::sink::MemorySink;
use crate::support::skip::shared_data;

/// Files that are under way at once.
const AT_ONCE: usize = 16;

/// Breaks a text in one to four places.
fn mutated(rng: &mut Rng, text: &[u8]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..rng.u8(1..5) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.usize(..bytes.len());
        match rng.u8(..9) {
            0 => bytes[at] = rng.u8(..),
            1 => bytes[at] = *rng.choice(b"\"\n\r,;\t\0 '-.eE").unwrap(),
            2 => bytes.insert(at, *rng.choice(b"\"\n\r,;0").unwrap()),
            3 => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            5 => {
                let to = (at + rng.usize(..60)).min(bytes.len());
                drop(bytes.drain(at..to));
            }
            6 => {
                let to = (at + rng.usize(..200)).min(bytes.len());
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy);
            }
            7 => bytes
                .splice(at..at, "é€\u{feff}\u{2028}".bytes())
                .for_each(drop),
            _ => bytes
                .splice(at..at, std::iter::repeat_n(b'9', 40))
                .for_each(drop),
        }
    }
    bytes
}

/// Returns how many records the file has, by its structure alone; `None` when it has none.
fn records_of(path: &Path) -> Option<u64> {
    let sample = csv::probe(path).ok()?;
    let from = Position::start_of(&sample.dialect);
    let cutter = Cutter::open(path, &sample.dialect, from).unwrap();
    let mut cutter = cutter.with_limits(CHUNKS);
    let mut records = 0;
    while let Some(chunk) = cutter.next().unwrap() {
        csv::records(&chunk, &sample.dialect, |_| records += 1);
    }
    Some(records)
}

/// Imports one broken file and checks what is said of it; returns how it ended.
async fn check(service: &ImportService, rig: &Rig, path: &Path, text: Vec<u8>) -> ImportState {
    std::fs::write(path, &text).unwrap();
    let order = ImportSpec {
        mode: ImportMode::Single,
        ..spec(path)
    };
    let id = service.start(order).await.unwrap().id;
    let is_over =
        |job: &mda::api::ImportJob| job.state.is_ended() || job.state == ImportState::NeedsInput;
    let job = rig.wait(id, is_over).await;
    let text = || String::from_utf8_lossy(&text).into_owned();
    assert!(job.counts.adds_up(), "{:?} {}", job.counts, text());
    match job.state {
        ImportState::Completed | ImportState::Partial => {
            assert_eq!(Some(job.counts.read), records_of(path), "{}", text());
        }
        ImportState::Failed => {
            let problem = job.problem.as_deref().unwrap();
            assert!(!problem.contains("panicked"), "{problem} {}", text());
            // Its structure is none, or no layout fits it.
            let is_refused = records_of(path).is_none() || problem.starts_with("the layout");
            assert!(is_refused && job.counts.read == 0, "{problem} {}", text());
        }
        ImportState::NeedsInput => assert!(!job.questions.is_empty()),
        other => panic!("{other:?}"),
    }
    job.state
}

/// Breaks texts as often as asked, many at once.
async fn storm(texts: &[Vec<u8>], count: usize, seed: u64) {
    let (files, sink) = (Files::new(), MemorySink::default());
    let jobs_at_once = AT_ONCE as u32;
    let rig = Rig::with(
        &sink,
        ImportConfig {
            jobs_at_once,
            ..config()
        },
    );
    let mut rng = Rng::with_seed(seed);
    let mut read = 0;
    for round in 0..count.div_ceil(AT_ONCE) {
        let checks = (0..AT_ONCE).map(|number| {
            let text = &texts[rng.usize(..texts.len())];
            let text = mutated(&mut rng, text);
            let path = files.path(&format!("{round}-{number}.csv"));
            let (service, rig) = (rig.service.clone(), &rig);
            async move {
                let state = check(&service, rig, &path, text).await;
                std::fs::remove_file(&path).unwrap();
                state
            }
        });
        let states = futures_util::future::join_all(checks).await;
        let is_read =
            |state: &&ImportState| matches!(state, ImportState::Completed | ImportState::Partial);
        read += states.iter().filter(is_read).count();
    }
    assert!(read > count / 3, "only {read} of {count} were read at all");
    rig.stop().await;
}

#[tokio::test]
async fn every_record_of_eight_thousand_broken_files_is_accounted_for() {
    let texts: Vec<Vec<u8>> = [(0, 12), (90, 25), (200, 60), (1_430, 20)]
        .map(|(from, rows)| dirty(from, rows).into())
        .into();
    storm(&texts, 8_000, 3).await;
}

#[tokio::test]
async fn every_record_of_two_thousand_broken_vendor_files_is_accounted_for() {
    let Some(folder) = shared_data("ohlcv") else {
        return;
    };
    let mut texts = Vec::new();
    let pattern = format!("{}/**/*.csv", folder.display());
    for path in glob::glob(&pattern).unwrap() {
        let bytes = std::fs::read(path.unwrap()).unwrap();
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').take(30);
        texts.push(lines.flatten().copied().collect::<Vec<u8>>());
    }
    assert!(!texts.is_empty());
    storm(&texts, 2_000, 5).await;
}
