//! The one road to stored bars: a cache in front of a store.
//!
//! Reads go through the cache, writes bump generations before they are acknowledged, so that no
//! reader of this process ever sees what a write has replaced.
