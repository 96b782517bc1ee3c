//! What a cell of a buffer looks like on a terminal, so that what looks alike is never written
//! twice.
//!
//! Two blanks that differ only in a colour nobody sees are the same glyph. The cells behind a wide
//! character belong to it. Control characters, which would reach the terminal as orders, become
//! `?`. Cannot fail.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;

/// Attributes that show on a blank.
const VISIBLE_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// One column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot<'a> {
    /// A glyph begins here.
    Lead(Glyph<'a>),
    /// The wide glyph to the left covers this column.
    Trail,
}

/// A character with its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph<'a> {
    /// What is written.
    pub(super) text: &'a str,
    /// Columns it covers: 1 or 2.
    pub(super) width: u16,
    /// What it is written with; of a plain blank only the background counts, and the rest is
    /// default.
    pub(super) pen: Pen,
}

impl Glyph<'static> {
    /// The default blank.
    pub(super) const BLANK: Self = Self {
        text: " ",
        width: 1,
        pen: Pen::DEFAULT,
    };
}

impl<'a> Glyph<'a> {
    fn of(cell: &'a Cell, columns_left: usize) -> Self {
        let (text, width) = shown_text(cell.symbol(), columns_left);
        let pen = Pen {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        };
        let is_plain_blank = text == " " && !pen.modifier.intersects(VISIBLE_ON_BLANK);
        let pen = if is_plain_blank {
            Pen {
                bg: pen.bg,
                ..Pen::DEFAULT
            }
        } else {
            pen
        };
        Self { text, width, pen }
    }

    /// True for a blank of which only the background shows.
    pub(super) fn is_plain_blank(&self) -> bool {
        self.text == " " && !self.pen.modifier.intersects(VISIBLE_ON_BLANK)
    }

    /// True when terminals disagree about the columns it takes: combined characters, and emoji made
    /// of several.
    pub(super) fn is_doubtful(&self) -> bool {
        self.text.len() > 1 && self.text.chars().nth(1).is_some()
    }

    /// Returns the pen to write it with when the terminal holds `current`: for a plain blank,
    /// whatever needs no change.
    pub(super) fn pen_from(&self, current: Pen) -> Pen {
        if !self.is_plain_blank() {
            return self.pen;
        }
        Pen {
            fg: current.fg,
            bg: self.pen.bg,
            modifier: current.modifier.difference(VISIBLE_ON_BLANK),
        }
    }
}

/// Returns the columns of a row, one slot each.
pub(super) fn slots(cells: &[Cell]) -> Vec<Slot<'_>> {
    let mut slots = Vec::with_capacity(cells.len());
    while let Some(cell) = cells.get(slots.len()) {
        let glyph = Glyph::of(cell, cells.len() - slots.len());
        slots.push(Slot::Lead(glyph));
        if glyph.width == 2 {
            slots.push(Slot::Trail);
        }
    }
    slots
}

fn shown_text(symbol: &str, columns_left: usize) -> (&str, u16) {
    if let [byte] = symbol.as_bytes() {
        let is_control = byte.is_ascii_control();
        return (if is_control { "?" } else { symbol }, 1);
    }
    if symbol.chars().any(char::is_control) {
        return ("?", 1);
    }
    match symbol.width() {
        1 => (symbol, 1),
        2 if columns_left >= 2 => (symbol, 2),
        // Nothing to see, or no room for it.
        _ => (" ", 1),
    }
}

/// Returns true when the cell looks like the default blank.
pub(super) fn is_default_blank(slot: Slot<'_>) -> bool {
    match slot {
        Slot::Lead(glyph) => glyph.is_plain_blank() && glyph.pen.bg == Color::Reset,
        Slot::Trail => false,
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;
    use rstest::rstest;

    use super::*;

    fn cell(symbol: &str) -> Cell {
        let mut cell = Cell::default();
        cell.set_symbol(symbol);
        cell
    }

    #[rstest]
    #[case("a", "a", 1)]
    #[case("▲", "▲", 1)]
    #[case("紅", "紅", 2)]
    #[case("", " ", 1)]
    #[case("\u{301}", " ", 1)]
    #[case("\x1b", "?", 1)]
    #[case("\x1b[2J", "?", 1)]
    #[case("a\u{9b}", "?", 1)]
    fn a_symbol_is_shown_as(#[case] symbol: &str, #[case] text: &str, #[case] width: u16) {
        assert_eq!(shown_text(symbol, 10), (text, width));
    }

    #[test]
    fn a_wide_symbol_in_the_last_column_is_a_blank() {
        let cells = [cell("a"), cell("紅")];

        let row = slots(&cells);

        assert_eq!(row[1], Slot::Lead(Glyph::BLANK));
    }

    #[test]
    fn blanks_that_differ_in_an_unseen_colour_are_alike() {
        let mut red = cell(" ");
        red.set_style(Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        let mut reversed = red.clone();
        reversed.modifier.insert(Modifier::REVERSED);
        let cells = [cell(" "), red, reversed];

        let row = slots(&cells);

        assert_eq!(row[0], row[1]);
        assert_ne!(row[1], row[2]);
        assert!(is_default_blank(row[1]));
    }
}
