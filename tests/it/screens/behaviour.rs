//! What keys, states and time do, seen from outside.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use mda::api::{AgentState, Command, Refusal, RefusalCode, Reply, ViewSpec};
use mda::domain::{FeedMode, Price, Timeframe, Timestamp};
use mda::tui::{App, AppOptions, Effect, FrameCost, GlyphLevel, ScreenName, ThemeName};

use super::market;
use super::pictures::Stage;
use crate::support::picture;

fn overview() -> Stage {
    Stage::on(ScreenName::Overview, (80, 24)).show(market::live())
}

fn shown(stage: &Stage) -> String {
    picture::text(&stage.draw())
}

fn later(stage: &mut Stage, secs: u64) {
    stage.now = stage.now.plus(Duration::from_secs(secs));
}

fn view_of(effects: &[Effect]) -> Option<&ViewSpec> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(Command::View(view)) => Some(view),
        _ => None,
    })
}

#[test]
fn view_is_asked_at_the_start_and_whenever_it_changes() {
    let mut app = App::new(AppOptions::default());
    assert_eq!(view_of(&app.start()), Some(&ViewSpec::default()));
    let effects = app.on_state(Arc::new(market::live()), market::now());
    let chart = view_of(&effects)
        .and_then(|view| view.chart.clone())
        .unwrap();
    assert_eq!((chart.symbol.as_str(), chart.timeframe), ("BTC-USD", None));
    assert!(
        app.on_state(Arc::new(market::live()), market::now())
            .is_empty()
    );
}

#[test]
fn moving_the_cursor_asks_for_the_other_chart() {
    let mut stage = overview();
    let effects = stage.key("j");
    let chart = view_of(&effects)
        .and_then(|view| view.chart.clone())
        .unwrap();
    assert_eq!(chart.symbol.as_str(), "ETH-USD");
}

#[test]
fn age_of_a_closed_row_is_never_cut() {
    let mut closed = market::live();
    for feed in Arc::make_mut(&mut closed.feeds) {
        feed.mode = FeedMode::Closed;
    }
    let mut stage = Stage::on(ScreenName::Overview, (120, 36)).show(closed);
    later(&mut stage, 30);
    let shown = shown(&stage);
    assert!(shown.contains("×CLOSED 30s"), "{shown}");
    assert!(!shown.contains("CLOSED 3…"), "{shown}");
}

#[test]
fn log_lines_are_asked_for_only_while_they_are_looked_at() {
    let mut stage = overview();
    assert!(view_of(&stage.key("4")).unwrap().has_logs);
    assert!(!view_of(&stage.key("1")).unwrap().has_logs);
}

#[test]
fn timeframe_keys_walk_through_what_the_agent_has() {
    let mut stage = overview();
    let mut asked = |key: &str| {
        view_of(&stage.key(key))
            .unwrap()
            .chart
            .clone()
            .unwrap()
            .timeframe
    };
    assert_eq!(asked("T"), Some(Timeframe::M5));
    assert_eq!(asked("]"), Some(Timeframe::H1));
    assert_eq!(asked("]"), Some(Timeframe::S1));
    assert_eq!(asked("["), Some(Timeframe::H1));
}

#[test]
fn reconnect_names_the_feed_of_the_selected_symbol() {
    let mut stage = overview().press("G");
    let effects = stage.key("r");
    let feed = "kraken".to_owned();
    assert_eq!(effects, [Effect::Send(Command::ReconnectFeed { feed })]);
}

#[test]
fn read_only_sends_nothing_and_says_so() {
    let options = AppOptions {
        is_read_only: true,
        ..AppOptions::default()
    };
    let mut stage = Stage::new(options, (80, 24)).show(market::live());
    assert!(stage.key("r").is_empty());
    assert!(shown(&stage).contains("read-only"));
}

#[test]
fn finer_log_lines_are_asked_of_the_agent() {
    let mut stage = Stage::on(ScreenName::Logs, (80, 24)).show(market::live());
    let effects = stage.key("L");
    assert!(
        matches!(effects[..], [Effect::Send(Command::SetLogLevel { .. })]),
        "{effects:?}"
    );
}

#[test]
fn refusal_is_shown_with_its_next_step_and_goes_by_itself() {
    let mut stage = overview();
    let refusal = Refusal {
        code: RefusalCode::NotFound,
        message: "unknown feed `binance`".to_owned(),
        next_step: Some("choose one of coinbase kraken".to_owned()),
    };
    let result = Err(refusal);
    stage.app.on_reply(Reply { id: 7, result }, stage.now);
    let text = shown(&stage);
    assert!(
        text.contains("unknown feed") && text.contains("choose one of"),
        "{text}"
    );
    later(&mut stage, 11);
    stage.app.on_timer(stage.now);
    assert!(!shown(&stage).contains("unknown feed"));
}

#[test]
fn values_grow_stale_by_themselves() {
    let mut stage = overview();
    let mut seen = Vec::new();
    for _ in 0..200 {
        let text = shown(&stage);
        for word in ["LIVE 5s", "SLOW 15s", "STALE 1m"] {
            if text.contains(word) && !seen.contains(&word) {
                seen.push(word);
            }
        }
        stage.now = stage.app.next_deadline(stage.now).unwrap();
        stage.app.on_timer(stage.now);
    }
    assert_eq!(seen, ["LIVE 5s", "SLOW 15s", "STALE 1m"]);
}

#[test]
fn between_two_deadlines_not_a_cell_changes() {
    let mut stage = Stage::on(ScreenName::Overview, (120, 40)).show(market::stale());
    for _ in 0..60 {
        let before = stage.draw();
        let next = stage.app.next_deadline(stage.now).unwrap();
        assert!(next > stage.now);
        stage.now = next.minus(Duration::from_micros(1));
        assert_eq!(
            picture::difference(&before, &stage.draw()),
            "0 cells change\n"
        );
        stage.now = next;
        stage.app.on_timer(next);
    }
}

#[test]
fn quiet_market_wakes_at_most_once_a_second() {
    let mut stage = overview();
    let start = stage.now;
    let mut wakes = 0;
    while stage.now.since(start) < Duration::from_mins(2) {
        stage.now = stage.app.next_deadline(stage.now).unwrap();
        stage.app.on_timer(stage.now);
        wakes += 1;
    }
    assert!(wakes < 120, "{wakes} wake-ups in two minutes");
}

#[test]
fn feed_cut_is_seen_at_once() {
    let stage = overview().show(market::stale());
    let text = shown(&stage);
    assert!(text.contains("RECONNECTING in 4s coinbase"), "{text}");
    assert!(text.contains("○ STALE 30s"), "{text}");
}

#[test]
fn lost_agent_makes_everything_stale_until_the_next_state() {
    let mut stage = overview();
    stage
        .app
        .on_disconnected("broken pipe".to_owned(), stage.now);
    let text = shown(&stage);
    assert!(
        text.contains("AGENT LOST") && !text.contains("● LIVE"),
        "{text}"
    );
    let stage = stage.show(market::live());
    assert!(!shown(&stage).contains("AGENT LOST"));
}

fn ticked(state: &AgentState, row: usize, cents: i64) -> AgentState {
    let mut next = state.clone();
    next.revision += 1;
    next.instruments = state
        .instruments
        .iter()
        .enumerate()
        .map(|(at, instrument)| {
            if at != row {
                return Arc::clone(instrument);
            }
            let mut changed = (**instrument).clone();
            let last = changed.last.as_mut().unwrap();
            last.price = Price::from_scaled(last.price.scaled() + cents * 1_000_000);
            Arc::new(changed)
        })
        .collect();
    next
}

#[test]
fn sorted_rows_hold_still_under_the_hand_and_for_five_seconds() {
    let mut stage = overview().press("s s S");
    let order = |stage: &Stage| {
        let text = shown(stage);
        let rows = text.lines().skip(3).take(3);
        rows.map(|row| {
            row.split_whitespace()
                .find(|word| word.contains('-'))
                .unwrap()
                .to_owned()
        })
        .collect::<Vec<String>>()
    };
    let before = order(&stage);
    let cheapest = market::live()
        .instruments
        .iter()
        .position(|row| row.symbol.as_str() == before[0]);
    let changed = ticked(&market::live(), cheapest.unwrap(), 90_000_000);
    stage = stage.show(changed.clone());
    assert_eq!(order(&stage), before, "a tick moved a row at once");
    later(&mut stage, 4);
    stage.key("j");
    later(&mut stage, 1);
    stage = stage.show(changed.clone());
    assert_eq!(order(&stage), before, "rows moved under the hand");
    later(&mut stage, 2);
    stage = stage.show(changed);
    assert_ne!(order(&stage), before, "rows never moved");
}

#[test]
fn selection_follows_the_symbol() {
    let mut stage = overview().press("j j");
    let selected = |stage: &Stage| {
        let text = shown(stage);
        let row = text
            .lines()
            .find(|row| row.contains('▸'))
            .unwrap()
            .to_owned();
        row.split_whitespace()
            .find(|word| word.contains("-USD"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(selected(&stage), "SOL-USD");
    for keys in ["s", "s", "S", "s"] {
        stage.key(keys);
        assert_eq!(selected(&stage), "SOL-USD");
    }
}

#[test]
fn frozen_view_holds_still_and_returns_to_now() {
    let stage = overview().press("f");
    let before = shown(&stage);
    let mut stage = stage.show(market::stale());
    later(&mut stage, 30);
    let text = shown(&stage);
    let rows = |text: &str| {
        text.lines()
            .skip(1)
            .take(8)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&before), rows(&text));
    assert!(text.contains("30s · 1 update waiting"), "{text}");
    assert!(
        text.contains("RECONNECTING"),
        "the light of the feed must not freeze: {text}"
    );
    stage.key("f");
    assert!(shown(&stage).contains("STALE"));
}

#[test]
fn unknown_values_are_never_zero() {
    let stage = Stage::on(ScreenName::Markets, (120, 40))
        .show(market::failing())
        .press("G");
    let text = shown(&stage);
    let row = text
        .lines()
        .find(|row| row.contains("ADA-EUR") && row.contains("WAITING"));
    let row = row.or_else(|| text.lines().find(|row| row.contains("ADA-EUR")));
    let cells = row.unwrap();
    assert!(cells.contains('–') && !cells.contains('0'), "{cells}");
}

#[test]
fn keys_pass_through_windows_only_when_they_end_the_program() {
    let mut stage = overview().press(":");
    assert!(stage.key("q").is_empty());
    assert_eq!(stage.key("C-c"), [Effect::Quit]);
    let mut stage = overview().press("/");
    assert_eq!(stage.key("C-z"), [Effect::Suspend]);
}

#[test]
fn theme_changes_live_from_the_palette() {
    let stage = overview();
    let before = stage.draw();
    let stage = stage.press(": t h e m e SPACE l i g h t ENTER");
    let light = ThemeName::Light.theme();
    assert_ne!(before, stage.draw());
    assert_eq!(stage.draw()[(0, 5)].bg, light.background);
}

#[test]
fn paste_goes_into_the_line_that_is_typed() {
    let mut stage = overview().press("/");
    stage
        .app
        .on_event(&Event::Paste("doge\n".to_owned()), stage.now);
    let text = shown(&stage);
    assert!(text.contains("filter `doge`: 1 of 8"), "{text}");
    stage.key("ESC");
    assert!(shown(&stage).contains("of 8 symbols"));
}

#[test]
fn cursor_is_given_only_where_text_is_typed() {
    let mut stage = overview();
    let mut buffer = stage.draw();
    assert_eq!(stage.app.draw(&mut buffer, stage.now), None);
    stage.key("/");
    stage.key("b");
    let cursor = stage.app.draw(&mut buffer, stage.now).unwrap();
    assert_eq!((cursor.x, cursor.y), (4, 23));
}

#[test]
fn dirty_follows_news_and_not_drawing() {
    let mut stage = overview();
    stage.app.mark_drawn();
    assert!(!stage.app.is_dirty());
    stage.app.record_frame(FrameCost {
        frame_micros: 400,
        bytes: 312,
        skipped: 0,
    });
    stage.app.on_event(&Event::FocusGained, stage.now);
    assert!(!stage.app.is_dirty());
    stage.key("c");
    assert!(stage.app.is_dirty());
    assert!(shown(&stage).contains("frame 400 µs · 312 B · skipped 0"));
}

#[test]
fn ascii_draws_nothing_else_in_any_state() {
    for state in [
        market::live(),
        market::stale(),
        market::failing(),
        market::simulated(),
    ] {
        let mut options = AppOptions::default();
        options.caps.glyphs = GlyphLevel::Ascii;
        let mut stage = Stage::new(options, (120, 40)).show(state);
        for keys in ["1", "2", "3", "4", "?"] {
            stage.key(keys);
            let text = shown(&stage);
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn foreign_data_is_marked_wherever_its_values_are() {
    for (state, word, letter) in [
        (market::replay(), "REPLAY", "R"),
        (market::simulated(), "SIM", "S"),
    ] {
        let stage = Stage::on(ScreenName::Markets, (120, 40))
            .show(state)
            .press("G");
        let text = shown(&stage);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains(word), "top bar: {}", lines[0]);
        let row = lines.iter().find(|line| line.contains('▸')).unwrap();
        assert!(
            row.contains(&format!(" {letter} ")) && row.contains(word),
            "{row}"
        );
        let chart = lines.iter().find(|line| line.starts_with("|╭ ADA-EUR"));
        assert!(chart.is_none_or(|title| title.contains(word)), "{text}");
        assert!(
            text.contains(&format!("· {word}")) || text.contains(word),
            "{text}"
        );
    }
}

#[test]
fn agent_that_waits_is_not_live() {
    let stage = Stage::on(ScreenName::Overview, (80, 24));
    let text = shown(&stage);
    assert!(
        text.contains("WAITING FOR AGENT") && !text.contains("LIVE"),
        "{text}"
    );
}

#[test]
fn every_mode_of_a_feed_has_its_own_words_without_colour() {
    let modes = [
        FeedMode::Connecting,
        FeedMode::Live,
        FeedMode::Degraded,
        FeedMode::Reconnecting,
        FeedMode::Closed,
    ];
    let mut seen = std::collections::HashSet::new();
    for mode in modes {
        let mut state = market::live();
        state.feeds = Arc::from([market::feed("coinbase", mode)]);
        let mut options = AppOptions::default();
        options.caps.depth = mda::tui::ColorDepth::Mono;
        options.caps.glyphs = GlyphLevel::Ascii;
        let text = shown(&Stage::new(options, (80, 24)).show(state));
        let top = text.lines().next().unwrap().to_owned();
        assert!(
            seen.insert(top.clone()),
            "{mode:?} looks like another: {top}"
        );
    }
}

#[test]
fn picture_is_the_same_whenever_it_is_drawn() {
    let stage = overview();
    assert_eq!(stage.draw(), stage.draw());
    let far: Timestamp = "2031-01-01T00:00:00Z".parse().unwrap();
    let mut stage = stage;
    stage.now = far;
    assert!(shown(&stage).contains("STALE"));
}

#[test]
fn svg_of_a_picture_holds_its_words() {
    let buffer = overview().draw();
    let svg = mda::tui::to_svg(&buffer, ThemeName::Dark.theme(), "Overview");
    assert!(svg.contains("BTC-USD") && svg.contains("coinbase") && svg.ends_with("</svg>\n"));
}

#[test]
fn log_lines_that_never_came_are_counted() {
    let mut state = market::live();
    let mut log = (*state.log).clone();
    log.lines.drain(2..5);
    state.log = Arc::new(log);
    let text = shown(&Stage::on(ScreenName::Logs, (120, 24)).show(state));
    assert!(text.contains("3 skipped"), "{text}");
}
