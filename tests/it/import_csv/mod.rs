//! Text files cut into chunks and records, held against the `csv` crate, real files and damage.

mod corpus;
mod damage;
mod structure;
mod support;
mod tiling;
