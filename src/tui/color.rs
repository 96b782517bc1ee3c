//! [`reduce`]: brings a painted buffer down to the colours a terminal has.
//!
//! Screens are always painted in 24 bits; this one pass, after drawing, is the only place that
//! knows poorer terminals. Matching is by distance in the `OKLab` space, which follows the eye, not
//! by distance in RGB. Attributes (bold, dim, reversed, underlined) are never touched: they carry
//! the meaning that is left when colour is gone.

use std::sync::OnceLock;

use ratatui::buffer::Buffer;
use ratatui::style::Color;

use super::caps::ColorDepth;

type Rgb = (u8, u8, u8);
type Lab = [f32; 3];

/// The sixteen colours as xterm shows them; a terminal's own palette differs, its order does not.
const ANSI: [(Color, Rgb); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 85, 85)),
    (Color::LightGreen, (85, 255, 85)),
    (Color::LightYellow, (255, 255, 85)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 85, 255)),
    (Color::LightCyan, (85, 255, 255)),
    (Color::White, (255, 255, 255)),
];

/// Replaces every colour of `buffer` by the nearest one that `depth` has.
pub(super) fn reduce(buffer: &mut Buffer, depth: ColorDepth) {
    match depth {
        ColorDepth::TrueColor => {}
        ColorDepth::Ansi256 => map_colors(buffer, nearest_256),
        ColorDepth::Ansi16 => {
            map_colors(buffer, nearest_16);
            keep_text_visible(buffer);
        }
        ColorDepth::Mono => map_colors(buffer, |_| Color::Reset),
    }
}

/// A screen holds some thirty colours, so a short list remembers the answers better than a map.
fn map_colors(buffer: &mut Buffer, nearest: fn(Rgb) -> Color) {
    let mut known: Vec<(Rgb, Color)> = Vec::with_capacity(48);
    let mut map = |color: Color| -> Color {
        let Color::Rgb(r, g, b) = color else {
            return color;
        };
        let rgb = (r, g, b);
        if let Some((_, answer)) = known.iter().find(|(key, _)| *key == rgb) {
            return *answer;
        }
        let answer = nearest(rgb);
        known.push((rgb, answer));
        answer
    };
    for cell in &mut buffer.content {
        cell.fg = map(cell.fg);
        cell.bg = map(cell.bg);
    }
}

/// With sixteen colours a dim grey and the ground can fall together: such text gets the neutral
/// grey instead.
fn keep_text_visible(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.bg == Color::Blue && matches!(cell.fg, Color::DarkGray | Color::LightBlue) {
            cell.fg = Color::White;
        }
        if cell.fg == cell.bg && cell.fg != Color::Reset {
            cell.fg = match cell.bg {
                Color::DarkGray => Color::Gray,
                Color::Gray | Color::White => Color::Black,
                _ => Color::DarkGray,
            };
        }
    }
}

fn nearest_256(rgb: Rgb) -> Color {
    static PALETTE: OnceLock<Vec<Lab>> = OnceLock::new();
    let palette = PALETTE.get_or_init(|| (16..=255).map(|i| oklab(xterm_rgb(i))).collect());
    let index = nearest(palette.iter().copied(), rgb);
    Color::Indexed(index as u8 + 16)
}

/// Hue first: with six hues to choose from, a pale green must stay green and not become the cyan
/// that is as pale.
fn nearest_16(rgb: Rgb) -> Color {
    let wanted = oklab(rgb);
    let is_grey = chroma(wanted) < GREY_BELOW;
    let mut best = (Color::Black, f32::MAX);
    for (color, known) in ANSI {
        let known = oklab(known);
        let is_same_family = (chroma(known) < GREY_BELOW) == is_grey;
        let turn = if is_grey {
            0.0
        } else {
            hue_distance(wanted, known)
        };
        let distance = turn * 2.0 + (wanted[0] - known[0]).abs();
        if is_same_family && distance < best.1 {
            best = (color, distance);
        }
    }
    best.0
}

/// Below this a colour is a grey with a tint.
const GREY_BELOW: f32 = 0.035;

fn chroma(lab: Lab) -> f32 {
    lab[1].hypot(lab[2])
}

/// 0 for the same hue, 1 for the opposite one.
fn hue_distance(a: Lab, b: Lab) -> f32 {
    let turn = (a[2].atan2(a[1]) - b[2].atan2(b[1])).abs();
    turn.min(std::f32::consts::TAU - turn) / std::f32::consts::PI
}

fn nearest(palette: impl Iterator<Item = Lab>, rgb: Rgb) -> usize {
    let wanted = oklab(rgb);
    let mut best = (0, f32::MAX);
    for (index, lab) in palette.enumerate() {
        let distance: f32 = lab.iter().zip(wanted).map(|(a, b)| (a - b).powi(2)).sum();
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best.0
}

/// Returns the colour of an entry of the xterm palette from 16 on: a 6×6×6 cube, then 24 greys.
fn xterm_rgb(index: u8) -> Rgb {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    if index >= 232 {
        let grey = 8 + (index - 232) * 10;
        return (grey, grey, grey);
    }
    let cube = usize::from(index - 16);
    (STEPS[cube / 36], STEPS[cube / 6 % 6], STEPS[cube % 6])
}

/// Björn Ottosson, "A perceptual color space for image processing", 2020.
#[expect(clippy::many_single_char_names, reason = "the letters of the paper")]
fn oklab(rgb: Rgb) -> Lab {
    let [r, g, b] = [rgb.0, rgb.1, rgb.2].map(linear);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn linear(channel: u8) -> f32 {
    let value = f32::from(channel) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// Returns the WCAG 2 contrast of two colours, 1 to 21; `None` where one of them is the terminal's
/// own.
pub fn contrast(a: Color, b: Color) -> Option<f32> {
    let (light, dark) = (luminance(a)?, luminance(b)?);
    let (light, dark) = (light.max(dark), light.min(dark));
    Some((light + 0.05) / (dark + 0.05))
}

fn luminance(color: Color) -> Option<f32> {
    let Color::Rgb(r, g, b) = color else {
        return None;
    };
    let [r, g, b] = [r, g, b].map(linear);
    Some(0.2126 * r + 0.7152 * g + 0.0722 * b)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Modifier, Style};
    use rstest::rstest;

    use super::*;

    fn painted(fg: Color, bg: Color) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        let style = Style::new().fg(fg).bg(bg);
        buffer.set_string(
            0,
            0,
            "x",
            style.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        );
        buffer
    }

    #[rstest]
    #[case((0, 0, 0), 16)]
    #[case((255, 255, 255), 231)]
    #[case((95, 135, 175), 67)]
    #[case((8, 8, 8), 232)]
    #[case((120, 120, 122), 243)]
    fn known_colours_map_to_their_palette_entry(#[case] rgb: Rgb, #[case] index: u8) {
        assert_eq!(nearest_256(rgb), Color::Indexed(index));
    }

    #[test]
    fn hue_survives_sixteen_colours() {
        assert_eq!(nearest_16((255, 80, 80)), Color::LightRed);
        assert_eq!(nearest_16((10, 200, 20)), Color::Green);
        assert_eq!(nearest_16((0x4a, 0xd2, 0x95)), Color::Green);
        assert_eq!(nearest_16((0x8d, 0x97, 0xa5)), Color::DarkGray);
    }

    #[test]
    fn mono_drops_colour_and_keeps_attributes() {
        let mut buffer = painted(Color::Rgb(255, 0, 0), Color::Rgb(0, 0, 40));
        reduce(&mut buffer, ColorDepth::Mono);
        let cell = &buffer[(0, 0)];
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
        assert_eq!(cell.modifier, Modifier::BOLD | Modifier::REVERSED);
    }

    #[test]
    fn text_never_takes_the_colour_of_its_ground() {
        let mut buffer = painted(Color::Rgb(40, 44, 52), Color::Rgb(10, 12, 16));
        reduce(&mut buffer, ColorDepth::Ansi16);
        assert_ne!(buffer[(0, 0)].fg, buffer[(0, 0)].bg);
    }

    #[test]
    fn contrast_follows_wcag() {
        let black = Color::Rgb(0, 0, 0);
        let white = Color::Rgb(255, 255, 255);
        assert!((contrast(black, white).unwrap() - 21.0).abs() < 0.01);
        assert_eq!(contrast(black, Color::Reset), None);
    }
}
