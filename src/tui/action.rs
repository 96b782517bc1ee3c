//! [`Action`] and its one table.
//!
//! The table drives everything that knows about keys: dispatch (`keymap`), the hints of the footer,
//! the help window, the palette and `docs/KEYS.md`. An action that is not in it cannot be reached;
//! one that is appears everywhere.

use super::action_table::ACTIONS;
use super::keymap::Chord;

/// Something a user can ask the dashboard to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Shows the overview.
    ScreenOverview,
    /// Shows the markets.
    ScreenMarkets,
    /// Shows the imports.
    ScreenImports,
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
    /// Opens the form that begins an import.
    ImportStart,
    /// Pauses the selected import, or lets it go on.
    ImportPause,
    /// Ends the selected import.
    ImportCancel,
    /// Begins the selected import anew.
    ImportRestart,
    /// Takes back what the selected import wrote.
    ImportUndo,
    /// Answers what the selected import asks.
    ImportAnswer,
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
    /// On the imports' screen.
    Imports,
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
    /// Every context, in the order of the help.
    pub const ALL: [Self; 4] = [Self::Global, Self::Watchlist, Self::Imports, Self::Logs];

    /// Returns the heading of its keys in the help.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Global => "EVERYWHERE",
            Self::Watchlist => "OVERVIEW AND MARKETS",
            Self::Imports => "IMPORTS",
            Self::Logs => "LOGS",
        }
    }

    /// Returns the words that name it in the help.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Watchlist => "overview, markets",
            Self::Imports => "imports",
            Self::Logs => "logs",
        }
    }
}
