//! Market Data Agent: a terminal dashboard and the market-data backend it drives, in one process.

pub mod api;
pub mod domain;
pub mod runtime;
pub mod tui;
