//! Imports, live bars and undos in random order against a model that is a stack for each key.

use std::collections::BTreeMap;

use mda::domain::{Bar, ImportId};
use mda::storage::{MarketStore, Precedence, SegmentHash, UndoCounts, UpsertCounts};
use proptest::prelude::*;
use sqlx::Row;

use super::importing::{hash, import};
use super::properties::{Key, any_bar, key, runtime};
use super::sqlite::shell;
use super::support::{Factory, SqliteFile, write};

/// Who wrote what on top of what: the last is stored.
type Model = BTreeMap<Key, Vec<(Option<ImportId>, Bar)>>;

#[derive(Debug, Clone)]
enum Step {
    Live(Vec<Bar>),
    /// Rows, and how many go in one chunk.
    Import(Vec<Bar>, usize),
    /// Which of the imports so far, and whether it is stopped once on the way.
    Undo(prop::sample::Index, bool),
}

fn any_step() -> impl Strategy<Value = Step> {
    let bars = || prop::collection::vec(any_bar(), 1..150);
    prop_oneof![
        1 => bars().prop_map(Step::Live),
        3 => (bars(), 1..80_usize).prop_map(|(bars, rows)| Step::Import(bars, rows)),
        3 => (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(at, is_stopped)| Step::Undo(at, is_stopped)),
    ]
}

/// What the contract says of a write, row by row.
fn put(model: &mut Model, of: Option<ImportId>, bars: &[Bar]) -> UpsertCounts {
    let mut counts = UpsertCounts::default();
    for bar in bars {
        let stack = model.entry(key(bar)).or_default();
        match stack.last() {
            Some((_, top)) if top == bar => {
                counts.unchanged += 1;
                continue;
            }
            Some(_) => counts.updated += 1,
            None => counts.inserted += 1,
        }
        stack.push((of, bar.clone()));
    }
    counts
}

/// As if the import had never been.
fn take_out(model: &mut Model, import: ImportId) -> UndoCounts {
    let mut counts = UndoCounts::default();
    for stack in model.values_mut() {
        let Some(at) = stack.iter().position(|(of, _)| *of == Some(import)) else {
            continue;
        };
        match (at + 1 == stack.len(), at) {
            (false, _) => counts.kept += 1,
            (true, 0) => counts.deleted += 1,
            (true, _) => counts.restored += 1,
        }
        stack.remove(at);
    }
    model.retain(|_, stack| !stack.is_empty());
    counts
}

/// Each key once, the first of its bars: that is what an import gives.
fn each_once(bars: Vec<Bar>) -> Vec<Bar> {
    let mut seen = std::collections::BTreeSet::new();
    let mut bars = bars;
    bars.retain(|bar| seen.insert(key(bar)));
    bars
}

async fn check(file: &SqliteFile, store: &dyn MarketStore, model: &Model) {
    let stored: Vec<Bar> = model
        .values()
        .map(|stack| stack[stack.len() - 1].1.clone())
        .collect();
    assert_eq!(hash(store).await, SegmentHash::of(&stored));
    let lineages = sqlx::query(
        "SELECT import_id, count(*) FROM bar WHERE import_id NOT NULL GROUP BY import_id",
    );
    let rows = lineages.fetch_all(&mut shell(file).await).await.unwrap();
    let told: BTreeMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut expected: BTreeMap<i64, i64> = BTreeMap::new();
    for stack in model.values() {
        if let Some(import) = stack[stack.len() - 1].0 {
            *expected.entry(import.0).or_default() += 1;
        }
    }
    assert_eq!(told, expected);
}

/// Undoes an import, and when asked to stops the first attempt wherever it is after some polls.
async fn undo(store: &dyn MarketStore, id: ImportId, is_stopped: bool) -> UndoCounts {
    if is_stopped {
        let mut attempt = store.undo_import(id);
        for _ in 0..3 {
            let once = std::future::poll_fn(|context| {
                let is_done = attempt.as_mut().poll(context).is_ready();
                std::task::Poll::Ready(is_done)
            });
            if once.await {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    store.undo_import(id).await.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn prop_an_undone_import_has_never_been(steps in prop::collection::vec(any_step(), 2..9)) {
        runtime().block_on(async {
            let file = SqliteFile::new();
            let store = file.open(Precedence::default()).await;
            let mut model = Model::new();
            let mut imports: Vec<ImportId> = Vec::new();
            for step in steps {
                match step {
                    Step::Live(bars) => {
                        let expected = put(&mut model, None, &bars);
                        assert_eq!(write(&*store, bars).await, expected);
                    }
                    Step::Import(bars, rows) => {
                        let bars = each_once(bars);
                        let record = import(&*store, &bars, rows).await;
                        let expected = put(&mut model, Some(record.id), &bars);
                        let counts = record.counts;
                        assert_eq!(
                            (counts.inserted, counts.updated, counts.unchanged),
                            (expected.inserted, expected.updated, expected.unchanged)
                        );
                        imports.push(record.id);
                    }
                    Step::Undo(at, is_stopped) if !imports.is_empty() => {
                        let id = imports.swap_remove(at.index(imports.len()));
                        let expected = take_out(&mut model, id);
                        assert_eq!(undo(&*store, id, is_stopped).await, expected);
                    }
                    Step::Undo(..) => {}
                }
                check(&file, &*store, &model).await;
            }
            for id in imports {
                let expected = take_out(&mut model, id);
                assert_eq!(undo(&*store, id, false).await, expected);
                check(&file, &*store, &model).await;
            }
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM import_before")
                .fetch_one(&mut shell(&file).await)
                .await
                .unwrap();
            assert_eq!(left, 0);
        });
    }

    #[test]
    fn prop_comparing_counts_as_writing_does(
        before in prop::collection::vec(any_bar(), 0..300),
        given in prop::collection::vec(any_bar(), 0..300),
    ) {
        runtime().block_on(async {
            let file = SqliteFile::new();
            let store = file.open(Precedence::default()).await;
            write(&*store, before).await;
            let compared = store.compare_bars(given.clone().into()).await.unwrap();
            assert_eq!(compared, write(&*store, given).await);
        });
    }
}
