//! What a panic does while the dashboard holds the terminal.
//!
//! A panic of the dashboard itself gives the terminal back first and then tells, in one message,
//! what failed and where the log is. A panic of any other task is the supervisor's business:
//! nothing is printed over the screen, and the log gets it. Which of the two it is, a mark on the
//! thread tells: it is set while the dashboard's future is polled, so it holds on any runtime, and
//! names the dashboard, so that one gives back no other's terminal (tests run several at once).
//! Without a dashboard the hook that was there before does its work.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::Write;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::guard::Modes;

thread_local! {
    /// The dashboard that this thread polls.
    static DASHBOARD: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Every terminal in our hands, with the dashboard that took it.
static HELD: Mutex<Vec<(Option<u64>, Arc<Modes>)>> = Mutex::new(Vec::new());
static NEXT_DASHBOARD: AtomicU64 = AtomicU64::new(0);
static LOG_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);
static INSTALL: Once = Once::new();

/// Runs `dashboard` so that a panic in it is known as the dashboard's.
pub(crate) async fn as_dashboard<F: Future + Send>(dashboard: F) -> F::Output {
    let mut dashboard: Pin<Box<F>> = Box::pin(dashboard);
    let id = NEXT_DASHBOARD.fetch_add(1, Ordering::Relaxed);
    poll_fn(move |context| {
        let _mark = Mark::set(id);
        dashboard.as_mut().poll(context)
    })
    .await
}

/// Names the log that a panic message points to.
pub(crate) fn set_log_file(path: Option<&Path>) {
    *lock(&LOG_FILE) = path.map(Path::to_path_buf);
}

/// From now on a panic of the dashboard that is polled gives these modes back.
pub(super) fn hold(modes: &Arc<Modes>) {
    lock(&HELD).push((DASHBOARD.get(), Arc::clone(modes)));
    INSTALL.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| on_panic(panic, &before)));
    });
}

/// These modes are given back; without others, panics are as they were.
pub(super) fn release(modes: &Arc<Modes>) {
    lock(&HELD).retain(|(_, held)| !Arc::ptr_eq(held, modes));
}

struct Mark {
    before: Option<u64>,
}

impl Mark {
    fn set(dashboard: u64) -> Self {
        Self {
            before: DASHBOARD.replace(Some(dashboard)),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        DASHBOARD.set(self.before);
    }
}

fn on_panic(panic: &PanicHookInfo<'_>, before: &(dyn Fn(&PanicHookInfo<'_>) + Send + Sync)) {
    // Cloned, so that nothing is done under the lock.
    let held = lock(&HELD).clone();
    if held.is_empty() {
        before(panic);
        return;
    }
    let failed = DASHBOARD.get();
    let mut own = held
        .iter()
        .filter(|(id, _)| failed.is_some() && *id == failed);
    if let Some((_, modes)) = own.next() {
        modes.leave();
        tell(panic);
    } else if !held.iter().any(|(_, modes)| modes.is_entered()) {
        before(panic);
    }
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "panicked: {}", message_of(panic));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(String::new, |location| format!(" (at {location})"));
    let log = lock(&LOG_FILE).as_ref().map_or_else(String::new, |path| {
        format!("; the log is `{}`", path.display())
    });
    let message = message_of(panic);
    // There is no other place left to tell it.
    let _unheard = writeln!(
        std::io::stderr().lock(),
        "mda: the dashboard failed: {message}{place}{log}"
    );
}

fn message_of<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = panic.payload();
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
