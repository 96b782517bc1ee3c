//! Words, glyphs and colours of every state: one way for every screen.
//!
//! A state is always told three times, by glyph, by word and by colour, so that no terminal and no
//! eye misses it.

use ratatui::style::Style;

use super::format;
use super::theme::Theme;
use crate::api::{
    AgentPhase, AgentState, FeedState, Freshness, ImportJob, ImportState, Instrument, LogLevel,
    TaskPhase,
};
use crate::domain::{DataKind, FeedMode, Timestamp};

/// How a state looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// One cell.
    pub(crate) glyph: &'static str,
    /// The word.
    pub(crate) word: &'static str,
    /// Its style as text.
    pub(crate) style: Style,
}

/// What the top bar says of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overall {
    /// With glyph.
    pub(crate) text: String,
    /// The same for a narrow bar.
    pub(crate) short: String,
    /// A filled badge.
    pub(crate) style: Style,
}

/// Returns how the freshness of a row looks; fresh rows of replayed or invented data never say
/// LIVE.
pub(crate) fn freshness_mark(freshness: Freshness, kind: DataKind, theme: &Theme) -> Mark {
    match freshness {
        Freshness::Live => Mark {
            glyph: "●",
            word: kind_word(kind),
            style: kind_style(kind, theme),
        },
        Freshness::Slow => Mark {
            glyph: "◐",
            word: "SLOW",
            style: theme.slow,
        },
        Freshness::Stale => Mark {
            glyph: "○",
            word: "STALE",
            style: theme.stale,
        },
        Freshness::Closed => Mark {
            glyph: "×",
            word: "CLOSED",
            style: theme.stale,
        },
        Freshness::Waiting => Mark {
            glyph: "·",
            word: "WAITING",
            style: theme.dim,
        },
    }
}

/// Returns the word of fresh data, short enough for a column.
pub(crate) const fn kind_word(kind: DataKind) -> &'static str {
    match kind {
        DataKind::Live => "LIVE",
        DataKind::Replay => "REPLAY",
        DataKind::Simulated => "SIM",
    }
}

/// Returns the word of a freshness in four letters, for the narrowest screens.
pub(crate) const fn freshness_short(freshness: Freshness, kind: DataKind) -> &'static str {
    match (freshness, kind) {
        (Freshness::Live, DataKind::Live) => "LIVE",
        (Freshness::Live, DataKind::Replay) => "PLAY",
        (Freshness::Live, DataKind::Simulated) => "SIM",
        (Freshness::Slow, _) => "SLOW",
        (Freshness::Stale, _) => "OLD",
        (Freshness::Closed, _) => "END",
        (Freshness::Waiting, _) => "WAIT",
    }
}

/// Returns the glyph that stands before replayed or invented values.
pub(crate) const fn kind_glyph(kind: DataKind) -> &'static str {
    match kind {
        DataKind::Live => "●",
        DataKind::Replay => "↻",
        DataKind::Simulated => "◇",
    }
}

/// Returns the style of a kind of data.
pub(crate) const fn kind_style(kind: DataKind, theme: &Theme) -> Style {
    match kind {
        DataKind::Live => theme.live,
        DataKind::Replay => theme.replay,
        DataKind::Simulated => theme.simulated,
    }
}

/// Returns the word that marks values that are not the market's, with the gap after it; nothing for
/// those that are.
pub(crate) const fn kind_mark(kind: DataKind, theme: &Theme) -> (&'static str, Style) {
    let word = match kind {
        DataKind::Live => "",
        DataKind::Replay => "REPLAY ",
        DataKind::Simulated => "SIMULATED ",
    };
    (word, kind_style(kind, theme))
}

/// Returns true for an instrument that is played from bars: it has closes, and never trades, quotes
/// or statistics of a day.
pub(crate) fn is_of_bars(row: &Instrument) -> bool {
    let is_close = row.last.as_ref().is_some_and(|last| last.size.is_none());
    row.data_kind == DataKind::Replay && is_close && row.quote.is_none() && row.day.is_none()
}

/// Returns how a feed's mode looks; a live feed of replayed or invented data never says LIVE.
pub(crate) const fn feed_mark(mode: FeedMode, kind: DataKind, theme: &Theme) -> Mark {
    match mode {
        FeedMode::Live => Mark {
            glyph: kind_glyph(kind),
            word: kind.as_str(),
            style: kind_style(kind, theme),
        },
        FeedMode::Connecting => Mark {
            glyph: "·",
            word: mode.as_str(),
            style: theme.dim,
        },
        FeedMode::Degraded => Mark {
            glyph: "▲",
            word: mode.as_str(),
            style: theme.warn,
        },
        FeedMode::Reconnecting => Mark {
            glyph: "○",
            word: mode.as_str(),
            style: theme.error,
        },
        FeedMode::Closed => Mark {
            glyph: "×",
            word: mode.as_str(),
            style: theme.stale,
        },
    }
}

/// Returns how a log level looks.
pub(crate) const fn level_style(level: LogLevel, theme: &Theme) -> Style {
    match level {
        LogLevel::Error => theme.error,
        LogLevel::Warn => theme.warn,
        LogLevel::Info => theme.info,
        LogLevel::Debug | LogLevel::Trace => theme.dim,
    }
}

/// Returns how a task looks.
pub(crate) const fn task_mark(phase: TaskPhase, is_degraded: bool, theme: &Theme) -> Mark {
    let (glyph, word, style) = match (phase, is_degraded) {
        (TaskPhase::Failed, _) => ("×", "FAILED", theme.error),
        (_, true) => ("▲", "DEGRADED", theme.warn),
        (TaskPhase::Restarting, false) => ("○", "RESTARTING", theme.warn),
        (TaskPhase::Running, false) => ("●", "RUNNING", theme.live),
        (TaskPhase::Finished, false) => ("·", "FINISHED", theme.dim),
    };
    Mark { glyph, word, style }
}

/// Returns how an import looks; one that was taken back says so before anything else.
pub(crate) const fn import_mark(job: &ImportJob, theme: &Theme) -> Mark {
    if job.undone.is_some() {
        return Mark {
            glyph: "←",
            word: "UNDONE",
            style: theme.dim,
        };
    }
    let (glyph, word, style) = match job.state {
        ImportState::NeedsInput => ("?", "NEEDS INPUT", theme.warn),
        ImportState::Queued => ("·", "QUEUED", theme.dim),
        ImportState::Probing => ("○", "PROBING", theme.info),
        ImportState::Running => ("●", "RUNNING", theme.live),
        ImportState::Pausing => ("◐", "PAUSING", theme.slow),
        ImportState::Paused => ("‖", "PAUSED", theme.slow),
        ImportState::Cancelling => ("▼", "CANCELLING", theme.warn),
        ImportState::Cancelled => ("×", "CANCELLED", theme.stale),
        ImportState::Completed => ("✓", "COMPLETED", theme.live),
        ImportState::Partial => ("▲", "PARTIAL", theme.warn),
        ImportState::Failed => ("!", "FAILED", theme.error),
    };
    Mark { glyph, word, style }
}

/// Returns true while the operator must know why: also between two attempts, so that the picture
/// does not jump with each of them.
pub(crate) const fn is_in_trouble(feed: &FeedState) -> bool {
    match feed.mode {
        FeedMode::Live => false,
        FeedMode::Connecting => feed.attempt > 1,
        FeedMode::Degraded | FeedMode::Reconnecting => true,
        FeedMode::Closed => matches!(feed.data_kind, DataKind::Live),
    }
}

/// Finds the feed that brings an instrument.
pub(crate) fn feed_of<'a>(state: &'a AgentState, instrument: &Instrument) -> Option<&'a FeedState> {
    state.feeds.iter().find(|feed| feed.name == instrument.feed)
}

/// Returns what a feed's mode is, with the countdown of a reconnection.
pub(crate) fn feed_words(feed: &FeedState, now: Timestamp) -> String {
    match (feed.mode, feed.data_kind, feed.next_attempt) {
        (FeedMode::Reconnecting, _, Some(next)) if next > now => {
            format!("RECONNECTING in {}s", format::seconds_left(next, now))
        }
        (FeedMode::Live, DataKind::Replay, _) => replay_words(feed),
        (FeedMode::Live, kind, _) => kind.as_str().to_owned(),
        (mode, _, _) => mode.as_str().to_owned(),
    }
}

fn replay_words(feed: &FeedState) -> String {
    match feed.replay_speed {
        Some(speed) if speed.is_finite() => format!("REPLAY ×{speed}"),
        _ => "REPLAY".to_owned(),
    }
}

/// Returns the worst state of all feeds, for the top bar.
pub(crate) fn overall(state: Option<&AgentState>, now: Timestamp, theme: &Theme) -> Overall {
    let Some(state) = state else {
        return badge(("· WAITING FOR AGENT", "· WAITING"), theme.badge_neutral);
    };
    match state.agent.phase {
        AgentPhase::Stopping => return badge(("× STOPPING", "× STOPPING"), theme.badge_warn),
        AgentPhase::Starting if state.feeds.is_empty() => {
            return badge(("· STARTING", "· STARTING"), theme.badge_neutral);
        }
        AgentPhase::Starting | AgentPhase::Running => {}
    }
    let Some(worst) = state.feeds.iter().max_by_key(|feed| badness(feed)) else {
        return badge(("× NO FEED", "× NO FEED"), theme.badge_neutral);
    };
    let is_all_closed = state.feeds.iter().all(|feed| feed.mode == FeedMode::Closed);
    if is_all_closed {
        return badge(closed_words(worst), theme.badge_neutral);
    }
    let mark = feed_mark(worst.mode, worst.data_kind, theme);
    let mut text = format!("{} {}", mark.glyph, feed_words(worst, now));
    if state.feeds.len() > 1 && worst.mode != FeedMode::Live {
        text = format!("{text} {}", worst.name);
    }
    let short = match worst.next_attempt.filter(|next| *next > now) {
        Some(next) if worst.mode == FeedMode::Reconnecting => {
            format!("{} RETRY {}s", mark.glyph, format::seconds_left(next, now))
        }
        _ => format!("{} {}", mark.glyph, mark.word),
    };
    badge((&text, &short), badge_style(worst, theme))
}

const fn closed_words(feed: &FeedState) -> (&'static str, &'static str) {
    match feed.data_kind {
        DataKind::Replay => ("× REPLAY ENDED", "× ENDED"),
        DataKind::Live | DataKind::Simulated => ("× CLOSED", "× CLOSED"),
    }
}

fn badge((text, short): (&str, &str), style: Style) -> Overall {
    Overall {
        text: text.to_owned(),
        short: short.to_owned(),
        style,
    }
}

/// Ranks feeds by what the user must know first: trouble, and that of the market before that of
/// other data.
fn badness(feed: &FeedState) -> u8 {
    let kind = match feed.data_kind {
        DataKind::Simulated => 0,
        DataKind::Replay => 1,
        DataKind::Live => 2,
    };
    let mode = match feed.mode {
        FeedMode::Live => 0,
        FeedMode::Connecting => 3,
        FeedMode::Closed => 6,
        FeedMode::Degraded => 9,
        FeedMode::Reconnecting => 12,
    };
    mode + kind
}

const fn badge_style(feed: &FeedState, theme: &Theme) -> Style {
    match (feed.mode, feed.data_kind) {
        (FeedMode::Live, DataKind::Live) => theme.badge_live,
        (FeedMode::Live, DataKind::Replay) => theme.badge_replay,
        (FeedMode::Live, DataKind::Simulated) => theme.badge_simulated,
        (FeedMode::Degraded, _) => theme.badge_warn,
        (FeedMode::Reconnecting, _) => theme.badge_error,
        (FeedMode::Connecting | FeedMode::Closed, _) => theme.badge_neutral,
    }
}

/// Returns the kinds of data on screen that are not the market now, for the second badge of the top
/// bar.
pub(crate) fn foreign_kinds(state: &AgentState) -> impl Iterator<Item = DataKind> {
    [DataKind::Replay, DataKind::Simulated]
        .into_iter()
        .filter(|kind| state.feeds.iter().any(|feed| feed.data_kind == *kind))
}
