//! What the keys of feeds do; a part of [`update`](super::update).

use super::layout::Pane;
use super::state::UiState;
use super::toast::ToastLevel;
use super::update::{Effect, State, is_refused};
use crate::api::{AgentState, Command, FeedState};
use crate::domain::{DataKind, FeedMode, Timestamp};

/// The feed under the cursor when the feeds are focused, else the one of the selected instrument;
/// if that one is well and the market's is lost, the latter: a replay that stands in for it says
/// that this key tries again.
pub(crate) fn reconnect_selected(
    ui: &mut UiState,
    state: State<'_>,
    now: Timestamp,
) -> Vec<Effect> {
    let feed = if ui.focus() == Pane::Feeds {
        state
            .and_then(|state| state.feeds.get(ui.feed_cursor))
            .map(|feed| feed.name.clone())
    } else {
        let selected = ui.watch.selected.as_ref().map(|id| id.feed.clone());
        state
            .and_then(|state| lost_market(state, selected.as_deref()))
            .or(selected)
    };
    let Some(feed) = feed else {
        let text = "no feed to reconnect".to_owned();
        let next = Some("start with --feed coinbase:BTC-USD".to_owned());
        ui.toasts.push(ToastLevel::Error, text, next, now);
        return Vec::new();
    };
    reconnect(ui, feed, now)
}

/// Returns the first lost feed of a market, unless the selected feed is itself not well.
fn lost_market(state: &AgentState, selected: Option<&str>) -> Option<String> {
    let is_lost = |feed: &&FeedState| match feed.mode {
        FeedMode::Reconnecting | FeedMode::Closed => true,
        FeedMode::Connecting | FeedMode::Live | FeedMode::Degraded => false,
    };
    let mut lost = state.feeds.iter().filter(is_lost);
    if lost
        .clone()
        .any(|feed| Some(feed.name.as_str()) == selected)
    {
        return None;
    }
    lost.find(|feed| feed.data_kind == DataKind::Live)
        .map(|feed| feed.name.clone())
}

/// Asks to reconnect a feed by its name.
pub(crate) fn reconnect(ui: &mut UiState, feed: String, now: Timestamp) -> Vec<Effect> {
    if is_refused(ui, "reconnect a feed", now) {
        return Vec::new();
    }
    let text = format!("asked to reconnect `{feed}`");
    ui.toasts.push(ToastLevel::Note, text, None, now);
    vec![Effect::Send(Command::ReconnectFeed { feed })]
}
