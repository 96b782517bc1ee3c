//! What integration tests of several areas share.

pub(crate) mod skip;
pub(crate) mod source;
