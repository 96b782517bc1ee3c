//! [`BarBuilder`]: bars out of trades. Pure: no clock, no bus; the caller brings trades and the
//! time.
//!
//! A bar is made by its trades only, in any order of arrival: open and close are the trades first
//! and last by venue time (then by trade id, then by arrival), the VWAP is exact. A minute without
//! trades makes no bar. The last `kept` bars stay open to late trades, each of which rewrites its
//! closed bar; a trade older than that is counted and left out. A trade that was executed before we
//! subscribed ([`Trade::is_snapshot`]) belongs to no bar.

use std::collections::BTreeMap;

use crate::domain::{Bar, EventKind, Price, Source, Symbol, Timeframe, Timestamp, Trade, Volume};

/// Builds bars of one timeframe for any number of symbols.
#[derive(Debug)]
pub(in crate::feed) struct BarBuilder {
    timeframe: Timeframe,
    source: Source,
    kept: u32,
    series: BTreeMap<Symbol, Series>,
    too_late: u64,
    /// No forming bar ends before this, so that looking at the time costs nothing until then.
    next_end: Option<Timestamp>,
}

/// The bars of one symbol that can still change, by open time. All but the newest are closed.
#[derive(Debug, Default)]
struct Series {
    bars: BTreeMap<Timestamp, Growing>,
}

/// A bar and what is needed to go on with it.
#[derive(Debug)]
struct Growing {
    bar: Bar,
    first: TradeOrder,
    last: TradeOrder,
    /// Σ price × size in steps of 10⁻¹⁶; `None` once it exceeded 128 bits: then the bar tells no
    /// VWAP.
    notional: Option<i128>,
    is_closed: bool,
}

/// Where a trade stands among the trades of its bar.
type TradeOrder = (Timestamp, Option<u64>);

impl BarBuilder {
    /// Keeps the newest `kept` bars of a symbol open to late trades; at least the one that is
    /// forming.
    pub(in crate::feed) fn new(timeframe: Timeframe, source: Source, kept: u32) -> Self {
        Self {
            timeframe,
            source,
            kept: kept.max(1),
            series: BTreeMap::new(),
            too_late: 0,
            next_end: None,
        }
    }

    /// The source its bars are labelled with.
    pub(in crate::feed) const fn source(&self) -> &Source {
        &self.source
    }

    /// Trades that came after their bar had left the kept ones.
    pub(in crate::feed) const fn too_late(&self) -> u64 {
        self.too_late
    }

    /// Takes a trade in, and appends what it changed: the bar it closed, then the newest state of
    /// its own.
    pub(in crate::feed) fn add(&mut self, trade: &Trade, changes: &mut Vec<EventKind>) {
        if trade.is_snapshot {
            return;
        }
        let open = self.timeframe.open_of(trade.ts_event);
        let series = self.series.entry(trade.symbol.clone()).or_default();
        let newest = series.newest().unwrap_or(open);
        let reach = self.timeframe.duration().saturating_mul(self.kept - 1);
        if open < newest.minus(reach) {
            self.too_late += 1;
            return;
        }
        if open > newest {
            series.close_newest(changes);
            series.forget_before(open.minus(reach));
        }
        let (timeframe, source) = (self.timeframe, &self.source);
        let growing = series
            .bars
            .entry(open)
            .and_modify(|growing| growing.add(trade))
            .or_insert_with(|| Growing::of(trade, timeframe, source));
        growing.is_closed |= open < newest;
        changes.push(growing.event());
        let end = timeframe.close_of(open);
        self.next_end = Some(self.next_end.map_or(end, |next_end| next_end.min(end)));
    }

    /// Closes every bar that ended at or before `now`, in order of symbols.
    pub(in crate::feed) fn advance(&mut self, now: Timestamp, changes: &mut Vec<EventKind>) {
        if self.next_end.is_none_or(|next_end| now < next_end) {
            return;
        }
        self.next_end = None;
        for series in self.series.values_mut() {
            match series.forming_end(self.timeframe) {
                Some(end) if end <= now => series.close_newest(changes),
                Some(end) => {
                    let next_end = self.next_end.map_or(end, |next_end| next_end.min(end));
                    self.next_end = Some(next_end);
                }
                None => {}
            }
        }
    }
}

impl Series {
    fn newest(&self) -> Option<Timestamp> {
        self.bars.last_key_value().map(|(open, _)| *open)
    }

    /// When the bar that still changes ends; `None` when all are closed.
    fn forming_end(&self, timeframe: Timeframe) -> Option<Timestamp> {
        let (open, growing) = self.bars.last_key_value()?;
        (!growing.is_closed).then(|| timeframe.close_of(*open))
    }

    fn close_newest(&mut self, changes: &mut Vec<EventKind>) {
        let newest = self
            .bars
            .last_entry()
            .filter(|entry| !entry.get().is_closed);
        if let Some(mut entry) = newest {
            entry.get_mut().is_closed = true;
            changes.push(entry.get().event());
        }
    }

    fn forget_before(&mut self, oldest: Timestamp) {
        self.bars = self.bars.split_off(&oldest);
    }
}

impl Growing {
    fn of(trade: &Trade, timeframe: Timeframe, source: &Source) -> Self {
        let order = order_of(trade);
        let mut growing = Self {
            bar: Bar::of_trade(trade, timeframe, source.clone()),
            first: order,
            last: order,
            notional: notional_of(trade),
            is_closed: false,
        };
        growing.bar.vwap = growing.vwap();
        growing
    }

    fn add(&mut self, trade: &Trade) {
        let order = order_of(trade);
        let bar = &mut self.bar;
        if order < self.first {
            self.first = order;
            bar.open = trade.price;
        }
        if order >= self.last {
            self.last = order;
            bar.close = trade.price;
        }
        bar.high = bar.high.max(trade.price);
        bar.low = bar.low.min(trade.price);
        bar.volume = bar.volume.saturating_add(trade.size);
        bar.trade_count = bar.trade_count.map(|count| count.saturating_add(1));
        self.notional = self
            .notional
            .zip(notional_of(trade))
            .and_then(|(sum, more)| sum.checked_add(more));
        self.bar.vwap = self.vwap();
    }

    /// Notional ÷ volume, rounded half away from zero; `None` when nothing was traded, or the sums
    /// do not fit.
    fn vwap(&self) -> Option<Price> {
        let volume = self.bar.volume.scaled();
        if volume == 0 || self.bar.volume == Volume::MAX {
            return None;
        }
        let notional = self.notional?;
        let half = if notional < 0 {
            -(volume / 2)
        } else {
            volume / 2
        };
        let scaled = notional.checked_add(half)? / volume;
        i64::try_from(scaled).ok().map(Price::from_scaled)
    }

    fn event(&self) -> EventKind {
        if self.is_closed {
            EventKind::BarClosed(self.bar.clone())
        } else {
            EventKind::BarForming(self.bar.clone())
        }
    }
}

const fn order_of(trade: &Trade) -> TradeOrder {
    (trade.ts_event, trade.trade_id)
}

fn notional_of(trade: &Trade) -> Option<i128> {
    i128::from(trade.price.scaled()).checked_mul(trade.size.scaled())
}
