//! No size, state, key or moment makes a picture panic; and a picture is cheap.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use mda::api::{
    AgentState, Answer, ChangeBasis, ChartDetail, ImportJob, ImportPreview, Refusal, RefusalCode,
    Reply,
};
use mda::domain::{Price, Timeframe, Timestamp, Volume};
use mda::tui::{AppOptions, Caps, ColorDepth, Effect, GlyphLevel, ScreenName, ThemeName};
use proptest::prelude::*;
use proptest::sample::select;

use super::import_pictures::{list, reviewed};
use super::pictures::Stage;
use super::{jobs, market};

fn state() -> impl Strategy<Value = AgentState> {
    let base = select(vec![0_usize, 1, 2, 3, 4, 5, 6, 7]);
    (
        base,
        any::<i64>(),
        any::<i64>(),
        any::<u64>(),
        0_u8..=8,
        0_usize..40,
    )
        .prop_map(|(base, a, b, count, decimals, bars)| {
            let states = [
                market::empty,
                market::live,
                market::stale,
                market::failing,
                market::replay,
                market::simulated,
                jobs::busy,
                || jobs::state(jobs::all()),
            ];
            strained(states[base](), (a, b, count), decimals, bars)
        })
}

/// Pushes every number of a state to where it hurts.
fn strained(mut state: AgentState, wild: (i64, i64, u64), decimals: u8, bars: usize) -> AgentState {
    let (a, b, count) = wild;
    let price = |value: i64| Price::from_scaled(value.max(i64::MIN + 1));
    state.instruments = market::with_each(&state, |n, row| {
        row.decimals = decimals;
        row.events = count;
        if n % 2 == 0 {
            row.last_recv = Some(Timestamp::from_micros(a));
            row.closes = Arc::from([price(a), price(b), Price::MAX, Price::MIN]);
            row.change_basis = Some(ChangeBasis::FirstSeen(price(b)));
        }
        if let Some(last) = &mut row.last {
            last.price = price(a.wrapping_add(n as i64));
        }
        if let (Some(quote), 1) = (&mut row.quote, n % 3) {
            (quote.bid, quote.ask) = (price(b), price(a));
        }
        if let Some(day) = &mut row.day {
            (day.low, day.high, day.volume) = (price(b), price(a), Volume::MAX);
        }
    });
    state.feeds = state
        .feeds
        .iter()
        .cloned()
        .map(|mut feed| {
            feed.messages_per_sec = if a % 2 == 0 { f64::NAN } else { f64::MAX };
            feed.venue_lag_micros = Some(a);
            feed.next_attempt = Some(Timestamp::from_micros(b));
            feed.reason = "é漢\u{1b}[31m\n".repeat(3);
            feed
        })
        .collect();
    state.imports = state
        .imports
        .iter()
        .map(|job| Arc::new(strained_job(job, wild)))
        .collect();
    let mut cache = (*state.cache).clone();
    cache.bytes = count;
    for class in &mut cache.classes {
        (class.hits, class.misses) = (count, u64::MAX);
    }
    state.cache = Arc::new(cache);
    state.chart = state
        .chart
        .map(|chart| Arc::new(strained_chart(&chart, (a, b), bars)));
    state
}

fn strained_job(job: &ImportJob, wild: (i64, i64, u64)) -> ImportJob {
    let (a, _, count) = wild;
    let mut job = job.clone();
    if a % 3 == 0 {
        return job;
    }
    job.counts.read = count;
    job.counts.rejected = count;
    job.progress.bytes_total = count;
    job.progress.bytes_done = count / 3;
    job.progress.rows_per_sec = if a % 2 == 0 { f64::NAN } else { f64::MAX };
    job.progress.elapsed = Duration::from_micros(count);
    job.progress.remaining = Some((Duration::MAX, Duration::from_micros(count)));
    job.created = Timestamp::from_micros(a);
    job.problem = Some("é漢\u{1b}[31m\n".repeat(40));
    job
}

/// An answer to whatever was asked, fitting or not.
fn answer(number: usize) -> Result<Answer, Refusal> {
    Ok(match number % 7 {
        0 => Answer::Preview(jobs::preview()),
        1 => Answer::Preview(jobs::preview_asking()),
        2 => Answer::Preview(ImportPreview { files: Vec::new() }),
        3 => Answer::Rejects(jobs::rejects(1, 200)),
        4 => Answer::Paths(vec!["/é漢/".to_owned(), "/é語.csv".to_owned()]),
        5 => Answer::Done,
        _ => {
            return Err(Refusal {
                code: RefusalCode::Failed,
                message: "é漢 ".repeat(60),
                next_step: Some("none".to_owned()),
            });
        }
    })
}

fn strained_chart(chart: &ChartDetail, wild: (i64, i64), bars: usize) -> ChartDetail {
    let mut chart = chart.clone();
    let mut kept: Vec<_> = chart.bars.iter().take(bars).cloned().collect();
    if let Some(bar) = kept.last_mut() {
        bar.time = Timestamp::from_micros(wild.0);
        bar.high = Price::MAX;
        bar.low = Price::from_scaled(wild.1.max(i64::MIN + 1));
    }
    if bars.is_multiple_of(2) {
        chart.forming = None;
    }
    chart.timeframe = Timeframe::ALL[bars % Timeframe::ALL.len()];
    chart.bars = kept.into();
    chart
}

fn key() -> impl Strategy<Value = Event> {
    let codes = "1233 jkgGszZfFtTcCrR/:?[]LwpnNSq abxiiuvdyI4"
        .chars()
        .map(KeyCode::Char)
        .chain([
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::Backspace,
            KeyCode::Delete,
        ])
        .collect::<Vec<_>>();
    let modifiers = select(vec![
        KeyModifiers::NONE,
        KeyModifiers::NONE,
        KeyModifiers::CONTROL,
    ]);
    (select(codes), modifiers).prop_map(|(code, with)| Event::Key(KeyEvent::new(code, with)))
}

#[derive(Debug, Clone)]
enum Happening {
    Key(Event),
    State(Box<AgentState>),
    Size(u16, u16),
    Time(u64),
    /// Whatever was asked last is answered.
    Answer(usize),
    Lost,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => key().prop_map(Happening::Key),
        2 => state().prop_map(|state| Happening::State(Box::new(state))),
        1 => (1_u16..=500, 1_u16..=200).prop_map(|(w, h)| Happening::Size(w, h)),
        1 => (1_u16..=60, 1_u16..=20).prop_map(|(w, h)| Happening::Size(w, h)),
        1 => (0_u64..200_000_000).prop_map(Happening::Time),
        3 => (0_usize..7).prop_map(Happening::Answer),
        1 => Just(Happening::Lost),
    ]
}

fn options() -> impl Strategy<Value = AppOptions> {
    (
        select(ColorDepth::ALL.to_vec()),
        select(GlyphLevel::ALL.to_vec()),
        select(ThemeName::ALL.to_vec()),
        select(ScreenName::ALL.to_vec()),
    )
        .prop_map(|(depth, glyphs, theme, screen)| AppOptions {
            caps: Caps {
                depth,
                glyphs,
                is_motion_reduced: false,
            },
            theme,
            screen,
            ..AppOptions::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn prop_no_happening_makes_a_picture_panic(
        options in options(),
        happenings in prop::collection::vec(happening(), 1..30),
    ) {
        let mut stage = Stage::new(options, (80, 24));
        let mut asked = 0;
        for happening in happenings {
            match happening {
                Happening::Key(event) => {
                    for effect in stage.app.on_event(&event, stage.now) {
                        if let Effect::Ask(request) = effect {
                            asked = request.id;
                        }
                    }
                }
                Happening::Answer(number) => {
                    let reply = Reply { id: asked, result: answer(number) };
                    drop(stage.app.on_reply(reply, stage.now));
                }
                Happening::State(state) => drop(stage.app.on_state(Arc::new(*state), stage.now)),
                Happening::Size(width, height) => {
                    stage.size = (width, height);
                    stage.app.on_event(&Event::Resize(width, height), stage.now);
                }
                Happening::Time(micros) => stage.now = stage.now.plus(Duration::from_micros(micros)),
                Happening::Lost => stage.app.on_disconnected("gone".to_owned(), stage.now),
            }
            let deadline = stage.app.next_deadline(stage.now);
            prop_assert!(deadline.is_none_or(|deadline| deadline > stage.now));
            stage.app.on_timer(stage.now);
            stage.draw();
        }
    }
}

#[test]
fn every_size_from_one_cell_on_has_a_picture() {
    let mut stage = Stage::on(ScreenName::Overview, (1, 1)).show(jobs::busy());
    for width in (1..=60).chain([79, 110, 200, 500]) {
        for height in (1..=26).chain([60, 200]) {
            stage.size = (width, height);
            for key in ["1", "2", "3", "4"] {
                stage.key(key);
                stage.draw();
            }
        }
    }
}

#[test]
fn every_window_of_the_imports_has_a_picture_at_every_size() {
    let at = (80, 24);
    let stages = [
        list(at).press("i"),
        reviewed(at, jobs::preview_asking()),
        reviewed(at, jobs::preview()),
        list(at)
            .press("j")
            .answered("ENTER", Answer::Rejects(jobs::rejects(1, 200))),
        list(at).press("G k u"),
    ];
    for mut stage in stages {
        for width in (1..=61).step_by(4).chain([2, 3, 4, 80, 200, 500]) {
            for height in (1..=16).chain([24, 60]) {
                stage.size = (width, height);
                stage.draw();
                stage.key("DOWN");
                stage.draw();
            }
        }
    }
}
