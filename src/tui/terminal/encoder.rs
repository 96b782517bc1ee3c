//! [`Encoder`]: two buffers in, the fewest bytes that turn the one into the other out.
//!
//! One frame is one byte string between `CSI ?2026h` and `CSI ?2026l` (synchronized output), or no
//! byte at all. It remembers where the cursor stands and what the terminal writes with, which is
//! true only as long as every byte it made reaches the terminal and nobody else writes:
//! [`Encoder::restart`] after anything else. Does no I/O and cannot fail.
//!
//! The characters are our own bytes, not crossterm's: its 0.29 answers `NO_COLOR` with a bare reset
//! that takes bold and reverse along (crossterm#1069), so a selected row vanishes.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::glyph::{Glyph, Slot, is_default_blank, slots};
use super::pen::Pen;
use super::travel::{Place, write_move};

const BEGIN_SYNC: &[u8] = b"\x1b[?2026h";
const END_SYNC: &[u8] = b"\x1b[?2026l";
const RESET_AND_CLEAR: &[u8] = b"\x1b[m\x1b[2J";
const ERASE_TO_END_OF_LINE: &[u8] = b"\x1b[K";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// Unchanged cells up to this many are written again when that is shorter than jumping over them
/// (`CSI n C`).
const GAP_MAX: u16 = 3;

/// Turns buffers into bytes.
#[derive(Debug)]
pub(crate) struct Encoder {
    pen: Pen,
    /// `None` when terminals may disagree about it.
    place: Option<Place>,
    is_cursor_shown: bool,
    /// Bytes that go in front of the next frame, which then begins on a cleared screen.
    restart: Option<Vec<u8>>,
}

impl Encoder {
    /// Nothing is known of the terminal: the first frame clears it.
    pub(crate) fn new() -> Self {
        Self {
            pen: Pen::DEFAULT,
            place: None,
            is_cursor_shown: false,
            restart: Some(Vec::new()),
        }
    }

    /// Forgets what the terminal shows: the next frame writes `prefix`, hides the cursor, resets,
    /// clears and paints all.
    pub(crate) fn restart(&mut self, prefix: &[u8]) {
        self.restart
            .get_or_insert_default()
            .extend_from_slice(prefix);
    }

    /// Replaces `out` by the bytes that turn what the terminal shows (`previous`) into `next`, with
    /// the cursor shown at `cursor` or hidden. Both buffers have the same area; the first frame and
    /// those after a restart ignore `previous`.
    pub(crate) fn encode(
        &mut self,
        previous: &Buffer,
        next: &Buffer,
        cursor: Option<Position>,
        out: &mut Vec<u8>,
    ) {
        out.clear();
        out.extend_from_slice(BEGIN_SYNC);
        let is_cleared = self.begin(out);
        let width = next.area.width;
        for y in 0..next.area.height {
            let cells = row_of(next, y);
            if is_cleared {
                let blank = vec![Slot::Lead(Glyph::BLANK); usize::from(width)];
                self.paint_row(&blank, &slots(cells), y, out);
            } else if cells != row_of(previous, y) {
                self.paint_row(&slots(row_of(previous, y)), &slots(cells), y, out);
            }
        }
        self.set_cursor(cursor, next, out);
        if out.len() == BEGIN_SYNC.len() {
            out.clear();
        } else {
            out.extend_from_slice(END_SYNC);
        }
    }

    /// Returns true when the screen is cleared before this frame.
    fn begin(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(prefix) = self.restart.take() else {
            return false;
        };
        out.extend_from_slice(&prefix);
        out.extend_from_slice(HIDE_CURSOR);
        out.extend_from_slice(RESET_AND_CLEAR);
        self.pen = Pen::DEFAULT;
        self.place = None;
        self.is_cursor_shown = false;
        true
    }

    fn paint_row(&mut self, previous: &[Slot<'_>], next: &[Slot<'_>], y: u16, out: &mut Vec<u8>) {
        let blank_from = next.len() - trailing_blanks(next);
        for (x, slot) in next.iter().enumerate() {
            let Slot::Lead(glyph) = slot else {
                continue;
            };
            if previous.get(x) == Some(slot) {
                continue;
            }
            self.go_to(x as u16, y, next, out);
            if x >= blank_from && is_erasing_shorter(&previous[x..], &next[x..]) {
                self.erase_to_end_of_line(out);
                return;
            }
            self.write_glyph(glyph, y, next.len() as u16, out);
        }
    }

    /// Moves the cursor within or into row `y`, over a short gap by writing what is there already.
    fn go_to(&mut self, x: u16, y: u16, row: &[Slot<'_>], out: &mut Vec<u8>) {
        let to = Place { x, y };
        if let Some(from) = self.place.filter(|from| from.y == y && from.x < x) {
            let gap = &row[usize::from(from.x)..usize::from(x)];
            if x - from.x <= GAP_MAX && gap.iter().all(|slot| self.is_free_to_write(*slot)) {
                for slot in gap {
                    if let Slot::Lead(glyph) = slot {
                        out.extend_from_slice(glyph.text.as_bytes());
                    }
                }
                self.place = Some(to);
                return;
            }
        }
        write_move(self.place, to, row.len() as u16, out);
        self.place = Some(to);
    }

    /// True for a single byte that needs no other pen.
    fn is_free_to_write(&self, slot: Slot<'_>) -> bool {
        match slot {
            Slot::Lead(glyph) => glyph.text.len() == 1 && glyph.pen_from(self.pen) == self.pen,
            Slot::Trail => false,
        }
    }

    fn write_glyph(&mut self, glyph: &Glyph<'_>, y: u16, width: u16, out: &mut Vec<u8>) {
        self.set_pen(glyph.pen_from(self.pen), out);
        let Some(start) = self.place else {
            return;
        };
        let end = Place {
            x: start.x + glyph.width,
            y,
        };
        if glyph.is_doubtful() {
            // Blank first: a terminal that gives it fewer columns than we do leaves no old
            // character behind.
            out.extend(std::iter::repeat_n(b' ', usize::from(glyph.width)));
            write_move(Some(end), start, width, out);
            out.extend_from_slice(glyph.text.as_bytes());
            self.place = None;
        } else {
            out.extend_from_slice(glyph.text.as_bytes());
            self.place = Some(end);
        }
    }

    fn erase_to_end_of_line(&mut self, out: &mut Vec<u8>) {
        self.set_pen(Glyph::BLANK.pen_from(self.pen), out);
        out.extend_from_slice(ERASE_TO_END_OF_LINE);
    }

    fn set_pen(&mut self, pen: Pen, out: &mut Vec<u8>) {
        self.pen.write_change(pen, out);
        self.pen = pen;
    }

    fn set_cursor(&mut self, cursor: Option<Position>, next: &Buffer, out: &mut Vec<u8>) {
        let shown = cursor.filter(|position| next.area.contains(*position));
        if let Some(position) = shown {
            let place = Place {
                x: position.x,
                y: position.y,
            };
            write_move(self.place, place, next.area.width, out);
            self.place = Some(place);
        }
        if shown.is_some() != self.is_cursor_shown {
            self.is_cursor_shown = shown.is_some();
            out.extend_from_slice(if self.is_cursor_shown {
                SHOW_CURSOR
            } else {
                HIDE_CURSOR
            });
        }
    }
}

fn row_of(buffer: &Buffer, y: u16) -> &[ratatui::buffer::Cell] {
    let width = usize::from(buffer.area.width);
    let start = usize::from(y) * width;
    buffer.content.get(start..start + width).unwrap_or_default()
}

fn trailing_blanks(row: &[Slot<'_>]) -> usize {
    row.iter()
        .rev()
        .take_while(|slot| is_default_blank(**slot))
        .count()
}

/// Erasing costs three bytes, a blank one.
fn is_erasing_shorter(previous: &[Slot<'_>], next: &[Slot<'_>]) -> bool {
    let changed = previous.iter().zip(next).filter(|(old, new)| old != new);
    changed.count() > ERASE_TO_END_OF_LINE.len()
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
