//! The screen tells its user what it is, why, and what to do next.

use mda::tui::ScreenName;

use super::market;
use super::pictures::Stage;
use crate::support::picture;

fn overview() -> Stage {
    Stage::on(ScreenName::Overview, (80, 24)).show(market::live())
}

fn shown(stage: &Stage) -> String {
    picture::text(&stage.draw())
}

#[test]
fn filter_taken_back_brings_the_selected_row_back() {
    let stage = overview().press("j j / x r p");
    let row = |stage: &Stage| {
        let text = shown(stage);
        text.lines()
            .find(|row| row.contains('▸'))
            .unwrap()
            .to_owned()
    };
    assert!(row(&stage).contains("XRP-USD"));
    assert!(row(&stage.press("ESC")).contains("SOL-USD"));
}

#[test]
fn key_that_does_nothing_says_so() {
    let text = shown(&overview().press("y"));
    assert!(text.contains("`y` does nothing"), "{text}");
    let text = shown(&overview().press("w"));
    assert!(text.contains("`w` works in: logs"), "{text}");
    let logs = Stage::on(ScreenName::Logs, (80, 24)).show(market::live());
    let text = shown(&logs.press("z"));
    assert!(text.contains("this screen is one pane"), "{text}");
}

#[test]
fn key_that_opens_the_help_closes_it() {
    let before = shown(&overview());
    assert_eq!(shown(&overview().press("? ?")), before);
    assert_ne!(shown(&overview().press("? q")), before);
}

#[test]
fn mark_of_invented_data_is_never_cut_in_the_top_bar() {
    let mut state = market::simulated();
    let mut feeds = state.feeds.to_vec();
    feeds[0] = market::stale().feeds[0].clone();
    state.feeds = feeds.into();
    for width in [48, 60, 80, 120] {
        let top_bar = Stage::on(ScreenName::Overview, (width, 24)).show(state.clone());
        let top = shown(&top_bar).lines().next().unwrap().to_owned();
        assert!(top.contains("SIMULATED"), "{width}: {top}");
    }
}

#[test]
fn feed_in_trouble_tells_all_of_its_reason_and_what_to_do() {
    let mut state = market::stale();
    let mut feeds = state.feeds.to_vec();
    feeds[0].reason = "cannot reach ws-feed.exchange.coinbase.com: failed to lookup address \
                       information: Name or service not known"
        .to_owned();
    state.feeds = feeds.into();
    let text = shown(&Stage::on(ScreenName::Overview, (120, 40)).show(state));
    for words in ["not known", "r tries again now", "in 4s"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
