//! [`SimulatedFeed`]: invented quotes and trades, told as such everywhere.
//!
//! A seeded random walk per symbol, in whole ticks: the same seed and the same moments give the
//! same events. It needs no network and makes any load, for tests, benchmarks and a first look. Its
//! prices mean nothing.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::FeedContext;
use super::orders::{Order, Orders};
use super::outlet::Outlet;
use super::status::FeedStatus;
use crate::domain::{
    AggressorSide, DataKind, EventKind, FeedMode, Price, Quote, Source, Symbol, Timestamp, Trade,
    Volume,
};
use crate::runtime::TaskResult;

/// Every run walks alike.
const SEED: u64 = 0x006d_6461;

/// Events are made in bursts no nearer than this: a timer per event would be the load.
const BURST_EVERY: Duration = Duration::from_millis(5);

/// After a longer sleep (a suspended machine) the missed events are not made up for.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// One unit of money, in steps of 10⁻⁸.
const UNIT: i64 = 100 * CENT;

/// One cent, in steps of 10⁻⁸.
const CENT: i64 = 1_000_000;

/// One hundredth of a unit of quantity, in steps of 10⁻⁸.
const LOT: i128 = 1_000_000;

/// What is invented, and how fast.
pub(super) struct SimulatedFeed {
    pub(super) symbols: Vec<Symbol>,
    pub(super) ticks_per_sec: NonZeroU32,
    pub(super) sources: (Source, Source),
    pub(super) status: Arc<FeedStatus>,
}

impl SimulatedFeed {
    /// Invents until told to stop.
    pub(super) async fn run(&self, context: &FeedContext, mut orders: Orders) -> TaskResult {
        loop {
            self.status.step(FeedMode::Connecting, "starting");
            let kind = DataKind::Simulated;
            let status = Arc::clone(&self.status);
            let mut outlet = Outlet::new(context, status, kind, self.sources.clone());
            self.status.discovered(&self.symbols);
            let reason = format!("invented values, {} a second", self.ticks_per_sec);
            self.status.step(FeedMode::Live, &reason);
            match self.walk(context, &mut outlet, &mut orders).await {
                Order::Stop => {
                    self.status.step(FeedMode::Closed, "stopped");
                    return Ok(());
                }
                Order::Reconnect => self
                    .status
                    .step(FeedMode::Reconnecting, "asked to begin anew"),
            }
        }
    }

    async fn walk(&self, context: &FeedContext, outlet: &mut Outlet, orders: &mut Orders) -> Order {
        let mut market = Market::new(&self.symbols, SEED);
        let mut made_until = context.clock.monotonic();
        let every = Duration::from_secs(1) / self.ticks_per_sec.get();
        loop {
            tokio::select! {
                biased;
                order = orders.next() => return order,
                () = sleep(every.max(BURST_EVERY)) => {}
            }
            let now = context.clock.monotonic();
            made_until = made_until.max(now.saturating_sub(CATCH_UP_MAX));
            let ts_now = Timestamp::from_micros(context.clock.unix_micros());
            while made_until + every <= now {
                made_until += every;
                let Some(event) = market.tick(ts_now) else {
                    break;
                };
                self.status.message(ts_now);
                outlet.event(event, ts_now);
            }
            outlet.advance(ts_now);
        }
    }
}

/// Every symbol's walk, and the dice.
#[derive(Debug)]
struct Market {
    dice: fastrand::Rng,
    walks: Vec<Walk>,
}

/// One symbol's walk.
#[derive(Debug)]
struct Walk {
    symbol: Symbol,
    /// Smallest step of its price, in steps of 10⁻⁸.
    tick: i64,
    /// Middle of bid and ask, in ticks.
    middle: i64,
    trade_id: u64,
}

impl Market {
    fn new(symbols: &[Symbol], seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let walks = symbols
            .iter()
            .map(|symbol| Walk::new(symbol, &mut dice))
            .collect();
        Self { dice, walks }
    }

    /// Moves one symbol, and says so with a quote or, one time in three, a trade. `None` without
    /// symbols.
    fn tick(&mut self, now: Timestamp) -> Option<EventKind> {
        let Self { dice, walks } = self;
        let chosen = dice.usize(..walks.len().max(1));
        let walk = walks.get_mut(chosen)?;
        Some(if dice.u8(..3) == 0 {
            EventKind::Trade(walk.trade(dice, now))
        } else {
            EventKind::Quote(walk.quote(dice, now))
        })
    }
}

impl Walk {
    fn new(symbol: &Symbol, dice: &mut fastrand::Rng) -> Self {
        let (start, tick) = match symbol.as_str() {
            "BTC-USD" => (64_000 * UNIT, CENT),
            "ETH-USD" => (3_200 * UNIT, CENT),
            "SOL-USD" => (150 * UNIT, CENT),
            "AAPL" => (190 * UNIT, CENT),
            "MSFT" => (420 * UNIT, CENT),
            "GOOG" => (170 * UNIT, CENT),
            "EURUSD" => (UNIT + 8 * CENT, CENT / 1_000),
            "USDJPY" => (155 * UNIT, CENT / 10),
            _ => (dice.i64(1_000..50_000) * CENT, CENT),
        };
        Self {
            symbol: symbol.clone(),
            tick,
            middle: start / tick,
            trade_id: 0,
        }
    }

    fn quote(&mut self, dice: &mut fastrand::Rng, now: Timestamp) -> Quote {
        self.step(dice);
        let half_spread = dice.i64(1..=3);
        Quote {
            symbol: self.symbol.clone(),
            ts_event: now,
            ts_recv: now,
            bid: self.price(self.middle - half_spread),
            ask: self.price(self.middle + half_spread),
            bid_size: Some(size(dice)),
            ask_size: Some(size(dice)),
        }
    }

    fn trade(&mut self, dice: &mut fastrand::Rng, now: Timestamp) -> Trade {
        self.step(dice);
        self.trade_id += 1;
        let (aggressor_side, offset) = if dice.bool() {
            (AggressorSide::Buy, 1)
        } else {
            (AggressorSide::Sell, -1)
        };
        Trade {
            symbol: self.symbol.clone(),
            ts_event: now,
            ts_recv: now,
            price: self.price(self.middle + offset),
            size: size(dice),
            aggressor_side,
            trade_id: Some(self.trade_id),
            is_snapshot: false,
        }
    }

    /// Moves the middle by up to two hundredths of a percent, at least by up to two ticks; it never
    /// nears zero.
    fn step(&mut self, dice: &mut fastrand::Rng) {
        let reach = (self.middle / 5_000).max(2);
        self.middle = (self.middle + dice.i64(-reach..=reach)).max(100);
    }

    const fn price(&self, ticks: i64) -> Price {
        Price::from_scaled(ticks * self.tick)
    }
}

fn size(dice: &mut fastrand::Rng) -> Volume {
    let lots = i128::from(dice.u32(1..=500));
    Volume::from_scaled(lots * LOT).unwrap_or(Volume::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(seed: u64, count: usize) -> Vec<EventKind> {
        let symbols = ["BTC-USD", "EURUSD", "SIM001"].map(|name| Symbol::parse(name).unwrap());
        let mut market = Market::new(&symbols, seed);
        (0..count)
            .filter_map(|at| market.tick(Timestamp::from_secs(at as i64)))
            .collect()
    }

    #[test]
    fn the_same_seed_walks_alike_and_another_does_not() {
        assert_eq!(events(7, 500), events(7, 500));
        assert_ne!(events(7, 500), events(8, 500));
    }

    #[test]
    fn bids_stay_below_asks_and_prices_above_zero() {
        for event in events(1, 50_000) {
            match event {
                EventKind::Quote(quote) => {
                    assert!(
                        Price::ZERO < quote.bid && quote.bid < quote.ask,
                        "{quote:?}"
                    );
                }
                EventKind::Trade(trade) => {
                    assert!(
                        trade.price > Price::ZERO && !trade.size.is_zero(),
                        "{trade:?}"
                    );
                }
                other => panic!("neither quote nor trade: {other:?}"),
            }
        }
    }

    #[test]
    fn without_symbols_nothing_is_invented() {
        assert_eq!(Market::new(&[], 1).tick(Timestamp::EPOCH), None);
    }
}
