//! [`Action`] and its one table.
//!
//! The table drives everything that knows about keys: dispatch (`keymap`), the hints of the footer,
//! the help window, the palette and `docs/KEYS.md`. An action that is not in it cannot be reached;
//! one that is appears everywhere.

use crossterm::event::KeyCode;

use super::keymap::Chord;

/// Something a user can ask the dashboard to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Shows the overview.
    ScreenOverview,
    /// Shows the markets.
    ScreenMarkets,
    /// Shows the log.
    ScreenLogs,
    /// Moves one row down.
    Down,
    /// Moves one row up.
    Up,
    /// Moves one page down.
    PageDown,
    /// Moves one page up.
    PageUp,
    /// Moves to the first row.
    Top,
    /// Moves to the last row.
    Bottom,
    /// Opens what is selected.
    Detail,
    /// Goes back one step.
    Back,
    /// Focuses the next pane.
    FocusNext,
    /// Focuses the previous pane.
    FocusPrevious,
    /// Gives the focused pane the whole screen, or ends that.
    Zoom,
    /// Filters rows or lines.
    Filter,
    /// Opens the palette.
    Palette,
    /// Opens the help.
    Help,
    /// Sorts by the next column.
    Sort,
    /// Turns the sort round.
    SortDirection,
    /// Next longer timeframe of the chart.
    TimeframeLonger,
    /// Next shorter timeframe of the chart.
    TimeframeShorter,
    /// Reconnects the selected feed.
    Reconnect,
    /// Freezes the view, or lets it run again.
    Freeze,
    /// Next theme.
    Theme,
    /// Shows or hides what drawing costs.
    Cost,
    /// Shows fewer or more log levels.
    LogLevel,
    /// Wraps long lines.
    LogWrap,
    /// Stops following the newest line, or follows it again.
    LogFollow,
    /// Jumps to the next warning or error.
    LogProblemNext,
    /// Jumps to the warning or error before.
    LogProblemPrevious,
    /// Paints everything anew.
    Redraw,
    /// Gives the terminal back to the shell for a while.
    Suspend,
    /// Leaves.
    Quit,
}

/// Where an action's keys count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere but in a window or an input line.
    Global,
    /// On the screens with a watchlist.
    Watchlist,
    /// On the log screen.
    Logs,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct ActionDef {
    /// The action.
    pub action: Action,
    /// Its stable name, kebab-case.
    pub id: &'static str,
    /// Where its keys count.
    pub context: Context,
    /// Its keys, the one that hints show first.
    pub chords: &'static [Chord],
    /// A word or two for hints.
    pub label: &'static str,
    /// A sentence for the help and the documentation.
    pub help: &'static str,
}

const fn def(
    action: Action,
    id: &'static str,
    chords: &'static [Chord],
    words: (&'static str, &'static str),
) -> ActionDef {
    ActionDef {
        action,
        id,
        context: Context::Global,
        chords,
        label: words.0,
        help: words.1,
    }
}

const fn within(context: Context, def: ActionDef) -> ActionDef {
    ActionDef { context, ..def }
}

const fn key(letter: char) -> Chord {
    Chord::char(letter)
}

const ACTIONS: &[ActionDef] = &[
    def(
        Action::ScreenOverview,
        "screen-overview",
        &[key('1'), key('o')],
        (
            "overview",
            "Show the overview: tickers, feeds, chart and health.",
        ),
    ),
    def(
        Action::ScreenMarkets,
        "screen-markets",
        &[key('2'), key('m')],
        (
            "markets",
            "Show the markets: watchlist, chart, quote and trades.",
        ),
    ),
    def(
        Action::ScreenLogs,
        "screen-logs",
        &[key('3'), key('l')],
        ("logs", "Show the log lines of the agent."),
    ),
    def(
        Action::Down,
        "down",
        &[key('j'), Chord::key(KeyCode::Down)],
        ("down", "Move one row down."),
    ),
    def(
        Action::Up,
        "up",
        &[key('k'), Chord::key(KeyCode::Up)],
        ("up", "Move one row up."),
    ),
    def(
        Action::PageDown,
        "page-down",
        &[Chord::key(KeyCode::PageDown), Chord::ctrl('d')],
        ("page down", "Move one page down."),
    ),
    def(
        Action::PageUp,
        "page-up",
        &[Chord::key(KeyCode::PageUp), Chord::ctrl('u')],
        ("page up", "Move one page up."),
    ),
    def(
        Action::Top,
        "top",
        &[key('g'), Chord::key(KeyCode::Home)],
        ("top", "Move to the first row."),
    ),
    def(
        Action::Bottom,
        "bottom",
        &[key('G'), Chord::key(KeyCode::End)],
        ("bottom", "Move to the last row."),
    ),
    def(
        Action::Detail,
        "detail",
        &[Chord::key(KeyCode::Enter)],
        ("detail", "Open the selected symbol, feed or log line."),
    ),
    def(
        Action::Back,
        "back",
        &[Chord::key(KeyCode::Esc)],
        (
            "back",
            "Go back: end zoom, clear the filter, return to the screen before.",
        ),
    ),
    def(
        Action::FocusNext,
        "focus-next",
        &[Chord::key(KeyCode::Tab)],
        ("pane", "Focus the next pane."),
    ),
    def(
        Action::FocusPrevious,
        "focus-previous",
        &[Chord::key(KeyCode::BackTab)],
        ("pane back", "Focus the previous pane."),
    ),
    def(
        Action::Zoom,
        "zoom",
        &[key('z')],
        (
            "zoom",
            "Give the focused pane the whole screen, or end that.",
        ),
    ),
    def(
        Action::Filter,
        "filter",
        &[key('/')],
        (
            "filter",
            "Show only the symbols or log lines that contain a text.",
        ),
    ),
    def(
        Action::Palette,
        "palette",
        &[key(':'), Chord::ctrl('p')],
        (
            "palette",
            "Find and run any action, symbol, theme or feed by name.",
        ),
    ),
    def(
        Action::Help,
        "help",
        &[key('?'), Chord::key(KeyCode::F(1))],
        (
            "help",
            "List every key; type to search, ENTER runs the selected action.",
        ),
    ),
    within(
        Context::Watchlist,
        def(
            Action::Sort,
            "sort",
            &[key('s')],
            (
                "sort",
                "Sort by the next column; after the last, your own order.",
            ),
        ),
    ),
    within(
        Context::Watchlist,
        def(
            Action::SortDirection,
            "sort-direction",
            &[key('S')],
            ("sort up/down", "Turn the sort round."),
        ),
    ),
    within(
        Context::Watchlist,
        def(
            Action::TimeframeLonger,
            "timeframe-longer",
            &[key('T'), key(']')],
            ("timeframe", "Chart bars of the next longer timeframe."),
        ),
    ),
    within(
        Context::Watchlist,
        def(
            Action::TimeframeShorter,
            "timeframe-shorter",
            &[key('[')],
            ("timeframe", "Chart bars of the next shorter timeframe."),
        ),
    ),
    within(
        Context::Watchlist,
        def(
            Action::Reconnect,
            "reconnect",
            &[key('r')],
            (
                "reconnect",
                "Drop the selected feed's connection and open it anew at once.",
            ),
        ),
    ),
    def(
        Action::Freeze,
        "freeze",
        &[key('f')],
        (
            "freeze",
            "Hold the picture still while data goes on arriving; again to return to now.",
        ),
    ),
    def(
        Action::Theme,
        "theme",
        &[key('t')],
        ("theme", "Change to the next theme."),
    ),
    def(
        Action::Cost,
        "cost",
        &[key('c')],
        (
            "cost",
            "Show or hide what drawing costs: frame time, bytes, skipped frames.",
        ),
    ),
    within(
        Context::Logs,
        def(
            Action::LogLevel,
            "log-level",
            &[key('L')],
            (
                "level",
                "Show lines down to the next level: error, warn, info, debug, trace.",
            ),
        ),
    ),
    within(
        Context::Logs,
        def(
            Action::LogWrap,
            "log-wrap",
            &[key('w')],
            ("wrap", "Wrap long lines, or cut them."),
        ),
    ),
    within(
        Context::Logs,
        def(
            Action::LogFollow,
            "log-follow",
            &[key('p'), key(' ')],
            ("pause", "Stop at these lines, or follow the newest again."),
        ),
    ),
    within(
        Context::Logs,
        def(
            Action::LogProblemNext,
            "log-problem-next",
            &[key('n')],
            ("next problem", "Jump to the next warning or error."),
        ),
    ),
    within(
        Context::Logs,
        def(
            Action::LogProblemPrevious,
            "log-problem-previous",
            &[key('N')],
            ("problem before", "Jump to the warning or error before."),
        ),
    ),
    def(
        Action::Redraw,
        "redraw",
        &[Chord::ctrl('l')],
        ("redraw", "Paint the whole screen anew."),
    ),
    def(
        Action::Suspend,
        "suspend",
        &[Chord::ctrl('z')],
        (
            "suspend",
            "Give the terminal back to the shell; `fg` returns.",
        ),
    ),
    def(
        Action::Quit,
        "quit",
        &[key('q'), Chord::ctrl('c')],
        ("quit", "Leave the dashboard."),
    ),
];

/// Returns the table: every action, in the order of the help.
pub const fn actions() -> &'static [ActionDef] {
    ACTIONS
}

impl Action {
    /// Returns the action's row of the table.
    pub fn def(self) -> &'static ActionDef {
        let found = ACTIONS.iter().find(|def| def.action == self);
        found.expect("every action has a row: a test walks through all of them")
    }
}

impl Context {
    /// Returns the heading of its keys in the help.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Global => "EVERYWHERE",
            Self::Watchlist => "OVERVIEW AND MARKETS",
            Self::Logs => "LOGS",
        }
    }

    /// Returns the words that name it in the help.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Watchlist => "overview, markets",
            Self::Logs => "logs",
        }
    }
}
