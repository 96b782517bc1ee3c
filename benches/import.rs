//! How fast a CSV file gets into a keyed store, beside `sqlite3` and `DuckDB`, and in what memory.
//!
//! `cargo bench --bench import` writes one file of one-minute bars and imports it, in turns, with
//! the optimised `mda` (validation standard, every chunk a checkpoint), with `sqlite3`'s `.import`
//! into a table with the same key, and with `DuckDB` (a Python package) into a table with the same
//! key. Each contender begins with no file; what is not installed is skipped aloud.
//! `MDA_BENCH_BARS`, `MDA_BENCH_ROUNDS` and `MDA_BENCH_PYTHON` (a Python that has `duckdb`) set
//! other values. Compare only figures of one run.

#![expect(clippy::print_stdout, reason = "a bench reports on stdout")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SYMBOLS: usize = 100;

/// Makes the table, and loads the file into it as a user of `DuckDB` would.
const DUCKDB: &str = "
import sys, duckdb
database = duckdb.connect(sys.argv[1])
database.execute('''CREATE TABLE bar (symbol VARCHAR, ts BIGINT, open DECIMAL(18,8),
    high DECIMAL(18,8), low DECIMAL(18,8), close DECIMAL(18,8), volume DECIMAL(28,8),
    PRIMARY KEY (symbol, ts))''')
database.execute(f'''INSERT INTO bar SELECT * FROM read_csv('{sys.argv[2]}')
    ON CONFLICT DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low,
    close = excluded.close, volume = excluded.volume''')
database.close()
";

/// The same with the shell of `SQLite`: all columns are text to it.
const SQLITE: &str = "
CREATE TABLE bar (symbol TEXT, ts TEXT, open TEXT, high TEXT, low TEXT, close TEXT, volume TEXT,
    PRIMARY KEY (symbol, ts)) WITHOUT ROWID;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
.mode csv
.import --skip 1 FILE bar
";

/// One import: how long it took, and the most memory it held.
#[derive(Debug, Clone, Copy)]
struct Run {
    elapsed: Duration,
    peak_kib: u64,
}

/// A name, and how it imports a file into a folder; `None` when it is not installed.
type Contender = (&'static str, fn(&Path, &Path) -> Option<Run>);

const CONTENDERS: [Contender; 3] = [("mda", mda), ("sqlite3", sqlite), ("duckdb", duckdb)];

fn main() {
    let bars: usize = number("MDA_BENCH_BARS", 1_000_000);
    let rounds: usize = number("MDA_BENCH_ROUNDS", 5);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("bars.csv");
    for order in ["by symbol", "by time"] {
        fs::write(&file, text(bars, order == "by time")).expect("the file is written");
        println!("load {}: {bars} bars of {SYMBOLS} symbols {order}", load());
        let mut runs = CONTENDERS.map(|_| Vec::new());
        for _ in 0..rounds {
            for ((_, import), runs) in CONTENDERS.iter().zip(&mut runs) {
                let target = folder.path().join("target");
                fs::create_dir(&target).expect("a folder can be made");
                runs.extend(import(&file, &target));
                fs::remove_dir_all(&target).expect("the folder goes");
            }
        }
        report(bars, &runs);
    }
    println!("load {}", load());
}

/// Reads a setting of the bench.
fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
    load.trim().to_owned()
}

/// One-minute bars of many symbols, one symbol after the other or all of a minute together.
fn text(bars: usize, is_by_time: bool) -> String {
    let each = bars / SYMBOLS;
    let mut text = String::from("symbol,timestamp,open,high,low,close,volume\n");
    for row in 0..each * SYMBOLS {
        let (symbol, minute) = if is_by_time {
            (row % SYMBOLS, row / SYMBOLS)
        } else {
            (row / each, row % each)
        };
        let cents = 10_000 + (symbol * 37 + minute * 7_919) % 2_000;
        let price = |more: usize| format!("{}.{:02}", (cents + more) / 100, (cents + more) % 100);
        writeln!(
            text,
            "SYM{symbol:03},{},{},{},{},{},{}.25",
            1_700_006_400 + 60 * minute,
            price(10),
            price(25),
            price(0),
            price(15),
            1_000 + row % 9_000,
        )
        .expect("text grows");
    }
    text
}

fn mda(file: &Path, target: &Path) -> Option<Run> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mda"));
    command
        .arg("--data-dir")
        .arg(target)
        .arg("import")
        .arg(file);
    measured("mda", command.stdout(Stdio::null()).stderr(Stdio::null()))
}

fn sqlite(file: &Path, target: &Path) -> Option<Run> {
    let mut command = Command::new("sqlite3");
    let script = SQLITE.replace("FILE", &file.display().to_string());
    let path = target.join("script.sql");
    fs::write(&path, script).expect("the script is written");
    let script = fs::File::open(path).expect("the script is there");
    command
        .arg(target.join("bars.db"))
        .stdin(script)
        .stdout(Stdio::null());
    measured("sqlite3", &mut command)
}

fn duckdb(file: &Path, target: &Path) -> Option<Run> {
    let python = std::env::var("MDA_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command
        .args(["-c", DUCKDB])
        .arg(target.join("bars.duckdb"))
        .arg(file);
    measured("duckdb", command.stderr(Stdio::null()))
}

/// Runs a command to its end, looking at its memory meanwhile.
fn measured(name: &str, command: &mut Command) -> Option<Run> {
    let began = Instant::now();
    let Ok(mut child) = command.spawn() else {
        println!("  SKIPPED: {name} is not installed");
        return None;
    };
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(peak_of(&child));
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let elapsed = began.elapsed();
    if !status.success() {
        println!("  SKIPPED: {name} failed ({status})");
        return None;
    }
    Some(Run { elapsed, peak_kib })
}

/// Returns the most memory a process ever held, as the system counts it; 0 where it does not.
fn peak_of(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Prints medians, and how often the first contender is as fast as each.
fn report(bars: usize, runs: &[Vec<Run>; CONTENDERS.len()]) {
    let ours = median(&runs[0]);
    for ((name, _), runs) in CONTENDERS.iter().zip(runs) {
        let Some(median) = median(runs) else { continue };
        let seconds = median.elapsed.as_secs_f64();
        let ratio = ours.map_or(0.0, |ours| seconds / ours.elapsed.as_secs_f64());
        println!(
            "  {name:8} {seconds:6.2} s, {:7.0} rows/s, {:4} MiB; mda is {ratio:.2} times as fast",
            bars as f64 / seconds,
            median.peak_kib / 1_024,
        );
    }
}

fn median(runs: &[Run]) -> Option<Run> {
    let mut runs = runs.to_vec();
    runs.sort_by_key(|run| run.elapsed);
    runs.get(runs.len() / 2).copied()
}
