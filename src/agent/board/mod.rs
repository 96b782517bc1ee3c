//! [`Board`]: what the market events add up to, one row per instrument.
//!
//! Pure and single-owner: the hub applies events and takes out what changed. It keeps the newest
//! values, a bounded run of closed bars for charts, and the last trades; nothing here is stored
//! beyond the process.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::api::{ChangeBasis, ChartDetail, ChartSpec, Instrument, LastTrade};
use crate::domain::{
    AggressorSide, Bar, DataKind, DayStats, EventKind, MarketEvent, Price, Quote, Source, Symbol,
    Timeframe, Timestamp, Trade, resample,
};
use crate::feed::OPEN_BARS_MAX;

/// Closed bars kept per instrument: more than the widest chart shows, also after resampling 1m to
/// 15m.
const BARS_MAX: usize = 5_000;

/// Trades kept per instrument: a screen's height.
const TRADES_MAX: usize = 50;

/// Prices that decide with how many decimals prices are written.
const DECIMALS_OF: usize = 64;

/// Closes told for a sparkline.
const CLOSES_MAX: usize = 60;

/// What the events of one symbol from one feed add up to.
#[derive(Debug)]
struct Row {
    symbol: Symbol,
    feed: String,
    data_kind: DataKind,
    last_recv: Option<Timestamp>,
    last: Option<LastTrade>,
    first_price: Option<Price>,
    quote: Option<Quote>,
    day: Option<DayStats>,
    bars: VecDeque<Bar>,
    forming: Option<Bar>,
    trades: VecDeque<Trade>,
    /// Decimals of the newest prices: the most of them is what prices are written with.
    decimals: VecDeque<u8>,
    events: u64,
    missing_events: u64,
    /// Rises with each closed bar, so that a chart knows when to resample anew.
    bars_version: u64,
    is_dirty: bool,
    published: Arc<Instrument>,
}

/// The rows of all feeds.
#[derive(Debug, Default)]
pub(super) struct Board {
    rows: Vec<Row>,
    /// Rows of each symbol; more than one where several feeds bring it.
    by_symbol: HashMap<Symbol, Vec<usize>>,
}

/// The closed bars of a chart, made once per closed bar and shared between the states that follow.
#[derive(Debug, Default)]
pub(super) struct ChartCache {
    key: Option<ChartKey>,
    bars: Arc<[Bar]>,
    forming_prefix: Vec<Bar>,
}

/// Which closed bars a cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ChartKey {
    row: usize,
    timeframe: Timeframe,
    bars_max: usize,
    bars_version: u64,
}

impl Board {
    /// Makes a row for every symbol of a feed, in that order; rows that are there stay.
    pub(super) fn register(&mut self, feed: &str, data_kind: DataKind, symbols: &[Symbol]) {
        for symbol in symbols {
            self.row_index(feed, data_kind, symbol);
        }
    }

    fn row_index(&mut self, feed: &str, data_kind: DataKind, symbol: &Symbol) -> usize {
        let indices = self.by_symbol.entry(symbol.clone()).or_default();
        if let Some(index) = indices.iter().find(|index| self.rows[**index].feed == feed) {
            return *index;
        }
        let index = self.rows.len();
        self.rows.push(Row::new(feed, data_kind, symbol));
        indices.push(index);
        index
    }

    /// Puts stored bars before what the feed brings: a past for the chart, and no news.
    pub(super) fn preload(&mut self, feed: &str, bars: &[Bar]) {
        for bar in bars {
            let rows = self.by_symbol.get(&bar.symbol).into_iter().flatten();
            let mut rows = rows.copied().filter(|at| self.rows[*at].feed == feed);
            if let Some(at) = rows.next() {
                self.rows[at].preload(bar);
            }
        }
    }

    /// Applies one event of `feed`.
    pub(super) fn apply(&mut self, feed: &str, data_kind: DataKind, event: &MarketEvent) {
        let index = self.row_index(feed, data_kind, event.kind.symbol());
        self.rows[index].apply(event);
    }

    /// Returns every row as a value; rows that did not change share theirs with the last call.
    pub(super) fn instruments(&mut self) -> Arc<[Arc<Instrument>]> {
        self.rows.iter_mut().map(Row::publish).collect()
    }

    /// Returns the chart that `spec` asks for, of the finest timeframe the row has unless it names
    /// one that the row's bars can make.
    pub(super) fn chart(&self, spec: &ChartSpec, cache: &mut ChartCache) -> Option<ChartDetail> {
        let is_wanted = |row: &Row| {
            row.symbol == spec.symbol && spec.feed.as_ref().is_none_or(|feed| *feed == row.feed)
        };
        let place = self.rows.iter().position(is_wanted)?;
        let row = &self.rows[place];
        let base = row.timeframe();
        let wanted = spec.timeframe.filter(|wanted| wanted.is_multiple_of(base));
        let timeframe = wanted.unwrap_or(base);
        let key = ChartKey {
            row: place,
            timeframe,
            bars_max: spec.bars_max as usize,
            bars_version: row.bars_version,
        };
        if cache.key != Some(key) {
            cache.refresh(row, key);
        }
        Some(ChartDetail {
            symbol: row.symbol.clone(),
            timeframe,
            timeframes: Timeframe::ALL
                .into_iter()
                .filter(|t| t.is_multiple_of(base))
                .collect(),
            source: row.source()?,
            bars: Arc::clone(&cache.bars),
            forming: cache.forming(row, timeframe),
            trades: row.trades.iter().cloned().collect(),
        })
    }
}

impl Row {
    fn new(feed: &str, data_kind: DataKind, symbol: &Symbol) -> Self {
        let published = Arc::new(Instrument {
            symbol: symbol.clone(),
            feed: feed.to_owned(),
            data_kind,
            last_recv: None,
            last: None,
            quote: None,
            day: None,
            change_basis: None,
            closes: Arc::default(),
            timeframe: Timeframe::M1,
            decimals: 0,
            events: 0,
            missing_events: 0,
        });
        Self {
            symbol: symbol.clone(),
            feed: feed.to_owned(),
            data_kind,
            last_recv: None,
            last: None,
            first_price: None,
            quote: None,
            day: None,
            bars: VecDeque::new(),
            forming: None,
            trades: VecDeque::new(),
            decimals: VecDeque::with_capacity(DECIMALS_OF),
            events: 0,
            missing_events: 0,
            bars_version: 0,
            is_dirty: false,
            published,
        }
    }

    fn apply(&mut self, event: &MarketEvent) {
        self.is_dirty = true;
        let is_news = match &event.kind {
            EventKind::Quote(quote) => {
                self.note_decimals(quote.bid.max(quote.ask));
                self.quote = Some(quote.clone());
                true
            }
            EventKind::Trade(trade) => {
                self.apply_trade(trade);
                true
            }
            EventKind::BarForming(bar) => {
                self.forming = Some(bar.clone());
                false
            }
            EventKind::BarClosed(bar) => self.apply_closed(bar),
            EventKind::Stats(stats) => {
                self.day = Some(stats.clone());
                true
            }
            EventKind::Gap(gap) => {
                self.missing_events += gap.to.saturating_sub(gap.from).saturating_add(1);
                false
            }
        };
        if is_news {
            self.events += 1;
            self.last_recv = Some(event.ts_recv);
        }
    }

    fn apply_trade(&mut self, trade: &Trade) {
        self.note_decimals(trade.price);
        self.first_price.get_or_insert(trade.price);
        self.last = Some(LastTrade {
            price: trade.price,
            size: Some(trade.size),
            side: trade.aggressor_side,
            ts_event: trade.ts_event,
        });
        self.trades.push_front(trade.clone());
        self.trades.truncate(TRADES_MAX);
    }

    /// Takes a closed bar in; returns true when it is news. A bar built from trades tells nothing
    /// the trades did not, and closes by the clock: it must not make an old price look fresh.
    fn apply_closed(&mut self, bar: &Bar) -> bool {
        if self.begins_anew(bar) {
            // What the replay played before is not this chart's past.
            self.bars.clear();
        }
        self.note_decimals(bar.close);
        if self
            .forming
            .as_ref()
            .is_some_and(|forming| forming.time <= bar.time)
        {
            self.forming = None;
        }
        self.insert_closed(bar);
        self.bars_version += 1;
        let is_news = self.trades.is_empty();
        if is_news {
            self.first_price.get_or_insert(bar.close);
            self.last = Some(LastTrade {
                price: bar.close,
                size: None,
                side: AggressorSide::Unknown,
                ts_event: bar.close_time(),
            });
        }
        is_news
    }

    /// Tells a replay that plays from the beginning again from a late trade's bar, which is one of
    /// the newest.
    fn begins_anew(&self, bar: &Bar) -> bool {
        let is_oldest = self.bars.front().is_some_and(|kept| bar.time <= kept.time);
        self.data_kind == DataKind::Replay && is_oldest && self.bars.len() > OPEN_BARS_MAX as usize
    }

    /// Keeps bars in order of time; a bar of the same time replaces the one that is there (a late
    /// trade rewrote it).
    fn insert_closed(&mut self, bar: &Bar) {
        let at = self.bars.partition_point(|kept| kept.time < bar.time);
        match self.bars.get_mut(at) {
            Some(kept) if kept.time == bar.time => *kept = bar.clone(),
            Some(_) | None => self.bars.insert(at, bar.clone()),
        }
        if self.bars.len() > BARS_MAX {
            self.bars.pop_front();
        }
    }

    /// Keeps a stored bar, unless the feed brought a newer reading of it.
    fn preload(&mut self, bar: &Bar) {
        let at = self.bars.partition_point(|kept| kept.time < bar.time);
        if self.bars.get(at).is_some_and(|kept| kept.time == bar.time) {
            return;
        }
        self.insert_closed(bar);
        self.note_decimals(bar.close);
        self.bars_version += 1;
        self.is_dirty = true;
    }

    fn note_decimals(&mut self, price: Price) {
        if self.decimals.len() == DECIMALS_OF {
            self.decimals.pop_front();
        }
        self.decimals.push_back(price.decimals() as u8);
    }

    fn timeframe(&self) -> Timeframe {
        self.bars
            .back()
            .or(self.forming.as_ref())
            .map_or(Timeframe::M1, |bar| bar.timeframe)
    }

    fn source(&self) -> Option<Source> {
        self.bars.back().or(self.forming.as_ref()).map_or_else(
            || Source::parse(&self.feed).ok(),
            |bar| Some(bar.source.clone()),
        )
    }

    fn change_basis(&self) -> Option<ChangeBasis> {
        if let Some(day) = &self.day {
            return Some(ChangeBasis::Venue24h(day.open));
        }
        if self.trades.is_empty() && self.bars.len() >= 2 {
            return Some(ChangeBasis::PreviousClose(
                self.bars[self.bars.len() - 2].close,
            ));
        }
        self.first_price.map(ChangeBasis::FirstSeen)
    }

    fn closes(&self) -> Arc<[Price]> {
        let forming = self.forming.as_ref();
        let skipped = (self.bars.len() + usize::from(forming.is_some())).saturating_sub(CLOSES_MAX);
        self.bars
            .iter()
            .chain(forming)
            .skip(skipped)
            .map(|bar| bar.close)
            .collect()
    }

    fn publish(&mut self) -> Arc<Instrument> {
        if std::mem::take(&mut self.is_dirty) {
            self.published = Arc::new(Instrument {
                symbol: self.symbol.clone(),
                feed: self.feed.clone(),
                data_kind: self.data_kind,
                last_recv: self.last_recv,
                last: self.last.clone(),
                quote: self.quote.clone(),
                day: self.day.clone(),
                change_basis: self.change_basis(),
                closes: self.closes(),
                timeframe: self.timeframe(),
                decimals: self.decimals.iter().copied().max().unwrap_or_default(),
                events: self.events,
                missing_events: self.missing_events,
            });
        }
        Arc::clone(&self.published)
    }
}

impl ChartCache {
    /// Makes the closed bars anew.
    fn refresh(&mut self, row: &Row, key: ChartKey) {
        self.key = Some(key);
        self.forming_prefix.clear();
        if key.timeframe == row.timeframe() {
            let skipped = row.bars.len().saturating_sub(key.bars_max);
            self.bars = row.bars.iter().skip(skipped).cloned().collect();
            return;
        }
        let base: Vec<Bar> = row.bars.iter().cloned().collect();
        // One series in order of time, and a multiple of its timeframe: checked where they were
        // stored and asked for.
        let mut bars = resample(&base, key.timeframe).unwrap_or_default();
        if let Some(open) = bars.pop_if(|bar| is_open(bar, row)) {
            let parts = base.into_iter().filter(|bar| bar.time >= open.time);
            self.forming_prefix = parts.collect();
        }
        bars.drain(..bars.len().saturating_sub(key.bars_max));
        self.bars = bars.into();
    }

    /// Returns the bar that still changes: the row's own, or the open coarser one with the row's
    /// own in it.
    fn forming(&self, row: &Row, timeframe: Timeframe) -> Option<Bar> {
        if timeframe == row.timeframe() {
            return row.forming.clone();
        }
        let mut parts = self.forming_prefix.clone();
        if let Some(forming) = &row.forming {
            parts.retain(|bar| timeframe.open_of(bar.time) == timeframe.open_of(forming.time));
            parts.push(forming.clone());
        }
        resample(&parts, timeframe).ok()?.pop()
    }
}

/// Returns true while more of the row's bars can fall into the coarser `bar`.
fn is_open(bar: &Bar, row: &Row) -> bool {
    row.bars
        .back()
        .is_some_and(|last| last.close_time() < bar.close_time())
}

#[cfg(test)]
mod tests;
