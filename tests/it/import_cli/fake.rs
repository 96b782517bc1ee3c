//! [`FakeAgent`]: an agent's end of the local socket that answers as it is told.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command as Process;
use std::sync::{Arc, Mutex};

use mda::api::{
    AgentInfo, AgentPhase, AgentState, Answer, CacheState, ClientMessage, Command, ImportJob,
    LogLevel, LogState, PROTOCOL_VERSION, Quantiles, Refusal, RefusalCode, Reply, ServerMessage,
    StoreState,
};
use mda::domain::Timestamp;
use mda::runtime::{Lease, socket_path};
use tempfile::TempDir;

use crate::support::served::mda;

/// Holds a data directory, and speaks for it.
pub(super) struct FakeAgent {
    home: TempDir,
    asked: Arc<Mutex<Vec<Command>>>,
    _lease: Lease,
}

impl FakeAgent {
    /// Shows these pictures of an import one after the other; the last one for good.
    pub(super) fn showing(pictures: Vec<ImportJob>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join("data");
        let lease = Lease::acquire(&data_dir).unwrap();
        let listener = UnixListener::bind(socket_path(&data_dir)).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        // Ends with the process of the test.
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                serve(stream, &pictures, &heard);
            }
        });
        Self {
            home,
            asked,
            _lease: lease,
        }
    }

    /// The program, to be run on the directory.
    pub(super) fn command(&self) -> Process {
        mda(self.home.path())
    }

    /// The folder around the data directory.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Command> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: UnixStream, pictures: &[ImportJob], heard: &Mutex<Vec<Command>>) {
    let hello = ServerMessage::Hello {
        protocol: PROTOCOL_VERSION,
        version: "fake".to_owned(),
    };
    send(&mut stream, &hello);
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut shown = 0;
    for line in lines.map_while(Result::ok) {
        let ClientMessage::Request(request) = serde_json::from_str(&line).unwrap() else {
            continue;
        };
        heard.lock().unwrap().push(request.command.clone());
        let result = answer(&request.command, pictures, &mut shown);
        let id = request.id;
        send(&mut stream, &ServerMessage::Reply(Reply { id, result }));
    }
}

fn send(stream: &mut UnixStream, message: &ServerMessage) {
    let line = serde_json::to_string(message).unwrap() + "\n";
    // A viewer that left asks nothing more either.
    drop(stream.write_all(line.as_bytes()));
}

fn answer(command: &Command, pictures: &[ImportJob], shown: &mut usize) -> Result<Answer, Refusal> {
    match command {
        Command::State => Ok(Answer::State(Arc::new(state()))),
        Command::StartImport(_) | Command::SteerImport { .. } | Command::Import { .. } => {
            let picture = pictures[(*shown).min(pictures.len() - 1)].clone();
            *shown += 1;
            Ok(Answer::Import(Arc::new(picture)))
        }
        Command::Imports { .. } => {
            let all = pictures.iter().cloned().map(Arc::new);
            Ok(Answer::Imports(all.collect()))
        }
        _other => Err(Refusal {
            code: RefusalCode::Failed,
            message: "not told what to answer".to_owned(),
            next_step: None,
        }),
    }
}

/// An agent without feeds, of which nothing else matters here.
fn state() -> AgentState {
    AgentState {
        revision: 1,
        as_of: Timestamp::EPOCH,
        agent: AgentInfo {
            version: "fake".to_owned(),
            pid: std::process::id(),
            started: Timestamp::EPOCH,
            data_dir: String::new(),
            phase: AgentPhase::Running,
            viewers: 1,
        },
        feeds: Arc::new([]),
        instruments: Arc::new([]),
        chart: None,
        queues: Arc::new([]),
        tasks: Arc::new([]),
        store: Arc::new(StoreState::default()),
        cache: Arc::new(CacheState::default()),
        imports: Arc::new([]),
        publish_latency: Quantiles::default(),
        log: Arc::new(LogState {
            lines: Vec::new(),
            written: 0,
            lost: 0,
            warnings: 0,
            errors: 0,
            level: LogLevel::Info,
            file: None,
        }),
    }
}
