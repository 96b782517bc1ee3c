//! The bars inside the program.

use std::collections::BTreeMap;
use std::sync::Arc;

use mda::domain::{Bar, DataKind, EventKind, FeedMode, MarketEvent};
use mda::feed::{BUNDLED_SYMBOLS, FeedConfig};

use super::rig::Rig;

fn bar_of(event: &MarketEvent) -> &Bar {
    match &event.kind {
        EventKind::BarClosed(bar) => {
            assert_eq!(event.source, bar.source);
            bar
        }
        other => panic!("bundled data holds closed bars only: {other:?}"),
    }
}

fn by_symbol(events: &[Arc<MarketEvent>]) -> BTreeMap<String, Vec<Bar>> {
    let mut bars: BTreeMap<String, Vec<Bar>> = BTreeMap::new();
    for event in events {
        let bar = bar_of(event);
        bars.entry(bar.symbol.to_string())
            .or_default()
            .push(bar.clone());
    }
    bars
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_are_full_at_once_and_then_every_series_moves() {
    let mut rig = Rig::start("replay:bundled@100", FeedConfig::default());
    let state = rig.until(|state| state.messages >= 1_598 + 60).await;
    assert_eq!(state.mode, FeedMode::Live);
    assert_eq!(state.data_kind, DataKind::Replay);
    assert_eq!(state.replay_speed, Some(8_640_000.0));
    assert!(
        state.replay_time.unwrap().to_string().starts_with("2001-"),
        "{state:?}"
    );
    let events = rig.events_now();
    // History first: 300 bars of each series, half of FB's 196.
    let history = by_symbol(&events[..1_598]);
    for (symbol, bars) in &history {
        assert_eq!(
            bars.len(),
            if symbol == "FB" { 98 } else { 300 },
            "{symbol}"
        );
    }
    let all = by_symbol(&events);
    for symbol in BUNDLED_SYMBOLS {
        let bars = &all[symbol];
        assert!(
            bars.len() >= history[symbol].len() + 10,
            "{symbol} does not move"
        );
        assert!(
            bars.is_sorted_by(|a, b| a.time < b.time),
            "{symbol} is out of order"
        );
    }
    let symbols: Vec<String> = rig.feed.symbols().iter().map(ToString::to_string).collect();
    assert_eq!(symbols, BUNDLED_SYMBOLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_that_ends_begins_again() {
    let mut rig = Rig::start("replay:bundled@max", FeedConfig::default());
    // 98 bars of FB are left after its history, one in six events.
    rig.until(|state| state.messages >= 1_598 + 6 * 150).await;
    let bars = by_symbol(&rig.events_now());
    let facebook = &bars["FB"];
    assert_eq!(facebook[196].time, facebook[0].time);
    assert_eq!(facebook[195].time.to_string(), "2013-03-01T00:00:00Z");
    rig.feed.stop();
    rig.feed.stopped().await;
    assert_eq!(rig.feed.state().mode, FeedMode::Closed);
}
