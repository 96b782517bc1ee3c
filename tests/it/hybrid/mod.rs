//! The cache in front of a store: never stale, one load for many, and the documents about it.

mod documented;
mod double;
mod equality;
mod races;
mod sharing;
