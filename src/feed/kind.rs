//! [`data_kind_of`]: what a source's values are, by its name alone.

use crate::domain::{DataKind, Source};

/// Returns whether the values of `source` are of the market now, then, or of none: its name begins
/// with that of its feed.
pub fn data_kind_of(source: &Source) -> DataKind {
    match source.as_str().split('.').next() {
        Some("replay") => DataKind::Replay,
        Some("simulated") => DataKind::Simulated,
        Some(_) | None => DataKind::Live,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_of_the_kind_of_its_feed() {
        let kind = |text: &str| data_kind_of(&Source::parse(text).unwrap());
        assert_eq!(kind("coinbase.trades"), DataKind::Live);
        assert_eq!(kind("replay.coinbase.trades"), DataKind::Replay);
        assert_eq!(kind("simulated"), DataKind::Simulated);
    }
}
