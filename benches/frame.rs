//! The cost of one frame in process: taking a state in, and painting it.
//!
//! `cargo bench --bench frame` prints the median and the 99th percentile over 2,000 frames for each
//! screen and size, with 500 instruments of which ten changed, and the machine's load. What the
//! frame costs on its way to the terminal is measured by the bench `process`, as bytes and CPU.

#![expect(clippy::print_stdout, reason = "a bench reports on stdout")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use mda::api::{
    AgentInfo, AgentPhase, AgentState, ChangeBasis, ChartDetail, FeedState, Instrument, LastTrade,
    LogLevel, LogState, Quantiles,
};
use mda::domain::{
    AggressorSide, Bar, DataKind, FeedMode, Price, QualityScore, Quote, Source, Symbol, Timeframe,
    Timestamp, Volume,
};
use mda::tui::{App, AppOptions, ScreenName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SYMBOLS: usize = 500;
const CHANGES: usize = 10;
const FRAMES: usize = 2_000;
const START: i64 = 1_700_000_000;

fn main() {
    println!("machine load before: {}", load());
    for screen in [ScreenName::Overview, ScreenName::Markets, ScreenName::Logs] {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let mut times = measure(screen, Rect::new(0, 0, width, height));
            times.sort_unstable();
            println!(
                "{screen:?} {width}x{height}: median {:?}, p99 {:?}",
                times[FRAMES / 2],
                times[FRAMES * 99 / 100],
            );
        }
    }
    println!("machine load after: {}", load());
}

fn measure(screen: ScreenName, area: Rect) -> Vec<Duration> {
    let mut app = App::new(AppOptions {
        screen,
        ..AppOptions::default()
    });
    let mut state = first_state();
    let mut buffer = Buffer::empty(area);
    let mut times = Vec::with_capacity(FRAMES);
    for frame in 0..FRAMES {
        state = Arc::new(next_state(&state, frame));
        let now = state.as_of;
        let began = Instant::now();
        app.on_state(Arc::clone(&state), now);
        buffer.reset();
        app.draw(&mut buffer, now);
        times.push(began.elapsed());
        app.mark_drawn();
    }
    times
}

fn first_state() -> Arc<AgentState> {
    let instruments: Vec<_> = (0..SYMBOLS)
        .map(|index| Arc::new(instrument(index)))
        .collect();
    let symbol = instruments[0].symbol.clone();
    Arc::new(AgentState {
        revision: 0,
        as_of: Timestamp::from_secs(START),
        agent: AgentInfo {
            version: "0".to_owned(),
            pid: 1,
            started: Timestamp::from_secs(START),
            data_dir: "/var/lib/mda".to_owned(),
            phase: AgentPhase::Running,
            viewers: 1,
        },
        feeds: Arc::from([feed()]),
        instruments: instruments.into(),
        chart: Some(Arc::new(chart(&symbol))),
        queues: Arc::default(),
        tasks: Arc::default(),
        store: Arc::default(),
        cache: Arc::default(),
        imports: Arc::from([]),
        publish_latency: Quantiles::default(),
        log: Arc::new(LogState {
            lines: Vec::new(),
            written: 0,
            lost: 0,
            warnings: 0,
            errors: 0,
            level: LogLevel::Info,
            file: None,
        }),
    })
}

/// Returns the state one frame later: ten instruments have a new price.
fn next_state(state: &AgentState, frame: usize) -> AgentState {
    let as_of = state.as_of.plus(Duration::from_millis(33));
    let mut instruments = state.instruments.to_vec();
    for change in 0..CHANGES {
        let row = &mut instruments[change * 3];
        let mut changed = Instrument::clone(row);
        let price = Price::from_scaled(10_000_000_000 + (frame * 7 + change) as i64 * 1_000_000);
        changed.last_recv = Some(as_of);
        changed.last = Some(last(price, as_of));
        *row = Arc::new(changed);
    }
    AgentState {
        revision: state.revision + 1,
        as_of,
        instruments: instruments.into(),
        ..state.clone()
    }
}

fn instrument(index: usize) -> Instrument {
    let at = Timestamp::from_secs(START);
    let price = Price::from_scaled(10_000_000_000 + index as i64 * 1_000_000);
    let symbol = Symbol::parse(&format!("SYM{index:03}")).expect("a symbol");
    Instrument {
        quote: Some(Quote {
            symbol: symbol.clone(),
            ts_event: at,
            ts_recv: at,
            bid: price,
            ask: price,
            bid_size: None,
            ask_size: None,
        }),
        symbol,
        feed: "simulated".to_owned(),
        data_kind: DataKind::Simulated,
        last_recv: Some(at),
        last: Some(last(price, at)),
        day: None,
        change_basis: Some(ChangeBasis::FirstSeen(price)),
        closes: (0..60)
            .map(|step| Price::from_scaled(price.scaled() + step * 3_000_000))
            .collect(),
        timeframe: Timeframe::M1,
        decimals: 2,
        events: 1,
        missing_events: 0,
    }
}

fn last(price: Price, ts_event: Timestamp) -> LastTrade {
    LastTrade {
        price,
        size: None,
        side: AggressorSide::Buy,
        ts_event,
    }
}

fn feed() -> FeedState {
    FeedState {
        name: "simulated".to_owned(),
        endpoint: "bench".to_owned(),
        data_kind: DataKind::Simulated,
        mode: FeedMode::Live,
        since: Timestamp::from_secs(START),
        reason: "running".to_owned(),
        last_message: Some(Timestamp::from_secs(START)),
        messages: 1,
        messages_per_sec: 2_000.0,
        symbols: SYMBOLS as u32,
        rejected: Vec::new(),
        reconnects: 0,
        next_attempt: None,
        attempt: 0,
        missing_events: 0,
        undecodable: 0,
        repeated_trades: 0,
        late_trades: 0,
        venue_lag_micros: None,
        replay_speed: None,
        replay_time: None,
    }
}

fn chart(symbol: &Symbol) -> ChartDetail {
    let source = Source::parse("simulated.trades").expect("a source");
    let bar = |index: i64| {
        let open = Price::from_scaled(10_000_000_000 + index % 17 * 20_000_000);
        let close = Price::from_scaled(10_000_000_000 + index % 13 * 25_000_000);
        Bar {
            symbol: symbol.clone(),
            timeframe: Timeframe::M1,
            time: Timestamp::from_secs(START - START % 60 + index * 60),
            open,
            high: open.max(close),
            low: open.min(close),
            close,
            volume: Volume::from_scaled(i128::from(index) * 100_000_000).expect("a volume"),
            trade_count: None,
            vwap: None,
            source: source.clone(),
            quality_score: QualityScore::MAX,
        }
    };
    ChartDetail {
        timeframe: Timeframe::M1,
        timeframes: vec![Timeframe::M1, Timeframe::M5],
        bars: (0..400).map(bar).collect(),
        forming: None,
        trades: Arc::default(),
        source: source.clone(),
        symbol: symbol.clone(),
    }
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .trim()
        .to_owned()
}
