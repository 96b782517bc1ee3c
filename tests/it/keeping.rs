//! Live bars outlive the program: kept while they come, there when it starts again, and never mixed
//! with replays or simulations.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mda::agent::{Agent, AgentConfig};
use mda::api::{
    AgentState, Answer, BarsFound, BarsQuery, ChartSpec, Command, RefusalCode, StoreContents,
    ViewSpec,
};
use mda::client::Link;
use mda::domain::{Bar, Timeframe};
use mda::feed::FeedConfig;
use mda::runtime::SystemClock;

use crate::support::log;
use crate::support::venue_server::{Step, VenueServer, coinbase};
use crate::support::viewer::{agent_config, attach, reply_to, send, state_where};

fn start(config: &AgentConfig) -> Agent {
    Agent::start(config, Arc::new(SystemClock::new()), log()).unwrap()
}

/// A venue that trades in three minutes of its own past: all three are over.
fn venue() -> VenueServer {
    let trade = |id, price, time| {
        let time = format!("2026-04-17T16:{time}.5Z");
        Step::Send(coinbase::trade("match", "BTC-USD", id, price, &time))
    };
    VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        trade(1, "100.25", "01:10"),
        trade(2, "101.00000001", "01:20"),
        trade(3, "99.5", "02:00"),
        trade(4, "98", "03:00"),
        Step::Repeat(coinbase::heartbeat("BTC-USD", 4), Duration::from_millis(50)),
    ]])
}

fn live(data_dir: &Path, venue: &VenueServer) -> AgentConfig {
    AgentConfig {
        feed: FeedConfig {
            coinbase_url: venue.url(),
            ..FeedConfig::default()
        },
        ..agent_config(data_dir, &["coinbase:BTC-USD"])
    }
}

fn question(timeframe: Timeframe) -> BarsQuery {
    BarsQuery {
        symbol: "BTC-USD".parse().unwrap(),
        timeframe,
        from: None,
        to: None,
        limit: None,
        source: None,
        base: None,
    }
}

async fn bars(link: &mut Link, id: u64, question: BarsQuery) -> BarsFound {
    send(link, id, Command::Bars(question)).await;
    match reply_to(link, id).await.result {
        Ok(Answer::Bars(found)) => found,
        other => panic!("no bars: {other:?}"),
    }
}

async fn contents(link: &mut Link, id: u64) -> StoreContents {
    send(link, id, Command::Statistics).await;
    match reply_to(link, id).await.result {
        Ok(Answer::Statistics(contents)) => contents,
        other => panic!("no statistics: {other:?}"),
    }
}

fn closes(bars: &[Bar]) -> Vec<String> {
    bars.iter().map(|bar| bar.close.to_string()).collect()
}

fn everything() -> Command {
    Command::View(ViewSpec::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_live_bars_are_kept_and_answered_exactly() {
    let (dir, venue) = (tempfile::tempdir().unwrap(), venue());
    let agent = start(&live(dir.path(), &venue));
    let mut link = attach(&agent, everything()).await;
    let state = state_where(&mut link, |state| state.store.inserted == 3).await;
    assert_eq!(
        (state.store.problem.as_deref(), state.store.failed),
        (None, 0)
    );

    let found = bars(&mut link, 7, question(Timeframe::M1)).await;
    assert_eq!(found.source.unwrap().as_str(), "coinbase.trades");
    assert_eq!(closes(&found.bars), ["101.00000001", "99.5", "98"]);
    assert_eq!(found.bars[0].trade_count, Some(2));

    let coarser = bars(&mut link, 8, question(Timeframe::M5)).await;
    assert_eq!(
        (coarser.base, closes(&coarser.bars)),
        (Timeframe::M1, vec!["98".to_owned()])
    );

    let held = contents(&mut link, 9).await;
    assert_eq!((held.rows, held.series.len()), (3, 1));
    assert!(held.bytes > 0);
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_begins_with_the_bars_that_were_kept() {
    let (dir, first) = (tempfile::tempdir().unwrap(), venue());
    let agent = start(&live(dir.path(), &first));
    let mut link = attach(&agent, everything()).await;
    state_where(&mut link, |state| state.store.inserted == 3).await;
    agent.stop().await;

    let quiet = VenueServer::start(vec![vec![
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        Step::Repeat(coinbase::heartbeat("BTC-USD", 4), Duration::from_millis(50)),
    ]]);
    let agent = start(&live(dir.path(), &quiet));
    let chart = ChartSpec {
        symbol: "BTC-USD".parse().unwrap(),
        feed: None,
        timeframe: None,
        bars_max: 10,
    };
    let view = ViewSpec {
        chart: Some(chart),
        ..ViewSpec::default()
    };
    let mut link = attach(&agent, Command::View(view)).await;
    let has_past = |state: &AgentState| state.chart.as_ref().is_some_and(|c| c.bars.len() == 3);
    let state = state_where(&mut link, has_past).await;
    let chart = state.chart.as_ref().unwrap();
    assert_eq!(closes(&chart.bars), ["101.00000001", "99.5", "98"]);
    // The past is no news: nothing was received of it now.
    assert_eq!(state.instruments[0].last_recv, None);
    assert_eq!(state.instruments[0].last, None);
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_and_simulations_never_reach_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&agent_config(
        dir.path(),
        &["replay:bundled", "simulated:5@500"],
    ));
    let mut link = attach(&agent, everything()).await;
    let is_full = |state: &AgentState| state.instruments.iter().all(|row| row.events > 20);
    state_where(&mut link, is_full).await;
    let held = contents(&mut link, 5).await;
    assert_eq!((held.rows, held.series.as_slice()), (0, [].as_slice()));
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_bars_go_to_a_store_that_the_next_run_throws_away() {
    let dir = tempfile::tempdir().unwrap();
    let config = agent_config(dir.path(), &["replay:bundled@max"]);
    let agent = start(&config);
    let mut link = attach(&agent, everything()).await;
    let state = state_where(&mut link, |state| {
        state.instruments.iter().any(|row| row.events > 20)
    })
    .await;
    let row = state
        .instruments
        .iter()
        .find(|row| row.events > 20)
        .unwrap();
    let mut replayed = question(row.timeframe);
    replayed.symbol = row.symbol.clone();
    let source = match row.timeframe {
        Timeframe::H1 => "replay.dukascopy",
        _ => "replay.stocks",
    };
    replayed.source = Some(mda::domain::Source::parse(source).unwrap());
    let mut id = 10;
    while bars(&mut link, id, replayed.clone()).await.bars.is_empty() {
        id += 1;
        assert!(id < 1_000, "no replayed bar was kept");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    agent.stop().await;

    let agent = start(&agent_config(dir.path(), &[]));
    let mut link = attach(&agent, everything()).await;
    assert!(bars(&mut link, 5, replayed).await.bars.is_empty());
    agent.stop().await;
}

#[tokio::test]
async fn without_a_store_the_dashboard_opens_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("market.sqlite"),
        "no database at all, but long enough",
    )
    .unwrap();
    let agent = start(&agent_config(dir.path(), &["simulated"]));
    let mut link = attach(&agent, everything()).await;
    let state = state_where(&mut link, |state| !state.instruments.is_empty()).await;
    let problem = state.store.problem.as_ref().unwrap();
    assert!(problem.contains("market.sqlite"), "{problem}");

    send(&link, 6, Command::Bars(question(Timeframe::M1))).await;
    let refusal = reply_to(&mut link, 6).await.result.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Failed);
    assert!(
        refusal.message.contains("market.sqlite"),
        "{}",
        refusal.message
    );
    agent.stop().await;
}
