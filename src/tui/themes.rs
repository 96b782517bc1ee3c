//! The themes, as tables of colours. Nothing here decides anything; the test holds every text to a
//! contrast of 4.5:1.

use ratatui::style::{Color, Modifier, Style};

use super::theme::{Theme, ThemeName};

/// The colours that one coloured theme is made of.
struct Palette {
    background: u32,
    surface: u32,
    selection: u32,
    selection_idle: u32,
    text: u32,
    dim: u32,
    strong: u32,
    accent: u32,
    brand: u32,
    border: u32,
    grid: u32,
    up: u32,
    down: u32,
    volume_up: u32,
    volume_down: u32,
    trend: u32,
    warn: u32,
    error: u32,
    stale: u32,
    replay: u32,
    simulated: u32,
    neutral: u32,
    on_badge: u32,
}

const fn rgb(hex: u32) -> Color {
    Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const fn fg(hex: u32) -> Style {
    Style::new().fg(rgb(hex))
}

const fn bold(style: Style) -> Style {
    style.add_modifier(Modifier::BOLD)
}

const fn build(name: ThemeName, p: &Palette) -> Theme {
    let badge = bold(fg(p.on_badge));
    Theme {
        name,
        background: rgb(p.background),
        surface: rgb(p.surface),
        text: fg(p.text),
        dim: fg(p.dim),
        strong: bold(fg(p.strong)),
        accent: bold(fg(p.accent)),
        brand: badge.bg(rgb(p.brand)),
        key: fg(p.accent),
        border: fg(p.border),
        border_focus: fg(p.accent),
        grid: fg(p.grid),
        up: fg(p.up),
        down: fg(p.down),
        flat: fg(p.dim),
        flash_up: badge.bg(rgb(p.up)),
        flash_down: badge.bg(rgb(p.down)),
        volume_up: fg(p.volume_up),
        volume_down: fg(p.volume_down),
        trend: fg(p.trend),
        live: fg(p.up),
        slow: fg(p.warn),
        stale: fg(p.stale),
        warn: fg(p.warn),
        error: bold(fg(p.error)),
        info: fg(p.accent),
        replay: bold(fg(p.replay)),
        simulated: bold(fg(p.simulated)),
        badge_live: badge.bg(rgb(p.up)),
        badge_warn: badge.bg(rgb(p.warn)),
        badge_error: badge.bg(rgb(p.error)),
        badge_replay: badge.bg(rgb(p.replay)),
        badge_simulated: badge.bg(rgb(p.simulated)),
        badge_neutral: badge.bg(rgb(p.neutral)),
        selection: bold(Style::new().bg(rgb(p.selection))),
        selection_idle: Style::new().bg(rgb(p.selection_idle)),
        has_hollow_bars: false,
    }
}

const DARK_PALETTE: Palette = Palette {
    background: 0x0D_1117,
    surface: 0x16_1B22,
    selection: 0x1F_2D3F,
    selection_idle: 0x1A_2129,
    text: 0xC9_D1D9,
    dim: 0x8D_97A5,
    strong: 0xF0_F4F8,
    accent: 0x6C_B6FF,
    brand: 0xF5_B453,
    border: 0x30_3B47,
    grid: 0x3A_4552,
    up: 0x4A_D295,
    down: 0xFF_7B72,
    volume_up: 0x2C_6B50,
    volume_down: 0x7D_4246,
    trend: 0x4F_86B8,
    warn: 0xE8_B339,
    error: 0xFF_7B72,
    stale: 0x8D_97A5,
    replay: 0xC4_A5FF,
    simulated: 0xF2_8FD0,
    neutral: 0x8D_97A5,
    on_badge: 0x0D_1117,
};

/// Calm colours on near-black.
pub(super) const DARK: Theme = build(ThemeName::Dark, &DARK_PALETTE);

/// Ink on paper.
pub(super) const LIGHT: Theme = build(
    ThemeName::Light,
    &Palette {
        background: 0xFB_FAF7,
        surface: 0xF0_EEE8,
        selection: 0xDB_E7F5,
        selection_idle: 0xEC_ECE8,
        text: 0x2B_3037,
        dim: 0x5A_626C,
        strong: 0x0C_0F13,
        accent: 0x0A_559E,
        brand: 0x8A_4B00,
        border: 0xC6_CBD1,
        grid: 0xC9_CDD2,
        up: 0x0A_6B3D,
        down: 0xB4_232B,
        volume_up: 0xA3_D3BA,
        volume_down: 0xEB_B5B2,
        trend: 0x3B_6E9E,
        warn: 0x7A_4F00,
        error: 0xB4_232B,
        stale: 0x5A_626C,
        replay: 0x63_3BB0,
        simulated: 0x9A_1F78,
        neutral: 0x5A_626C,
        on_badge: 0xFF_FFFF,
    },
);

/// Blue up, orange down.
pub(super) const COLOR_BLIND: Theme = build(
    ThemeName::ColorBlind,
    &Palette {
        up: 0x5E_B4F5,
        down: 0xF2_9A4B,
        volume_up: 0x2F_5E85,
        volume_down: 0x80_5530,
        accent: 0xE6_DF86,
        trend: 0x86_8E99,
        warn: 0xF0_E442,
        error: 0xF2_9A4B,
        ..DARK_PALETTE
    },
);

/// White on black.
pub(super) const CONTRAST: Theme = build(
    ThemeName::Contrast,
    &Palette {
        background: 0x00_0000,
        surface: 0x00_0000,
        selection: 0x00_3060,
        selection_idle: 0x26_2626,
        text: 0xFF_FFFF,
        dim: 0xD0_D0D0,
        strong: 0xFF_FFFF,
        accent: 0x7F_DBFF,
        brand: 0xFF_D700,
        border: 0x9A_9A9A,
        grid: 0x6A_6A6A,
        up: 0x5C_FF8F,
        down: 0xFF_8A8A,
        volume_up: 0x2E_8B57,
        volume_down: 0xA8_4848,
        trend: 0x6F_9BC0,
        warn: 0xFF_D700,
        error: 0xFF_8A8A,
        stale: 0xC0_C0C0,
        replay: 0xD9_B8FF,
        simulated: 0xFF_A6E7,
        neutral: 0xD0_D0D0,
        on_badge: 0x00_0000,
    },
);

const PLAIN: Style = Style::new();
const BOLD: Style = PLAIN.add_modifier(Modifier::BOLD);
const DIM: Style = PLAIN.add_modifier(Modifier::DIM);
const FILLED: Style = BOLD.add_modifier(Modifier::REVERSED);

/// No colour.
pub(super) const MONO: Theme = Theme {
    name: ThemeName::Mono,
    background: Color::Reset,
    surface: Color::Reset,
    text: PLAIN,
    dim: DIM,
    strong: BOLD,
    accent: BOLD,
    brand: FILLED,
    key: BOLD,
    border: DIM,
    border_focus: BOLD,
    grid: DIM,
    up: BOLD,
    down: PLAIN,
    flat: DIM,
    flash_up: FILLED,
    flash_down: PLAIN.add_modifier(Modifier::REVERSED),
    volume_up: PLAIN,
    volume_down: DIM,
    trend: PLAIN,
    live: PLAIN,
    slow: PLAIN.add_modifier(Modifier::UNDERLINED),
    stale: DIM,
    warn: PLAIN.add_modifier(Modifier::UNDERLINED),
    error: BOLD.add_modifier(Modifier::UNDERLINED),
    info: PLAIN,
    replay: BOLD,
    simulated: BOLD,
    badge_live: FILLED,
    badge_warn: FILLED.add_modifier(Modifier::UNDERLINED),
    badge_error: FILLED.add_modifier(Modifier::UNDERLINED),
    badge_replay: FILLED,
    badge_simulated: FILLED,
    badge_neutral: FILLED,
    selection: PLAIN.add_modifier(Modifier::REVERSED),
    selection_idle: PLAIN,
    has_hollow_bars: true,
};

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::color::contrast;
    use super::*;

    /// The least contrast WCAG 2 (level AA) asks of text, and of drawings that carry a meaning.
    const CONTRAST_MIN: f32 = 4.5;
    const DRAWING_MIN: f32 = 3.0;

    fn texts(theme: &Theme) -> Vec<(&'static str, Style)> {
        vec![
            ("text", theme.text),
            ("dim", theme.dim),
            ("strong", theme.strong),
            ("accent", theme.accent),
            ("key", theme.key),
            ("border_focus", theme.border_focus),
            ("up", theme.up),
            ("down", theme.down),
            ("flat", theme.flat),
            ("live", theme.live),
            ("slow", theme.slow),
            ("stale", theme.stale),
            ("warn", theme.warn),
            ("error", theme.error),
            ("info", theme.info),
            ("replay", theme.replay),
            ("simulated", theme.simulated),
        ]
    }

    fn filled(theme: &Theme) -> Vec<(&'static str, Style)> {
        vec![
            ("brand", theme.brand),
            ("flash_up", theme.flash_up),
            ("flash_down", theme.flash_down),
            ("badge_live", theme.badge_live),
            ("badge_warn", theme.badge_warn),
            ("badge_error", theme.badge_error),
            ("badge_replay", theme.badge_replay),
            ("badge_simulated", theme.badge_simulated),
            ("badge_neutral", theme.badge_neutral),
        ]
    }

    #[rstest]
    fn text_has_contrast_on_every_ground(
        #[values(
            ThemeName::Dark,
            ThemeName::Light,
            ThemeName::ColorBlind,
            ThemeName::Contrast
        )]
        name: ThemeName,
    ) {
        let theme = name.theme();
        let grounds = [
            ("background", Some(theme.background)),
            ("surface", Some(theme.surface)),
            ("selection", theme.selection.bg),
            ("selection_idle", theme.selection_idle.bg),
        ];
        let mut poor = Vec::new();
        for (token, style) in texts(theme) {
            for (ground, color) in grounds {
                let ratio = contrast(style.fg.unwrap(), color.unwrap()).unwrap();
                if ratio < CONTRAST_MIN {
                    poor.push(format!("{name}: {token} on {ground}: {ratio:.2}"));
                }
            }
        }
        let trend = contrast(theme.trend.fg.unwrap(), theme.background).unwrap();
        assert!(trend >= DRAWING_MIN, "{name}: trend: {trend:.2}");
        for (token, style) in filled(theme) {
            let ratio = contrast(style.fg.unwrap(), style.bg.unwrap()).unwrap();
            if ratio < CONTRAST_MIN {
                poor.push(format!("{name}: {token}: {ratio:.2}"));
            }
        }
        assert!(poor.is_empty(), "{poor:#?}");
    }

    #[test]
    fn mono_uses_no_colour_at_all() {
        let all = [texts(&MONO), filled(&MONO)].concat();
        assert!(
            all.iter()
                .all(|(_, style)| style.fg.is_none() && style.bg.is_none())
        );
        assert_eq!(
            (MONO.background, MONO.surface),
            (Color::Reset, Color::Reset)
        );
    }

    #[test]
    fn names_round_trip_and_unknown_ones_say_what_is_known() {
        for name in ThemeName::ALL {
            assert_eq!(name.to_string().parse(), Ok(name));
            assert_eq!(name.theme().name, name);
        }
        let error = "solarized".parse::<ThemeName>().unwrap_err();
        assert!(error.to_string().contains("`solarized`"));
    }
}
