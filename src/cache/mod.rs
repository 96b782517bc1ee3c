//! Values kept in memory in front of a store: classes, weights in bytes, expiry, counters.
//!
//! It knows neither bars' meaning nor where values come from; whoever fills it decides what is
//! still true.
