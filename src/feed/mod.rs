//! Feeds: from a venue's messages to [`crate::domain::MarketEvent`]s on the bus.
//!
//! ```text
//!  venue ── frames ──▶ session ──▶ venue/* decodes ──▶ outlet: sequence, bars ──▶ bus
//!  capture file ─────▶ replay/frames ──────┘               ▲
//!  bars in the program ─▶ replay/bundled ──────────────────┼────────────────────▶ bus
//!  dice ─────────────▶ simulated ──────────────────────────┘
//! ```
//!
//! One supervised task per feed; [`FeedHandle`] is the owner's hold on it. A feed fails by its
//! mode: it never ends the program. What cannot be decoded is counted and passed over; what is
//! missing is published as a gap; a lost connection is opened again after a jittered wait. Feeds
//! store nothing and know no viewer.
//!
//! The source of an event begins with the name of its feed, up to the first dot: `coinbase`,
//! `coinbase.trades` (bars made of its trades), `replay.coinbase`, `replay.stocks`,
//! `simulated.trades`.

mod bars;
mod config;
mod connect;
mod handle;
mod kind;
mod lag;
mod live;
mod mode;
mod orders;
mod outlet;
mod replay;
mod sequence;
mod session;
mod simulated;
mod spec;
mod status;
mod subscription;
mod venue;
mod words;

pub use config::FeedConfig;
pub use connect::try_coinbase;
pub use handle::{FeedContext, FeedHandle, start};
pub use kind::data_kind_of;
pub use outlet::OPEN_BARS_MAX;
pub use replay::BUNDLED_SYMBOLS;
pub use spec::{
    DEFAULT_COINBASE_SYMBOLS, DEFAULT_SIMULATED_SYMBOLS, FeedSpec, FeedSpecError, ReplayFrom,
    ReplaySpeed, SimulatedSymbols, SpeedError,
};
