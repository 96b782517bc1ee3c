//! The market values, held against independent computations.
//!
//! Decimals against the `bigdecimal` crate, bars against a naive recomputation, periods against a
//! calendar algorithm of our own.

mod decimal;
mod naive;
mod names;
mod quality;
mod resample;
mod timeframe;
mod wire;
