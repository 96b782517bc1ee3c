//! The settings that are one word out of a few.
//!
//! Each is an enum with its words; the words are what the file, the environment, the flags, the
//! help and the schema show. A word is matched exactly: no abbreviation, no other case.

use crate::telemetry::LogFormat;

/// A setting that is one word out of a few.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every choice, in the order that help shows.
    const ALL: &'static [Self];

    /// Returns its word.
    fn as_str(self) -> &'static str;

    /// Returns the choice of a word.
    fn from_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|choice| choice.as_str() == word)
    }
}

/// Returns the words of a choice, in the order that help shows.
pub fn words<T: Choice>() -> Vec<&'static str> {
    T::ALL.iter().map(|choice| choice.as_str()).collect()
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

    fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ssh => "ssh",
        }
    }
}

/// The least important log line that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LogLevel {
    /// Only what failed.
    Error,
    /// And what may fail, or did and was mended.
    Warn,
    /// And what is of note.
    #[default]
    Info,
    /// And what helps to find a fault.
    Debug,
    /// Everything.
    Trace,
}

impl Choice for LogLevel {
    const ALL: &'static [Self] = &[
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    fn as_str(self) -> &'static str {
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

    fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// The screen that the dashboard opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScreenName {
    /// Everything at a glance.
    #[default]
    Overview,
    /// Watchlist, chart and trades.
    Markets,
    /// The log.
    Logs,
}

impl Choice for ScreenName {
    const ALL: &'static [Self] = &[Self::Overview, Self::Markets, Self::Logs];

    fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Markets => "markets",
            Self::Logs => "logs",
        }
    }
}

/// The colours of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeName {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
    /// Dark, with blue for up and orange for down.
    ColorBlind,
    /// White on black, strong colours.
    Contrast,
    /// No colour at all.
    Mono,
}

impl Choice for ThemeName {
    const ALL: &'static [Self] = &[
        Self::Dark,
        Self::Light,
        Self::ColorBlind,
        Self::Contrast,
        Self::Mono,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::ColorBlind => "color-blind",
            Self::Contrast => "contrast",
            Self::Mono => "mono",
        }
    }
}

/// How many colours the dashboard writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColorChoice {
    /// What the terminal says it can.
    #[default]
    Auto,
    /// 24 bits.
    TrueColor,
    /// The 256 of the xterm palette.
    Ansi256,
    /// The 16 of the terminal's own palette.
    Ansi16,
    /// None.
    Mono,
}

impl Choice for ColorChoice {
    const ALL: &'static [Self] = &[
        Self::Auto,
        Self::TrueColor,
        Self::Ansi256,
        Self::Ansi16,
        Self::Mono,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::TrueColor => "truecolor",
            Self::Ansi256 => "256",
            Self::Ansi16 => "16",
            Self::Mono => "mono",
        }
    }
}

/// Which characters the dashboard draws with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GlyphChoice {
    /// What the terminal and the locale say they can.
    #[default]
    Auto,
    /// Unicode, with sparklines of two points a cell; never chosen by `auto`.
    Braille,
    /// Round borders, eighth blocks, geometric shapes.
    Unicode,
    /// Square borders, whole and half blocks.
    Block,
    /// 7-bit ASCII.
    Ascii,
}

impl Choice for GlyphChoice {
    const ALL: &'static [Self] = &[
        Self::Auto,
        Self::Braille,
        Self::Unicode,
        Self::Block,
        Self::Ascii,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Braille => "braille",
            Self::Unicode => "unicode",
            Self::Block => "block",
            Self::Ascii => "ascii",
        }
    }
}
