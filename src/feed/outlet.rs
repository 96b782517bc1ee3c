//! [`Outlet`]: the last stretch of every feed: sequence check, bars, bus.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tracing::debug;

use super::FeedContext;
use super::bars::BarBuilder;
use super::sequence::{TradeSequence, Verdict};
use super::status::FeedStatus;
use super::venue::{Answer, Decoded, Venue};
use crate::bus::Bus;
use crate::domain::{
    DataKind, EventKind, FeedGap, MarketEvent, Source, Symbol, Timeframe, Timestamp,
};
use crate::runtime::{Clock, error_chain};

/// Newest bars of a symbol that trades can still change: late ones rewrite those of the last five
/// minutes.
pub const OPEN_BARS_MAX: u32 = 5;

/// Where a feed's events go.
#[derive(Debug)]
pub(super) struct Outlet {
    bus: Bus,
    clock: Arc<dyn Clock>,
    status: Arc<FeedStatus>,
    source: Source,
    bars: BarBuilder,
    bar_grace: Duration,
    sequence: TradeSequence,
    measures_lag: bool,
    trades: u64,
    /// When each symbol that the venue sends heartbeats of was last heard of.
    heard: BTreeMap<Symbol, Duration>,
    last_gap: Option<(FeedGap, Duration)>,
    decoded: Vec<EventKind>,
    changes: Vec<EventKind>,
}

impl Outlet {
    /// Publishes as `sources`: that of the events themselves, and that of the bars made of their
    /// trades.
    pub(super) fn new(
        context: &FeedContext,
        status: Arc<FeedStatus>,
        kind: DataKind,
        sources: (Source, Source),
    ) -> Self {
        let (source, bars_source) = sources;
        Self {
            bus: context.bus.clone(),
            clock: Arc::clone(&context.clock),
            status,
            source,
            bars: BarBuilder::new(Timeframe::M1, bars_source, OPEN_BARS_MAX),
            bar_grace: context.config.bar_grace,
            sequence: TradeSequence::default(),
            measures_lag: kind == DataKind::Live,
            trades: 0,
            heard: BTreeMap::new(),
            last_gap: None,
            decoded: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Reads one message of a venue and publishes what it holds. Returns what the venue answers us;
    /// a message that cannot be read is counted and otherwise passed over.
    pub(super) fn message(
        &mut self,
        venue: &dyn Venue,
        text: &str,
        ts_recv: Timestamp,
    ) -> Option<Answer> {
        let mut events = std::mem::take(&mut self.decoded);
        let outcome = venue.decode(text, ts_recv, &mut events);
        for kind in events.drain(..) {
            self.event(kind, ts_recv);
        }
        self.decoded = events;
        match outcome {
            Ok(Decoded::Market | Decoded::Ignored) => None,
            Ok(Decoded::Heartbeat {
                symbol,
                last_trade_id,
            }) => {
                self.heartbeat(symbol, last_trade_id, ts_recv);
                None
            }
            Ok(Decoded::Answer(answer)) => Some(answer),
            Err(error) => {
                self.status.undecodable(&error_chain(&error), text);
                None
            }
        }
    }

    /// Publishes an event; of a trade, also the gap before it and the bars it changes.
    pub(super) fn event(&mut self, kind: EventKind, ts_recv: Timestamp) {
        if let Some(heard) = self.heard.get_mut(kind.symbol()) {
            *heard = self.clock.monotonic();
        }
        let EventKind::Trade(trade) = &kind else {
            return self.publish(kind, ts_recv);
        };
        match self.sequence.trade(trade) {
            Verdict::Next => {}
            Verdict::AfterGap(gap) => self.gap(gap, ts_recv),
            Verdict::Repeated => {
                debug!(symbol = %trade.symbol, id = ?trade.trade_id, "trade repeated, dropped");
                return self.status.repeated_trade();
            }
        }
        if self.measures_lag && !trade.is_snapshot {
            let lag = ts_recv.micros().saturating_sub(trade.ts_event.micros());
            self.status.lag(lag);
        }
        let late_before = self.bars.too_late();
        self.bars.add(trade, &mut self.changes);
        if self.bars.too_late() != late_before {
            self.status.late_trade();
        }
        if !trade.is_snapshot {
            self.trades += 1;
        }
        self.publish(kind, ts_recv);
        self.publish_bars(ts_recv);
    }

    /// Trades published, without those from before the subscription.
    pub(super) const fn trades(&self) -> u64 {
        self.trades
    }

    /// Closes the bars that ended a grace before `now`.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.bars
            .advance(now.minus(self.bar_grace), &mut self.changes);
        let ts_recv = Timestamp::from_micros(self.clock.unix_micros());
        self.publish_bars(ts_recv);
    }

    /// Names a symbol whose heartbeats came and then stayed away for `limit`, and for how long.
    pub(super) fn silent_symbol(&self, limit: Duration) -> Option<(&Symbol, Duration)> {
        let now = self.clock.monotonic();
        self.heard
            .iter()
            .map(|(symbol, heard)| (symbol, now.saturating_sub(*heard)))
            .find(|(_, silence)| *silence >= limit)
    }

    /// Returns the newest gap, if it was found within `window`.
    pub(super) fn recent_gap(&self, window: Duration) -> Option<&FeedGap> {
        let now = self.clock.monotonic();
        self.last_gap
            .as_ref()
            .filter(|(_, at)| now.saturating_sub(*at) < window)
            .map(|(gap, _)| gap)
    }

    /// Forgets what was true of the connection that ended. Numbers and bars live on: the gap in
    /// them is to be seen.
    pub(super) fn connection_ended(&mut self) {
        self.heard.clear();
    }

    fn heartbeat(&mut self, symbol: Symbol, last_trade_id: u64, ts_recv: Timestamp) {
        if let Some(gap) = self.sequence.heartbeat(&symbol, last_trade_id, ts_recv) {
            self.gap(gap, ts_recv);
        }
        self.heard.insert(symbol, self.clock.monotonic());
    }

    fn gap(&mut self, gap: FeedGap, ts_recv: Timestamp) {
        self.status.missing(gap.to - gap.from + 1);
        self.last_gap = Some((gap.clone(), self.clock.monotonic()));
        self.publish(EventKind::Gap(gap), ts_recv);
    }

    fn publish(&self, kind: EventKind, ts_recv: Timestamp) {
        self.publish_as(self.source.clone(), kind, ts_recv);
    }

    fn publish_bars(&mut self, ts_recv: Timestamp) {
        let mut changes = std::mem::take(&mut self.changes);
        for bar in changes.drain(..) {
            self.publish_as(self.bars.source().clone(), bar, ts_recv);
        }
        self.changes = changes;
    }

    fn publish_as(&self, source: Source, kind: EventKind, ts_recv: Timestamp) {
        self.bus.publish(&Arc::new(MarketEvent {
            source,
            ts_recv,
            kind,
        }));
    }
}
