//! Stores: the suite that every store passes, what is SQLite's own, and the writer of live bars.

mod care;
mod conformance;
mod failures;
mod importing;
mod properties;
mod sqlite;
mod support;
mod undoing;
mod writer;
