//! The one integration test binary: each module below is one area, `support` is shared by all.

// `cfg(test)` tells clippy that their helper functions are test code too.
#[cfg(test)]
mod screens;
#[cfg(test)]
mod support;
