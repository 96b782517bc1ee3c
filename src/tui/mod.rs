//! The dashboard.
mod terminal;
