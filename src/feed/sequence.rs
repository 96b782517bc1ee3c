//! [`TradeSequence`]: which trades are missing, judged by the venue's own numbers. Pure.
//!
//! A venue numbers the trades of a symbol one by one. A number that jumps tells of trades that
//! never came; a number seen before tells of a repetition, which is dropped. A heartbeat that has
//! been ahead of us for [`PATIENCE`] tells of missing trades where no later trade has come to show
//! the jump. A jump wider than [`JUMP_MAX`], either way, is taken as a new numbering, so that one
//! corrupt number does not make every later trade look old.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::{FeedGap, Symbol, Timestamp, Trade};

/// How long a heartbeat may be ahead of the trades that arrived: they travel on the same
/// connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// The widest jump that is believed.
const JUMP_MAX: u64 = 1_000_000;

/// What becomes of a trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the next one, or the first.
    Next,
    /// It is new, and those before it are missing.
    AfterGap(FeedGap),
    /// It was seen before: drop it.
    Repeated,
}

/// The numbers seen so far, by symbol.
#[derive(Debug, Default)]
pub(super) struct TradeSequence {
    symbols: HashMap<Symbol, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    last: Option<u64>,
    /// A number that a heartbeat told and no trade has reached yet, and since when.
    promised: Option<(u64, Timestamp)>,
}

impl TradeSequence {
    /// Judges a trade that arrived. A trade without a number is always next.
    pub(super) fn trade(&mut self, trade: &Trade) -> Verdict {
        let Some(id) = trade.trade_id else {
            return Verdict::Next;
        };
        let seen = self.symbols.entry(trade.symbol.clone()).or_default();
        let last = seen.last.filter(|last| last.abs_diff(id) <= JUMP_MAX);
        if last.is_some_and(|last| id <= last) {
            return Verdict::Repeated;
        }
        // The last trade before a subscription is shown, but reaches no bar: after a reconnect it
        // is one of the missing.
        let expected_at_latest = if trade.is_snapshot {
            id.saturating_add(1)
        } else {
            id
        };
        seen.reach(id);
        match last.map(|last| last.saturating_add(1)) {
            Some(from) if from < expected_at_latest => Verdict::AfterGap(FeedGap {
                symbol: trade.symbol.clone(),
                from,
                to: expected_at_latest - 1,
            }),
            _ => Verdict::Next,
        }
    }

    /// Judges a heartbeat: returns what is missing once it has been ahead of us for long.
    pub(super) fn heartbeat(
        &mut self,
        symbol: &Symbol,
        last_trade_id: u64,
        now: Timestamp,
    ) -> Option<FeedGap> {
        let seen = self.symbols.entry(symbol.clone()).or_default();
        if seen.last.is_some_and(|last| last_trade_id <= last) {
            return None;
        }
        let (promised, since) = *seen.promised.get_or_insert((last_trade_id, now));
        if now.since(since) < PATIENCE {
            return None;
        }
        let last = seen
            .last
            .filter(|last| promised.abs_diff(*last) <= JUMP_MAX);
        seen.reach(promised);
        last.map(|last| FeedGap {
            symbol: symbol.clone(),
            from: last + 1,
            to: promised,
        })
    }
}

impl Seen {
    fn reach(&mut self, id: u64) {
        self.last = Some(id);
        self.promised = self.promised.filter(|(promised, _)| *promised > id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AggressorSide, Price, Volume};

    fn symbol() -> Symbol {
        Symbol::parse("BTC-USD").unwrap()
    }

    fn trade(id: u64) -> Trade {
        Trade {
            symbol: symbol(),
            ts_event: Timestamp::EPOCH,
            ts_recv: Timestamp::EPOCH,
            price: Price::from_scaled(1),
            size: Volume::from_scaled(1).unwrap(),
            aggressor_side: AggressorSide::Buy,
            trade_id: Some(id),
            is_snapshot: false,
        }
    }

    fn last_match(id: u64) -> Trade {
        Trade {
            is_snapshot: true,
            ..trade(id)
        }
    }

    fn gap(from: u64, to: u64) -> FeedGap {
        FeedGap {
            symbol: symbol(),
            from,
            to,
        }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn numbers_that_rise_by_one_miss_nothing() {
        let mut sequence = TradeSequence::default();
        assert_eq!(sequence.trade(&last_match(7)), Verdict::Next);
        assert_eq!(sequence.trade(&trade(8)), Verdict::Next);
        assert_eq!(sequence.trade(&trade(9)), Verdict::Next);
    }

    #[test]
    fn a_jump_names_what_is_missing() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(sequence.trade(&trade(12)), Verdict::AfterGap(gap(9, 11)));
        assert_eq!(sequence.trade(&trade(13)), Verdict::Next);
    }

    #[test]
    fn repeated_and_older_numbers_are_dropped() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(sequence.trade(&trade(8)), Verdict::Repeated);
        assert_eq!(sequence.trade(&trade(3)), Verdict::Repeated);
        assert_eq!(sequence.trade(&last_match(8)), Verdict::Repeated);
        assert_eq!(sequence.trade(&trade(9)), Verdict::Next);
    }

    #[test]
    fn what_was_traded_during_an_outage_is_missing_up_to_the_last_match() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(
            sequence.trade(&last_match(11)),
            Verdict::AfterGap(gap(9, 11))
        );
        assert_eq!(sequence.trade(&trade(12)), Verdict::Next);
    }

    #[test]
    fn one_corrupt_number_does_not_silence_the_symbol() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(sequence.trade(&trade(u64::MAX - 1)), Verdict::Next);
        assert_eq!(sequence.trade(&trade(9)), Verdict::Next);
        assert_eq!(sequence.trade(&trade(10)), Verdict::Next);
    }

    #[test]
    fn a_heartbeat_ahead_for_long_tells_of_missing_trades() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(sequence.heartbeat(&symbol(), 10, at(0)), None);
        assert_eq!(sequence.heartbeat(&symbol(), 11, at(1)), None);
        assert_eq!(sequence.heartbeat(&symbol(), 11, at(3)), Some(gap(9, 10)));
        assert_eq!(sequence.heartbeat(&symbol(), 11, at(4)), None);
        assert_eq!(sequence.heartbeat(&symbol(), 11, at(7)), Some(gap(11, 11)));
        assert_eq!(sequence.trade(&trade(12)), Verdict::Next);
    }

    #[test]
    fn a_heartbeat_that_is_caught_up_with_tells_nothing() {
        let mut sequence = TradeSequence::default();
        sequence.trade(&trade(8));
        assert_eq!(sequence.heartbeat(&symbol(), 9, at(0)), None);
        sequence.trade(&trade(9));
        assert_eq!(sequence.heartbeat(&symbol(), 9, at(10)), None);
    }

    #[test]
    fn a_heartbeat_before_any_trade_only_begins_the_numbering() {
        let mut sequence = TradeSequence::default();
        assert_eq!(sequence.heartbeat(&symbol(), 20, at(0)), None);
        assert_eq!(sequence.heartbeat(&symbol(), 20, at(5)), None);
        assert_eq!(sequence.trade(&trade(22)), Verdict::AfterGap(gap(21, 21)));
    }
}
