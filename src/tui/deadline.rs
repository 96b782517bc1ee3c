//! When the picture changes by itself: the only timers of an idle dashboard.
//!
//! Ages, countdowns, flashes, toasts and the clock are told in steps; the next step of those on
//! screen is the next deadline. Nothing on screen that moves, no deadline sooner than the minute.

use std::time::Duration;

use super::format;
use super::layout::Pane;
use super::state::UiState;
use super::status;
use crate::api::{AgentState, FeedState, FreshnessLimits, Instrument};
use crate::domain::Timestamp;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: i64 = 60 * 1_000_000;

/// Returns the next moment after `now` at which the picture may change without news.
pub(crate) fn next(
    ui: &UiState,
    state: Option<&AgentState>,
    limits: FreshnessLimits,
    now: Timestamp,
) -> Option<Timestamp> {
    let minute = now.micros() - now.micros().rem_euclid(MINUTE) + MINUTE;
    let mut nearest = Nearest::new(now);
    nearest.offer(Timestamp::from_micros(minute));
    nearest.offer_some(ui.toasts.next_end(now));
    let Some(state) = state else {
        return nearest.found;
    };
    for feed in state.feeds.iter() {
        offer_feed(&mut nearest, feed);
    }
    if let Some(frozen) = &ui.frozen {
        nearest.offer(format::age_change(frozen.at, now));
        return nearest.found;
    }
    nearest.offer_some(ui.watch.reorder_due());
    let is_list_shown = ui.page(Pane::Tickers, Some(state)) > 0;
    let visible = if is_list_shown {
        ui.visible_rows(state)
    } else {
        &[]
    };
    for at in visible {
        if let Some(row) = state.instruments.get(*at) {
            offer_row(&mut nearest, row, limits);
            nearest.offer_some(ui.flashes.end_of(*at, now));
        }
    }
    if let Some(row) = selected(ui, state) {
        offer_row(&mut nearest, row, limits);
    }
    nearest.found
}

/// Returns the instrument under the cursor.
pub(crate) fn selected<'a>(ui: &UiState, state: &'a AgentState) -> Option<&'a Instrument> {
    let id = ui.watch.selected.as_ref()?;
    let found = state.instruments.iter().find(|row| id.is(row));
    found.map(AsRef::as_ref)
}

fn offer_feed(nearest: &mut Nearest, feed: &FeedState) {
    let now = nearest.now;
    if let Some(last) = feed.last_message {
        nearest.offer(format::age_change(last, now));
    }
    if let Some(next) = feed.next_attempt.filter(|next| *next > now) {
        let left = format::seconds_left(next, now);
        nearest.offer(next.minus(SECOND * u32::try_from(left - 1).unwrap_or(u32::MAX)));
    }
}

fn offer_row(nearest: &mut Nearest, row: &Instrument, limits: FreshnessLimits) {
    let Some(received) = row.last_recv else {
        return;
    };
    nearest.offer(format::age_change(received, nearest.now));
    nearest.offer(received.plus(limits.slow_after));
    nearest.offer(received.plus(limits.stale_after));
}

/// The nearest of the moments offered that lies after `now`.
struct Nearest {
    now: Timestamp,
    found: Option<Timestamp>,
}

impl Nearest {
    fn new(now: Timestamp) -> Self {
        Self { now, found: None }
    }

    fn offer(&mut self, moment: Timestamp) {
        if moment > self.now && self.found.is_none_or(|found| moment < found) {
            self.found = Some(moment);
        }
    }

    fn offer_some(&mut self, moment: Option<Timestamp>) {
        if let Some(moment) = moment {
            self.offer(moment);
        }
    }
}

/// Returns whether two states have the same rows in the same places.
pub(crate) fn has_same_rows(old: &AgentState, new: &AgentState) -> bool {
    let rows = old.instruments.iter().zip(new.instruments.iter());
    old.instruments.len() == new.instruments.len()
        && rows.into_iter().all(|(a, b)| {
            std::sync::Arc::ptr_eq(a, b) || (a.symbol == b.symbol && a.feed == b.feed)
        })
}

/// Returns the freshness of a row as every pane judges it.
pub(crate) fn freshness(
    state: &AgentState,
    row: &Instrument,
    limits: FreshnessLimits,
    now: Timestamp,
) -> crate::api::Freshness {
    row.freshness(status::feed_of(state, row), now, limits)
}
