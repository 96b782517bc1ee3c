//! Market events from every feed to every service, in process.
//!
//! One bounded queue per subscriber, filled without ever waiting: a slow subscriber loses events by
//! its own rule and its counters say so; it never slows a feed or another subscriber. The bus keeps
//! nothing: who subscribes late has missed what came before. A subscriber that is gone is forgotten
//! at the next event.

mod fan_out;

pub use fan_out::Bus;
