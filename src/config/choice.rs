//! The settings that are one word out of a few.
//!
//! Each is an enum of the service it is for, and gets its words here; the words are what the file,
//! the environment, the flags, the help and the schema show. A word is matched exactly: no
//! abbreviation, no other case.

use crate::api::LogLevel;
use crate::telemetry::LogFormat;
use crate::tui::{ColorDepth, GlyphLevel, ScreenName, ThemeName};

/// The word that leaves a choice to the terminal.
const AUTO: &str = "auto";

/// A setting that is one word out of a few.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every choice, in the order that help shows.
    const ALL: &'static [Self];

    /// Returns its word.
    fn word(self) -> &'static str;

    /// Returns the choice of a word.
    fn from_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|choice| choice.word() == word)
    }
}

/// Returns the words of a choice, in the order that help shows.
pub fn words<T: Choice>() -> Vec<&'static str> {
    T::ALL.iter().map(|choice| choice.word()).collect()
}

/// What the link to the terminal can bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// A terminal on this machine.
    #[default]
    Local,
    /// A slow link: few frames, no flashing.
    Ssh,
}

impl Choice for Profile {
    const ALL: &'static [Self] = &[Self::Local, Self::Ssh];

    fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ssh => "ssh",
        }
    }
}

impl Choice for LogLevel {
    const ALL: &'static [Self] = &LogLevel::ALL;

    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Choice for LogFormat {
    const ALL: &'static [Self] = &[Self::Text, Self::Json];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl Choice for ScreenName {
    const ALL: &'static [Self] = &ScreenName::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Choice for ThemeName {
    const ALL: &'static [Self] = &ThemeName::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// How many colours are written; `None` = as many as the terminal says it can.
impl Choice for Option<ColorDepth> {
    const ALL: &'static [Self] = &[
        None,
        Some(ColorDepth::TrueColor),
        Some(ColorDepth::Ansi256),
        Some(ColorDepth::Ansi16),
        Some(ColorDepth::Mono),
    ];

    fn word(self) -> &'static str {
        self.map_or(AUTO, ColorDepth::as_str)
    }
}

/// Which characters are drawn; `None` = those that terminal and locale say they can.
impl Choice for Option<GlyphLevel> {
    const ALL: &'static [Self] = &[
        None,
        Some(GlyphLevel::Braille),
        Some(GlyphLevel::Unicode),
        Some(GlyphLevel::Block),
        Some(GlyphLevel::Ascii),
    ];

    fn word(self) -> &'static str {
        self.map_or(AUTO, GlyphLevel::as_str)
    }
}
