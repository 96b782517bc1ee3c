//! The one integration-test binary: `mod` lines only, in alphabetical order.

mod pty;
mod support;
