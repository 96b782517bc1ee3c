//! The loop between a scripted terminal, a probe for an app, and a scripted agent.

#![expect(clippy::future_not_send, reason = "these tests run on one thread")]

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crossterm::event::{KeyCode, KeyModifiers};
use futures_util::FutureExt;
use portable_pty::{MasterPty, PtySize, SlavePty, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Style;
use rustix::process::{Signal as Number, getpid, kill_process};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use tokio::sync::RwLock;

use super::*;
use crate::api::Command;
use crate::api::{AgentInfo, AgentPhase, LogLevel, LogState, Quantiles};
use crate::runtime::SystemClock;

/// No condition waited for here takes a tenth of it on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// A signal reaches every dashboard of the process: who counts frames reads, who sends one writes.
static SIGNALS: RwLock<()> = RwLock::const_new(());
const LEFT: &str = "\x1b[?1049l\x1b[?25h";

/// The other side of the dashboard's terminal: what a terminal program is.
struct Screen {
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: RefCell<Option<Box<dyn Write + Send>>>,
    path: PathBuf,
    bytes: Arc<Mutex<Vec<u8>>>,
    is_closed: Arc<AtomicBool>,
    /// Without any handle open, a reader is told that the terminal has no programs left.
    slave: Option<Box<dyn SlavePty + Send>>,
}

impl Screen {
    fn open() -> Self {
        let screen = Self::open_unread();
        let master = screen.master.as_ref().unwrap();
        let mut reader = master.try_clone_reader().unwrap();
        let bytes = Arc::clone(&screen.bytes);
        let is_closed = Arc::clone(&screen.is_closed);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut chunk) {
                if is_closed.load(Ordering::SeqCst) {
                    return;
                }
                bytes
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(&chunk[..length]);
            }
        });
        screen
    }

    /// A terminal that takes nothing.
    fn open_unread() -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        Self {
            keyboard: RefCell::new(Some(pair.master.take_writer().unwrap())),
            path: pair.master.tty_name().unwrap(),
            master: Some(pair.master),
            bytes: Arc::default(),
            is_closed: Arc::default(),
            slave: Some(pair.slave),
        }
    }

    fn slave(&self) -> File {
        let mut options = OpenOptions::new();
        options.read(true).write(true).open(&self.path).unwrap()
    }

    fn tty(&self) -> Tty {
        Tty {
            input: self.slave().into(),
            output: self.slave().into(),
        }
    }

    fn press(&self, keys: &str) {
        let mut keyboard = self.keyboard.borrow_mut();
        keyboard
            .as_mut()
            .unwrap()
            .write_all(keys.as_bytes())
            .unwrap();
    }

    fn resize(&self, cols: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// Writes into the terminal from another handle until it takes no more.
    fn fill(&self) {
        let other = self.slave();
        rustix::io::ioctl_fionbio(&other, true).unwrap();
        while rustix::io::write(&other, &[b'.'; 512]).is_ok_and(|length| length > 0) {}
    }

    /// Closes the terminal program's side.
    fn hang_up(&mut self) {
        let mut slave = self.slave();
        // portable-pty types an end-of-file key on drop; without such a key it types nothing.
        let mut modes = tcgetattr(&slave).unwrap();
        modes.special_codes[SpecialCodeIndex::VEOF] = 0;
        tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
        self.keyboard.borrow_mut().take();
        self.master.take();
        self.slave.take();
        // The reader holds the last handle; a byte wakes it, unless the dashboard's own did
        // already.
        self.is_closed.store(true, Ordering::SeqCst);
        let _closed_already = slave.write_all(b" ");
    }

    fn bytes(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn frames(&self) -> usize {
        self.bytes().matches("\x1b[?2026h").count()
    }

    /// Waits for text to stand on the screen.
    async fn wait_for(&self, text: &str) {
        self.wait_until(|bytes| shown(bytes).contains(text)).await;
    }

    /// Waits until all is given back.
    async fn wait_until_left(&self) {
        self.wait_until(|bytes| bytes.ends_with(LEFT)).await;
    }

    async fn wait_until(&self, is_met: impl Fn(&str) -> bool) {
        let clock = SystemClock::new();
        while !is_met(&self.bytes()) {
            if clock.monotonic() > DEADLINE {
                // While a dashboard holds a terminal, a panic message goes to the log.
                eprintln!("only {:?}", self.bytes());
                panic!("not met in time");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Returns what a terminal of 120x40 shows after these bytes.
fn shown(bytes: &str) -> String {
    let (rows, columns) = (NonZeroU16::new(40).unwrap(), NonZeroU16::new(120).unwrap());
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    terminal.process(bytes.as_bytes());
    terminal.screen().contents()
}

/// A picture of what it was told.
#[derive(Debug)]
struct Probe {
    typed: String,
    revision: Option<u64>,
    refused: u64,
    lost: u64,
    timers: u64,
    deadline: Option<Timestamp>,
    cost: FrameCost,
    is_dirty: bool,
}

impl Default for Probe {
    fn default() -> Self {
        Self {
            typed: String::new(),
            revision: None,
            refused: 0,
            lost: 0,
            timers: 0,
            deadline: None,
            cost: FrameCost::default(),
            is_dirty: true,
        }
    }
}

impl Probe {
    fn on_key(&mut self, code: KeyCode, modifiers: KeyModifiers, now: Timestamp) -> Vec<Effect> {
        match (code, modifiers) {
            (KeyCode::Char('q'), _) => vec![Effect::Quit],
            (KeyCode::Char('z'), KeyModifiers::CONTROL) => vec![Effect::Suspend],
            (KeyCode::Char('l'), KeyModifiers::CONTROL) => vec![Effect::Redraw],
            (KeyCode::Char('s'), _) => vec![Effect::Send(Command::Stop)],
            (KeyCode::Char('?'), _) => vec![Effect::Ask(Request {
                id: 77,
                command: Command::State,
            })],
            (KeyCode::Char('t'), _) => {
                self.deadline = Some(now.plus(Duration::from_millis(30)));
                Vec::new()
            }
            (KeyCode::Char('!'), _) => panic!("the probe was asked to"),
            (KeyCode::Char(character), _) => {
                self.typed.push(character);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

impl Picture for Probe {
    fn start(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    fn on_state(&mut self, state: Arc<AgentState>, _now: Timestamp) -> Vec<Effect> {
        self.revision = Some(state.revision);
        self.is_dirty = true;
        Vec::new()
    }

    fn on_disconnected(&mut self, _reason: String, _now: Timestamp) {
        self.revision = None;
        self.lost += 1;
        self.is_dirty = true;
    }

    fn on_reply(&mut self, reply: Reply, _now: Timestamp) -> Vec<Effect> {
        self.refused += u64::from(reply.result.is_err());
        self.is_dirty = true;
        Vec::new()
    }

    fn on_event(&mut self, event: &Event, now: Timestamp) -> Vec<Effect> {
        self.is_dirty = true;
        match event {
            Event::Key(key) => self.on_key(key.code, key.modifiers, now),
            Event::Paste(text) => {
                self.typed.push_str(text);
                Vec::new()
            }
            Event::Resize(..) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {
                Vec::new()
            }
        }
    }

    fn on_timer(&mut self, now: Timestamp) {
        self.timers += u64::from(self.deadline.take().is_some_and(|deadline| deadline <= now));
        self.is_dirty = true;
    }

    /// As the app's: strictly after `now`.
    fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        self.deadline.filter(|deadline| *deadline > now)
    }

    fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    fn mark_drawn(&mut self) {
        self.is_dirty = false;
    }

    fn draw(&self, buffer: &mut Buffer, _now: Timestamp) -> Option<Position> {
        let revision = self
            .revision
            .map_or("-".to_owned(), |number| number.to_string());
        let lines = [
            format!("MDA {}x{}", buffer.area.width, buffer.area.height),
            format!(
                "rev={revision} refused={} timers={} lost={}",
                self.refused, self.timers, self.lost
            ),
            format!("typed={}", self.typed),
            format!("bytes>0={}", self.cost.bytes > 0),
        ];
        for (y, line) in lines
            .iter()
            .enumerate()
            .take(usize::from(buffer.area.height))
        {
            buffer.set_string(0, y as u16, line, Style::new());
        }
        None
    }

    fn record_frame(&mut self, cost: FrameCost) {
        self.cost = cost;
    }
}

/// The agent's side of [`Ports`].
struct Agent {
    states: watch::Sender<Option<Arc<AgentState>>>,
    requests: mpsc::Receiver<Request>,
    _replies: mpsc::Sender<Reply>,
    ended: CancellationToken,
}

fn ports() -> (Ports, Agent) {
    let (states, states_out) = watch::channel(Some(Arc::new(state(1))));
    let (requests_in, requests) = mpsc::channel(1);
    let (replies, replies_out) = mpsc::channel(1);
    let ended = CancellationToken::new();
    let ports = Ports {
        states: states_out,
        requests: requests_in,
        replies: replies_out,
        ended: ended.clone(),
    };
    let agent = Agent {
        states,
        requests,
        _replies: replies,
        ended,
    };
    (ports, agent)
}

fn state(revision: u64) -> AgentState {
    AgentState {
        revision,
        as_of: Timestamp::EPOCH,
        agent: AgentInfo {
            version: "0.0.0".to_owned(),
            pid: 1,
            started: Timestamp::EPOCH,
            data_dir: String::new(),
            phase: AgentPhase::Running,
            viewers: 1,
        },
        feeds: Arc::default(),
        instruments: Arc::default(),
        chart: None,
        queues: Arc::default(),
        tasks: Arc::default(),
        store: Arc::default(),
        cache: Arc::default(),
        imports: Arc::from([]),
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

async fn dashboard(tty: Tty, ports: Ports) -> Result<Exit, TuiError> {
    let dashboard = Dashboard::new(Probe::default(), ports, Arc::new(SystemClock::new()));
    run_on(tty, RunOptions::default().fps_max, dashboard).await
}

/// Runs the dashboard and a script beside it, and returns why the dashboard ended.
async fn play(screen: &Screen, ports: Ports, script: impl Future<Output = ()>) -> Exit {
    let both = async { tokio::join!(dashboard(screen.tty(), ports), script).0 };
    let exit = tokio::time::timeout(DEADLINE * 2, both).await;
    exit.expect("the dashboard never ended").unwrap()
}

#[tokio::test]
async fn the_first_frame_enters_and_paints_in_one_write_and_quitting_gives_all_back() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let keep_open = screen.slave();
    let before = tcgetattr(&keep_open).unwrap();
    let script = async {
        screen.wait_for("rev=1").await;
        let raw = tcgetattr(&keep_open).unwrap();
        assert_ne!(raw.local_modes, before.local_modes);
        screen.press("q");
    };

    let exit = play(&screen, ports, script).await;

    assert_eq!(exit, Exit::Quit);
    screen.wait_until_left().await;
    let bytes = screen.bytes();
    let first = bytes.split("\x1b[?2026l").next().unwrap();
    assert!(first.starts_with("\x1b[?2026h\x1b[?1049h"), "{first:?}");
    assert!(
        first.contains("MDA 80x24") && first.contains("rev=-"),
        "{first:?}"
    );
    assert!(bytes.contains("\x1b[?2004l") && bytes.contains("\x1b[?1004l"));
    let after = tcgetattr(&keep_open).unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
}

#[tokio::test]
async fn an_unchanged_picture_is_no_frame() {
    let _quiet = SIGNALS.read().await;
    let screen = Screen::open();
    let (ports, agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        agent.states.send(Some(Arc::new(state(1)))).unwrap();
        screen.press("a");
        screen.wait_for("typed=a").await;
        agent.states.send(Some(Arc::new(state(1)))).unwrap();
        screen.press("q");
    };

    play(&screen, ports, script).await;

    screen.wait_until_left().await;
    assert_eq!(screen.frames(), 3, "{:?}", screen.bytes());
}

#[tokio::test]
async fn more_keys_than_a_buffer_holds_all_arrive() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.press(&"a".repeat(2_500));
        screen.press(&format!("\x1b[200~{}\x1b[201~", "b".repeat(1_500)));
        screen.press("q");
    };

    assert_eq!(play(&screen, ports, script).await, Exit::Quit);
}

#[tokio::test]
async fn another_size_is_painted_whole() {
    let _alone = SIGNALS.write().await;
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.resize(120, 40);
        // The terminal is not this process's own, so the system sends no signal by itself.
        kill_process(getpid(), Number::WINCH).unwrap();
        screen.wait_for("MDA 120x40").await;
        screen.press("q");
    };

    play(&screen, ports, script).await;

    let bytes = screen.bytes();
    let frame = bytes
        .split("\x1b[?2026h")
        .find(|frame| frame.contains("120x40"));
    assert!(frame.unwrap().starts_with("\x1b[?25l\x1b[m\x1b[2J"));
}

#[tokio::test]
async fn redraw_paints_the_same_picture_again() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        let before = screen.bytes().len();
        screen.press("\x0c");
        screen
            .wait_until(|bytes| bytes[before..].contains("MDA 80x24"))
            .await;
        screen.press("q");
    };

    assert_eq!(play(&screen, ports, script).await, Exit::Quit);
}

#[tokio::test]
async fn a_terminal_that_hangs_up_ends_the_dashboard() {
    let mut screen = Screen::open();
    let (ports, _agent) = ports();
    let tty = screen.tty();
    let mut running = std::pin::pin!(dashboard(tty, ports));
    tokio::select! {
        exit = &mut running => panic!("ended: {exit:?}"),
        () = screen.wait_for("rev=1") => {}
    }

    screen.hang_up();

    let exit = tokio::time::timeout(Duration::from_secs(2), running).await;
    assert_eq!(exit.expect("still there after 2 s").unwrap(), Exit::Hangup);
}

#[tokio::test]
async fn a_terminal_that_takes_nothing_delays_neither_keys_nor_the_end() {
    let screen = Screen::open_unread();
    let (ports, mut agent) = ports();
    screen.fill();
    let script = async {
        // `s` is an order to the agent, `q` the end: both come through though no frame does.
        screen.press("s");
        let request = tokio::time::timeout(DEADLINE, agent.requests.recv()).await;
        assert_eq!(request.unwrap().unwrap().command, Command::Stop);
        screen.press("q");
    };

    let exit = tokio::time::timeout(Duration::from_secs(2), play(&screen, ports, script)).await;

    assert_eq!(exit.expect("still there after 2 s"), Exit::Quit);
}

#[tokio::test]
async fn a_request_the_agent_has_no_room_for_is_refused_at_once() {
    let screen = Screen::open();
    let (ports, mut agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.press("ss");
        screen.wait_for("refused=1").await;
        screen.press("q");
    };

    play(&screen, ports, script).await;

    let request = agent.requests.try_recv().unwrap();
    assert_eq!((request.id, request.command), (1, Command::Stop));
}

#[tokio::test]
async fn a_question_keeps_the_number_the_app_gave_it() {
    let screen = Screen::open();
    let (ports, mut agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.press("?");
        let request = tokio::time::timeout(DEADLINE, agent.requests.recv()).await;
        let request = request.unwrap().unwrap();
        assert_eq!((request.id, request.command), (77, Command::State));
        screen.press("q");
    };

    play(&screen, ports, script).await;
}

#[tokio::test]
async fn a_moment_the_app_named_comes_once() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("timers=0").await;
        screen.press("t");
        screen.wait_for("timers=1").await;
        screen.press("x");
        screen.wait_for("typed=x").await;
        screen.press("q");
    };

    play(&screen, ports, script).await;

    assert!(shown(&screen.bytes().replace("\x1b[?1049l", "")).contains("timers=1"));
}

#[tokio::test]
async fn what_a_frame_cost_is_told_and_asks_for_no_frame() {
    let _quiet = SIGNALS.read().await;
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.press("x");
        screen.wait_for("typed=x").await;
        assert!(shown(&screen.bytes()).contains("bytes>0=true"));
        screen.press("q");
    };

    play(&screen, ports, script).await;

    assert_eq!(screen.frames(), 3, "{:?}", screen.bytes());
}

#[tokio::test]
async fn the_dashboard_ends_with_its_agent() {
    let screen = Screen::open();
    let (ports, agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        agent.ended.cancel();
    };

    assert_eq!(play(&screen, ports, script).await, Exit::AgentEnded);
    screen.wait_until_left().await;
}

#[tokio::test]
async fn an_agent_that_is_lost_is_told_once_and_the_next_one_is_welcome() {
    let screen = Screen::open();
    let (ports, agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        agent.states.send(None).unwrap();
        screen.wait_for("rev=- refused=0 timers=0 lost=1").await;
        agent.states.send(None).unwrap();
        screen.press("a");
        screen.wait_for("typed=a").await;
        agent.states.send(Some(Arc::new(state(7)))).unwrap();
        screen.wait_for("rev=7 refused=0 timers=0 lost=1").await;
        screen.press("q");
    };

    assert_eq!(play(&screen, ports, script).await, Exit::Quit);
}

#[tokio::test]
async fn a_panic_of_the_dashboard_gives_the_terminal_back() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let keep_open = screen.slave();
    let before = tcgetattr(&keep_open).unwrap();
    let script = async {
        screen.wait_for("rev=1").await;
        screen.press("!");
    };

    let outcome = AssertUnwindSafe(play(&screen, ports, script))
        .catch_unwind()
        .await;

    assert!(outcome.is_err());
    screen.wait_until_left().await;
    let after = tcgetattr(&keep_open).unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
}

#[tokio::test]
async fn a_panic_elsewhere_leaves_the_dashboard_alone() {
    let screen = Screen::open();
    let (ports, _agent) = ports();
    let script = async {
        screen.wait_for("rev=1").await;
        let failed = std::thread::spawn(|| panic!("a task of the agent failed")).join();
        assert!(failed.is_err());
        screen.press("here");
        screen.wait_for("typed=here").await;
        assert!(!screen.bytes().contains(LEFT));
        screen.press("q");
    };

    assert_eq!(play(&screen, ports, script).await, Exit::Quit);
}

#[test]
fn exit_codes_are_those_a_shell_expects() {
    assert_eq!(Exit::Quit.code(), 0);
    assert_eq!(Exit::AgentEnded.code(), 0);
    assert_eq!(Exit::Signal(2).code(), 130);
    assert_eq!(Exit::Signal(15).code(), 143);
    assert_eq!(Exit::Hangup.code(), 129);
}
