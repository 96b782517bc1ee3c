//! Market Data Agent: a terminal dashboard and the market-data backend it drives, in one process.

pub mod agent;
pub mod api;
pub mod bus;
pub mod cache;
pub mod cli;
pub mod client;
pub mod config;
pub mod domain;
pub mod feed;
pub mod hybrid;
pub mod import;
pub mod quality;
pub mod runtime;
pub mod storage;
pub mod telemetry;
pub mod tui;
