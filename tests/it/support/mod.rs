//! What several areas' tests share.

// `cfg(test)` is always true here; clippy allows `unwrap` in helpers only where it is written.
#[cfg(test)]
pub(crate) mod venue_server;
