//! Invented values.

use std::time::Duration;

use mda::domain::{DataKind, EventKind, FeedMode};
use mda::feed::FeedConfig;
use mda::runtime::{Clock, SystemClock};

use super::rig::Rig;

#[tokio::test(flavor = "multi_thread")]
async fn invented_values_come_at_the_rate_and_are_labelled() {
    let clock = SystemClock::new();
    let mut rig = Rig::start("simulated:50@1000", FeedConfig::default());
    let state = rig.until(|state| state.messages >= 500).await;
    // A busy machine may make it slower, never faster.
    assert!(
        clock.monotonic() >= Duration::from_millis(490),
        "{:?}",
        clock.monotonic()
    );
    assert_eq!(
        (state.mode, state.data_kind),
        (FeedMode::Live, DataKind::Simulated)
    );
    assert_eq!((state.symbols, state.missing_events), (50, 0));
    let mut kinds = [0; 3];
    for event in rig.events_now() {
        match &event.kind {
            EventKind::Quote(_) => kinds[0] += 1,
            EventKind::Trade(_) => kinds[1] += 1,
            EventKind::BarForming(_) | EventKind::BarClosed(_) => {
                assert_eq!(event.source.as_str(), "simulated.trades");
                kinds[2] += 1;
                continue;
            }
            other => panic!("not invented here: {other:?}"),
        }
        assert_eq!(event.source.as_str(), "simulated");
    }
    assert!(kinds.iter().all(|count| *count > 50), "{kinds:?}");
}
