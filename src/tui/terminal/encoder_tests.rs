//! What the encoder writes, read back by a terminal emulator.

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::tui::terminal::glyph::slots;

const SYMBOLS: [&str; 10] = ["a", "7", ".", " ", " ", "▲", "─", "紅", "e\u{301}", "é"];
const COLORS: [Color; 7] = [
    Color::Reset,
    Color::Reset,
    Color::Red,
    Color::LightBlue,
    Color::Indexed(3),
    Color::Indexed(200),
    Color::Rgb(1, 22, 233),
];
const MODIFIERS: [Modifier; 7] = [
    Modifier::empty(),
    Modifier::empty(),
    Modifier::BOLD,
    Modifier::DIM,
    Modifier::ITALIC.union(Modifier::BOLD),
    Modifier::UNDERLINED,
    Modifier::REVERSED,
];

/// One `set_string`: column, row, symbol, foreground, background, modifier, times.
type Stroke = (u16, u16, usize, usize, usize, usize, usize);

fn stroke() -> impl Strategy<Value = Stroke> {
    (
        0..24_u16,
        0..6_u16,
        0..SYMBOLS.len(),
        0..COLORS.len(),
        0..COLORS.len(),
        0..MODIFIERS.len(),
        1..12_usize,
    )
}

fn apply(buffer: &mut Buffer, stroke: &Stroke) {
    let (x, y, symbol, fg, bg, modifier, times) = *stroke;
    let style = Style::reset()
        .fg(COLORS[fg])
        .bg(COLORS[bg])
        .add_modifier(MODIFIERS[modifier]);
    let (x, y) = (x % buffer.area.width, y % buffer.area.height);
    buffer.set_string(x, y, SYMBOLS[symbol].repeat(times), style);
}

fn vt_color(color: Color) -> vt100::Color {
    match color {
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        _ => vt100::Color::Default,
    }
}

/// Compares all that can be seen: of a plain blank its background alone.
fn assert_shows(screen: &vt100::Screen, buffer: &Buffer) {
    for y in 0..buffer.area.height {
        for (x, slot) in slots(row_of(buffer, y)).into_iter().enumerate() {
            let cell = screen.cell(y, x as u16).unwrap();
            let Slot::Lead(glyph) = slot else {
                assert!(cell.is_wide_continuation(), "column {x}, row {y}");
                continue;
            };
            let contents = if cell.has_contents() {
                cell.contents()
            } else {
                " "
            };
            assert_eq!(contents, glyph.text, "column {x}, row {y}");
            assert_eq!(
                cell.bgcolor(),
                vt_color(glyph.pen.bg),
                "column {x}, row {y}"
            );
            let modifier = glyph.pen.modifier;
            assert_eq!(cell.inverse(), modifier.contains(Modifier::REVERSED));
            assert_eq!(cell.underline(), modifier.contains(Modifier::UNDERLINED));
            if !glyph.is_plain_blank() {
                assert_eq!(
                    cell.fgcolor(),
                    vt_color(glyph.pen.fg),
                    "column {x}, row {y}"
                );
                assert_eq!(cell.bold(), modifier.contains(Modifier::BOLD));
                assert_eq!(cell.dim(), modifier.contains(Modifier::DIM));
                assert_eq!(cell.italic(), modifier.contains(Modifier::ITALIC));
            }
        }
    }
}

/// A terminal, an encoder and what the encoder believes of the terminal.
struct Loopback {
    encoder: Encoder,
    terminal: vt100::Parser,
    shown: Buffer,
    bytes: Vec<u8>,
}

impl Loopback {
    fn new(width: u16, height: u16) -> Self {
        let rows = NonZeroU16::new(height).unwrap();
        let columns = NonZeroU16::new(width).unwrap();
        Self {
            encoder: Encoder::new(),
            terminal: vt100::Parser::new(rows, columns, 0),
            shown: Buffer::empty(Rect::new(0, 0, width, height)),
            bytes: Vec::new(),
        }
    }

    fn show(&mut self, next: &Buffer, cursor: Option<Position>) -> usize {
        self.encoder
            .encode(&self.shown, next, cursor, &mut self.bytes);
        self.terminal.process(&self.bytes);
        self.shown = next.clone();
        self.bytes.len()
    }
}

proptest! {
    #[test]
    fn prop_any_sequence_of_buffers_arrives_as_drawn(
        width in 1..24_u16,
        height in 1..6_u16,
        frames in prop::collection::vec(
            (prop::collection::vec(stroke(), 0..12), any::<bool>(), prop::option::of((0..24_u16, 0..6_u16))),
            1..8,
        ),
    ) {
        let mut loopback = Loopback::new(width, height);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for (strokes, is_anew, cursor) in frames {
            if is_anew {
                buffer.reset();
            }
            for stroke in &strokes {
                apply(&mut buffer, stroke);
            }
            let cursor = cursor.map(|(x, y)| Position::new(x % width, y % height));

            loopback.show(&buffer, cursor);

            let screen = loopback.terminal.screen();
            assert_shows(screen, &buffer);
            prop_assert_eq!(screen.hide_cursor(), cursor.is_none());
            if let Some(position) = cursor {
                prop_assert_eq!(screen.cursor_position(), (position.y, position.x));
            }
            prop_assert_eq!(loopback.show(&buffer, cursor), 0);
        }
    }
}

#[test]
fn a_combined_character_is_never_followed_by_a_relative_move() {
    let mut loopback = Loopback::new(10, 1);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
    loopback.show(&buffer, None);
    buffer.set_string(0, 0, "❤\u{fe0f}ab", Style::new());

    loopback.show(&buffer, None);

    let text = String::from_utf8_lossy(&loopback.bytes).into_owned();
    assert!(text.contains("  \r❤\u{fe0f}\x1b[1;3Hab"), "{text:?}");
}

#[test]
fn control_characters_of_a_venue_never_reach_the_terminal() {
    let mut loopback = Loopback::new(10, 1);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
    buffer.content[0].set_symbol("\x1b]0;owned\x07");

    loopback.show(&buffer, None);

    assert!(!loopback.bytes.contains(&b'\x07'));
    assert_eq!(loopback.terminal.screen().contents(), "?");
}

#[test]
fn a_row_that_empties_is_erased_with_three_bytes() {
    let mut loopback = Loopback::new(80, 1);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 1));
    buffer.set_string(0, 0, "x".repeat(80), Style::new());
    loopback.show(&buffer, None);
    buffer.reset();

    let bytes = loopback.show(&buffer, None);

    assert_eq!(bytes, BEGIN_SYNC.len() + b"\r\x1b[K".len() + END_SYNC.len());
    assert_eq!(loopback.terminal.screen().contents(), "");
}

/// A watchlist: 120x40, 30 rows of prices, alternately green and red in true colour on a themed
/// background.
fn watchlist(prices: &[u32]) -> Buffer {
    let ground = Style::new()
        .fg(Color::Rgb(200, 205, 210))
        .bg(Color::Rgb(16, 18, 24));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 40));
    buffer.set_style(buffer.area, ground);
    buffer.set_string(0, 0, "─".repeat(120), ground);
    for (row, price) in prices.iter().enumerate() {
        let y = row as u16 + 2;
        let (color, sign) = if price % 2 == 0 {
            (Color::Rgb(80, 220, 120), "▲")
        } else {
            (Color::Rgb(240, 90, 90), "▼")
        };
        buffer.set_string(
            2,
            y,
            format!("SYM{row:02}-USD"),
            ground.add_modifier(Modifier::BOLD),
        );
        let cents = price % 100;
        let last = format!("{:>9}.{cents:02}", price / 100);
        buffer.set_string(20, y, last, ground.fg(color));
        buffer.set_string(40, y, format!("{sign} {cents:>4}"), ground.fg(color));
        buffer.set_string(60, y, "live", ground.add_modifier(Modifier::DIM));
    }
    buffer
}

/// S1: the byte budget of `references/tui.md`.
#[test]
fn a_frame_with_ten_changes_stays_within_its_byte_budget() {
    let mut prices: Vec<u32> = (0..30).map(|row| 6_512_300 + row * 1_017).collect();
    let mut loopback = Loopback::new(120, 40);
    let full = loopback.show(&watchlist(&prices), None);
    assert!(full <= 24_000, "full repaint: {full} bytes");

    let mut random = fastrand::Rng::with_seed(7);
    let mut sizes: Vec<usize> = (0..200)
        .map(|_| {
            for row in random.choose_multiple(0..30_usize, 10) {
                prices[row] = prices[row].wrapping_add(random.u32(1..400));
            }
            let frame = watchlist(&prices);
            let bytes = loopback.show(&frame, None);
            assert_eq!(loopback.show(&frame, None), 0);
            bytes
        })
        .collect();
    sizes.sort_unstable();

    let (median, p99) = (sizes[100], sizes[197]);
    assert!(median <= 800, "median {median} bytes");
    assert!(p99 <= 4_000, "p99 {p99} bytes");
    assert_shows(loopback.terminal.screen(), &loopback.shown);
}
