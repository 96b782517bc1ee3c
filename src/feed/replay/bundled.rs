//! [`BundledReplay`]: real bars that are inside the program, so that there is a market to look at
//! without a network.
//!
//! Five shares by the day and EURUSD by the hour. The first [`HISTORY`] bars of each (half of a
//! shorter series) are published at once, so that a chart is full at first paint; then each series
//! brings one bar a second, at even distances, so that something moves several times a second.
//! Nights, week-ends and holidays are skipped: a bar follows the one before it, whatever lay
//! between. Each series has its own calendar; the time and speed that are told are those of the
//! first one, a daily series: one bar a second is 86,400 times real time. A series that ends begins
//! again. There are no quotes and no trades in this data, so none are published.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tracing::info;

use super::pace::Pace;
use super::table;
use crate::domain::{Bar, EventKind, FeedMode, MarketEvent, Symbol, Timestamp};
use crate::feed::orders::{Order, Orders};
use crate::feed::spec::ReplaySpeed;
use crate::feed::status::FeedStatus;
use crate::feed::{FeedContext, words};
use crate::runtime::{TaskError, TaskResult};

/// What `replay:bundled` plays, in the order of a watchlist.
pub const BUNDLED_SYMBOLS: [&str; 6] = ["AAPL", "MSFT", "GOOG", "IBM", "FB", "EURUSD"];

/// Bars of a series that are published at once.
const HISTORY: usize = 300;

/// Bars published before others get a turn.
const BURST: usize = 32;

/// At base pace each series brings one bar in this time.
const BAR_EVERY: Duration = Duration::from_secs(1);

/// Bars at full speed keep this distance: a loop without an end must not take a whole core.
const BAR_EVERY_MIN: Duration = Duration::from_micros(200);

/// The bundled bars and how to play them.
pub(in crate::feed) struct BundledReplay {
    pub(in crate::feed) speed: ReplaySpeed,
    pub(in crate::feed) status: Arc<FeedStatus>,
}

/// A series and how far it is played.
struct Track {
    bars: Vec<Bar>,
    next: usize,
}

impl BundledReplay {
    /// Plays until told to stop.
    pub(in crate::feed) async fn run(
        &self,
        context: &FeedContext,
        mut orders: Orders,
    ) -> TaskResult {
        loop {
            self.status
                .step(FeedMode::Connecting, "unpacking bundled bars");
            match self.play(context, &mut orders).await? {
                Order::Reconnect => self
                    .status
                    .step(FeedMode::Reconnecting, "asked to play from the beginning"),
                Order::Stop => {
                    self.status.step(FeedMode::Closed, "stopped");
                    return Ok(());
                }
            }
        }
    }

    async fn play(&self, context: &FeedContext, orders: &mut Orders) -> Result<Order, TaskError> {
        let series = spawn_blocking(table::read_bundled).await??;
        let mut tracks: Vec<Track> = series.into_iter().map(Track::new).collect();
        let symbols: Vec<Symbol> = tracks.iter().filter_map(Track::symbol).collect();
        self.status.discovered(&symbols);
        for track in &mut tracks {
            self.publish_history(track, context).await;
        }
        let count = tracks.len();
        let speed = words::speed(self.speed);
        let reason = format!("{count} series of bundled bars, one bar a second each, at {speed}");
        self.status.step(FeedMode::Live, &reason);
        Ok(self.publish_on(&mut tracks, context, orders).await)
    }

    async fn publish_history(&self, track: &mut Track, context: &FeedContext) {
        for at in 0..HISTORY.min(track.bars.len() / 2) {
            self.publish_next(track, context);
            if at % BURST == BURST - 1 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// One bar after the other, series by series, for ever.
    async fn publish_on(
        &self,
        tracks: &mut [Track],
        context: &FeedContext,
        orders: &mut Orders,
    ) -> Order {
        let pace = Pace::new(Arc::clone(&context.clock), self.speed);
        let floor = Pace::new(Arc::clone(&context.clock), ReplaySpeed::REAL_TIME);
        let step = BAR_EVERY / u32::try_from(tracks.len().max(1)).unwrap_or(1);
        let mut played: u32 = 0;
        loop {
            for (at, track) in tracks.iter_mut().enumerate() {
                played = played.saturating_add(1);
                if let Some(order) = pace.reach(step.saturating_mul(played), orders).await {
                    return order;
                }
                if let Some(order) = floor
                    .reach(BAR_EVERY_MIN.saturating_mul(played), orders)
                    .await
                {
                    return order;
                }
                let time = self.publish_next(track, context);
                if at == 0 {
                    self.status.replay(self.times_real(), time);
                }
            }
        }
    }

    /// Publishes the next bar of a series and returns its time; after the last one the series
    /// begins again.
    fn publish_next(&self, track: &mut Track, context: &FeedContext) -> Option<Timestamp> {
        if track.next == track.bars.len() {
            track.next = 0;
            if let Some(symbol) = track.symbol() {
                info!(%symbol, "bundled bars played to the end, from the beginning again");
            }
        }
        let bar = track.bars.get(track.next)?;
        track.next += 1;
        let ts_recv = Timestamp::from_micros(context.clock.unix_micros());
        self.status.message(ts_recv);
        context.bus.publish(&Arc::new(MarketEvent {
            source: bar.source.clone(),
            ts_recv,
            kind: EventKind::BarClosed(bar.clone()),
        }));
        Some(bar.time)
    }

    /// The speed of a daily series as a multiple of real time.
    fn times_real(&self) -> Option<f64> {
        let bar_secs = 86_400.0;
        self.speed
            .multiple()
            .map(|speed| speed * bar_secs / BAR_EVERY.as_secs_f64())
    }
}

impl Track {
    const fn new(bars: Vec<Bar>) -> Self {
        Self { bars, next: 0 }
    }

    fn symbol(&self) -> Option<Symbol> {
        self.bars.first().map(|bar| bar.symbol.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timeframe;

    #[test]
    fn every_bundled_bar_is_sound_and_in_order() {
        let series = table::read_bundled().unwrap();
        let symbols: Vec<&str> = series.iter().map(|bars| bars[0].symbol.as_str()).collect();
        assert_eq!(symbols, BUNDLED_SYMBOLS);
        let lengths: Vec<usize> = series.iter().map(Vec::len).collect();
        assert_eq!(lengths, [3270, 3270, 2148, 3270, 196, 6225]);
        for bars in &series {
            assert!(bars.is_sorted_by(|a, b| a.time < b.time));
            for bar in bars {
                assert_eq!(bar.symbol, bars[0].symbol);
                assert_eq!(bar.timeframe.open_of(bar.time), bar.time);
            }
        }
    }

    #[test]
    fn bundled_bars_are_those_of_the_files() {
        let series = table::read_bundled().unwrap();
        let apple = &series[0][0];
        assert_eq!(apple.time.to_string(), "2000-03-01T00:00:00Z");
        assert_eq!(apple.timeframe, Timeframe::D1);
        assert_eq!(apple.close.to_string(), "130.31");
        assert_eq!(apple.volume.to_string(), "9616100");
        assert_eq!(apple.source.as_str(), "replay.stocks");
        let euro = &series[5][2];
        assert_eq!(euro.time.to_string(), "2017-01-02T00:00:00Z");
        assert_eq!(euro.timeframe, Timeframe::H1);
        assert_eq!(euro.open.to_string(), "1.05283");
        assert_eq!(euro.volume.to_string(), "131399993.9");
        assert_eq!(euro.source.as_str(), "replay.dukascopy");
    }
}
