//! What integration tests of several areas share.

pub(crate) mod pty;
