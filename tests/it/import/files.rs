//! Files that change while their import stands still: continued where that is right, refused with
//! the bytes and the way out where it is not.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use mda::api::{ImportJob, ImportState, ImportVerb};
use mda::domain::ImportId;

use super::kill::{killed, runtime};
use super::rig::{Files, HEADER, Rig, change, clean, line, spec};
use super::sink::MemorySink;

/// A file whose import was killed behind its fifth chunk of fifty records.
struct Halfway {
    files: Files,
    sink: MemorySink,
    path: PathBuf,
}

impl Halfway {
    fn new() -> Self {
        let (files, sink) = (Files::new(), MemorySink::default());
        let path = files.write("bars.csv", &clean(0, 600));
        killed(&sink, &spec(&path), 5, true);
        assert_eq!(sink.rows().len(), 250);
        Self { files, sink, path }
    }

    /// Returns where the committed part ends.
    fn done(&self) -> usize {
        let ledger = self.sink.ledger_of(ImportId(1));
        ledger.last().unwrap().byte_to as usize
    }

    /// Goes on in another process, until it ends.
    fn go_on(&self) -> Arc<ImportJob> {
        runtime().block_on(async {
            let rig = Rig::start(&self.sink);
            let job = rig.ended(ImportId(1)).await;
            rig.stop().await;
            job
        })
    }

    /// Expects a refusal with these words.
    fn refused(&self, words: &str) {
        let job = self.go_on();
        assert_eq!(job.state, ImportState::Failed);
        let problem = job.problem.clone().unwrap();
        assert!(problem.contains(words), "{problem}");
        assert_eq!(self.sink.rows().len(), 250);
    }
}

#[test]
fn a_change_in_what_is_done_is_refused_with_its_bytes() {
    let halfway = Halfway::new();
    change(&halfway.path, |bytes| bytes[HEADER.len() + 25] = b'9');
    halfway.refused("are not what was imported; put the old file back and resume, or restart");
    let from = HEADER.len();
    let to = halfway.sink.ledger_of(ImportId(1))[0].byte_to;
    halfway.refused(&format!("bytes {from} to {to} are not what was imported"));
}

#[test]
fn the_same_order_for_a_changed_file_is_a_new_import() {
    let halfway = Halfway::new();
    change(&halfway.path, |bytes| bytes[HEADER.len() + 25] = b'9');
    halfway.go_on();
    runtime().block_on(async {
        let rig = Rig::start(&halfway.sink);
        let job = rig.import(spec(&halfway.path)).await;
        assert_eq!((job.id, job.counts.read), (ImportId(2), 600));
        rig.stop().await;
    });
}

#[test]
fn a_change_behind_what_is_done_is_read_as_it_is_now() {
    let halfway = Halfway::new();
    let done = halfway.done();
    change(&halfway.path, |bytes| {
        let rest = String::from_utf8(bytes.split_off(done)).unwrap();
        bytes.extend(rest.replace(".75,", ".85,").into_bytes());
    });
    let job = halfway.go_on();
    assert_eq!(
        (job.state, job.counts.inserted),
        (ImportState::Completed, 600)
    );
    let highs = halfway
        .sink
        .rows()
        .into_values()
        .map(|row| row.bar.high.to_string());
    assert_eq!(highs.filter(|high| high.ends_with(".85")).count(), 350);
}

#[test]
fn a_file_cut_below_what_is_done_is_refused() {
    let halfway = Halfway::new();
    let done = halfway.done();
    change(&halfway.path, |bytes| bytes.truncate(done - 1));
    halfway.refused(&format!("has {} bytes, {done} were imported", done - 1));
}

#[test]
fn a_file_cut_behind_what_is_done_ends_there() {
    let halfway = Halfway::new();
    let done = halfway.done();
    change(&halfway.path, |bytes| bytes.truncate(done));
    let job = halfway.go_on();
    assert_eq!(
        (job.state, job.counts.inserted),
        (ImportState::Completed, 250)
    );
    assert_eq!(job.notes, ["bars.csv changed while the import stood still"]);
}

#[test]
fn what_was_appended_is_imported_with_the_rest() {
    let halfway = Halfway::new();
    let tail: String = (600..700).map(|row| line(row, row)).collect();
    change(&halfway.path, |bytes| bytes.extend(tail.bytes()));
    let job = halfway.go_on();
    assert_eq!(
        (job.state, job.counts.inserted),
        (ImportState::Completed, 700)
    );
    let grew = format!(
        "bars.csv grew by {} bytes while the import stood still",
        tail.len()
    );
    assert_eq!(job.notes, [grew]);
    assert_eq!(
        job.progress.bytes_done,
        fs::metadata(&halfway.path).unwrap().len()
    );
}

#[test]
fn a_last_record_that_was_continued_is_refused() {
    let (files, sink) = (Files::new(), MemorySink::default());
    let text = clean(0, 100);
    let path = files.write("bars.csv", text.trim_end());
    killed(&sink, &spec(&path), 2, true);
    change(&path, |bytes| bytes.extend(b"77\n"));
    let halfway = Halfway { files, sink, path };
    let job = halfway.go_on();
    assert_eq!(job.state, ImportState::Failed);
    let problem = job.problem.clone().unwrap();
    assert!(problem.contains("has been continued since"), "{problem}");
    // A line end and whole records behind it are fine.
    let path = halfway.files.write("bars.csv", &(text + &line(100, 100)));
    assert_eq!(path, halfway.path);
    runtime().block_on(async {
        let rig = Rig::start(&halfway.sink);
        rig.steer(ImportId(1), ImportVerb::Resume).await;
        let job = rig.until(ImportId(1), ImportState::Completed).await;
        assert_eq!(job.counts.inserted, 101);
        rig.stop().await;
    });
}

#[test]
fn a_file_that_is_gone_fails_the_import_until_it_is_back() {
    let halfway = Halfway::new();
    let elsewhere = halfway.files.path("elsewhere.csv");
    fs::rename(&halfway.path, &elsewhere).unwrap();
    halfway.refused("failed to look at");
    fs::rename(&elsewhere, &halfway.path).unwrap();
    runtime().block_on(async {
        let rig = Rig::start(&halfway.sink);
        rig.steer(ImportId(1), ImportVerb::Resume).await;
        let job = rig.until(ImportId(1), ImportState::Completed).await;
        assert_eq!(job.counts.inserted, 600);
        rig.stop().await;
    });
}

#[test]
fn a_file_that_goes_while_the_one_before_is_read_is_named() {
    let (files, sink) = (Files::new(), MemorySink::default());
    files.write("a.csv", &clean(0, 3_000));
    let second = files.write("b.csv", &clean(3_000, 600));
    let order = mda::api::ImportSpec {
        paths: vec![files.path("?.csv").display().to_string()],
        ..spec(&second)
    };
    killed(&sink, &order, 5, true);
    // It is there when the import goes on, and gone when its turn comes.
    sink.trouble(super::sink::Trouble {
        hangs_at: Some((1, false)),
        ..Default::default()
    });
    runtime().block_on(async {
        let rig = Rig::start(&sink);
        sink.hangs().await;
        fs::remove_file(&second).unwrap();
        sink.release();
        let job = rig.ended(ImportId(1)).await;
        assert_eq!(
            (job.state, job.counts.inserted),
            (ImportState::Failed, 3_000)
        );
        let problem = job.problem.clone().unwrap();
        let words = format!("failed to read `{}`", second.display());
        assert!(problem.starts_with(&words), "{problem}");
        fs::write(&second, clean(3_000, 600)).unwrap();
        rig.steer(ImportId(1), ImportVerb::Resume).await;
        let job = rig.until(ImportId(1), ImportState::Completed).await;
        assert_eq!(job.counts.inserted, 3_600);
        rig.stop().await;
    });
}
