//! The writer of live bars: batches, what is not a closed bar, a store that refuses, the end.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use mda::domain::{EventKind, MarketEvent, Timestamp};
use mda::runtime::queue::{Sender, bounded};
use mda::runtime::{BackoffPolicy, Shutdown, Stage, WhenFull};
use mda::storage::{
    BarWriter, MarketStore, Precedence, SqliteStore, WriterConfig, WriterPhase, WriterState,
};
use tokio::sync::watch;

use super::sqlite::shell;
use super::support::{Factory, SqliteFile, bar, clock, counts, minutes, read_minutes};

const DEADLINE: Duration = Duration::from_secs(30);

fn config() -> WriterConfig {
    WriterConfig {
        batch_rows: 1_000,
        batch_wait: Duration::from_millis(5),
        retry: BackoffPolicy::try_new(Duration::from_millis(1), Duration::from_millis(5), 0.5)
            .unwrap(),
    }
}

fn writer(store: Arc<dyn MarketStore>) -> (Sender<Arc<MarketEvent>>, BarWriter) {
    let capacity = NonZeroUsize::new(10_000).unwrap();
    let (sender, receiver) = bounded("writer", capacity, WhenFull::DropOldest);
    (sender, BarWriter::new(receiver, store, clock(), config()))
}

fn event(kind: EventKind) -> Arc<MarketEvent> {
    Arc::new(MarketEvent {
        source: super::support::source("kraken"),
        ts_recv: Timestamp::EPOCH,
        kind,
    })
}

fn closed(minute: i64) -> Arc<MarketEvent> {
    event(EventKind::BarClosed(bar(minute)))
}

async fn wait_for(state: &mut watch::Receiver<WriterState>, is_so: fn(&WriterState) -> bool) {
    let waiting = state.wait_for(is_so);
    let is_found = matches!(tokio::time::timeout(DEADLINE, waiting).await, Ok(Ok(_)));
    assert!(is_found, "{:?}", *state.borrow());
}

#[tokio::test]
async fn closed_bars_are_written_and_nothing_else() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    let (sender, writer) = writer(Arc::clone(&store));
    let mut state = writer.state();
    let token = Shutdown::new().register(Stage::Writing, "writer");
    let feeding = async {
        sender.send(closed(1)).await;
        sender.send(event(EventKind::BarForming(bar(2)))).await;
        sender.send(closed(1)).await;
        wait_for(&mut state, |state| state.written.rows() == 2).await;
        sender.send(closed(3)).await;
        wait_for(&mut state, |state| state.written.rows() == 3).await;
        assert!(state.borrow().last_write.is_some());
        drop(sender);
    };
    tokio::join!(writer.run(token), feeding);
    let end = state.borrow().clone();
    assert_eq!(end.phase, WriterPhase::Stopped);
    assert_eq!(end.written, counts(2, 0, 1));
    assert_eq!((end.failed, end.pending, end.retries), (0, 0, 0));
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await, [1, 3]);
}

#[tokio::test]
async fn the_end_writes_what_is_queued() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    let (sender, writer) = writer(Arc::clone(&store));
    let state = writer.state();
    let shutdown = Shutdown::new();
    let token = shutdown.register(Stage::Writing, "writer");
    for minute in 0..2_500 {
        sender.try_send(closed(minute));
    }
    let (report, ()) = tokio::join!(shutdown.run(DEADLINE), writer.run(token));
    assert!(report.late.is_empty());
    assert_eq!(state.borrow().written, counts(2_500, 0, 0));
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await.len(), 2_500);
}

#[tokio::test]
async fn a_locked_store_is_told_and_waited_out() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.lock_wait = Duration::from_millis(1);
    let store: Arc<dyn MarketStore> = Arc::new(SqliteStore::open(options, clock()).await.unwrap());
    let (sender, writer) = writer(Arc::clone(&store));
    let mut state = writer.state();
    let token = Shutdown::new().register(Stage::Writing, "writer");
    let mut other = shell(&file).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let feeding = async {
        sender.send(closed(1)).await;
        wait_for(&mut state, |state| state.retries >= 2).await;
        let refused = state.borrow().clone();
        assert_eq!(refused.pending, 1);
        let WriterPhase::Degraded { reason, .. } = refused.phase else {
            panic!("{:?}", refused.phase)
        };
        assert!(reason.contains("another process has locked it"), "{reason}");
        // The bus never waits: the queue takes what comes meanwhile.
        sender.send(closed(2)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        wait_for(&mut state, |state| state.written.rows() == 2).await;
        assert_eq!(state.borrow().phase, WriterPhase::Working);
        drop(sender);
    };
    tokio::join!(writer.run(token), feeding);
    assert_eq!(state.borrow().failed, 0);
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await, [1, 2]);
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_store_that_refuses() {
    let file = SqliteFile::new();
    let mut options = file.options();
    options.lock_wait = Duration::from_millis(1);
    let store: Arc<dyn MarketStore> = Arc::new(SqliteStore::open(options, clock()).await.unwrap());
    let (sender, writer) = writer(store);
    let mut state = writer.state();
    let shutdown = Shutdown::new();
    let token = shutdown.register(Stage::Writing, "writer");
    let mut other = shell(&file).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let ending = async {
        sender.send(closed(1)).await;
        wait_for(&mut state, |state| state.retries >= 1).await;
        shutdown.run(DEADLINE).await
    };
    let ((), report) = tokio::join!(writer.run(token), ending);
    assert!(report.late.is_empty());
    assert_eq!(state.borrow().failed, 1);
    assert_eq!(state.borrow().phase, WriterPhase::Stopped);
}

#[tokio::test]
async fn what_can_never_be_written_is_counted_and_let_go() {
    let file = SqliteFile::new();
    let store = file.open(Precedence::default()).await;
    store.close().await.unwrap();
    let (sender, writer) = writer(store);
    let mut state = writer.state();
    let token = Shutdown::new().register(Stage::Writing, "writer");
    let feeding = async {
        sender.send(closed(1)).await;
        wait_for(&mut state, |state| state.failed == 1).await;
        sender.send(closed(2)).await;
        wait_for(&mut state, |state| state.failed == 2).await;
        let WriterPhase::Degraded { reason, .. } = state.borrow().phase.clone() else {
            panic!("{:?}", *state.borrow())
        };
        assert!(reason.contains("the store is closed"), "{reason}");
        drop(sender);
    };
    tokio::join!(writer.run(token), feeding);
    assert_eq!(state.borrow().retries, 0);
}
