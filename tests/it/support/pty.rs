//! [`Session`]: the built program on a real pseudo-terminal, with a terminal emulator on the other
//! side.
//!
//! Every session has its own home, so nothing of the machine's user is read or written. It waits on
//! conditions, never for a fixed time; a condition that is not met within [`PATIENCE`] fails the
//! test with what is on the screen.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mda::runtime::{Clock, SystemClock};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use tempfile::TempDir;

/// How long anything may take: far more than it does, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How a session begins.
#[derive(Debug, Clone)]
pub(crate) struct Start<'a> {
    /// The program's arguments.
    pub(crate) args: &'a [&'a str],
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    /// Environment beyond the usual; an empty value removes a variable.
    pub(crate) env: &'a [(&'a str, &'a str)],
    /// A shell script that runs the program as `"$MDA" "$@"`, instead of running it alone.
    pub(crate) script: Option<&'a str>,
}

impl Default for Start<'_> {
    /// The simulated feed on 120x40.
    fn default() -> Self {
        Self {
            args: &["--feed", "simulated"],
            size: (120, 40),
            env: &[],
            script: None,
        }
    }
}

/// What came out of the program so far.
pub(crate) struct Seen {
    /// The emulated terminal.
    pub(crate) terminal: vt100::Parser,
    /// Every byte.
    pub(crate) bytes: Vec<u8>,
}

impl Seen {
    /// Returns the text on the screen.
    pub(crate) fn text(&self) -> String {
        self.terminal.screen().contents()
    }

    /// Returns the bytes as text, for searching.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Returns true while the alternate screen is shown.
    pub(crate) fn is_entered(&self) -> bool {
        self.terminal.screen().alternate_screen()
    }
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Option<Seen>>,
    more: Condvar,
    is_closed: AtomicBool,
    /// The reader waits with the lock's owner while this is true.
    is_paused: AtomicBool,
}

/// A running program and its terminal. Dropping it ends the program.
pub(crate) struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    /// Another handle on the program's side, for its modes.
    slave: Option<File>,
    modes_before: String,
    shared: Arc<Shared>,
    clock: SystemClock,
    _home: TempDir,
}

impl Session {
    /// Starts the program.
    pub(crate) fn start(start: &Start<'_>) -> Self {
        let (cols, rows) = start.size;
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let path = pair.master.tty_name().unwrap();
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let modes_before = modes_of(&slave);
        let home = tempfile::tempdir().unwrap();
        let child = pair
            .slave
            .spawn_command(command(start, home.path()))
            .unwrap();
        let shared = Arc::new(Shared::default());
        *shared.seen.lock().unwrap() = Some(Seen {
            terminal: vt100::Parser::new(cells(rows), cells(cols), 0),
            bytes: Vec::new(),
        });
        let reader = pair.master.try_clone_reader().unwrap();
        let kept = Arc::clone(&shared);
        std::thread::spawn(move || read_all(reader, &kept));
        Self {
            child,
            keyboard: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            slave: Some(slave),
            modes_before,
            shared,
            clock: SystemClock::new(),
            _home: home,
        }
    }

    /// Types text, control characters and sequences included.
    pub(crate) fn press(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut().expect("the terminal is open");
        keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Types text unless the program has ended already.
    pub(crate) fn press_if_running(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut().expect("the terminal is open");
        let _ended = keyboard.write_all(keys.as_bytes());
    }

    /// Waits until the text stands on the screen.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(text, |seen| seen.text().contains(text));
    }

    /// Waits until something is true of what came out; `what` names it when it never is.
    pub(crate) fn wait_until(&self, what: &str, is_met: impl Fn(&Seen) -> bool) {
        let deadline = self.clock.monotonic() + PATIENCE;
        let mut guard = self.lock();
        loop {
            let seen = guard.as_ref().unwrap();
            if is_met(seen) {
                return;
            }
            let left = deadline.saturating_sub(self.clock.monotonic());
            assert!(
                !left.is_zero(),
                "never: {what}; on the screen:\n{}\nlast bytes: {:?}",
                seen.text(),
                tail(&seen.raw())
            );
            guard = self
                .shared
                .more
                .wait_timeout(guard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits until no byte has come for `window`.
    pub(crate) fn wait_for_silence(&self, window: Duration) {
        let deadline = self.clock.monotonic() + PATIENCE;
        let mut guard = self.lock();
        loop {
            let before = guard.as_ref().unwrap().bytes.len();
            let (next, timeout) = self
                .shared
                .more
                .wait_timeout_while(guard, window, |seen| {
                    seen.as_ref().unwrap().bytes.len() == before
                })
                .unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                return;
            }
            guard = next;
            let seen = guard.as_ref().unwrap();
            assert!(
                self.clock.monotonic() < deadline,
                "never silent; last: {:?}",
                tail(&seen.raw())
            );
        }
    }

    /// Takes nothing out of the terminal from now on, as a stalled link.
    pub(crate) fn stall(&self) {
        self.shared.is_paused.store(true, Ordering::SeqCst);
    }

    /// Takes again what is there.
    pub(crate) fn flow(&self) {
        self.shared.is_paused.store(false, Ordering::SeqCst);
        self.shared.more.notify_all();
    }

    /// Looks at what came out so far.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(self.lock().as_ref().unwrap())
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        if let Some(seen) = self.lock().as_mut() {
            seen.terminal
                .screen_mut()
                .set_size(cells(rows), cells(cols));
        }
        let master = self.master.as_ref().expect("the terminal is open");
        master.resize(size(cols, rows)).unwrap();
    }

    /// Closes the terminal, as a killed terminal program does.
    pub(crate) fn hang_up(&mut self) {
        let mut slave = self.slave.take().expect("the terminal is open");
        // portable-pty types the end-of-file key when its writer goes; without such a key it types
        // nothing.
        let mut modes = tcgetattr(&slave).unwrap();
        modes.special_codes[SpecialCodeIndex::VEOF] = 0;
        tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
        self.keyboard.take();
        self.master.take();
        // The reader holds the last handle of our side; a byte wakes it, unless the program's own
        // did already.
        self.shared.is_closed.store(true, Ordering::SeqCst);
        let _closed_already = slave.write_all(b" ");
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Returns the process: the program, or the shell around it.
    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.process_id().expect("it was started");
        Pid::from_raw(id.cast_signed()).unwrap()
    }

    /// Waits for the end of the process.
    pub(crate) fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = self.clock.monotonic() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                self.clock.monotonic() < deadline,
                "never ended; on the screen:\n{}",
                self.look(Seen::text)
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Returns true when the process has ended within `patience`.
    pub(crate) fn is_ended_within(&mut self, patience: Duration) -> bool {
        let deadline = self.clock.monotonic() + patience;
        while self.clock.monotonic() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }

    /// Waits until the terminal is as it was before the program: screen, cursor, reports and modes.
    pub(crate) fn assert_restored(&self) {
        self.wait_until("the main screen", |seen| !seen.is_entered());
        self.look(|seen| {
            let raw = seen.raw();
            for sequence in ["\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1004l"] {
                assert!(
                    raw.contains(sequence),
                    "{sequence:?} not in {:?}",
                    tail(&raw)
                );
            }
            let screen = seen.terminal.screen();
            assert!(!screen.hide_cursor() && !screen.bracketed_paste());
        });
        assert_eq!(self.modes(), self.modes_before);
    }

    /// Returns the terminal's modes, to be compared.
    pub(crate) fn modes(&self) -> String {
        modes_of(self.slave.as_ref().expect("the terminal is open"))
    }

    /// Returns the modes before the program ran.
    pub(crate) fn modes_before(&self) -> &str {
        &self.modes_before
    }

    /// Returns the time by the session's clock.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Returns how long ago `begin` was by the session's clock.
    pub(crate) fn since(&self, begin: Duration) -> Duration {
        self.elapsed().saturating_sub(begin)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Seen>> {
        self.shared
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It has mostly ended; a test that failed leaves it running, and the shell's jobs with it.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn command(start: &Start<'_>, home: &Path) -> CommandBuilder {
    let program = env!("CARGO_BIN_EXE_mda");
    let mut command = match start.script {
        None => CommandBuilder::new(program),
        Some(script) => {
            let mut shell = CommandBuilder::new("bash");
            shell.args(["--norc", "-c", script, "bash"]);
            shell
        }
    };
    command.args(start.args);
    command.env_clear();
    command.cwd(home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("MDA", program);
    command.env("HOME", home);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command.env("LANG", "C.UTF-8");
    for (variable, folder) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        let folder = home.join(folder);
        std::fs::create_dir(&folder).unwrap();
        command.env(variable, folder);
    }
    for (variable, value) in start.env {
        if value.is_empty() {
            command.env_remove(variable);
        } else {
            command.env(variable, value);
        }
    }
    command
}

fn read_all(mut reader: Box<dyn Read + Send>, shared: &Shared) {
    let mut chunk = [0; 8192];
    while let Ok(length @ 1..) = reader.read(&mut chunk) {
        if shared.is_closed.load(Ordering::SeqCst) {
            return;
        }
        let mut guard = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = guard.as_mut() {
            seen.terminal.process(&chunk[..length]);
            seen.bytes.extend_from_slice(&chunk[..length]);
        }
        shared.more.notify_all();
        let stalled = shared
            .more
            .wait_while(guard, |_| shared.is_paused.load(Ordering::SeqCst));
        drop(stalled);
    }
}

fn modes_of(slave: &File) -> String {
    format!("{:?}", tcgetattr(slave).unwrap())
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(600);
    let start = (start..text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(0)..]
}
