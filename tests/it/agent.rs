//! The agent as its viewers see it: attached in process and over the local socket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mda::agent::{Agent, AgentConfig, AgentError, FeedPlan};
use mda::api::{
    AgentPhase, AgentState, Answer, ChartSpec, Command, RefusalCode, ServerMessage, ViewSpec,
};
use mda::client::{self, FRAME_LEN_MAX, Link, OnLoss};
use mda::domain::{DataKind, FeedMode, Price, Symbol};
use mda::feed::FeedConfig;
use mda::runtime::{LeaseError, Shutdown, Supervisor, SystemClock, socket_path};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, UnixListener, UnixStream};

use crate::support::log;
use crate::support::viewer::{self, DEADLINE, agent_config as config, reply_to, send, state_where};

fn start(config: &AgentConfig) -> Agent {
    Agent::start(config, Arc::new(SystemClock::new()), log()).unwrap()
}

async fn attach(agent: &Agent) -> Link {
    viewer::attach(agent, Command::View(ViewSpec::default())).await
}

#[tokio::test]
async fn viewers_see_prices_move_with_their_age() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["simulated"]));
    let mut link = attach(&agent).await;
    let first = state_where(&mut link, |state| {
        state.instruments.iter().all(|row| row.last.is_some())
    })
    .await;
    let before = Arc::clone(&first.instruments[0]);
    let next = state_where(&mut link, |state| {
        state.instruments[0].events > before.events
    })
    .await;
    assert!(next.instruments[0].last_recv > before.last_recv);
    assert_eq!(next.instruments[0].data_kind, DataKind::Simulated);
    assert!(next.revision > first.revision);
    agent.stop().await;
}

#[tokio::test]
async fn a_directory_has_one_agent_and_others_attach_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), &["simulated"]);
    let agent = start(&config);
    let second = Agent::start(&config, Arc::new(SystemClock::new()), log());
    let Err(AgentError::Lease(LeaseError::Held { pid, .. })) = second else {
        panic!("two agents on one directory")
    };
    assert_eq!(pid, std::process::id());

    let shutdown = Shutdown::new();
    let supervisor = Supervisor::new(Arc::new(SystemClock::new()), shutdown.clone());
    let mut local = attach(&agent).await;
    let mut remote = connect(&supervisor, dir.path(), OnLoss::End).await;
    send(&remote, 7, Command::View(ViewSpec::default())).await;
    let here = state_where(&mut local, |state| state.agent.viewers == 2).await;
    let there = state_where(&mut remote, |state| state.agent.viewers == 2).await;
    let symbols = |state: &AgentState| -> Vec<Symbol> {
        state
            .instruments
            .iter()
            .map(|row| row.symbol.clone())
            .collect()
    };
    assert_eq!(symbols(&here), symbols(&there));

    shutdown.run(DEADLINE).await;
    state_where(&mut local, |state| state.agent.viewers == 1).await;
    agent.stop().await;
}

async fn connect(supervisor: &Supervisor, data_dir: &Path, on_loss: OnLoss) -> Link {
    let path = socket_path(data_dir);
    let wait = async {
        loop {
            match client::connect(supervisor, &path, on_loss).await {
                Ok(link) => return link,
                Err(client::ClientError::Connect { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(DEADLINE, wait)
        .await
        .expect("the socket opens")
}

#[tokio::test]
async fn a_viewer_outlives_its_agent_and_sees_the_next_one_through_the_same_view() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), &["simulated"]);
    let agent = start(&config);
    let shutdown = Shutdown::new();
    let supervisor = Supervisor::new(Arc::new(SystemClock::new()), shutdown.clone());
    let mut link = connect(&supervisor, dir.path(), OnLoss::Reconnect).await;
    send(&link, 1, Command::View(ViewSpec::default())).await;
    let first = state_where(&mut link, |state| state.instruments.len() > 1).await;
    agent.stop().await;
    link.states.wait_for(Option::is_none).await.unwrap();

    // Alone, its orders are refused; what it looks at now is kept for the next agent.
    send(&link, 2, Command::State).await;
    let refusal = reply_to(&mut link, 2).await.result.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotNow);
    assert_eq!(refusal.message, "the agent is gone");
    assert!(refusal.next_step.is_some());
    let one = first.instruments[0].symbol.clone();
    let spec = ViewSpec {
        symbols: Some(vec![one.clone()]),
        ..ViewSpec::default()
    };
    send(&link, 3, Command::View(spec)).await;
    assert!(!link.ended.is_cancelled());

    let agent = start(&config);
    let next = state_where(&mut link, |state| state.instruments.len() == 1).await;
    assert_eq!(next.instruments[0].symbol, one);
    assert!(next.agent.started > first.agent.started);
    assert_eq!(reply_to(&mut link, 3).await.result, Ok(Answer::Done));
    shutdown.run(DEADLINE).await;
    agent.stop().await;
}

/// A viewer would lose the agent over it, and over it again.
#[tokio::test]
async fn a_state_of_as_many_symbols_as_a_feed_opens_fits_a_frame() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["simulated:1"]));
    let mut link = attach(&agent).await;
    let state = state_where(&mut link, |state| {
        let mut rows = state.instruments.iter();
        rows.all(|row| row.last.is_some() && row.quote.is_some())
    })
    .await;
    let mut row = Arc::unwrap_or_clone(Arc::clone(&state.instruments[0]));
    row.closes = Arc::from([Price::MAX; 60]);
    let row = serde_json::to_string(&row).unwrap();
    assert!(row.len() * 10_000 < FRAME_LEN_MAX, "{} bytes", row.len());
    agent.stop().await;
}

/// A socket that somebody removed was to be removed anyway; one that cannot be opened is named.
#[tokio::test]
async fn the_socket_file_may_vanish_and_is_named_when_it_is_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["none"]));
    let path = socket_path(dir.path());
    while !path.exists() {
        tokio::task::yield_now().await;
    }
    std::fs::remove_file(&path).unwrap();
    let supervisor = agent.supervisor().clone();
    agent.stop().await;
    let failed = supervisor
        .tasks()
        .into_iter()
        .find_map(|task| task.last_error);
    assert_eq!(failed, None);

    std::fs::create_dir(&path).unwrap();
    let agent = start(&config(dir.path(), &["none"]));
    let mut link = attach(&agent).await;
    let state = state_where(&mut link, |state| {
        state.tasks.iter().any(|task| task.last_error.is_some())
    })
    .await;
    let error = state.tasks.iter().find_map(|task| task.last_error.clone());
    let error = error.unwrap_or_default();
    assert!(error.contains(&*path.to_string_lossy()), "{error}");
    agent.stop().await;
}

#[tokio::test]
async fn a_command_that_loses_its_agent_ends_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["none"]));
    let shutdown = Shutdown::new();
    let supervisor = Supervisor::new(Arc::new(SystemClock::new()), shutdown.clone());
    let mut link = connect(&supervisor, dir.path(), OnLoss::End).await;

    agent.stop().await;

    let ended = tokio::time::timeout(DEADLINE, link.ended.cancelled());
    ended.await.expect("the link ends with its agent");
    assert_eq!(link.replies.recv().await, None);
    shutdown.run(DEADLINE).await;
}

/// As after an upgrade of the agent while an older dashboard looks on.
#[tokio::test]
async fn a_next_agent_of_another_protocol_ends_the_link_and_the_reason_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = socket_path(dir.path());
    let listener = UnixListener::bind(&path).unwrap();
    let shutdown = Shutdown::new();
    let supervisor = Supervisor::new(Arc::new(SystemClock::new()), shutdown.clone());
    let greet = async |protocol: u32| {
        let (mut stream, _) = listener.accept().await.unwrap();
        let hello = ServerMessage::Hello {
            protocol,
            version: "9.9.9".to_owned(),
        };
        let line = serde_json::to_string(&hello).unwrap() + "\n";
        stream.write_all(line.as_bytes()).await.unwrap();
        stream
    };
    let connected = async {
        tokio::join!(
            connect(&supervisor, dir.path(), OnLoss::Reconnect),
            greet(1)
        )
    };
    let (link, stream) = connected.await;

    drop(stream);
    let _other = greet(2).await;

    let ended = tokio::time::timeout(DEADLINE, link.ended.cancelled());
    ended.await.expect("the link ends");
    shutdown.run(DEADLINE).await;
    let tasks = supervisor.tasks();
    let reason = tasks[0].last_error.as_deref().unwrap_or_default();
    assert!(
        reason.contains("version 9.9.9, which speaks protocol 2"),
        "{reason}"
    );
}

#[tokio::test]
async fn viewers_get_their_view_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["replay:bundled"]));
    let mut link = agent.attach().await.unwrap();
    let wanted: Symbol = "IBM".parse().unwrap();
    let chart = ChartSpec {
        symbol: wanted.clone(),
        feed: None,
        timeframe: None,
        bars_max: 40,
    };
    let spec = ViewSpec {
        symbols: Some(vec![wanted.clone()]),
        chart: Some(chart),
        has_logs: false,
        has_imports: false,
    };
    send(&link, 1, Command::View(spec)).await;
    let has_history = |state: &AgentState| state.chart.as_ref().is_some_and(|c| !c.bars.is_empty());
    let state = state_where(&mut link, has_history).await;
    assert_eq!(state.instruments.len(), 1);
    assert_eq!(state.instruments[0].symbol, wanted);
    assert_eq!(state.chart.as_ref().unwrap().bars.len(), 40);
    assert!(state.log.lines.is_empty());
    agent.stop().await;
}

#[tokio::test]
async fn coinbase_out_of_reach_gives_a_replay_that_says_why() {
    // A port that was just free refuses connections.
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (agent, mut link, _dir) = start_automatic(port).await;
    let state = state_where(&mut link, |state| state.feeds.len() == 2).await;
    assert_eq!(
        (state.feeds[0].name.as_str(), state.feeds[0].mode),
        ("coinbase", FeedMode::Closed)
    );
    assert!(
        state.feeds[0].reason.contains("cannot reach"),
        "{}",
        state.feeds[0].reason
    );
    let state = state_where(&mut link, |state| {
        state.agent.phase == AgentPhase::Running && !state.instruments.is_empty()
    })
    .await;
    assert!(
        state
            .instruments
            .iter()
            .all(|row| row.data_kind == DataKind::Replay && row.quote.is_none())
    );
    agent.stop().await;
}

#[tokio::test]
async fn coinbase_that_stays_mute_gives_a_replay_too() {
    // It accepts connections into its backlog, and never speaks.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (agent, mut link, _dir) = start_automatic(mute.local_addr().unwrap().port()).await;
    let state = state_where(&mut link, |state| state.feeds.len() == 2).await;
    assert!(
        state.feeds[0].reason.contains("no answer within"),
        "{}",
        state.feeds[0].reason
    );
    assert_eq!(state.feeds[1].data_kind, DataKind::Replay);

    send(
        &link,
        5,
        Command::ReconnectFeed {
            feed: "coinbase".to_owned(),
        },
    )
    .await;
    assert_eq!(reply_to(&mut link, 5).await.result, Ok(Answer::Done));
    state_where(&mut link, |state| {
        state.feeds[0].mode == FeedMode::Connecting
    })
    .await;
    agent.stop().await;
}

async fn start_automatic(port: u16) -> (Agent, Link, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&AgentConfig {
        feeds: FeedPlan::Automatic {
            live: "coinbase".parse().unwrap(),
            fallback: "replay:bundled".parse().unwrap(),
            probe_timeout: Duration::from_millis(300),
        },
        feed: FeedConfig {
            coinbase_url: format!("ws://127.0.0.1:{port}"),
            ..FeedConfig::default()
        },
        ..config(dir.path(), &[])
    });
    let link = attach(&agent).await;
    (agent, link, dir)
}

#[tokio::test]
async fn unknown_feeds_are_refused_with_the_names_of_those_there() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["simulated"]));
    let mut link = attach(&agent).await;
    send(
        &link,
        9,
        Command::ReconnectFeed {
            feed: "nasdaq".to_owned(),
        },
    )
    .await;
    let refusal = reply_to(&mut link, 9).await.result.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotFound);
    assert!(refusal.message.contains("`nasdaq`"));
    assert!(refusal.next_step.unwrap().contains("simulated"));
    agent.stop().await;
}

#[tokio::test]
async fn stopping_ends_viewers_frees_the_directory_and_removes_the_socket() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), &["simulated"]);
    let agent = start(&config);
    let mut link = attach(&agent).await;
    send(&link, 3, Command::Stop).await;
    tokio::time::timeout(DEADLINE, agent.stop_asked())
        .await
        .expect("the order arrives");
    let report = agent.stop().await;
    assert_eq!(report.late, Vec::<String>::new());
    assert!(report.elapsed < Duration::from_secs(5));
    state_where(&mut link, |state| state.agent.phase == AgentPhase::Stopping).await;
    assert!(!socket_path(dir.path()).exists());
    start(&config).stop().await;
}

#[tokio::test]
async fn another_protocol_is_greeted_and_closed() {
    let (agent, mut lines, _write, _dir) = raw_connection("{\"hello\":{\"protocol\":999}}\n").await;
    let greeting = lines.next_line().await.unwrap().expect("a greeting");
    let greeting: ServerMessage = serde_json::from_str(&greeting).unwrap();
    assert!(matches!(greeting, ServerMessage::Hello { .. }));
    assert_eq!(lines.next_line().await.unwrap(), None);
    agent.stop().await;
}

#[tokio::test]
async fn frames_that_are_none_are_answered_and_others_live_on() {
    let (agent, mut lines, mut write, _dir) =
        raw_connection("{\"hello\":{\"protocol\":1}}\n").await;
    lines.next_line().await.unwrap().expect("a greeting");
    write
        .write_all(b"{\"request\":{\"id\":1,\"command\":\"dance\"}}\n")
        .await
        .unwrap();
    let answer = lines.next_line().await.unwrap().expect("an answer");
    let ServerMessage::Reply(reply) = serde_json::from_str(&answer).unwrap() else {
        panic!("no reply: {answer}")
    };
    assert_eq!(reply.result.unwrap_err().code, RefusalCode::Malformed);
    let mut link = attach(&agent).await;
    state_where(&mut link, |state| !state.instruments.is_empty()).await;
    agent.stop().await;
}

type Lines = tokio::io::Lines<BufReader<tokio::net::unix::OwnedReadHalf>>;

async fn raw_connection(
    hello: &str,
) -> (
    Agent,
    Lines,
    tokio::net::unix::OwnedWriteHalf,
    tempfile::TempDir,
) {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["simulated"]));
    let path = socket_path(dir.path());
    let wait = async {
        loop {
            match UnixStream::connect(&path).await {
                Ok(stream) => return stream,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let stream = tokio::time::timeout(DEADLINE, wait)
        .await
        .expect("the socket opens");
    let (read, mut write) = stream.into_split();
    write.write_all(hello.as_bytes()).await.unwrap();
    (agent, BufReader::new(read).lines(), write, dir)
}

#[cfg(feature = "faults")]
#[tokio::test]
async fn a_panic_of_the_hub_leaves_viewers_attached_and_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(&config(dir.path(), &["simulated"]));
    let mut link = attach(&agent).await;
    state_where(&mut link, |state| !state.instruments.is_empty()).await;
    assert!(agent.supervisor().panic_task("hub"));
    let state = state_where(&mut link, |state| {
        state
            .tasks
            .iter()
            .any(|task| task.name == "hub" && task.restarts == 1)
    })
    .await;
    let hub = state.tasks.iter().find(|task| task.name == "hub").unwrap();
    assert!(hub.last_error.as_ref().unwrap().contains("fault"));
    agent.stop().await;
}
