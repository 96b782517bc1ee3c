//! The one integration test binary: each module below is one area, `support` is shared by all.

mod screens;
mod support;
