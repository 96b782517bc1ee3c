//! [`Caps`]: what the terminal can show, decided once from flags, settings and environment.
//!
//! Detection is a pure function of the values it is given: it reads no environment and asks the
//! terminal nothing, so a link with a slow answer costs no start-up time. A wrong guess is mended
//! by a flag or a setting, which always win.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How many colours there are, poorest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ColorDepth {
    /// None: bold, dim, reversed and underlined text only.
    Mono,
    /// The sixteen of the terminal's own palette.
    Ansi16,
    /// The xterm palette.
    Ansi256,
    /// 24 bits.
    #[default]
    TrueColor,
}

/// Which characters can be drawn, poorest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum GlyphLevel {
    /// 7-bit ASCII.
    Ascii,
    /// Square borders, whole and half blocks: the font of a Linux console.
    Block,
    /// Round borders, eighth blocks, geometric shapes.
    #[default]
    Unicode,
    /// As [`GlyphLevel::Unicode`], with sparklines of two points a cell in braille; never guessed,
    /// only asked for.
    Braille,
}

/// A word that names no colour depth or glyph level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown {what} `{text}`: expected one of {expected}")]
pub struct CapsError {
    what: &'static str,
    text: String,
    expected: &'static str,
}

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Caps {
    /// Colours.
    pub depth: ColorDepth,
    /// Characters.
    pub glyphs: GlyphLevel,
    /// True when nothing may flash.
    pub is_motion_reduced: bool,
}

/// Everything that [`Caps::detect`] looks at; absent values are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CapsRequest<'a> {
    /// The colour depth that the settings ask for.
    pub depth: Option<ColorDepth>,
    /// The glyph level that the settings ask for.
    pub glyphs: Option<GlyphLevel>,
    /// `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// `COLORTERM`.
    pub colorterm: Option<&'a str>,
    /// `TERM`.
    pub term: Option<&'a str>,
    /// `LC_ALL`.
    pub lc_all: Option<&'a str>,
    /// `LC_CTYPE`.
    pub lc_ctype: Option<&'a str>,
    /// `LANG`.
    pub lang: Option<&'a str>,
    /// True when the user asked for no motion.
    pub is_motion_reduced: bool,
}

impl Caps {
    /// Decides: a setting (whose flag beats its file) beats `NO_COLOR` beats `COLORTERM` beats
    /// `TERM`.
    pub fn detect(request: &CapsRequest<'_>) -> Self {
        Self {
            depth: request.depth.unwrap_or_else(|| guess_depth(request)),
            glyphs: request.glyphs.unwrap_or_else(|| guess_glyphs(request)),
            is_motion_reduced: request.is_motion_reduced,
        }
    }
}

fn guess_depth(request: &CapsRequest<'_>) -> ColorDepth {
    let term = request.term.unwrap_or_default();
    if request.no_color.is_some_and(|value| !value.is_empty()) || is_colorless(term) {
        return ColorDepth::Mono;
    }
    if term == "linux" {
        return ColorDepth::Ansi16;
    }
    let colorterm = request.colorterm.unwrap_or_default();
    if matches!(colorterm, "truecolor" | "24bit") || is_truecolor(term) {
        return ColorDepth::TrueColor;
    }
    if term.contains("256") {
        return ColorDepth::Ansi256;
    }
    ColorDepth::Ansi16
}

fn is_colorless(term: &str) -> bool {
    term.is_empty() || term == "dumb" || term.starts_with("vt1") || term.starts_with("vt2")
}

/// Terminals that have 24 bits and whose `COLORTERM` gets lost on the way through SSH.
fn is_truecolor(term: &str) -> bool {
    const NAMES: [&str; 6] = ["kitty", "alacritty", "foot", "wezterm", "ghostty", "direct"];
    NAMES.iter().any(|name| term.contains(name))
}

fn guess_glyphs(request: &CapsRequest<'_>) -> GlyphLevel {
    let term = request.term.unwrap_or_default();
    if is_colorless(term) {
        return GlyphLevel::Ascii;
    }
    let locale = [request.lc_all, request.lc_ctype, request.lang]
        .into_iter()
        .flatten()
        .find(|value| !value.is_empty());
    let is_utf8 = locale.is_none_or(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    });
    match (is_utf8, term) {
        (false, _) => GlyphLevel::Ascii,
        (true, "linux") => GlyphLevel::Block,
        (true, _) => GlyphLevel::Unicode,
    }
}

impl ColorDepth {
    /// Every depth, poorest first.
    pub const ALL: [Self; 4] = [Self::Mono, Self::Ansi16, Self::Ansi256, Self::TrueColor];

    /// Returns the word that flags and settings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mono => "mono",
            Self::Ansi16 => "16",
            Self::Ansi256 => "256",
            Self::TrueColor => "truecolor",
        }
    }
}

impl GlyphLevel {
    /// Every level, poorest first.
    pub const ALL: [Self; 4] = [Self::Ascii, Self::Block, Self::Unicode, Self::Braille];

    /// Returns the word that flags and settings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Block => "block",
            Self::Unicode => "unicode",
            Self::Braille => "braille",
        }
    }
}

impl fmt::Display for ColorDepth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for GlyphLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ColorDepth {
    type Err = CapsError;

    fn from_str(text: &str) -> Result<Self, CapsError> {
        let found = Self::ALL.into_iter().find(|depth| depth.as_str() == text);
        found.ok_or_else(|| CapsError {
            what: "colour depth",
            text: text.chars().take(32).collect(),
            expected: "mono 16 256 truecolor",
        })
    }
}

impl FromStr for GlyphLevel {
    type Err = CapsError;

    fn from_str(text: &str) -> Result<Self, CapsError> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == text);
        found.ok_or_else(|| CapsError {
            what: "glyph level",
            text: text.chars().take(32).collect(),
            expected: "ascii block unicode braille",
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn term(term: &str) -> CapsRequest<'_> {
        CapsRequest {
            term: Some(term),
            lang: Some("en_US.UTF-8"),
            ..CapsRequest::default()
        }
    }

    #[rstest]
    #[case("xterm", ColorDepth::Ansi16, GlyphLevel::Unicode)]
    #[case("xterm-256color", ColorDepth::Ansi256, GlyphLevel::Unicode)]
    #[case("tmux-256color", ColorDepth::Ansi256, GlyphLevel::Unicode)]
    #[case("xterm-kitty", ColorDepth::TrueColor, GlyphLevel::Unicode)]
    #[case("xterm-direct", ColorDepth::TrueColor, GlyphLevel::Unicode)]
    #[case("linux", ColorDepth::Ansi16, GlyphLevel::Block)]
    #[case("dumb", ColorDepth::Mono, GlyphLevel::Ascii)]
    #[case("vt100", ColorDepth::Mono, GlyphLevel::Ascii)]
    fn term_alone_decides(
        #[case] name: &str,
        #[case] depth: ColorDepth,
        #[case] glyphs: GlyphLevel,
    ) {
        let caps = Caps::detect(&term(name));
        assert_eq!((caps.depth, caps.glyphs), (depth, glyphs));
    }

    #[test]
    fn a_setting_beats_no_color_beats_colorterm() {
        let mut request = term("xterm");
        request.colorterm = Some("truecolor");
        assert_eq!(Caps::detect(&request).depth, ColorDepth::TrueColor);
        request.no_color = Some("1");
        assert_eq!(Caps::detect(&request).depth, ColorDepth::Mono);
        request.depth = Some(ColorDepth::Ansi256);
        assert_eq!(Caps::detect(&request).depth, ColorDepth::Ansi256);
    }

    #[test]
    fn empty_no_color_counts_as_unset() {
        let mut request = term("xterm-256color");
        request.no_color = Some("");
        assert_eq!(Caps::detect(&request).depth, ColorDepth::Ansi256);
    }

    #[rstest]
    #[case(Some("C"), None, GlyphLevel::Ascii)]
    #[case(Some("de_DE.ISO-8859-1"), Some("en_US.UTF-8"), GlyphLevel::Ascii)]
    #[case(Some(""), Some("en_US.utf8"), GlyphLevel::Unicode)]
    #[case(None, None, GlyphLevel::Unicode)]
    fn locale_decides_the_glyphs(
        #[case] lc_all: Option<&str>,
        #[case] lang: Option<&str>,
        #[case] glyphs: GlyphLevel,
    ) {
        let request = CapsRequest {
            lc_all,
            lang,
            term: Some("xterm"),
            ..CapsRequest::default()
        };
        assert_eq!(Caps::detect(&request).glyphs, glyphs);
    }

    #[test]
    fn words_round_trip_and_others_are_refused() {
        for depth in ColorDepth::ALL {
            assert_eq!(depth.to_string().parse(), Ok(depth));
        }
        for level in GlyphLevel::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        let error = "8".parse::<ColorDepth>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown colour depth `8`: expected one of mono 16 256 truecolor"
        );
        assert!("utf8".parse::<GlyphLevel>().is_err());
    }
}
