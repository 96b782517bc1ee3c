//! [`Subscription`]: what was asked of the venue on this connection, and what it said. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::words;
use crate::domain::Symbol;

/// The symbols of one connection, each taken, refused or unanswered.
#[derive(Debug)]
pub(super) struct Subscription {
    wanted: Vec<Symbol>,
    confirmed: BTreeSet<Symbol>,
    refused: BTreeMap<Symbol, String>,
    /// When the last request was sent, by the monotonic clock.
    asked: Duration,
    is_answered: bool,
}

/// What a complaint of the venue means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Complaint {
    /// It named symbols of ours before confirming any: ask again for the others.
    AskAgain(Vec<Symbol>),
    /// Nothing is left that could be subscribed to.
    NothingLeft,
    /// It named none, and nothing is confirmed yet: the request as a whole is refused.
    Whole,
    /// The subscription stands; the venue is unhappy about something.
    Other,
}

impl Subscription {
    pub(super) fn new(wanted: Vec<Symbol>, now: Duration) -> Self {
        Self {
            wanted,
            confirmed: BTreeSet::new(),
            refused: BTreeMap::new(),
            asked: now,
            is_answered: false,
        }
    }

    /// Returns true once every symbol is answered, or the wait for the rest is over.
    pub(super) const fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// Takes the venue's word for what is subscribed to; it names the whole set each time.
    pub(super) fn confirm(&mut self, symbols: Vec<Symbol>) {
        let ours = |symbol: &Symbol| self.wanted.contains(symbol);
        self.confirmed = symbols.into_iter().filter(ours).collect();
        let is_complete = self.open().next().is_none();
        self.is_answered |= is_complete;
    }

    /// Ends the wait when it is over; returns true when it ended now.
    pub(super) fn give_up_waiting(&mut self, now: Duration, limit: Duration) -> bool {
        let is_over = !self.is_answered && now.saturating_sub(self.asked) >= limit;
        self.is_answered |= is_over;
        is_over
    }

    /// Takes a complaint in, in the venue's words.
    pub(super) fn complain(&mut self, said: &str, now: Duration) -> Complaint {
        if self.is_answered {
            return Complaint::Other;
        }
        let named: Vec<Symbol> = self.open().filter(|symbol| names(said, symbol)).collect();
        if named.is_empty() {
            return Complaint::Whole;
        }
        for symbol in named {
            self.refused.insert(symbol, words::quoted(said));
        }
        let left: Vec<Symbol> = self.open().collect();
        if left.is_empty() && self.confirmed.is_empty() {
            return Complaint::NothingLeft;
        }
        self.asked = now;
        Complaint::AskAgain(left)
    }

    pub(super) fn confirmed(&self) -> usize {
        self.confirmed.len()
    }

    pub(super) fn wanted(&self) -> usize {
        self.wanted.len()
    }

    /// Lists what is not subscribed to, each with the reason; without those that may still be
    /// answered.
    pub(super) fn rejected(&self, ack_timeout: Duration) -> Vec<String> {
        let unanswered = format!("not confirmed within {}", words::secs(ack_timeout));
        self.wanted
            .iter()
            .filter(|symbol| !self.confirmed.contains(*symbol))
            .filter_map(|symbol| match self.refused.get(symbol) {
                Some(said) => Some(format!("{symbol}: {said}")),
                None => self.is_answered.then(|| format!("{symbol}: {unanswered}")),
            })
            .collect()
    }

    /// The symbols without an answer.
    fn open(&self) -> impl Iterator<Item = Symbol> {
        self.wanted
            .iter()
            .filter(|symbol| {
                !self.confirmed.contains(*symbol) && !self.refused.contains_key(*symbol)
            })
            .cloned()
    }
}

/// Returns true when `said` holds the symbol as a word of its own.
fn names(said: &str, symbol: &Symbol) -> bool {
    said.split(|c: char| !(c.is_ascii_alphanumeric() || "-_/.".contains(c)))
        .map(|word| word.trim_end_matches('.'))
        .any(|word| word.eq_ignore_ascii_case(symbol.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    fn symbols(names: &[&str]) -> Vec<Symbol> {
        names
            .iter()
            .map(|name| Symbol::parse(name).unwrap())
            .collect()
    }

    fn subscription() -> Subscription {
        Subscription::new(symbols(&["BTC-USD", "ETH-USD", "FOO-USD"]), Duration::ZERO)
    }

    #[test]
    fn it_is_answered_when_every_symbol_is_confirmed() {
        let mut subscription = subscription();
        subscription.confirm(symbols(&["BTC-USD", "XRP-USD"]));
        assert!(!subscription.is_answered());
        assert!(subscription.rejected(LIMIT).is_empty());
        subscription.confirm(symbols(&["ETH-USD", "BTC-USD", "FOO-USD"]));
        assert!(subscription.is_answered());
        assert_eq!(subscription.confirmed(), 3);
    }

    #[test]
    fn what_stays_unanswered_is_rejected_after_the_wait_and_taken_back_when_it_comes() {
        let mut subscription = subscription();
        subscription.confirm(symbols(&["BTC-USD", "ETH-USD"]));
        assert!(!subscription.give_up_waiting(Duration::from_secs(4), LIMIT));
        assert!(subscription.give_up_waiting(LIMIT, LIMIT));
        assert_eq!(
            subscription.rejected(LIMIT),
            ["FOO-USD: not confirmed within 5 s"]
        );
        subscription.confirm(symbols(&["BTC-USD", "ETH-USD", "FOO-USD"]));
        assert!(subscription.rejected(LIMIT).is_empty());
    }

    #[test]
    fn a_complaint_that_names_a_symbol_refuses_that_one_and_asks_for_the_rest() {
        let mut subscription = subscription();
        let said = "Failed to subscribe: FOO-USD is not a valid product";
        let next = subscription.complain(said, Duration::from_secs(3));
        assert_eq!(next, Complaint::AskAgain(symbols(&["BTC-USD", "ETH-USD"])));
        assert_eq!(subscription.rejected(LIMIT), [format!("FOO-USD: {said}")]);
        assert!(!subscription.give_up_waiting(Duration::from_secs(7), LIMIT));
        subscription.confirm(symbols(&["BTC-USD", "ETH-USD"]));
        assert!(subscription.is_answered());
    }

    #[test]
    fn a_symbol_inside_another_word_is_not_named() {
        let mut subscription = Subscription::new(symbols(&["C-USD"]), Duration::ZERO);
        let next = subscription.complain("BTC-USD is not valid", Duration::ZERO);
        assert_eq!(next, Complaint::Whole);
        let next = subscription.complain("no product c-usd.", Duration::ZERO);
        assert_eq!(next, Complaint::NothingLeft);
    }

    #[test]
    fn a_complaint_after_the_answer_leaves_the_subscription_as_it_is() {
        let mut subscription = subscription();
        subscription.confirm(symbols(&["BTC-USD", "ETH-USD", "FOO-USD"]));
        assert_eq!(
            subscription.complain("FOO-USD halted", Duration::ZERO),
            Complaint::Other
        );
        assert!(subscription.rejected(LIMIT).is_empty());
    }
}
