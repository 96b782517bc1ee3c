//! The one integration-test binary: `mod` lines only, in alphabetical order.

mod agent;
mod architecture;
mod config;
mod docs;
mod domain;
mod feed;
mod pty;
mod screens;
mod support;
mod tidy;
