//! [`AgentState`]: everything a viewer can see, as one immutable value.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::import::ImportJob;
use crate::domain::{
    AggressorSide, Bar, DataKind, DayStats, FeedMode, Price, Quote, Source, Symbol, Timeframe,
    Timestamp, Trade, Volume,
};

/// What the agent knew at one moment, cut to one viewer's view. Parts that did not change are
/// shared with the state before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentState {
    /// Rises whenever anything below changed.
    pub revision: u64,
    /// When it was put together, by the agent's clock.
    pub as_of: Timestamp,
    /// The process.
    pub agent: AgentInfo,
    /// Every feed, in the order of the settings.
    pub feeds: Arc<[FeedState]>,
    /// The instruments of the view, in the order of the feeds' symbol lists.
    pub instruments: Arc<[Arc<Instrument>]>,
    /// The chart of the view; absent without one, or before its symbol is known.
    pub chart: Option<Arc<ChartDetail>>,
    /// Every queue between services.
    pub queues: Arc<[QueueState]>,
    /// Every supervised task.
    pub tasks: Arc<[TaskState]>,
    /// The store of live bars.
    pub store: Arc<StoreState>,
    /// The cache in front of the store.
    pub cache: Arc<CacheState>,
    /// Imports of the view, newest first.
    pub imports: Arc<[Arc<ImportJob>]>,
    /// From the receipt of a market event to the state that tells of it, over the last minute. By
    /// the wall clock: a step of it shows for a minute.
    pub publish_latency: Quantiles,
    /// The log.
    pub log: Arc<LogState>,
}

/// The process behind the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// Program version.
    pub version: String,
    /// Process id.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// The data directory it owns.
    pub data_dir: String,
    /// Where it stands.
    pub phase: AgentPhase,
    /// Dashboards and clients attached, this one included.
    pub viewers: u32,
}

/// Where the agent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentPhase {
    /// Feeds are being opened.
    Starting,
    /// At work.
    Running,
    /// Stopping in order.
    Stopping,
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedState {
    /// Its name: the venue (`coinbase`), `replay` or `simulated`.
    pub name: String,
    /// Where it connects, or which file it plays.
    pub endpoint: String,
    /// Market now, market then, or no market.
    pub data_kind: DataKind,
    /// The connection.
    pub mode: FeedMode,
    /// Since when it is in this mode.
    pub since: Timestamp,
    /// Why it is in this mode, for people.
    pub reason: String,
    /// When the last message came, of any kind.
    pub last_message: Option<Timestamp>,
    /// Messages since the start.
    pub messages: u64,
    /// Messages a second, over the last ten seconds.
    pub messages_per_sec: f64,
    /// Symbols the venue confirmed.
    pub symbols: u32,
    /// Symbols the venue refused, each with its words.
    pub rejected: Vec<String>,
    /// Connections opened after the first.
    pub reconnects: u64,
    /// When the next attempt begins, while reconnecting.
    pub next_attempt: Option<Timestamp>,
    /// Attempts since it was last live.
    pub attempt: u32,
    /// Sequence gaps, in events missing.
    pub missing_events: u64,
    /// Messages that could not be decoded.
    pub undecodable: u64,
    /// Trades dropped, since their number had been seen before.
    pub repeated_trades: u64,
    /// Trades that came after their bar could no longer be rewritten: shown, but in no bar.
    pub late_trades: u64,
    /// Median of receive time − venue time over the last minute, microseconds; absent without venue
    /// time.
    pub venue_lag_micros: Option<i64>,
    /// Speed of a replay, as a multiple of real time.
    pub replay_speed: Option<f64>,
    /// Time of a replay's data.
    pub replay_time: Option<Timestamp>,
}

/// How far a value can be trusted to be the market's present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// Nothing was received yet.
    Waiting,
    /// Received within `slow_after`, and its feed is live.
    Live,
    /// Nothing new for a while; its feed is live.
    Slow,
    /// Its feed is not live, or nothing new for `stale_after`.
    Stale,
    /// Its feed has ended.
    Closed,
}

/// One row of a watchlist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instrument {
    /// What it is.
    pub symbol: Symbol,
    /// Name of the feed that brings it.
    pub feed: String,
    /// Market now, market then, or no market.
    pub data_kind: DataKind,
    /// When the last event about it was received.
    pub last_recv: Option<Timestamp>,
    /// Last trade, or last close of replayed bars.
    pub last: Option<LastTrade>,
    /// Best bid and ask, where the feed has them.
    pub quote: Option<Quote>,
    /// Statistics of the venue's day, where the feed has them.
    pub day: Option<DayStats>,
    /// What change is counted from.
    pub change_basis: Option<ChangeBasis>,
    /// Most recent closes of [`Instrument::timeframe`], oldest first, at most 60; the last is the
    /// forming one.
    pub closes: Arc<[Price]>,
    /// The finest timeframe the agent has bars of.
    pub timeframe: Timeframe,
    /// Decimals its prices are written with.
    pub decimals: u8,
    /// Events about it since the start.
    pub events: u64,
    /// Events about it that are known to be missing.
    pub missing_events: u64,
}

impl Instrument {
    /// Judges the row at `now`: the feed's mode first, then how long ago an event about the symbol
    /// was received.
    pub fn freshness(
        &self,
        feed: Option<&FeedState>,
        now: Timestamp,
        limits: FreshnessLimits,
    ) -> Freshness {
        let mode = feed.map_or(FeedMode::Closed, |feed| feed.mode);
        let Some(received) = self.last_recv else {
            return if mode == FeedMode::Closed {
                Freshness::Closed
            } else {
                Freshness::Waiting
            };
        };
        let age = now.since(received);
        match mode {
            FeedMode::Closed => Freshness::Closed,
            FeedMode::Connecting | FeedMode::Reconnecting => Freshness::Stale,
            FeedMode::Live | FeedMode::Degraded if age >= limits.stale_after => Freshness::Stale,
            FeedMode::Live | FeedMode::Degraded if age >= limits.slow_after => Freshness::Slow,
            FeedMode::Live | FeedMode::Degraded => Freshness::Live,
        }
    }
}

/// When a value without news is called slow, and when stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreshnessLimits {
    /// Slow from this age.
    pub slow_after: Duration,
    /// Stale from this age.
    pub stale_after: Duration,
}

/// The last price of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastTrade {
    /// Price.
    pub price: Price,
    /// Quantity; absent where the price is a bar's close.
    pub size: Option<Volume>,
    /// Who crossed the spread.
    pub side: AggressorSide,
    /// Venue time.
    pub ts_event: Timestamp,
}

/// What change % is counted from; every screen names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeBasis {
    /// The price 24 hours ago, as the venue tells it.
    Venue24h(Price),
    /// The close of the bar before.
    PreviousClose(Price),
    /// The first price since the feed was opened.
    FirstSeen(Price),
}

impl ChangeBasis {
    /// Returns the price that change is counted from.
    pub const fn price(self) -> Price {
        match self {
            Self::Venue24h(price) | Self::PreviousClose(price) | Self::FirstSeen(price) => price,
        }
    }

    /// Returns the words that name it (`24h`, `prev close`, `first seen`).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Venue24h(_) => "24h",
            Self::PreviousClose(_) => "prev close",
            Self::FirstSeen(_) => "first seen",
        }
    }
}

/// The chart of one instrument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartDetail {
    /// Whose.
    pub symbol: Symbol,
    /// Length of its bars.
    pub timeframe: Timeframe,
    /// Timeframes that can be asked for, finest first.
    pub timeframes: Vec<Timeframe>,
    /// Where the bars came from.
    pub source: Source,
    /// Closed bars, oldest first.
    pub bars: Arc<[Bar]>,
    /// The bar that still changes.
    pub forming: Option<Bar>,
    /// Most recent trades, newest first, at most 50.
    pub trades: Arc<[Trade]>,
}

/// One bounded queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueState {
    /// Who receives.
    pub name: String,
    /// Most items that fit.
    pub capacity: u64,
    /// Items queued now.
    pub depth: u64,
    /// Most items ever queued.
    pub high_water: u64,
    /// Items lost since the start.
    pub dropped: u64,
}

/// The store of live bars, and what was written into it since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoreState {
    /// Where it is.
    pub path: String,
    /// Why bars are not kept now; `None` while they are.
    pub problem: Option<String>,
    /// Bars that were new.
    pub inserted: u64,
    /// Bars that replaced a different one.
    pub updated: u64,
    /// Bars that were there already.
    pub unchanged: u64,
    /// Bars that were given up.
    pub failed: u64,
    /// Bars gathered and not yet written.
    pub pending: u64,
    /// When the last ones were written.
    pub last_write: Option<Timestamp>,
    /// How long each kind of question took over the last minute, the cache left out.
    pub latencies: Vec<OperationLatency>,
}

/// How long one kind of work took over the last minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationLatency {
    /// `range`, `latest`, `point`, `resample`, `statistics` or `write`.
    pub operation: String,
    /// How long.
    pub latency: Quantiles,
}

/// The cache in front of the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CacheState {
    /// Values held.
    pub entries: u64,
    /// Bytes held.
    pub bytes: u64,
    /// Most bytes.
    pub bytes_max: u64,
    /// Loads of the store that several questions shared.
    pub shared_loads: u64,
    /// Loads that a write overtook, so that they were not kept.
    pub raced_loads: u64,
    /// Each class of values.
    pub classes: Vec<CacheClassState>,
    /// Median time of a hit over the last minute, in nanoseconds; 0 without any.
    pub hit_p50_nanos: u64,
    /// 99th percentile of it.
    pub hit_p99_nanos: u64,
}

/// One class of cached values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheClassState {
    /// Its name: `latest`, `intraday`, `daily`, `history`, `statistics`.
    pub name: String,
    /// Questions answered from memory.
    pub hits: u64,
    /// Questions asked of the store.
    pub misses: u64,
    /// Values found that a write had made old.
    pub stale: u64,
    /// Values pushed out for want of room, or past their time.
    pub evictions: u64,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskPhase {
    /// It runs.
    Running,
    /// It failed and will be started again.
    Restarting,
    /// It failed and stays so.
    Failed,
    /// It ended as it should.
    Finished,
}

/// One supervised task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskState {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub phase: TaskPhase,
    /// How often it was started again.
    pub restarts: u64,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// When it failed last.
    pub last_failure: Option<Timestamp>,
    /// True while it failed three times or more within the last minute.
    pub is_degraded: bool,
}

/// Latencies over a window, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quantiles {
    /// How many were measured; the others are 0 without any.
    pub count: u64,
    /// Median.
    pub p50_micros: u64,
    /// 90th percentile.
    pub p90_micros: u64,
    /// 99th percentile.
    pub p99_micros: u64,
    /// Largest.
    pub max_micros: u64,
}

/// The importance of a log line, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something may fail, or did and was mended.
    Warn,
    /// Something of note happened.
    Info,
    /// For whoever looks for a fault.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Every level, most important first.
    pub const ALL: [Self; 5] = [
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// Returns the word a screen shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
        }
    }
}

/// One log line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its number since the start: rises by one, so a viewer sees what it missed.
    pub number: u64,
    /// When.
    pub time: Timestamp,
    /// How important.
    pub level: LogLevel,
    /// Which part of the program.
    pub target: String,
    /// What, with its fields as `name=value`.
    pub message: String,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// Newest lines, oldest first; empty unless the view has logs.
    pub lines: Vec<Arc<LogLine>>,
    /// Lines kept since the start.
    pub written: u64,
    /// Lines that never reached the file, since its writer was behind.
    pub lost: u64,
    /// Warnings since the start.
    pub warnings: u64,
    /// Errors since the start.
    pub errors: u64,
    /// The least important level kept.
    pub level: LogLevel,
    /// The file lines go to.
    pub file: Option<String>,
}
