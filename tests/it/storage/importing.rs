//! What every store does alike with imports, and with the whole of what it holds.

use std::sync::Arc;

use mda::api::{ImportCounts, ImportState, Reject, RejectOutcome};
use mda::domain::{Bar, ImportId, Severity, Timeframe};
use mda::storage::{
    BarBatch, BarQuery, ImportChunk, ImportRecord, LedgerLine, Lineage, MarketStore, Precedence,
    Priority, SegmentHash, StoreError, UndoCounts,
};

use super::support::{
    Factory, bar, bar_of, counts, from_source, minutes, price, read_minutes, source, symbol, write,
};

pub(super) async fn begin(store: &dyn MarketStore) -> ImportRecord {
    let created = store.create_import(ImportState::Running, "{}".to_owned());
    created.await.unwrap()
}

/// A chunk of `bars` that were read from ten bytes each.
pub(super) fn chunk(of: &ImportRecord, number: u64, bars: Vec<Bar>) -> ImportChunk {
    let read = bars.len() as u64;
    ImportChunk {
        import: of.id,
        epoch: of.epoch,
        bars: bars.into(),
        duplicates: Vec::new(),
        rejects: Vec::new(),
        line: LedgerLine {
            chunk: number,
            file: 0,
            byte_from: number * 1_000,
            byte_to: number * 1_000 + read * 10,
            line_to: read,
            hash: u64::MAX - number,
            counts: ImportCounts {
                read,
                ..ImportCounts::default()
            },
            state: vec![0, 0xff, number as u8],
        },
    }
}

pub(super) fn reject(line: u64, outcome: RejectOutcome) -> Reject {
    Reject {
        file: "/bars/ä.csv".to_owned(),
        line,
        byte: line * 40,
        outcome,
        rule: "V2".to_owned(),
        severity: Severity::Critical,
        column: Some("High".to_owned()),
        value: None,
        reason: format!("line {line} \"does not\" fit"),
        suggestion: None,
        raw: "2024-01-01,\0\u{1}\u{fffd}\\u0000,'\",NaN\n".to_owned(),
    }
}

/// Imports `bars` in chunks of at most `rows` and returns what the import became.
pub(super) async fn import(store: &dyn MarketStore, bars: &[Bar], rows: usize) -> ImportRecord {
    let record = begin(store).await;
    for (number, piece) in bars.chunks(rows).enumerate() {
        let chunk = chunk(&record, number as u64, piece.to_vec());
        store.write_chunk(Priority::Low, chunk).await.unwrap();
    }
    store.import(record.id).await.unwrap().unwrap()
}

/// The hash of the whole store, which must be sound.
pub(super) async fn hash(store: &dyn MarketStore) -> SegmentHash {
    let report = store.verify().await.unwrap();
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(report.rows, report.hash.rows);
    report.hash
}

fn dearer(bar: Bar) -> Bar {
    Bar {
        high: price("900"),
        ..bar
    }
}

pub(super) async fn an_import_is_created_claimed_and_saved(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    assert_eq!(store.imports(9).await.unwrap(), []);
    let first = begin(&*store).await;
    let second = begin(&*store).await;
    assert!(second.id > first.id && first.id.0 > 0);
    assert_eq!((first.state, &*first.body), (ImportState::Running, "{}"));
    assert_eq!((first.counts, first.bytes_done), Default::default());
    let claimed = store.claim_import(first.id).await.unwrap();
    assert!(claimed.epoch > first.epoch);
    for state in ImportState::ALL {
        let body = format!("{{\"state\":\"{}\"}}", state.as_str());
        let saved = store.save_import(first.id, claimed.epoch, state, body.clone());
        saved.await.unwrap();
        let found = store.import(first.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.body), (state, body));
        assert_eq!((found.epoch, found.undone), (claimed.epoch, None));
    }
    let late = store.save_import(first.id, first.epoch, ImportState::Failed, String::new());
    let error = late.await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced { id } if id == first.id));
    assert!(!error.is_retryable());
    let newest = store.imports(1).await.unwrap();
    assert_eq!(newest, std::slice::from_ref(&second));
    let ids: Vec<_> = store.imports(9).await.unwrap();
    assert_eq!(
        ids.iter().map(|one| one.id).collect::<Vec<_>>(),
        [second.id, first.id]
    );
}

pub(super) async fn an_import_that_is_not_there_is_named(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let mut other = begin(&*store).await;
    other.id = ImportId(99);
    let errors = [
        store.claim_import(other.id).await.unwrap_err(),
        store
            .save_import(other.id, 1, ImportState::Failed, String::new())
            .await
            .unwrap_err(),
        store
            .write_chunk(Priority::Low, chunk(&other, 0, vec![bar(1)]))
            .await
            .unwrap_err(),
        store.undo_import(other.id).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::NoImport { .. }), "{error}");
        assert!(error.to_string().contains("no import `99`"), "{error}");
        assert!(!error.is_retryable());
    }
    assert_eq!(store.import(other.id).await.unwrap(), None);
    assert_eq!(store.ledger(other.id).await.unwrap(), []);
    assert_eq!(store.rejects(other.id, 0, 9).await.unwrap(), []);
    assert_eq!(hash(&*store).await, SegmentHash::default());
}

pub(super) async fn a_chunk_is_rows_rejects_and_its_line(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, vec![bar(1), bar(2)]).await;
    let record = begin(&*store).await;
    let mut given = chunk(&record, 7, vec![dearer(bar(2)), bar(3), bar(1)]);
    given.rejects = vec![reject(4, RejectOutcome::Rejected)];
    given.line.counts.rejected = 1;
    given.line.counts.skipped = 2;
    given.line.counts.read = 6;
    let line = store
        .write_chunk(Priority::Low, given.clone())
        .await
        .unwrap();
    let mut expected = given.line.clone();
    expected.counts.inserted = 1;
    expected.counts.updated = 1;
    expected.counts.unchanged = 1;
    assert_eq!(line, expected);
    assert!(line.counts.adds_up());
    let held = store.bars(minutes("BTC-USD")).await.unwrap().bars;
    assert_eq!(held, [bar(1), dearer(bar(2)), bar(3)]);
    let ledger = store.ledger(record.id).await.unwrap();
    assert_eq!(ledger, std::slice::from_ref(&line));
    assert_eq!(store.rejects(record.id, 0, 9).await.unwrap(), given.rejects);
    let found = store.import(record.id).await.unwrap().unwrap();
    assert_eq!((found.counts, found.bytes_done), (line.counts, 30));
}

pub(super) async fn a_chunk_given_again_is_written_once(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = begin(&*store).await;
    let mut given = chunk(&record, 0, vec![bar(1), bar(2)]);
    given.rejects = vec![reject(4, RejectOutcome::Rejected)];
    let line = store
        .write_chunk(Priority::Low, given.clone())
        .await
        .unwrap();
    let before = hash(&*store).await;
    given.bars = vec![dearer(bar(1)), bar(9)].into();
    let store = {
        store.close().await.unwrap();
        factory.open(Precedence::default()).await
    };
    let again = store.write_chunk(Priority::Normal, given).await.unwrap();
    assert_eq!(again, line);
    assert_eq!(hash(&*store).await, before);
    assert_eq!(store.ledger(record.id).await.unwrap(), [line]);
    assert_eq!(store.rejects(record.id, 0, 9).await.unwrap().len(), 1);
}

pub(super) async fn an_older_claim_writes_nothing(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let older = begin(&*store).await;
    let newer = store.claim_import(older.id).await.unwrap();
    let first = chunk(&newer, 0, vec![bar(1)]);
    store.write_chunk(Priority::Low, first).await.unwrap();
    for number in [0, 1] {
        let late = chunk(&older, number, vec![bar(2)]);
        let error = store.write_chunk(Priority::Low, late).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced { id } if id == older.id));
        assert!(error.to_string().contains("claimed anew"), "{error}");
    }
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await, [1]);
    assert_eq!(store.ledger(older.id).await.unwrap().len(), 1);
}

pub(super) async fn a_chunk_above_the_most_is_refused_whole(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = begin(&*store).await;
    let bars: Vec<Bar> = (0..=BarBatch::ROWS_MAX as i64).map(bar).collect();
    let error = store
        .write_chunk(Priority::Low, chunk(&record, 0, bars))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::BatchTooLarge { .. }), "{error}");
    assert_eq!(store.ledger(record.id).await.unwrap(), []);
    assert_eq!(store.statistics().await.unwrap().rows, 0);
}

pub(super) async fn the_ledger_is_in_the_order_of_chunks(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let (record, other) = (begin(&*store).await, begin(&*store).await);
    for number in [2, 0, 300, 1] {
        let given = chunk(&record, number, vec![bar(number as i64)]);
        store.write_chunk(Priority::Low, given).await.unwrap();
    }
    let given = chunk(&other, 0, vec![bar(0)]);
    store.write_chunk(Priority::Low, given).await.unwrap();
    let lines = store.ledger(record.id).await.unwrap();
    let chunks: Vec<_> = lines.iter().map(|line| line.chunk).collect();
    assert_eq!(chunks, [0, 1, 2, 300]);
    assert_eq!(lines[2].hash, u64::MAX - 2);
    assert_eq!(lines[2].state, [0, 0xff, 2]);
    let found = store.imports(9).await.unwrap();
    let told = |at: usize| (found[at].counts.inserted, found[at].bytes_done);
    assert_eq!(told(1), (4, 40));
    assert_eq!((told(0), found[0].counts.unchanged), ((0, 10), 1));
}

pub(super) async fn rejects_come_in_pages_in_the_order_of_lines(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = begin(&*store).await;
    // The second file is written first, and lines come in any order.
    for (number, file) in [(0, 1), (1, 0)] {
        let mut given = chunk(&record, number, Vec::new());
        given.line.file = file;
        let lines = (1..=1_500).rev();
        given.rejects = lines
            .map(|line| reject(line, RejectOutcome::Rejected))
            .collect();
        store.write_chunk(Priority::Low, given).await.unwrap();
    }
    let all = store.rejects(record.id, 0, u32::MAX).await.unwrap();
    let lines: Vec<_> = all.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, (1..=1_500).chain(1..=1_500).collect::<Vec<u64>>());
    assert_eq!(all[7], reject(8, RejectOutcome::Rejected));
    assert_eq!(
        store.rejects(record.id, 1_498, 4).await.unwrap(),
        all[1_498..1_502]
    );
    assert_eq!(
        store.rejects(record.id, 2_999, 9).await.unwrap(),
        all[2_999..]
    );
    assert_eq!(store.rejects(record.id, u64::MAX, 9).await.unwrap(), []);
}

pub(super) async fn duplicates_are_counted_and_told_where_they_differ(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = begin(&*store).await;
    let first = chunk(&record, 0, vec![bar(1)]);
    store.write_chunk(Priority::Low, first).await.unwrap();
    let mut second = chunk(&record, 1, vec![bar(2)]);
    let duplicate = |line, bar| (bar, reject(line, RejectOutcome::Duplicate));
    second.duplicates = vec![
        duplicate(9, dearer(bar(2))),
        duplicate(3, bar(1)),
        duplicate(5, dearer(bar(1))),
        duplicate(7, bar(2)),
    ];
    second.rejects = vec![reject(6, RejectOutcome::Rejected)];
    let line = store.write_chunk(Priority::Low, second).await.unwrap();
    assert_eq!((line.counts.duplicate, line.counts.inserted), (4, 1));
    let told = store.rejects(record.id, 0, 9).await.unwrap();
    let told: Vec<_> = told.iter().map(|one| (one.line, one.outcome)).collect();
    let (duplicate, rejected) = (RejectOutcome::Duplicate, RejectOutcome::Rejected);
    assert_eq!(told, [(5, duplicate), (6, rejected), (9, duplicate)]);
    let held = store.bars(minutes("BTC-USD")).await.unwrap().bars;
    assert_eq!(held, [bar(1), bar(2)]);
}

pub(super) async fn comparing_counts_as_writing_does_and_writes_nothing(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, (0..4_000).map(bar).collect()).await;
    let before = hash(&*store).await;
    let given: Vec<Bar> = (0..9_000)
        .rev()
        .flat_map(|minute| match minute % 3 {
            0 => vec![bar(minute)],
            1 => vec![dearer(bar(minute)), bar(minute), bar(minute)],
            _ => vec![
                from_source("new", bar(minute)),
                bar_of("NEW", Timeframe::D1, minute),
            ],
        })
        .collect();
    let compared = store.compare_bars(given.clone().into()).await.unwrap();
    assert_eq!(hash(&*store).await, before);
    assert!(!store.symbols().await.unwrap().contains(&symbol("NEW")));
    let written = write(&*store, given.clone()).await;
    assert_eq!(compared, written);
    assert!(written.inserted > 0 && written.updated > 0 && written.unchanged > 0);
    let again = store.compare_bars(Arc::from(given)).await.unwrap();
    assert_eq!(again.inserted, 0);
    let nothing = store.compare_bars(Arc::from([])).await.unwrap();
    assert_eq!(nothing, counts(0, 0, 0));
}

/// Bars that meet those of the feed (0..30): new, other and alike.
fn meeting(minutes: std::ops::Range<i64>, high: &str) -> Vec<Bar> {
    let high = price(high);
    minutes
        .map(|minute| Bar {
            high,
            ..bar(minute)
        })
        .collect()
}

pub(super) async fn undoing_two_imports_in_any_order_leaves_the_store_as_it_was(
    factory: &dyn Factory,
) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, (0..30).map(bar).collect()).await;
    let untouched = (
        hash(&*store).await,
        store.statistics().await.unwrap().series,
    );
    for first_undone in [0, 1] {
        let a = import(&*store, &meeting(10..50, "700"), 7).await;
        let after_a = hash(&*store).await;
        let b = import(&*store, &meeting(20..60, "800"), 9).await;
        assert_eq!((b.counts.inserted, b.counts.updated), (10, 30));
        let (first, second) = if first_undone == 0 {
            (&a, &b)
        } else {
            (&b, &a)
        };
        let done = store.undo_import(first.id).await.unwrap();
        if first_undone == 0 {
            let expected = UndoCounts {
                deleted: 0,
                restored: 10,
                kept: 30,
            };
            assert_eq!(done, expected);
        } else {
            let expected = UndoCounts {
                deleted: 10,
                restored: 30,
                kept: 0,
            };
            assert_eq!(done, expected);
            assert_eq!(hash(&*store).await, after_a);
        }
        let done = store.undo_import(second.id).await.unwrap();
        assert_eq!(done.kept, 0);
        assert_eq!(done.deleted + done.restored, 40);
        let now = (
            hash(&*store).await,
            store.statistics().await.unwrap().series,
        );
        assert_eq!(now, untouched);
    }
}

pub(super) async fn an_undone_import_is_marked_and_writes_no_more(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = import(&*store, &[bar(1), bar(2)], 9).await;
    let done = store.undo_import(record.id).await.unwrap();
    let expected = UndoCounts {
        deleted: 2,
        restored: 0,
        kept: 0,
    };
    assert_eq!(done, expected);
    let undone = store.import(record.id).await.unwrap().unwrap();
    assert!(undone.undone.is_some());
    assert_eq!(
        undone.counts, record.counts,
        "the ledger tells what happened"
    );
    let late = chunk(&undone, 1, vec![bar(3)]);
    let error = store.write_chunk(Priority::Low, late).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced { .. }), "{error}");
    let saved = store.save_import(record.id, undone.epoch, ImportState::Completed, "{}".into());
    saved.await.unwrap();
    assert_eq!(store.undo_import(record.id).await.unwrap(), expected);
    assert_eq!(hash(&*store).await, SegmentHash::default());
    assert_eq!(store.statistics().await.unwrap().series, []);
    // The same files again are another import.
    let again = import(&*store, &[bar(1), bar(2)], 9).await;
    assert_eq!(again.counts.inserted, 2);
}

pub(super) async fn what_somebody_replaced_since_is_kept(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, vec![bar(1)]).await;
    let record = import(&*store, &meeting(1..5, "700"), 9).await;
    let live = dearer(bar(2));
    write(&*store, vec![live.clone()]).await;
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!(
        done,
        UndoCounts {
            deleted: 2,
            restored: 1,
            kept: 1
        }
    );
    let held = store.bars(minutes("BTC-USD")).await.unwrap().bars;
    assert_eq!(held, [bar(1), live]);
}

pub(super) async fn an_undo_keeps_series_and_changed_buckets_right(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let other = |minute| from_source("yahoo", bar(minute));
    write(&*store, (0..15_000).map(other).collect()).await;
    write(&*store, vec![bar(14_000)]).await;
    let before = store.statistics().await.unwrap().series;
    let record = import(&*store, &meeting(-5_000..20_000, "700"), 8_000).await;
    let changed = store.dirty_ranges(u32::MAX).await.unwrap();
    store.clear_dirty(changed.clone()).await.unwrap();
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!(
        done,
        UndoCounts {
            deleted: 24_999,
            restored: 1,
            kept: 0
        }
    );
    assert_eq!(store.statistics().await.unwrap().series, before);
    hash(&*store).await;
    let mut again = store.dirty_ranges(u32::MAX).await.unwrap();
    let place = |range: &mda::storage::DirtyRange| (range.series.source.clone(), range.from);
    let mut named: Vec<_> = again.iter().map(place).collect();
    named.sort();
    let touched = changed
        .iter()
        .map(place)
        .filter(|(of, _)| *of == source("kraken"));
    let mut touched: Vec<_> = touched.collect();
    touched.sort();
    assert_eq!(named, touched);
    again.sort_by_key(|range| range.generation);
    assert!(again[0].generation > changed.iter().map(|one| one.generation).max().unwrap());
}

pub(super) async fn an_aggregate_uses_the_base_that_is_named(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let hours = (0..48).map(|place| bar_of("BTC-USD", Timeframe::H1, place));
    let minutes_held = (0..600).map(|place| from_source("yahoo", bar(place)));
    write(&*store, hours.chain(minutes_held).collect()).await;
    let days = |base| BarQuery {
        timeframe: Timeframe::D1,
        base,
        ..minutes("BTC-USD")
    };
    let read = async |base| {
        let answer = store.resampled(days(Some(base))).await.unwrap();
        (answer.source, answer.base, answer.bars.len())
    };
    assert_eq!(
        read(Timeframe::H1).await,
        (Some(source("kraken")), Timeframe::H1, 2)
    );
    assert_eq!(
        read(Timeframe::M1).await,
        (Some(source("yahoo")), Timeframe::M1, 1)
    );
    assert_eq!(read(Timeframe::M5).await.2, 0);
    assert_eq!(read(Timeframe::W1).await.2, 0, "a week divides no day");
}

pub(super) async fn a_backup_holds_what_the_store_holds(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, (0..5_000).map(bar).collect()).await;
    let record = import(&*store, &meeting(4_000..6_000, "700"), 900).await;
    let expected = hash(&*store).await;
    let Some(copy) = factory.beside() else {
        return;
    };
    let report = store.backup(copy.options().path).await.unwrap();
    assert_eq!((report.rows, report.hash), (6_000, expected));
    assert_eq!(
        report.bytes,
        std::fs::metadata(copy.options().path).unwrap().len()
    );
    write(&*store, vec![bar(9_999)]).await;
    let copied = copy.open(Precedence::default()).await;
    assert_eq!(hash(&*copied).await, expected);
    assert_eq!(
        copied.import(record.id).await.unwrap(),
        Some(record.clone())
    );
    // The copy can be undone as the store can.
    let done = copied.undo_import(record.id).await.unwrap();
    assert_eq!(
        done,
        UndoCounts {
            deleted: 1_000,
            restored: 1_000,
            kept: 0
        }
    );
    let bars: Vec<Bar> = (0..5_000).map(bar).collect();
    assert_eq!(hash(&*copied).await, SegmentHash::of(&bars));
}

pub(super) async fn rows_of_a_batch_with_lineage_are_undone_too(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let record = begin(&*store).await;
    let batch = BarBatch::new(vec![bar(1)], Lineage::Import(record.id));
    store.upsert_bars(Priority::Normal, batch).await.unwrap();
    let done = store.undo_import(record.id).await.unwrap();
    assert_eq!((done.deleted, done.kept), (1, 0));
    assert_eq!(hash(&*store).await, SegmentHash::default());
}
