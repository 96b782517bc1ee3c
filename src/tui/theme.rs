//! [`Theme`]: what each meaning looks like.
//!
//! Screens name a meaning (`theme.stale`), never a colour. A theme is a constant table in
//! `themes.rs`; every text style of it has a contrast of 4.5:1 or more on every ground it is drawn
//! on (tested there), and every meaning also has a glyph, a sign or a word, so that no theme
//! carries a meaning alone.

use std::fmt;
use std::str::FromStr;

use ratatui::style::{Color, Style};
use thiserror::Error;

use super::themes;

/// The name of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeName {
    /// Calm colours on near-black.
    #[default]
    Dark,
    /// Ink on paper.
    Light,
    /// Dark, with blue for up and orange for down: readable with any colour vision.
    ColorBlind,
    /// White on black, strong colours.
    Contrast,
    /// No colour: weight, brightness and inversion only.
    Mono,
}

/// A word that names no theme.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown theme `{text}`: expected one of dark light color-blind contrast mono")]
pub struct ThemeError {
    text: String,
}

/// The look of every meaning. Styles of text have no ground of their own unless they say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: ThemeName,
    /// Ground of the screen.
    pub background: Color,
    /// Ground of the top bar, the footer and windows.
    pub surface: Color,
    /// Ordinary text.
    pub text: Style,
    /// Labels, units, what is not the point.
    pub dim: Style,
    /// Values that matter most, titles.
    pub strong: Style,
    /// The product's colour: the focused, the chosen.
    pub accent: Style,
    /// The product's name; has its own ground.
    pub brand: Style,
    /// Keys in hints.
    pub key: Style,
    /// Frame of a pane.
    pub border: Style,
    /// Frame of the focused pane.
    pub border_focus: Style,
    /// Grid and reference lines of a chart.
    pub grid: Style,
    /// Higher than the basis; a buyer.
    pub up: Style,
    /// Lower than the basis; a seller.
    pub down: Style,
    /// Equal to the basis.
    pub flat: Style,
    /// Digits that just rose; has its own ground.
    pub flash_up: Style,
    /// Digits that just fell; has its own ground.
    pub flash_down: Style,
    /// Volume of a bar that rose.
    pub volume_up: Style,
    /// Volume of a bar that fell.
    pub volume_down: Style,
    /// A small price line.
    pub trend: Style,
    /// Fresh values.
    pub live: Style,
    /// Nothing new for a while.
    pub slow: Style,
    /// Not to be trusted as the present.
    pub stale: Style,
    /// Something may fail.
    pub warn: Style,
    /// Something failed.
    pub error: Style,
    /// Of note.
    pub info: Style,
    /// Values of the past, played again.
    pub replay: Style,
    /// Invented values.
    pub simulated: Style,
    /// Filled badge of a good state.
    pub badge_live: Style,
    /// Filled badge of a doubtful state, and the frozen banner.
    pub badge_warn: Style,
    /// Filled badge of a bad state.
    pub badge_error: Style,
    /// Filled badge of replayed data.
    pub badge_replay: Style,
    /// Filled badge of invented data.
    pub badge_simulated: Style,
    /// Filled badge of a state without a judgement.
    pub badge_neutral: Style,
    /// The chosen row of the focused pane: a ground, laid under the row.
    pub selection: Style,
    /// The chosen row of a pane without focus.
    pub selection_idle: Style,
    /// True when up and down bars must differ by their filling.
    pub has_hollow_bars: bool,
}

impl ThemeName {
    /// Every theme, in the order of the key that walks through them.
    pub const ALL: [Self; 5] = [
        Self::Dark,
        Self::Light,
        Self::ColorBlind,
        Self::Contrast,
        Self::Mono,
    ];

    /// Returns the word that settings and the palette use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::ColorBlind => "color-blind",
            Self::Contrast => "contrast",
            Self::Mono => "mono",
        }
    }

    /// Returns the table.
    pub const fn theme(self) -> &'static Theme {
        match self {
            Self::Dark => &themes::DARK,
            Self::Light => &themes::LIGHT,
            Self::ColorBlind => &themes::COLOR_BLIND,
            Self::Contrast => &themes::CONTRAST,
            Self::Mono => &themes::MONO,
        }
    }

    /// Returns the theme after this one, the first after the last.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|name| *name == self);
        Self::ALL[at.map_or(0, |at| (at + 1) % Self::ALL.len())]
    }
}

impl Theme {
    /// Returns the style that fills the screen before anything is drawn.
    pub fn ground(&self) -> Style {
        match self.text.fg {
            Some(color) => Style::new().fg(color).bg(self.background),
            None => Style::new().bg(self.background),
        }
    }

    /// Returns the style that fills bars and windows.
    pub fn raised(&self) -> Style {
        self.ground().bg(self.surface)
    }
}

impl fmt::Display for ThemeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ThemeName {
    type Err = ThemeError;

    fn from_str(text: &str) -> Result<Self, ThemeError> {
        let wanted = text.trim();
        let found = Self::ALL.into_iter().find(|name| name.as_str() == wanted);
        found.ok_or_else(|| ThemeError {
            text: wanted.chars().take(32).collect(),
        })
    }
}
