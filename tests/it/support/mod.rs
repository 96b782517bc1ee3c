//! What integration tests of several areas share.

pub(crate) mod log;
pub(crate) mod picture;
pub(crate) mod pty;
pub(crate) mod served;
pub(crate) mod skip;
pub(crate) mod source;
pub(crate) mod venue_server;
pub(crate) mod viewer;

pub(crate) use log::log;
