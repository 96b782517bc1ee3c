//! States of an agent, made by hand for tests. Prices follow a fixed course, so pictures never
//! change by themselves.

use std::sync::Arc;

use mda::api::{
    AgentInfo, AgentPhase, AgentState, ChangeBasis, ChartDetail, FeedState, Instrument, LastTrade,
    LogLevel, LogLine, LogState, Quantiles, QueueState, TaskPhase, TaskState,
};
use mda::domain::{
    AggressorSide, Bar, DataKind, DayStats, FeedMode, Price, QualityScore, Quote, Source, Symbol,
    Timeframe, Timestamp, Trade, Volume,
};

/// The moment of every picture.
pub(crate) fn now() -> Timestamp {
    "2025-11-21T14:32:07.250Z".parse().unwrap()
}

/// A moment before [`now`].
pub(crate) fn ago(millis: u64) -> Timestamp {
    now().minus(std::time::Duration::from_millis(millis))
}

pub(crate) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn volume(text: &str) -> Volume {
    text.parse().unwrap()
}

fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).unwrap()
}

/// An agent at work that has no feed.
pub(crate) fn empty() -> AgentState {
    AgentState {
        revision: 1,
        as_of: now(),
        agent: AgentInfo {
            version: "0.1.0".to_owned(),
            pid: 4242,
            started: ago(7_380_000),
            data_dir: "~/.local/share/mda".to_owned(),
            phase: AgentPhase::Running,
            viewers: 1,
        },
        feeds: Arc::from([]),
        instruments: Arc::from([]),
        chart: None,
        queues: Arc::from([]),
        tasks: Arc::from([]),
        store: Arc::default(),
        cache: Arc::default(),
        imports: Arc::from([]),
        publish_latency: Quantiles::default(),
        log: Arc::new(log(Vec::new())),
    }
}

fn log(lines: Vec<Arc<LogLine>>) -> LogState {
    LogState {
        written: 1_208 + lines.len() as u64,
        lines,
        lost: 0,
        warnings: 2,
        errors: 0,
        level: LogLevel::Info,
        file: Some("~/.local/share/mda/mda.log".to_owned()),
    }
}

pub(crate) fn feed(name: &str, mode: FeedMode) -> FeedState {
    FeedState {
        name: name.to_owned(),
        endpoint: format!("wss://{name}.example/ws"),
        data_kind: DataKind::Live,
        mode,
        since: ago(7_300_000),
        reason: "subscription confirmed".to_owned(),
        last_message: Some(ago(40)),
        messages: 1_048_211,
        messages_per_sec: 142.4,
        symbols: 6,
        rejected: Vec::new(),
        reconnects: 0,
        next_attempt: None,
        attempt: 0,
        missing_events: 0,
        undecodable: 0,
        repeated_trades: 0,
        late_trades: 0,
        venue_lag_micros: Some(23_400),
        replay_speed: None,
        replay_time: None,
    }
}

/// Symbol, feed, last, price of the day before, step of the course, decimals.
const ROWS: [(&str, &str, &str, &str, i64, u8); 8] = [
    ("BTC-USD", "coinbase", "67123.45", "66310.20", 3, 2),
    ("ETH-USD", "coinbase", "3501.17", "3544.90", -2, 2),
    ("SOL-USD", "coinbase", "172.38", "168.02", 5, 2),
    ("XRP-USD", "coinbase", "0.52310", "0.52310", 1, 5),
    ("DOGE-USD", "coinbase", "0.12345", "0.13020", -7, 5),
    ("SHIB-USD", "coinbase", "0.00001834", "0.00001802", 2, 8),
    ("BTC-EUR", "kraken", "61870.1", "61201.0", 3, 1),
    ("ADA-EUR", "kraken", "0.4127", "0.4213", -4, 4),
];

fn instrument(number: usize) -> Instrument {
    let (name, feed, last, before, step, decimals) = ROWS[number];
    let last = price(last);
    let tick = 10_i64.pow(8 - u32::from(decimals));
    let at = |ticks: i64| Price::from_scaled(last.scaled() + ticks * tick);
    let moves = |n: i64| ((n as f64 / 6.0 + number as f64).sin() * 40.0) as i64 + n * 7_919 % 13;
    let closes: Vec<Price> = (0..60).map(|n| at(step * (n - 59) + moves(n))).collect();
    Instrument {
        symbol: symbol(name),
        feed: feed.to_owned(),
        data_kind: DataKind::Live,
        last_recv: Some(ago(40 + number as u64 * 300)),
        last: Some(LastTrade {
            price: last,
            size: Some(volume("0.0412")),
            side: if step > 0 {
                AggressorSide::Buy
            } else {
                AggressorSide::Sell
            },
            ts_event: ago(63),
        }),
        quote: Some(Quote {
            symbol: symbol(name),
            ts_event: ago(63),
            ts_recv: ago(40),
            bid: at(-1),
            ask: at(1),
            bid_size: Some(volume("1.25")),
            ask_size: Some(volume("0.4")),
        }),
        day: Some(DayStats {
            symbol: symbol(name),
            open: price(before),
            high: Price::from_scaled(last.scaled() / 1_000 * 1_012),
            low: Price::from_scaled(last.scaled() / 1_000 * 977),
            volume: volume("9876.54321"),
        }),
        change_basis: Some(ChangeBasis::Venue24h(price(before))),
        closes: closes.into(),
        timeframe: Timeframe::S1,
        decimals,
        events: 120_431,
        missing_events: 0,
    }
}

/// Bars up to now along a fixed course that ends at `last`.
pub(crate) fn bars(name: &str, timeframe: Timeframe, last: Price, count: i64) -> Vec<Bar> {
    let newest = timeframe.open_of(now());
    let unit = last.scaled() / 4_000;
    let level = |n: i64| {
        let wave = ((n as f64 / 9.0).sin() * 6.0 + (n as f64 / 31.0).cos() * 9.0) * 1_000.0;
        let noise = (n * 7_919).rem_euclid(1_733) - 866;
        last.scaled() + (wave as i64 + noise - 9_000) * unit / 4_000
    };
    let bar = |n: i64| {
        let (open, close) = (level(n + 1), if n == 0 { last.scaled() } else { level(n) });
        let reach = unit / 6 + (n * 37).rem_euclid(11) * unit / 30;
        Bar {
            symbol: symbol(name),
            timeframe,
            time: Timestamp::from_micros(newest.micros() - n * timeframe.nominal_micros()),
            open: Price::from_scaled(open),
            high: Price::from_scaled(open.max(close) + reach),
            low: Price::from_scaled(open.min(close) - reach),
            close: Price::from_scaled(close),
            volume: Volume::from_scaled(
                i128::from((n * n * 31 + n * 53).rem_euclid(37) + 4) * 41_000_000,
            )
            .unwrap(),
            trade_count: Some(12),
            vwap: None,
            source: Source::parse("coinbase.trades").unwrap(),
            quality_score: QualityScore::MAX,
        }
    };
    (0..count).rev().map(bar).collect()
}

pub(crate) fn chart(name: &str, last: &str, timeframe: Timeframe) -> ChartDetail {
    let mut bars = bars(name, timeframe, price(last), 240);
    let forming = bars.pop();
    ChartDetail {
        symbol: symbol(name),
        timeframe,
        timeframes: vec![Timeframe::S1, Timeframe::M1, Timeframe::M5, Timeframe::H1],
        source: Source::parse("coinbase.trades").unwrap(),
        bars: bars.into(),
        forming,
        trades: trades(name, price(last)),
    }
}

fn trades(name: &str, last: Price) -> Arc<[Trade]> {
    let trade = |n: u64| Trade {
        symbol: symbol(name),
        ts_event: ago(63 + n * 1_730),
        ts_recv: ago(40 + n * 1_730),
        price: Price::from_scaled(last.scaled() + ((n * 13 % 7) as i64 - 3) * 1_000_000),
        size: Volume::from_scaled(i128::from(n * 97 % 31 + 1) * 4_120_000).unwrap(),
        aggressor_side: if n.is_multiple_of(3) {
            AggressorSide::Sell
        } else {
            AggressorSide::Buy
        },
        trade_id: Some(900_000 - n),
        is_snapshot: false,
    };
    (0..40).map(trade).collect()
}

fn task(name: &str, phase: TaskPhase) -> TaskState {
    TaskState {
        name: name.to_owned(),
        phase,
        restarts: 0,
        last_error: None,
        last_failure: None,
        is_degraded: false,
    }
}

fn queue(name: &str, high_water: u64, dropped: u64) -> QueueState {
    QueueState {
        name: name.to_owned(),
        capacity: 65_536,
        depth: 12,
        high_water,
        dropped,
    }
}

/// Two feeds at work.
pub(crate) fn live() -> AgentState {
    let kraken = FeedState {
        symbols: 2,
        messages_per_sec: 12.8,
        venue_lag_micros: Some(41_000),
        ..feed("kraken", FeedMode::Live)
    };
    AgentState {
        feeds: Arc::from([feed("coinbase", FeedMode::Live), kraken]),
        instruments: (0..ROWS.len()).map(|n| Arc::new(instrument(n))).collect(),
        chart: Some(Arc::new(chart("BTC-USD", "67123.45", Timeframe::M1))),
        queues: Arc::from([queue("state", 311, 0), queue("bars", 128, 0)]),
        tasks: ["feed.coinbase", "feed.kraken", "bars", "publish"]
            .map(|name| task(name, TaskPhase::Running))
            .into(),
        store: Arc::default(),
        cache: Arc::default(),
        imports: Arc::from([]),
        publish_latency: Quantiles {
            count: 9_312,
            p50_micros: 85,
            p90_micros: 240,
            p99_micros: 1_240,
            max_micros: 4_800,
        },
        log: Arc::new(log(log_lines())),
        ..empty()
    }
}

fn log_lines() -> Vec<Arc<LogLine>> {
    let texts: [(LogLevel, &str, &str); 9] = [
        (
            LogLevel::Info,
            "agent",
            "data directory opened path=~/.local/share/mda",
        ),
        (
            LogLevel::Info,
            "feed::session",
            "connected feed=coinbase endpoint=wss://coinbase.example/ws",
        ),
        (
            LogLevel::Info,
            "feed::session",
            "subscription confirmed feed=coinbase symbols=6",
        ),
        (
            LogLevel::Warn,
            "feed::session",
            "sequence gap feed=coinbase symbol=ETH-USD from=18231 to=18233 missing=3",
        ),
        (
            LogLevel::Info,
            "feed::session",
            "connected feed=kraken endpoint=wss://kraken.example/ws",
        ),
        (
            LogLevel::Debug,
            "bus",
            "subscriber added name=bars capacity=65536",
        ),
        (
            LogLevel::Error,
            "feed::venue",
            "undecodable message feed=kraken reason=\"expected value at line 1 column 7\" bytes=212",
        ),
        (
            LogLevel::Warn,
            "runtime::supervisor",
            "task restarted task=feed.kraken restarts=1 after=250ms",
        ),
        (
            LogLevel::Info,
            "feed::session",
            "subscription confirmed feed=kraken symbols=2",
        ),
    ];
    let count = texts.len() as u64;
    let line = |(n, (level, target, message)): (u64, &(LogLevel, &str, &str))| {
        Arc::new(LogLine {
            number: 1_200 + n,
            time: ago((count - n) * 1_937),
            level: *level,
            target: (*target).to_owned(),
            message: (*message).to_owned(),
        })
    };
    (0..).zip(&texts).map(line).collect()
}

/// One feed lost half a minute ago, the other one quiet.
pub(crate) fn stale() -> AgentState {
    let mut state = live();
    let coinbase = FeedState {
        reason: "connection closed by peer: 1006".to_owned(),
        last_message: Some(ago(34_000)),
        messages_per_sec: 0.0,
        next_attempt: Some(now().plus(std::time::Duration::from_millis(3_400))),
        attempt: 4,
        reconnects: 3,
        ..feed("coinbase", FeedMode::Reconnecting)
    };
    let kraken = state.feeds[1].clone();
    state.feeds = Arc::from([coinbase, kraken]);
    let ages = [
        34_000, 36_000, 95_000, 34_000, 7_300_000, 34_000, 21_000, 6_000,
    ];
    state.instruments = with_each(&state, |n, row| row.last_recv = Some(ago(ages[n])));
    state
}

/// Everything that can go wrong at once.
pub(crate) fn failing() -> AgentState {
    let mut state = live();
    let coinbase = FeedState {
        reason: "2 of 6 symbols refused by the venue".to_owned(),
        rejected: vec![
            "FOO-USD: not found".to_owned(),
            "BAR-USD: delisted".to_owned(),
        ],
        missing_events: 1_312,
        undecodable: 7,
        ..feed("coinbase", FeedMode::Degraded)
    };
    let kraken = FeedState {
        reason: "login refused: check the key in the settings".to_owned(),
        last_message: None,
        messages_per_sec: 0.0,
        venue_lag_micros: None,
        ..feed("kraken", FeedMode::Closed)
    };
    state.feeds = Arc::from([coinbase, kraken]);
    state.instruments = with_each(&state, |n, row| {
        if n >= 6 {
            row.last_recv = None;
            row.last = None;
            row.quote = None;
            row.day = None;
            row.change_basis = None;
            row.closes = Arc::from([]);
        }
    });
    state.tasks = Arc::from([
        task("feed.coinbase", TaskPhase::Running),
        TaskState {
            restarts: 4,
            is_degraded: true,
            last_error: Some("login refused".to_owned()),
            ..task("feed.kraken", TaskPhase::Restarting)
        },
    ]);
    state.queues = Arc::from([queue("state", 65_536, 1_204), queue("bars", 128, 0)]);
    let mut log = (*state.log).clone();
    (log.errors, log.warnings, log.lost) = (12, 340, 25);
    state.log = Arc::new(log);
    state.chart = None;
    state
}

/// Daily bars of ten years ago, a day a second.
pub(crate) fn replay() -> AgentState {
    let mut state = live();
    let data_time: Timestamp = "2015-05-18T00:00:00Z".parse().unwrap();
    state.feeds = Arc::from([FeedState {
        data_kind: DataKind::Replay,
        endpoint: "AAPL.csv".to_owned(),
        replay_speed: Some(86_400.0),
        replay_time: Some(data_time),
        venue_lag_micros: None,
        symbols: 8,
        ..feed("replay", FeedMode::Live)
    }]);
    state.instruments = with_each(&state, |_, row| {
        row.feed = "replay".to_owned();
        row.data_kind = DataKind::Replay;
        row.quote = None;
        row.day = None;
        row.timeframe = Timeframe::D1;
        let basis = row.change_basis.unwrap().price();
        row.change_basis = Some(ChangeBasis::PreviousClose(basis));
    });
    state.chart = Some(Arc::new(chart("BTC-USD", "67123.45", Timeframe::D1)));
    state
}

/// Invented data beside the market's.
pub(crate) fn simulated() -> AgentState {
    let mut state = live();
    let simulated = FeedState {
        data_kind: DataKind::Simulated,
        symbols: 2,
        venue_lag_micros: None,
        ..feed("simulated", FeedMode::Live)
    };
    state.feeds = Arc::from([state.feeds[0].clone(), simulated]);
    state.instruments = with_each(&state, |n, row| {
        if n >= 6 {
            row.feed = "simulated".to_owned();
            row.data_kind = DataKind::Simulated;
            let first = row.change_basis.unwrap().price();
            row.change_basis = Some(ChangeBasis::FirstSeen(first));
        }
    });
    state
}

/// The rows of `state`, each changed by `change`.
pub(crate) fn with_each(
    state: &AgentState,
    change: impl Fn(usize, &mut Instrument),
) -> Arc<[Arc<Instrument>]> {
    let rows = state.instruments.iter().enumerate();
    rows.map(|(n, row)| {
        let mut row = (**row).clone();
        change(n, &mut row);
        Arc::new(row)
    })
    .collect()
}
