//! What several areas need to look at the product from outside.

pub(crate) mod picture;
