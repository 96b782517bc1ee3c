//! What the hub owes its viewers: news only, to each its own view, and nobody waits for another.

use std::sync::Arc;
use std::time::Duration;

use mda::agent::{Agent, AgentConfig, FeedPlan};
use mda::api::{AgentPhase, Answer, ChartSpec, Command, LogLevel, ViewSpec};
use mda::client::Link;
use mda::domain::{DataKind, FeedMode, Symbol};
use mda::feed::FeedConfig;
use mda::runtime::{Clock, SystemClock, TokioClock};

use crate::support::log;
use crate::support::venue_server::{Step, VenueServer, coinbase};
use crate::support::viewer::{agent_config, attach, reply_to, send, state_where};

fn start(config: &AgentConfig) -> Agent {
    start_with(config, Arc::new(SystemClock::new()))
}

fn start_with(config: &AgentConfig, clock: Arc<dyn Clock>) -> Agent {
    Agent::start(config, clock, log()).unwrap()
}

fn everything() -> Command {
    Command::View(ViewSpec::default())
}

/// The rows and the chart of one symbol.
fn only(symbol: &Symbol) -> Command {
    Command::View(ViewSpec {
        symbols: Some(vec![symbol.clone()]),
        chart: Some(ChartSpec {
            symbol: symbol.clone(),
            feed: None,
            timeframe: None,
            bars_max: 30,
        }),
        has_logs: false,
        has_imports: false,
    })
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_while_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TokioClock::new(1_800_000_000_000_000));
    let agent = start_with(&agent_config(dir.path(), &["none"]), clock);
    let mut link = attach(&agent, everything()).await;
    let is_running = |state: &mda::api::AgentState| state.agent.phase == AgentPhase::Running;
    state_where(&mut link, is_running).await;
    let is_open = |link: &Link| {
        let state = link.states.borrow();
        state
            .as_ref()
            .is_some_and(|state| !state.store.latencies.is_empty())
    };
    // The store is opened on a thread of its own, which knows nothing of paused time.
    for _ in 0..1_000 {
        if is_open(&link) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert!(is_open(&link), "the store does not open");
    // The socket opens and says so meanwhile.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = state_where(&mut link, |_| true).await;
    tokio::time::sleep(Duration::from_mins(2)).await;
    let after = state_where(&mut link, |_| true).await;
    // Tests of the same process write to the same log, which is news.
    let lines = after.log.written - before.log.written;
    assert!(
        after.revision - before.revision <= lines,
        "{before:#?} {after:#?}"
    );
    agent.stop().await;
}

#[tokio::test]
async fn a_viewer_that_does_not_read_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&agent_config(dir.path(), &["simulated:5@200"]));
    let mut deaf = attach(&agent, everything()).await;
    // More than its replies have room for.
    for id in 2..200 {
        send(&deaf, id, Command::State).await;
    }
    let mut link = attach(&agent, everything()).await;
    let first = state_where(&mut link, |state| !state.instruments.is_empty()).await;
    let revision = first.revision + 10;
    state_where(&mut link, |state| state.revision >= revision).await;
    send(&link, 2, Command::State).await;
    reply_to(&mut link, 2).await.result.unwrap();

    // It goes on with the newest state, not with those it missed.
    let newest = state_where(&mut deaf, |_| true).await;
    assert!(newest.as_of > first.as_of);
    agent.stop().await;
}

#[tokio::test]
async fn a_view_can_be_changed() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&agent_config(dir.path(), &["replay:bundled"]));
    let symbols = ["IBM", "AAPL"].map(|name| Symbol::parse(name).unwrap());
    let mut link = attach(&agent, only(&symbols[0])).await;
    for (id, symbol) in (2..).zip(symbols.iter().cycle().take(4)) {
        send(&link, id, only(symbol)).await;
        let state = state_where(&mut link, |state| {
            let chart = state.chart.as_ref();
            chart.is_some_and(|chart| chart.symbol == *symbol && !chart.bars.is_empty())
        })
        .await;
        let rows: Vec<&Symbol> = state.instruments.iter().map(|row| &row.symbol).collect();
        assert_eq!(rows, [symbol]);
        let chart = state.chart.as_ref().unwrap();
        assert!(chart.bars.iter().all(|bar| bar.symbol == *symbol));
    }
    send(&link, 9, everything()).await;
    let state = state_where(&mut link, |state| state.chart.is_none()).await;
    assert_eq!(state.instruments.len(), 6);
    agent.stop().await;
}

#[tokio::test]
async fn the_log_level_is_set_for_all_viewers() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&agent_config(dir.path(), &["none"]));
    let mut asking = attach(&agent, everything()).await;
    let mut other = attach(&agent, everything()).await;
    for (id, level) in [(2, LogLevel::Debug), (3, LogLevel::Info)] {
        send(&asking, id, Command::SetLogLevel { level }).await;
        assert_eq!(reply_to(&mut asking, id).await.result, Ok(Answer::Done));
        state_where(&mut other, |state| state.log.level == level).await;
    }
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_confirms_a_part_in_time_is_not_given_up() {
    let server = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        Step::Repeat(coinbase::heartbeat("BTC-USD", 1), Duration::from_millis(50)),
    ]]);
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&AgentConfig {
        feeds: FeedPlan::Automatic {
            live: "coinbase:BTC-USD,ETH-USD".parse().unwrap(),
            fallback: "replay:bundled".parse().unwrap(),
            probe_timeout: Duration::from_millis(500),
        },
        feed: FeedConfig {
            coinbase_url: server.url(),
            ack_timeout: Duration::from_millis(1_500),
            ..FeedConfig::default()
        },
        ..agent_config(dir.path(), &[])
    });
    let mut link = attach(&agent, everything()).await;
    let state = state_where(&mut link, |state| state.agent.phase == AgentPhase::Running).await;
    let feeds: Vec<_> = state.feeds.iter().map(|f| (&*f.name, f.mode)).collect();
    assert_eq!(feeds, [("coinbase", FeedMode::Degraded)]);
    let rows = state.instruments.iter();
    let rows: Vec<_> = rows
        .map(|row| (row.symbol.as_str(), row.data_kind))
        .collect();
    let live = DataKind::Live;
    assert_eq!(rows, [("BTC-USD", live), ("ETH-USD", live)]);
    agent.stop().await;
}
