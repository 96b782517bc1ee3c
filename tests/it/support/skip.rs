//! Skipping aloud: a test that cannot run here says so, and the closing summary repeats it.
//!
//! `tests/run.sh` collects the lines that begin with `SKIPPED: ` from the output of all tests.

use std::path::PathBuf;

/// Says that the running test is skipped, and why. The caller returns right after.
pub(crate) fn skip(reason: &str) {
    let thread = std::thread::current();
    println!("SKIPPED: {}: {reason}", thread.name().unwrap_or("a test"));
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
