//! Coinbase Exchange: its grammar, and how it is read.

mod decode;
#[cfg(test)]
mod tests;

pub(in crate::feed) use decode::Coinbase;
