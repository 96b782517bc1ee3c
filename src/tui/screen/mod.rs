//! The picture, part by part: top bar, panes, footer, windows. Each file draws one of them from a
//! [`Scene`].
//!
//! Every pane draws all its states (nothing yet, live, stale, failed) and is clipped to its area;
//! none of them keeps anything.

mod cache;
mod chart;
mod chrome;
mod columns;
mod feeds;
mod health;
mod hints;
mod imports;
mod latency;
mod logs;
mod overlay;
mod quote;
mod scene;
mod strip;
mod tape;
mod tickers;

pub(crate) use imports::{detail_scroll_max, rejects_page, review_scroll_max};
pub(crate) use scene::{Scene, draw};
