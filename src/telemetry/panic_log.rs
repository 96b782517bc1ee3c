//! [`install_panic_log`]: a panic is a log line, not a scar on the screen.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};
use std::thread;

use tracing::error;
use tracing::field::display;

use crate::runtime::panic_words;

/// Makes every panic of this process an ERROR line with thread, place, words and, where
/// `RUST_BACKTRACE` asks for it, the backtrace. Replaces the hook that prints to stderr. The
/// terminal wraps its own hook around this one.
pub fn install_panic_log() {
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let thread = thread::current();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| display(backtrace));
    error!(
        thread = thread.name().unwrap_or("unnamed"),
        location = panic.location().map(display),
        backtrace,
        "panicked: {}",
        panic_words(panic.payload()),
    );
}
