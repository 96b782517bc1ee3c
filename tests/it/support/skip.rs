//! Skipping aloud: a test that cannot run here says so, and the closing summary repeats it.
//!
//! `tests/run.sh` names a file in `MDA_SKIP_LOG`; each skip adds a line to it, since a test runner
//! hides what passing tests print.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Says that the running test is skipped, and why. The caller returns right after.
pub(crate) fn skip(reason: &str) {
    let thread = std::thread::current();
    let test = std::env::var("NEXTEST_TEST_NAME")
        .unwrap_or_else(|_| thread.name().unwrap_or("unnamed test").to_owned());
    let line = format!("SKIPPED: {test}: {reason}\n");
    print!("{line}");
    if let Some(path) = std::env::var_os("MDA_SKIP_LOG") {
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .expect("MDA_SKIP_LOG names a file that can be written");
        log.write_all(line.as_bytes())
            .expect("the skip log takes a line");
    }
}

/// Returns the path of a file of the shared test data, or skips the test when it is not here.
///
/// The data lies beside the repository, in `../shared/data`; `MDA_SHARED_DATA` names another place.
pub(crate) fn shared_data(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MDA_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    skip(&format!(
        "no shared test data `{file}` (set MDA_SHARED_DATA)"
    ));
    None
}
