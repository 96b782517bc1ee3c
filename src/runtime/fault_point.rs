//! [`fault_point`]: a named place at which a test can end the process as `kill -9` does.
//!
//! Without the feature `faults` it is nothing.

/// Ends the process here, without a chance to say goodbye, when `MDA_FAULT` is `kill-at:NAME:N` and
/// this is the `N`th time that `name` is reached.
#[cfg(feature = "faults")]
pub fn fault_point(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    static PLAN: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let fault = std::env::var("MDA_FAULT").ok()?;
        let (name, times) = fault.strip_prefix("kill-at:")?.rsplit_once(':')?;
        Some((name.to_owned(), times.parse().ok()?))
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);

    let Some((wanted, times)) = &*PLAN else {
        return;
    };
    if wanted == name && REACHED.fetch_add(1, Ordering::AcqRel) + 1 == *times {
        kill_process(getpid(), Signal::KILL).expect("a process may end itself");
    }
}

/// Does nothing: this build knows no faults.
#[cfg(not(feature = "faults"))]
#[inline]
pub const fn fault_point(_name: &str) {}
