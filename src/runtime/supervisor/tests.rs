//! Failures, restarts and ends of tasks, in paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::time::{sleep, timeout};

use super::*;
use crate::runtime::{BackoffPolicy, Clock, Shutdown, ShutdownToken, Stage, TokioClock};

/// Paused time: nothing that works comes near it.
const DEADLINE: Duration = Duration::from_hours(1);

#[derive(Debug, Error)]
#[error("feed failed")]
struct Outer(#[source] Middle);

#[derive(Debug, Error)]
#[error("connection lost")]
struct Middle(#[source] std::io::Error);

fn chain() -> TaskError {
    let cause = std::io::Error::other("reset by peer");
    Box::new(Outer(Middle(cause)))
}

fn supervisor() -> (Supervisor, Shutdown) {
    let shutdown = Shutdown::new();
    let clock = Arc::new(TokioClock::new(1_000_000_000_000));
    (Supervisor::new(clock, shutdown.clone()), shutdown)
}

/// Waits of exactly 1, 2, 4, 4, … seconds.
fn always() -> RestartPolicy {
    let policy = BackoffPolicy::try_new(Duration::from_secs(1), Duration::from_secs(4), 0.0);
    RestartPolicy::Always(policy.unwrap())
}

/// Waits until `is_so` holds for the task's status.
async fn until(
    supervisor: &Supervisor,
    name: &str,
    is_so: impl Fn(&TaskStatus) -> bool + Send + Sync,
) -> TaskStatus {
    let mut changes = supervisor.changes();
    let found = async {
        loop {
            let status = status(supervisor, name);
            if is_so(&status) {
                return status;
            }
            changes.changed().await.unwrap();
        }
    };
    timeout(DEADLINE, found).await.expect("it never came so")
}

fn status(supervisor: &Supervisor, name: &str) -> TaskStatus {
    let tasks = supervisor.tasks();
    let mut named = tasks.into_iter().filter(|task| task.name == name);
    let status = named.next().expect("no such task");
    assert_eq!(named.next(), None, "two rows of one name");
    status
}

#[tokio::test(start_paused = true)]
async fn a_task_that_returns_ok_is_finished_and_never_restarted() {
    let (supervisor, _shutdown) = supervisor();
    let starts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&starts);
    let handle = supervisor.spawn("job", Stage::Intake, always(), move |_token| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    });
    handle.stopped().await;
    sleep(Duration::from_secs(100)).await;
    assert_eq!(starts.load(Ordering::SeqCst), 1);
    let expected = TaskStatus {
        name: "job".to_owned(),
        phase: TaskPhase::Finished,
        restarts: 0,
        last_error: None,
        last_failure_micros: None,
        is_degraded: false,
    };
    assert_eq!(supervisor.tasks(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_keeps_its_whole_error_chain_and_its_time() {
    let (supervisor, _shutdown) = supervisor();
    let handle = supervisor.spawn("job", Stage::Intake, RestartPolicy::Never, |_token| async {
        sleep(Duration::from_secs(7)).await;
        Err(chain())
    });
    handle.stopped().await;
    let status = status(&supervisor, "job");
    assert_eq!(status.phase, TaskPhase::Failed);
    let expected = "feed failed: connection lost: reset by peer";
    assert_eq!(status.last_error.as_deref(), Some(expected));
    let since_start = status.last_failure_micros.unwrap() - 1_000_000_000_000;
    assert!(
        (7_000_000..7_010_000).contains(&since_start),
        "{since_start}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_kept_as_the_last_error_and_harms_nobody_else() {
    let (supervisor, _shutdown) = supervisor();
    let other = supervisor.spawn("other", Stage::Intake, always(), |token| async move {
        token.cancelled().await;
        Ok(())
    });
    let price = 42;
    let panics = supervisor.spawn(
        "panics",
        Stage::Intake,
        RestartPolicy::Never,
        move |_token| async move { panic!("price {price} out of range") },
    );
    panics.stopped().await;
    let failed = status(&supervisor, "panics");
    assert_eq!(failed.phase, TaskPhase::Failed);
    assert_eq!(
        failed.last_error.as_deref(),
        Some("panicked: price 42 out of range")
    );
    assert_eq!(status(&supervisor, "other").phase, TaskPhase::Running);
    assert!(!other.is_stopped());
}

#[tokio::test(start_paused = true)]
async fn a_panic_while_starting_is_a_failure_too() {
    let (supervisor, _shutdown) = supervisor();
    let mut is_first = true;
    let handle = supervisor.spawn("job", Stage::Intake, always(), move |_token| {
        assert!(!std::mem::take(&mut is_first), "not ready");
        async { Ok(()) }
    });
    handle.stopped().await;
    let status = status(&supervisor, "job");
    assert_eq!((status.phase, status.restarts), (TaskPhase::Finished, 1));
    assert_eq!(status.last_error.as_deref(), Some("panicked: not ready"));
}

#[tokio::test(start_paused = true)]
async fn restarts_wait_longer_each_time_and_as_at_first_after_a_good_run() {
    let (supervisor, _shutdown) = supervisor();
    let clock = TokioClock::new(0);
    let (sender, mut starts) = crate::runtime::queue::bounded(
        "starts",
        std::num::NonZeroUsize::new(16).unwrap(),
        crate::runtime::WhenFull::Wait,
    );
    let mut runs = 0;
    supervisor.spawn("job", Stage::Intake, always(), move |_token| {
        runs += 1;
        sender.try_send(clock.monotonic());
        async move {
            // The fifth run goes well for a minute.
            let secs = if runs == 5 { 60 } else { 0 };
            sleep(Duration::from_secs(secs)).await;
            Err("lost".into())
        }
    });
    let mut waits = Vec::new();
    let mut before = starts.recv().await.unwrap();
    for _ in 0..6 {
        let start = starts.recv().await.unwrap();
        waits.push(start.saturating_sub(before).as_secs());
        before = start;
    }
    assert_eq!(waits, [1, 2, 4, 4, 60 + 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn an_order_to_stop_ends_the_wait_for_a_restart() {
    let (supervisor, shutdown) = supervisor();
    supervisor.spawn("job", Stage::Intake, always(), |_token| async {
        Err("lost".into())
    });
    until(&supervisor, "job", |task| {
        task.phase == TaskPhase::Restarting
    })
    .await;
    let report = shutdown.run(Duration::from_secs(5)).await;
    assert!(report.elapsed < Duration::from_millis(100), "{report:?}");
    let status = status(&supervisor, "job");
    assert_eq!((status.phase, status.restarts), (TaskPhase::Finished, 0));
    assert_eq!(status.last_error.as_deref(), Some("lost"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_when_asked_to_stop_is_not_restarted() {
    let (supervisor, shutdown) = supervisor();
    supervisor.spawn("job", Stage::Writing, always(), |token| async move {
        token.cancelled().await;
        panic!("flush failed")
    });
    let report = shutdown.run(Duration::from_secs(5)).await;
    assert_eq!(report.late, Vec::<String>::new());
    let status = status(&supervisor, "job");
    assert_eq!((status.phase, status.restarts), (TaskPhase::Failed, 0));
    assert_eq!(status.last_error.as_deref(), Some("panicked: flush failed"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_listen_is_named_by_the_shutdown() {
    let (supervisor, shutdown) = supervisor();
    supervisor.spawn("deaf", Stage::Intake, always(), |_token| async {
        std::future::pending().await
    });
    let report = shutdown.run(Duration::from_secs(5)).await;
    assert_eq!(report.late, ["deaf"]);
    assert_eq!(status(&supervisor, "deaf").phase, TaskPhase::Running);
}

#[tokio::test(start_paused = true)]
async fn three_failures_within_a_minute_are_degraded_until_they_age() {
    let (supervisor, _shutdown) = supervisor();
    let mut runs = 0;
    supervisor.spawn("job", Stage::Intake, always(), move |token| {
        runs += 1;
        async move {
            if runs <= 3 {
                sleep(Duration::from_secs(1)).await;
                return Err("lost".into());
            }
            token.cancelled().await;
            Ok(())
        }
    });
    let twice = until(&supervisor, "job", |task| task.restarts == 2).await;
    assert!(!twice.is_degraded);
    let thrice = until(&supervisor, "job", |task| task.restarts == 3).await;
    assert!(thrice.is_degraded);
    sleep(Duration::from_secs(40)).await;
    assert!(status(&supervisor, "job").is_degraded);
    sleep(Duration::from_secs(20)).await;
    assert!(!status(&supervisor, "job").is_degraded);
    assert_eq!(status(&supervisor, "job").phase, TaskPhase::Running);
}

#[tokio::test(start_paused = true)]
async fn failures_further_apart_than_a_minute_are_not_degraded() {
    let (supervisor, _shutdown) = supervisor();
    supervisor.spawn("job", Stage::Intake, always(), |_token| async {
        sleep(Duration::from_secs(31)).await;
        Err("lost".into())
    });
    let status = until(&supervisor, "job", |task| task.restarts == 6).await;
    assert!(!status.is_degraded);
}

#[tokio::test(start_paused = true)]
async fn one_task_can_be_stopped_and_another_take_its_place() {
    let (supervisor, shutdown) = supervisor();
    let listen = |token: ShutdownToken| async move {
        token.cancelled().await;
        Ok(())
    };
    let coinbase = supervisor.spawn("coinbase", Stage::Intake, always(), listen);
    supervisor.spawn("kraken", Stage::Intake, always(), listen);
    assert_eq!(coinbase.name(), "coinbase");
    coinbase.stop();
    coinbase.stopped().await;
    assert!(coinbase.is_stopped());
    supervisor.spawn("replay", Stage::Intake, always(), listen);
    let phases: Vec<(String, TaskPhase)> = supervisor
        .tasks()
        .into_iter()
        .map(|task| (task.name, task.phase))
        .collect();
    let expected = [
        ("coinbase".to_owned(), TaskPhase::Finished),
        ("kraken".to_owned(), TaskPhase::Running),
        ("replay".to_owned(), TaskPhase::Running),
    ];
    assert_eq!(phases, expected);
    assert_eq!(
        shutdown.run(Duration::from_secs(5)).await.late,
        Vec::<String>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn an_ended_task_gives_its_place_to_the_next_of_its_name() {
    let (supervisor, _shutdown) = supervisor();
    let first = supervisor.spawn(
        "feed",
        Stage::Intake,
        RestartPolicy::Never,
        |_token| async { Err("lost".into()) },
    );
    supervisor.spawn("bus", Stage::Processing, always(), |token| async move {
        token.cancelled().await;
        Ok(())
    });
    first.stopped().await;
    supervisor.spawn("feed", Stage::Intake, always(), |token| async move {
        token.cancelled().await;
        Ok(())
    });
    let tasks = supervisor.tasks();
    let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["feed", "bus"]);
    assert_eq!(
        (tasks[0].phase, &tasks[0].last_error),
        (TaskPhase::Running, &None)
    );
}

#[tokio::test(start_paused = true)]
async fn ended_tasks_are_forgotten_oldest_first_and_failures_last() {
    let (supervisor, _shutdown) = supervisor();
    let failed = supervisor.spawn(
        "failed",
        Stage::Viewing,
        RestartPolicy::Never,
        |_token| async { Err("lost".into()) },
    );
    failed.stopped().await;
    for number in 0..100 {
        let name = format!("client {number}");
        let client = supervisor.spawn(
            &name,
            Stage::Viewing,
            RestartPolicy::Never,
            |_token| async { Ok(()) },
        );
        client.stopped().await;
    }
    let tasks = supervisor.tasks();
    assert_eq!(tasks.len(), board::ENDED_MAX);
    assert_eq!(tasks[0].name, "failed");
    assert_eq!(tasks[1].name, format!("client {}", 101 - board::ENDED_MAX));
}

#[tokio::test(start_paused = true)]
async fn every_status_change_is_told() {
    let (supervisor, _shutdown) = supervisor();
    let mut changes = supervisor.changes();
    let before = *changes.borrow_and_update();
    let mut is_first = true;
    let handle = supervisor.spawn("job", Stage::Intake, always(), move |_token| {
        let result = if std::mem::take(&mut is_first) {
            Err("lost".into())
        } else {
            Ok(())
        };
        async move { result }
    });
    assert!(changes.has_changed().unwrap());
    handle.stopped().await;
    // Spawned, failed, started again, finished.
    assert_eq!(*changes.borrow_and_update() - before, 4);
}

#[tokio::test]
async fn any_thread_may_spawn() {
    let (supervisor, _shutdown) = supervisor();
    let thread = std::thread::spawn(move || {
        supervisor.spawn("job", Stage::Intake, RestartPolicy::Never, |_token| async {
            Ok(())
        })
    });
    let handle = thread.join().unwrap();
    timeout(Duration::from_secs(20), handle.stopped())
        .await
        .unwrap();
}

#[cfg(feature = "faults")]
#[tokio::test(start_paused = true)]
async fn a_fault_makes_the_named_task_panic_and_it_comes_back() {
    let (supervisor, _shutdown) = supervisor();
    supervisor.spawn("feed", Stage::Intake, always(), |token| async move {
        token.cancelled().await;
        Ok(())
    });
    assert!(!supervisor.panic_task("no such task"));
    assert!(supervisor.panic_task("feed"));
    let status = until(&supervisor, "feed", |task| task.restarts == 1).await;
    assert_eq!(status.phase, TaskPhase::Running);
    assert_eq!(
        status.last_error.as_deref(),
        Some("panicked: fault set off by a test")
    );
}
