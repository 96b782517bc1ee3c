//! Order, names and deadline of a shutdown, in paused time.

use std::sync::Mutex;

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::*;

const DEADLINE: Duration = Duration::from_secs(5);

/// Components that take `secs` to stop once asked, and write down when they did.
fn spawn_components(shutdown: &Shutdown, log: &Arc<Mutex<Vec<String>>>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for (stage, name, millis) in [
        (Stage::Viewing, "viewer", 10),
        (Stage::Writing, "writer", 300),
        (Stage::Processing, "bus", 100),
        (Stage::Intake, "feed", 500),
        (Stage::Intake, "import", 200),
    ] {
        let token = shutdown.register(stage, name);
        let log = Arc::clone(log);
        tasks.spawn(async move {
            token.cancelled().await;
            log.lock().unwrap().push(format!("{name} asked"));
            sleep(Duration::from_millis(millis)).await;
            log.lock().unwrap().push(format!("{name} gone"));
        });
    }
    tasks
}

#[tokio::test(start_paused = true)]
async fn earlier_stages_are_gone_before_later_ones_are_asked() {
    let shutdown = Shutdown::new();
    let log = Arc::default();
    let tasks = spawn_components(&shutdown, &log);
    let report = shutdown.run(DEADLINE).await;
    assert_eq!(report.late, Vec::<String>::new());
    let elapsed = report.elapsed.as_millis();
    assert!((910..=930).contains(&elapsed), "{elapsed} ms");
    let mut log = log.lock().unwrap().clone();
    log[..2].sort();
    let expected = [
        "feed asked",
        "import asked",
        "import gone",
        "feed gone",
        "bus asked",
        "bus gone",
        "writer asked",
        "writer gone",
        "viewer asked",
        "viewer gone",
    ];
    assert_eq!(log, expected);
    tasks.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_stuck_component_is_named_and_later_stages_still_stop() {
    let shutdown = Shutdown::new();
    let stuck = shutdown.register(Stage::Intake, "coinbase");
    let log = Arc::default();
    let tasks = spawn_components(&shutdown, &log);
    let report = shutdown.run(DEADLINE).await;
    assert_eq!(report.late, ["coinbase"]);
    assert!(report.elapsed >= DEADLINE, "{:?}", report.elapsed);
    assert!(report.elapsed <= DEADLINE + Duration::from_millis(20));
    assert!(stuck.is_cancelled());
    assert!(log.lock().unwrap().contains(&"writer gone".to_owned()));
    tasks.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_late_component_that_makes_the_deadline_is_not_late() {
    let shutdown = Shutdown::new();
    let token = shutdown.register(Stage::Intake, "slow");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        token.cancelled().await;
        sleep(Duration::from_secs(4)).await;
    });
    let report = shutdown.run(DEADLINE).await;
    assert_eq!(report.late, Vec::<String>::new());
    assert_eq!(report.elapsed.as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_last_clone_completes_the_component() {
    let shutdown = Shutdown::new();
    let token = shutdown.register(Stage::Writing, "writer");
    let clone = token.clone();
    drop(token);
    let mut run = Box::pin(shutdown.run(DEADLINE));
    assert_eq!(run.as_mut().now_or_never(), None);
    assert!(clone.is_cancelled());
    drop(clone);
    assert_eq!(run.await.late, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_panic_completes_the_component() {
    let shutdown = Shutdown::new();
    let token = shutdown.register(Stage::Intake, "feed");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        token.cancelled().await;
        panic!("fault of the test");
    });
    let report = shutdown.run(DEADLINE).await;
    assert_eq!(report.late, Vec::<String>::new());
    assert!(report.elapsed < Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_waits_for_the_first_and_returns_its_report() {
    let shutdown = Shutdown::new();
    let _stuck = shutdown.register(Stage::Intake, "coinbase");
    let second = shutdown.clone();
    let (first, second) = tokio::join!(
        shutdown.run(Duration::from_secs(3)),
        second.run(Duration::from_mins(1))
    );
    assert_eq!(first, second);
    assert_eq!(first.late, ["coinbase"]);
    assert_eq!(shutdown.run(DEADLINE).await, first);
}

#[tokio::test(start_paused = true)]
async fn a_second_run_goes_on_for_a_cancelled_first() {
    let shutdown = Shutdown::new();
    let stuck = shutdown.register(Stage::Intake, "coinbase");
    let first = timeout(Duration::from_millis(10), shutdown.run(DEADLINE)).await;
    assert!(first.is_err());
    drop(stuck);
    assert_eq!(shutdown.run(DEADLINE).await.late, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn who_registers_too_late_is_asked_at_once_and_waited_for() {
    let shutdown = Shutdown::new();
    let writer = shutdown.register(Stage::Writing, "writer");
    let mut run = Box::pin(shutdown.run(DEADLINE));
    assert_eq!(run.as_mut().now_or_never(), None);
    let late_feed = shutdown.register(Stage::Intake, "late feed");
    assert!(late_feed.is_cancelled());
    let viewer = shutdown.register(Stage::Viewing, "viewer");
    assert!(!viewer.is_cancelled());
    drop((writer, viewer));
    assert_eq!(run.await.late, ["late feed"]);
}
