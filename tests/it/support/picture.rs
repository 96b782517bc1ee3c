//! Painted buffers as text that a snapshot can hold: the characters, and a second grid with the
//! style of every cell.
//!
//! A moved highlight or a lost colour changes the style grid, so it fails a test as a changed
//! letter does. Styles are named by letters in order of their first use, and told in a legend.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

type Key = (Color, Color, Modifier);

/// Letters of the legend, in order.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Returns the text and style grids of `buffer`.
pub(crate) fn picture(buffer: &Buffer) -> String {
    let mut legend: Vec<Key> = Vec::new();
    let mut styles = String::new();
    for row in rows(buffer) {
        let letters: String = row
            .iter()
            .map(|cell| letter(&mut legend, key(cell)))
            .collect();
        push_row(&mut styles, &letters);
    }
    let mut out = text(buffer);
    out.push_str("--- styles ---\n");
    out.push_str(&styles);
    out.push_str("--- legend ---\n");
    for style in legend.clone() {
        let name = letter(&mut legend, style);
        writeln!(out, "{name} {}", describe(style)).unwrap();
    }
    out
}

/// Returns the characters of `buffer`, one line a row.
pub(crate) fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let line: String = row.iter().map(Cell::symbol).collect();
        push_row(&mut out, &line);
    }
    out
}

/// Returns what a terminal would be sent from one picture to the next: every run of changed cells.
pub(crate) fn difference(before: &Buffer, after: &Buffer) -> String {
    let mut out = String::new();
    let cells: usize = before.diff(after).len();
    writeln!(out, "{cells} cells change").unwrap();
    for (y, (old, new)) in rows(before).zip(rows(after)).enumerate() {
        let mut x = 0;
        while x < new.len() {
            let length = (x..new.len()).take_while(|at| old[*at] != new[*at]).count();
            if length > 0 {
                let run = |row: &[Cell]| {
                    row[x..x + length]
                        .iter()
                        .map(Cell::symbol)
                        .collect::<String>()
                };
                let style = describe(key(&new[x]));
                writeln!(
                    out,
                    "{y:>2},{x:<3} `{}` -> `{}` {style}",
                    run(old),
                    run(new)
                )
                .unwrap();
            }
            x += length.max(1);
        }
    }
    out
}

/// Returns the buffer as the bytes of a terminal, to look at it.
pub(crate) fn ansi(buffer: &Buffer) -> String {
    let mut out = String::from("\x1b[2J");
    for (y, row) in rows(buffer).enumerate() {
        write!(out, "\x1b[{};1H", y + 1).unwrap();
        for cell in row {
            write!(out, "\x1b[0m{}{}", sgr(cell), cell.symbol()).unwrap();
        }
    }
    out
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width.max(1)))
}

fn push_row(out: &mut String, row: &str) {
    out.push('|');
    out.push_str(row);
    out.push_str("|\n");
}

/// The ink of a blank cell cannot be seen, unless it is the ground.
fn key(cell: &Cell) -> Key {
    let is_blank = cell.symbol() == " ";
    let seen = cell.modifier & (Modifier::REVERSED | Modifier::UNDERLINED);
    if is_blank && !cell.modifier.contains(Modifier::REVERSED) {
        return (Color::Reset, cell.bg, seen);
    }
    (cell.fg, cell.bg, cell.modifier)
}

fn letter(legend: &mut Vec<Key>, key: Key) -> char {
    let at = legend.iter().position(|known| *known == key);
    let at = at.unwrap_or_else(|| {
        legend.push(key);
        legend.len() - 1
    });
    LETTERS.chars().nth(at).unwrap_or('?')
}

fn describe((fg, bg, modifier): Key) -> String {
    let mut out = format!("{} on {}", color(fg), color(bg));
    for (flag, name) in modifier.iter_names().map(|(name, flag)| (flag, name)) {
        if modifier.contains(flag) {
            write!(out, " {}", name.to_lowercase()).unwrap();
        }
    }
    out
}

fn color(color: Color) -> String {
    match color {
        Color::Reset => "-".to_owned(),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Indexed(index) => format!("@{index}"),
        named => format!("{named:?}"),
    }
}

fn sgr(cell: &Cell) -> String {
    let mut out = String::new();
    for (flag, code) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ] {
        if cell.modifier.contains(flag) {
            write!(out, "\x1b[{code}m").unwrap();
        }
    }
    for (base, color) in [(38, cell.fg), (48, cell.bg)] {
        match color {
            Color::Rgb(r, g, b) => write!(out, "\x1b[{base};2;{r};{g};{b}m").unwrap(),
            Color::Indexed(index) => write!(out, "\x1b[{base};5;{index}m").unwrap(),
            Color::Reset => {}
            named => write!(out, "\x1b[{base};5;{}m", ansi_number(named)).unwrap(),
        }
    }
    out
}

fn ansi_number(color: Color) -> u8 {
    const ORDER: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    ORDER.iter().position(|known| *known == color).unwrap_or(0) as u8
}
