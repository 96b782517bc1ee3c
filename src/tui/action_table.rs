//! The table of actions: what [`actions`](super::actions) returns, row by row.

use crossterm::event::KeyCode;

use super::action::{Action, ActionDef, Context};
use super::keymap::Chord;

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

/// Every action, in the order of the help.
pub(super) const ACTIONS: &[ActionDef] = &[
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
        Action::ScreenImports,
        "screen-imports",
        &[key('3'), key('I')],
        (
            "imports",
            "Show the imports: progress, counts, quality and rejected records.",
        ),
    ),
    def(
        Action::ScreenLogs,
        "screen-logs",
        &[key('4'), key('l')],
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
        (
            "detail",
            "Open the selected symbol, feed, log line, or an import's rejected records.",
        ),
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
            "Show only the symbols, imports or log lines that contain a text.",
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
        Action::ImportStart,
        "import-start",
        &[key('i')],
        (
            "import files",
            "Choose files, see how they would be read, and import them.",
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
        Context::Imports,
        def(
            Action::ImportPause,
            "import-pause",
            &[key('p'), key(' ')],
            (
                "pause/resume",
                "Pause the selected import, or let it go on where it stopped.",
            ),
        ),
    ),
    within(
        Context::Imports,
        def(
            Action::ImportCancel,
            "import-cancel",
            &[key('x')],
            (
                "cancel",
                "End the selected import; what it wrote stays until it is undone.",
            ),
        ),
    ),
    within(
        Context::Imports,
        def(
            Action::ImportRestart,
            "import-restart",
            &[key('r')],
            (
                "restart",
                "Begin the selected import anew, as another import of the same files.",
            ),
        ),
    ),
    within(
        Context::Imports,
        def(
            Action::ImportUndo,
            "import-undo",
            &[key('u')],
            (
                "undo",
                "Take back what the selected import wrote, after a confirmation.",
            ),
        ),
    ),
    within(
        Context::Imports,
        def(
            Action::ImportAnswer,
            "import-answer",
            &[key('a')],
            (
                "answer",
                "Answer what the selected import asks before it can run.",
            ),
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
