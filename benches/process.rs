//! The whole program in a pseudo-terminal: first paint, and the CPU and bytes of an idle and of a
//! busy dashboard.
//!
//! `cargo bench --bench process` prints medians over several runs, beside `htop` and `btop` at a
//! refresh of 2 s where they are installed, with the machine's load before
//! and after. CPU is user and system time of the process as the kernel counts it, as a share of one
//! core over a steady window; bytes are what the terminal received in that window. Linux only: it
//! reads `/proc`.

#![expect(clippy::print_stdout, reason = "a bench reports on stdout")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Clock ticks a second of `/proc/<pid>/stat` on every Linux we know.
const TICKS_PER_SEC: f64 = 100.0;

/// A program that runs in a terminal of 120x40.
struct Terminal {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    started: Instant,
    _home: tempfile::TempDir,
}

/// What a window of time cost.
struct Cost {
    cpu_percent: f64,
    bytes_per_sec: f64,
    resident_mb: f64,
}

fn main() {
    println!("machine load before: {}", load());
    let runs = 7;
    let mut paints: Vec<f64> = (0..runs).map(|_| first_paint()).collect();
    println!(
        "first paint, --feed none, median of {runs}: {:.1} ms",
        median(&mut paints)
    );
    for (name, feed) in [
        ("idle, --feed none", "none"),
        ("bundled replay", "replay:bundled"),
        ("500 symbols, 2,000 ticks/s", "simulated:500@2000"),
    ] {
        report(name, || Terminal::mda(&["--feed", feed]));
    }
    report("500 symbols, 2,000 ticks/s, --profile ssh", || {
        Terminal::mda(&["--feed", "simulated:500@2000", "--profile", "ssh"])
    });
    for (peer, arguments) in [("htop", ["-d", "20"]), ("btop", ["-p", "0"])] {
        if is_installed(peer) {
            report(peer, || Terminal::start(peer, &arguments));
        } else {
            println!("{peer}: not installed, not measured");
        }
    }
    println!("machine load after: {}", load());
}

/// Prints the medians of three steady windows.
fn report(name: &str, start: impl Fn() -> Terminal) {
    let costs: Vec<Cost> = (0..3)
        .map(|_| steady(start(), Duration::from_secs(8)))
        .collect();
    let of = |pick: fn(&Cost) -> f64| median(&mut costs.iter().map(pick).collect::<Vec<_>>());
    println!(
        "{name}, median of 3: {:.2} % of a core, {:.0} B/s to the terminal, {:.1} MB resident",
        of(|cost| cost.cpu_percent),
        of(|cost| cost.bytes_per_sec),
        of(|cost| cost.resident_mb),
    );
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn first_paint() -> f64 {
    let mut dashboard = Terminal::mda(&["--feed", "none"]);
    let mut seen = Vec::new();
    while !contains(&seen, b"\x1b[?2026l") {
        match dashboard.output.recv_timeout(Duration::from_secs(10)) {
            Ok(chunk) => seen.extend(chunk),
            Err(error) => panic!("no first frame within 10 s: {error}"),
        }
    }
    let elapsed = dashboard.started.elapsed().as_secs_f64() * 1_000.0;
    dashboard.quit();
    elapsed
}

fn steady(mut dashboard: Terminal, window: Duration) -> Cost {
    dashboard.drain(Duration::from_secs(4));
    let cpu_before = dashboard.cpu_secs();
    let began = Instant::now();
    let bytes = dashboard.drain(window);
    let elapsed = began.elapsed().as_secs_f64();
    let cost = Cost {
        cpu_percent: (dashboard.cpu_secs() - cpu_before) / elapsed * 100.0,
        bytes_per_sec: bytes as f64 / elapsed,
        resident_mb: dashboard.resident_mb(),
    };
    dashboard.quit();
    cost
}

impl Terminal {
    fn mda(arguments: &[&str]) -> Self {
        Self::start(env!("CARGO_BIN_EXE_mda"), arguments)
    }

    fn start(program: &str, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let started = Instant::now();
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let output = read_all(pair.master.try_clone_reader().expect("a reader"));
        let writer = pair.master.take_writer().expect("a writer");
        Self {
            child,
            _master: pair.master,
            writer,
            output,
            started,
            _home: home,
        }
    }

    /// Reads for `window`; returns how many bytes came.
    fn drain(&self, window: Duration) -> usize {
        let end = Instant::now() + window;
        let mut bytes = 0;
        loop {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(chunk) => bytes += chunk.len(),
                Err(RecvTimeoutError::Timeout) => return bytes,
                Err(RecvTimeoutError::Disconnected) => panic!("the dashboard ended by itself"),
            }
        }
    }

    fn proc_file(&self, name: &str) -> String {
        let pid = self.child.process_id().expect("a running process");
        let path = PathBuf::from(format!("/proc/{pid}/{name}"));
        std::fs::read_to_string(path).expect("/proc of a running process")
    }

    fn cpu_secs(&self) -> f64 {
        let stat = self.proc_file("stat");
        let after_name = stat.rsplit(") ").next().expect("a stat line");
        let fields: Vec<&str> = after_name.split(' ').collect();
        let ticks = |index: usize| fields[index].parse::<f64>().expect("a number of ticks");
        (ticks(11) + ticks(12)) / TICKS_PER_SEC
    }

    fn resident_mb(&self) -> f64 {
        let status = self.proc_file("status");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .expect("VmRSS");
        let kilobytes = line
            .split_whitespace()
            .nth(1)
            .and_then(|text| text.parse::<f64>().ok());
        kilobytes.expect("a number of kB") / 1_024.0
    }

    fn quit(&mut self) {
        self.writer
            .write_all(b"q")
            .expect("the terminal takes a key");
        let status = self.child.wait().expect("an exit status");
        assert!(status.success(), "mda ended with {status:?}");
    }
}

fn read_all(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(1_024);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(count) = reader.read(&mut buffer) {
            if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .trim()
        .to_owned()
}
