//! What several areas' tests share.

pub(crate) mod venue_server;
