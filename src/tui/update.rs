//! What an [`Action`] does: a pure function from (what the user has, what the agent says, what he
//! asks) to what he has next.
//!
//! Nothing here draws, waits or talks: what must happen outside is returned as [`Effect`]s.

use std::sync::Arc;

use tui_input::Input;

use super::action::Action;
use super::feed_actions;
use super::imports;
use super::layout::{Pane, ScreenName};
use super::log_actions;
use super::picker::{Intent, Picker, PickerKind};
use super::screen;
use super::state::{Frozen, HISTORY_MAX, Overlay, UiState};
use super::toast::ToastLevel;
use super::watch::RowId;
use crate::api::{AgentState, Command, ImportState, Request};
use crate::domain::{Timeframe, Timestamp};

/// What the loop must do for the dashboard.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the agent; what it answers is shown where it belongs.
    Send(Command),
    /// Ask the agent under this number, by which the answer finds the window that asked. The app
    /// numbers from 2³², so that the loop can number what is [sent](Self::Send) from 1.
    Ask(Request),
    /// Leave.
    Quit,
    /// Give the terminal back to the shell until it is taken up again.
    Suspend,
    /// Paint everything anew, whatever the terminal shows.
    Redraw,
}

/// The newest state, or the one shown.
pub(crate) type State<'a> = Option<&'a Arc<AgentState>>;

/// Does what an action asks. `state` is the newest one, even while the view is frozen.
pub(crate) fn apply(
    ui: &mut UiState,
    state: State<'_>,
    action: Action,
    now: Timestamp,
) -> Vec<Effect> {
    let shown = shown(ui, state);
    let shown = shown.as_ref();
    match action {
        Action::ScreenOverview => show_screen(ui, ScreenName::Overview),
        Action::ScreenMarkets => show_screen(ui, ScreenName::Markets),
        Action::ScreenImports => show_screen(ui, ScreenName::Imports),
        Action::ScreenLogs => show_screen(ui, ScreenName::Logs),
        Action::Down => step(ui, shown, now, |row, _| row.saturating_add(1)),
        Action::Up => step(ui, shown, now, |row, _| row.saturating_sub(1)),
        Action::PageDown => step(ui, shown, now, usize::saturating_add),
        Action::PageUp => step(ui, shown, now, usize::saturating_sub),
        Action::Top => step(ui, shown, now, |_, _| 0),
        Action::Bottom => bottom(ui, shown, now),
        Action::Detail => return detail(ui, shown, now),
        Action::Back => back(ui, shown, now),
        Action::FocusNext | Action::FocusPrevious | Action::Zoom if is_whole(ui, now) => {}
        Action::FocusNext => focus(ui, 1),
        Action::FocusPrevious => focus(ui, ui.screen.panes().len() - 1),
        Action::Zoom => ui.is_zoomed = !ui.is_zoomed,
        Action::Filter => open_filter(ui),
        Action::Palette => {
            let picker = Picker::palette(shown.map(AsRef::as_ref), &ui.history);
            ui.overlay = Some(Overlay::Picker(picker));
        }
        Action::Help => ui.overlay = Some(Overlay::Picker(Picker::help(ui.context()))),
        Action::Sort => sort(ui, shown, now, super::watch::Watch::next_sort),
        Action::SortDirection => sort(ui, shown, now, turn_sort),
        Action::TimeframeLonger => timeframe(ui, shown, now, true),
        Action::TimeframeShorter => timeframe(ui, shown, now, false),
        Action::Reconnect => return feed_actions::reconnect_selected(ui, shown, now),
        Action::Freeze => freeze(ui, state, now),
        Action::Theme => ui.theme = ui.theme.next(),
        Action::Cost => ui.is_cost_shown = !ui.is_cost_shown,
        Action::ImportStart => imports::open_form(ui, now),
        Action::ImportPause | Action::ImportCancel | Action::ImportRestart | Action::ImportUndo => {
            return imports::act(ui, shown, action, now);
        }
        Action::ImportAnswer => return imports::answer_selected(ui, shown, now),
        Action::LogLevel => return log_actions::level(ui, shown, now),
        Action::LogWrap => ui.logs.is_wrapped = !ui.logs.is_wrapped,
        Action::LogFollow => log_actions::follow(ui, shown),
        Action::LogProblemNext => log_actions::problem(ui, shown, now, true),
        Action::LogProblemPrevious => log_actions::problem(ui, shown, now, false),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

/// Does what was picked in the palette or the help, and remembers it for the palette's history.
pub(crate) fn run(
    ui: &mut UiState,
    state: State<'_>,
    intent: Intent,
    now: Timestamp,
) -> Vec<Effect> {
    match intent {
        Intent::Act(action) => return apply(ui, state, action, now),
        Intent::SetTheme(theme) => ui.theme = theme,
        Intent::Show(id) => show_row(ui, state, id, now),
        Intent::Reconnect(feed) => return feed_actions::reconnect(ui, feed, now),
    }
    Vec::new()
}

/// Keeps what was run, newest last, without repeating the last entry.
pub(crate) fn remember(ui: &mut UiState, picker: &Picker) {
    if picker.kind != PickerKind::Palette {
        return;
    }
    let title = picker
        .rows()
        .nth(picker.cursor())
        .map(|item| item.title.clone());
    if let Some(title) = title.filter(|title| ui.history.last() != Some(title)) {
        ui.history.push(title);
        if ui.history.len() > HISTORY_MAX {
            ui.history.remove(0);
        }
    }
}

/// Puts the filter in force that is being typed.
pub(crate) fn set_filter(ui: &mut UiState, state: State<'_>, text: String, now: Timestamp) {
    let shown = shown(ui, state);
    match ui.screen {
        ScreenName::Overview | ScreenName::Markets => {
            ui.watch.filter = text;
            if let Some(state) = shown {
                ui.watch.rebuild(&state.instruments, now);
            }
        }
        ScreenName::Imports => ui.imports.filter = text,
        ScreenName::Logs => {
            ui.logs.filter = text;
            if let Some(state) = shown {
                ui.logs.rebuild(&state.log);
            }
        }
    }
}

/// Takes back what was typed: the filter before, and the row that was selected then.
pub(crate) fn undo_filter(
    ui: &mut UiState,
    state: State<'_>,
    before: (String, Option<RowId>),
    now: Timestamp,
) {
    let (filter, selected) = before;
    ui.watch.selected = selected;
    set_filter(ui, state, filter, now);
    if let Some(state) = shown(ui, state) {
        follow_cursor(ui, &state);
    }
}

/// Returns the filter of the screen shown.
pub(crate) fn filter(ui: &UiState) -> &str {
    match ui.screen {
        ScreenName::Overview | ScreenName::Markets => &ui.watch.filter,
        ScreenName::Imports => &ui.imports.filter,
        ScreenName::Logs => &ui.logs.filter,
    }
}

fn shown(ui: &UiState, state: State<'_>) -> Option<Arc<AgentState>> {
    let frozen = ui.frozen.as_ref().map(|frozen| &frozen.state);
    frozen.or(state).map(Arc::clone)
}

/// Shows another screen; ESC leads back.
pub(crate) fn show_screen(ui: &mut UiState, screen: ScreenName) {
    if ui.screen == screen {
        return;
    }
    ui.previous_screen = Some(ui.screen);
    ui.screen = screen;
    ui.is_zoomed = false;
}

/// True where there is one pane only; that is said, since the key then does nothing.
fn is_whole(ui: &mut UiState, now: Timestamp) -> bool {
    let is_whole = ui.screen.panes().len() == 1;
    if is_whole {
        let text = "this screen is one pane".to_owned();
        ui.toasts.push(ToastLevel::Note, text, None, now);
    }
    is_whole
}

fn focus(ui: &mut UiState, steps: usize) {
    let panes = ui.screen.panes();
    let at = panes
        .iter()
        .position(|pane| *pane == ui.focus())
        .unwrap_or(0);
    ui.set_focus(panes[(at + steps) % panes.len()]);
}

/// Moves the cursor of the focused pane; `to` gets the row it is on and the length of a page.
fn step(ui: &mut UiState, state: State<'_>, now: Timestamp, to: impl Fn(usize, usize) -> usize) {
    let Some(state) = state else { return };
    match ui.focus() {
        Pane::Feeds => {
            let last = state.feeds.len().saturating_sub(1);
            ui.feed_cursor = to(ui.feed_cursor.min(last), 5).min(last);
        }
        Pane::Logs => {
            let page = ui.page(Pane::Logs, Some(state));
            let row = to(ui.logs.cursor(), page.max(1));
            ui.logs.move_to(row, &state.log, page);
        }
        Pane::Imports => {
            let page = ui.page(Pane::Imports, Some(state)).max(1);
            let rows = ui.imports.rows(&state.imports);
            let row = to(ui.imports.cursor(&rows), page);
            ui.imports.move_to(row, &state.imports, page);
        }
        Pane::ImportDetail => {
            let page = ui.page(Pane::ImportDetail, Some(state)).max(1);
            let last = screen::detail_scroll_max(ui, state, page);
            ui.imports.detail_scroll = to(ui.imports.detail_scroll.min(last), page).min(last);
        }
        Pane::Tickers
        | Pane::Chart
        | Pane::Health
        | Pane::Quote
        | Pane::Tape
        | Pane::Latency
        | Pane::Cache
        | Pane::Progress
        | Pane::Strip => {
            let page = ui.page(Pane::Tickers, Some(state));
            let row = ui.watch.cursor(&state.instruments).unwrap_or(0);
            ui.watch.touch(now);
            ui.watch
                .move_to(to(row, page.max(1)), &state.instruments, page);
        }
    }
}

/// The last row; in the log that means the newest line, now and from now on.
fn bottom(ui: &mut UiState, state: State<'_>, now: Timestamp) {
    match (ui.focus(), state) {
        (Pane::Logs, Some(state)) => ui.logs.follow(&state.log),
        _ => step(ui, state, now, |_, _| usize::MAX - 1),
    }
}

fn detail(ui: &mut UiState, state: State<'_>, now: Timestamp) -> Vec<Effect> {
    let Some(state) = state else {
        return Vec::new();
    };
    match (ui.screen, ui.focus()) {
        (_, Pane::Feeds) => {
            let feed = state.feeds.get(ui.feed_cursor);
            let name = feed.map(|feed| feed.name.clone()).unwrap_or_default();
            show_screen(ui, ScreenName::Logs);
            ui.logs.filter = name;
            ui.logs.rebuild(&state.log);
        }
        (ScreenName::Logs, _) => {
            let log = Arc::clone(ui.logs.source(&state.log));
            ui.overlay = ui
                .logs
                .line(&log)
                .map(|line| Overlay::LogLine(Arc::clone(line)));
        }
        (ScreenName::Imports, _) => {
            let job = ui.imports.job(&state.imports);
            return match job.map(|job| job.state) {
                Some(ImportState::NeedsInput) => imports::answer_selected(ui, Some(state), now),
                _ => imports::open_rejects(ui, Some(state), now),
            };
        }
        (ScreenName::Overview, _) => show_screen(ui, ScreenName::Markets),
        (ScreenName::Markets, _) => {
            ui.set_focus(Pane::Chart);
            ui.is_zoomed = true;
        }
    }
    Vec::new()
}

fn back(ui: &mut UiState, state: State<'_>, now: Timestamp) {
    if ui.is_zoomed {
        ui.is_zoomed = false;
    } else if !filter(ui).is_empty() {
        set_filter(ui, state, String::new(), now);
    } else if let Some(screen) = ui.previous_screen.take() {
        ui.screen = screen;
    }
}

fn open_filter(ui: &mut UiState) {
    let before = filter(ui).to_owned();
    ui.overlay = Some(Overlay::Filter {
        input: Input::new(before.clone()),
        before,
        selected: ui.watch.selected.clone(),
    });
}

fn sort(
    ui: &mut UiState,
    state: State<'_>,
    now: Timestamp,
    change: impl Fn(&mut super::watch::Watch),
) {
    change(&mut ui.watch);
    if let Some(state) = state {
        ui.watch.rebuild(&state.instruments, now);
        follow_cursor(ui, state);
    }
}

fn turn_sort(watch: &mut super::watch::Watch) {
    match &mut watch.sort {
        Some(sort) => sort.is_descending = !sort.is_descending,
        None => watch.next_sort(),
    }
}

/// Scrolls the list so that the cursor is on screen.
pub(crate) fn follow_cursor(ui: &mut UiState, state: &AgentState) {
    let page = ui.page(Pane::Tickers, Some(state));
    if let Some(row) = ui.watch.cursor(&state.instruments) {
        ui.watch.move_to(row, &state.instruments, page);
    }
}

fn show_row(ui: &mut UiState, state: State<'_>, id: RowId, now: Timestamp) {
    if matches!(ui.screen, ScreenName::Logs | ScreenName::Imports) {
        show_screen(ui, ScreenName::Markets);
    }
    ui.watch.selected = Some(id);
    let Some(state) = shown(ui, state) else {
        return;
    };
    if ui.watch.cursor(&state.instruments).is_none() {
        ui.watch.filter.clear();
        ui.watch.rebuild(&state.instruments, now);
    }
    ui.watch.touch(now);
    follow_cursor(ui, &state);
}

/// The next timeframe of those that the agent has for the chart shown, round at the ends.
fn timeframe(ui: &mut UiState, state: State<'_>, now: Timestamp, is_longer: bool) {
    let chart = state.and_then(|state| state.chart.as_ref());
    let Some(chart) = chart.filter(|chart| !chart.timeframes.is_empty()) else {
        let text = "no chart to change the timeframe of".to_owned();
        ui.toasts.push(ToastLevel::Note, text, None, now);
        return;
    };
    let all: &[Timeframe] = &chart.timeframes;
    if let [only] = all {
        let text = format!("bars of {only} are all there are");
        ui.toasts.push(ToastLevel::Note, text, None, now);
        return;
    }
    let current = ui.timeframe.filter(|wanted| all.contains(wanted));
    let current = current.unwrap_or(chart.timeframe);
    let at = all.iter().position(|one| *one == current).unwrap_or(0);
    let steps = if is_longer { 1 } else { all.len() - 1 };
    ui.timeframe = Some(all[(at + steps) % all.len()]);
}

/// Says that the dashboard only looks, where it does; returns whether it does.
pub(crate) fn is_refused(ui: &mut UiState, what: &str, now: Timestamp) -> bool {
    if ui.is_read_only {
        let text = format!("read-only: cannot {what}");
        let next = Some("start without --read-only".to_owned());
        ui.toasts.push(ToastLevel::Error, text, next, now);
    }
    ui.is_read_only
}

fn freeze(ui: &mut UiState, state: State<'_>, now: Timestamp) {
    if ui.frozen.take().is_some() {
        catch_up(ui, state, now);
        return;
    }
    ui.frozen = state.map(|state| Frozen {
        state: Arc::clone(state),
        at: now,
        queued: 0,
    });
}

/// Jumps to now: rows and lines of the newest state, without flashing what changed meanwhile.
fn catch_up(ui: &mut UiState, state: State<'_>, now: Timestamp) {
    ui.flashes.clear();
    if let Some(state) = state {
        ui.watch.rebuild(&state.instruments, now);
        ui.logs.on_log(&state.log);
        follow_cursor(ui, state);
    }
}
