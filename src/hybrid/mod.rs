//! The one road to stored bars: a cache in front of a store.
//!
//! ```text
//!   read ──▶ cache ──hit──▶ answer            write ──▶ mark ──▶ store ──▶ bump ──▶ answer
//!              │ miss                                    (its parts are not cached meanwhile)
//!              ▼
//!         one load for all who ask ──▶ store ──▶ kept if no write came in between
//! ```
//!
//! [`CachedStore`] is a store itself, so that the writer of live bars, imports, queries and viewers
//! all take the same road, and no reader of this process ever sees what a write has replaced. It
//! adds no failure of its own: what it cannot answer from memory it asks of the store.

mod answer;
mod flight;
mod forward;
mod latencies;
mod store;
mod through;

pub use store::CachedStore;
