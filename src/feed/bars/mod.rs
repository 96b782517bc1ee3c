//! Bars out of trades; pure. See [`BarBuilder`].

mod builder;
#[cfg(test)]
mod tests;

pub(super) use builder::BarBuilder;
