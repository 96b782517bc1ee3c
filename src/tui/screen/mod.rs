//! The picture, part by part: top bar, panes, footer, windows. Each file draws one of them from a
//! [`Scene`].
//!
//! Every pane draws all its states (nothing yet, live, stale, failed) and is clipped to its area;
//! none of them keeps anything.

mod chart;
mod chrome;
mod columns;
mod feeds;
mod health;
mod logs;
mod overlay;
mod quote;
mod scene;
mod tape;
mod tickers;

pub(crate) use scene::{Scene, draw};
