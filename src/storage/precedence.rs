//! [`Precedence`]: which source answers when none is asked for.

use std::collections::HashMap;

use crate::domain::{Source, Symbol};

/// The order in which sources are asked: the symbol's own list, else the list for all; those that
/// no list names follow in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precedence {
    /// For symbols without a list of their own.
    pub global: Vec<Source>,
    /// For single symbols.
    pub by_symbol: HashMap<Symbol, Vec<Source>>,
}

impl Precedence {
    /// Puts sources of `symbol` into the order in which they are asked.
    pub fn sort(&self, symbol: &Symbol, sources: &mut [Source]) {
        sources.sort_by(|a, b| self.rank(symbol, a).cmp(&self.rank(symbol, b)));
    }

    /// Returns a key that is smaller the earlier a source is asked.
    pub(super) fn rank<'a>(&self, symbol: &Symbol, source: &'a Source) -> (usize, &'a Source) {
        let list = self.by_symbol.get(symbol).unwrap_or(&self.global);
        let place = list.iter().position(|listed| listed == source);
        (place.unwrap_or(usize::MAX), source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(precedence: &Precedence, symbol: &str) -> String {
        let mut sources = ["yahoo", "kraken", "coinbase"].map(|name| Source::parse(name).unwrap());
        precedence.sort(&Symbol::parse(symbol).unwrap(), &mut sources);
        sources.map(|source| source.to_string()).join(" ")
    }

    #[test]
    fn without_a_list_the_alphabet_rules() {
        assert_eq!(
            sorted(&Precedence::default(), "BTC-USD"),
            "coinbase kraken yahoo"
        );
    }

    #[test]
    fn the_list_of_the_symbol_comes_before_the_list_for_all() {
        let precedence = Precedence {
            global: vec![Source::parse("kraken").unwrap()],
            by_symbol: [(
                Symbol::parse("AAPL").unwrap(),
                vec![Source::parse("yahoo").unwrap()],
            )]
            .into(),
        };
        assert_eq!(sorted(&precedence, "BTC-USD"), "kraken coinbase yahoo");
        assert_eq!(sorted(&precedence, "AAPL"), "yahoo coinbase kraken");
    }
}
