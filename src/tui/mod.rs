//! The dashboard: a picture of the agent's state, and keys that become commands.
//!
//! A picture is a function of (`AgentState`, what the user looks at, theme, terminal capabilities,
//! now): [`App`] holds them and paints a buffer. It reads no clock, waits for nothing and knows no
//! terminal; the loop does that. Colours and characters a terminal lacks are replaced in one pass
//! after drawing, so screens know only the best terminal.

mod action;
mod action_table;
mod amount;
mod app;
mod caps;
mod color;
mod deadline;
mod edit;
mod feed_actions;
mod flash;
mod format;
mod glyphs;
mod imports;
mod keymap;
mod layout;
mod log_actions;
mod log_view;
mod overlay_keys;
mod picker;
mod picture;
mod run;
mod screen;
mod state;
mod status;
mod svg;
mod terminal;
mod theme;
mod themes;
mod toast;
mod update;
mod watch;
mod widget;

pub use action::{Action, ActionDef, Context, actions};
pub use app::{App, AppOptions};
pub use caps::{Caps, CapsError, CapsRequest, ColorDepth, GlyphLevel};
pub use color::contrast;
pub use keymap::Chord;
pub use layout::ScreenName;
pub use run::{Exit, Ports, RunOptions, next_stop_signal, run};
pub use state::FrameCost;
pub use svg::to_svg;
pub use terminal::TuiError;
pub use theme::{Theme, ThemeError, ThemeName};
pub use update::Effect;
