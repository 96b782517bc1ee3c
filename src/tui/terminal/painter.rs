//! [`Painter`]: what the terminal shows, what it shall show, and the bytes between the two.
//!
//! Does no I/O: the loop takes the bytes to the terminal. When they did not arrive whole,
//! [`Painter::repaint`] makes the next frame start from a cleared screen, so no half-written frame
//! stays. Cannot fail.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::encoder::Encoder;

/// A pair of buffers and an [`Encoder`].
#[derive(Debug)]
pub(crate) struct Painter {
    shown: Buffer,
    next: Buffer,
    encoder: Encoder,
}

impl Painter {
    /// A screen of which nothing is known; `prefix` is written before the first frame, within it.
    pub(crate) fn new(size: Size, prefix: &[u8]) -> Self {
        let area = Rect::from((Position::ORIGIN, size));
        let mut encoder = Encoder::new();
        encoder.restart(prefix);
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            encoder,
        }
    }

    /// Takes another size; the next frame paints all.
    pub(crate) fn resize(&mut self, size: Size) {
        let area = Rect::from((Position::ORIGIN, size));
        self.shown = Buffer::empty(area);
        self.next = Buffer::empty(area);
        self.encoder.restart(&[]);
    }

    /// Makes the next frame write `prefix`, clear the screen and paint all.
    pub(crate) fn repaint(&mut self, prefix: &[u8]) {
        self.encoder.restart(prefix);
    }

    /// Lets `draw` fill an empty buffer (it returns the cursor) and replaces `out` by the bytes of
    /// the frame: none when the terminal shows that already.
    pub(crate) fn paint<F>(&mut self, draw: F, out: &mut Vec<u8>)
    where
        F: FnOnce(&mut Buffer) -> Option<Position>,
    {
        self.next.reset();
        let cursor = draw(&mut self.next);
        self.encoder.encode(&self.shown, &self.next, cursor, out);
        std::mem::swap(&mut self.shown, &mut self.next);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn text(painter: &mut Painter, text: &str) -> String {
        let mut out = Vec::new();
        painter.paint(
            |buffer| {
                buffer.set_string(0, 0, text, Style::new());
                None
            },
            &mut out,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_frame_carries_the_prefix_inside_the_sync_guard() {
        let mut painter = Painter::new(Size::new(10, 2), b"\x1b[?1049h");

        let frame = text(&mut painter, "hi");

        assert_eq!(
            frame,
            "\x1b[?2026h\x1b[?1049h\x1b[?25l\x1b[m\x1b[2J\x1b[Hhi\x1b[?2026l"
        );
    }

    #[test]
    fn the_same_picture_is_no_bytes() {
        let mut painter = Painter::new(Size::new(10, 2), b"");
        text(&mut painter, "hi");

        assert_eq!(text(&mut painter, "hi"), "");
    }

    #[test]
    fn another_size_or_a_repaint_paints_all() {
        let mut painter = Painter::new(Size::new(10, 2), b"");
        text(&mut painter, "hi");

        painter.resize(Size::new(12, 3));
        assert!(text(&mut painter, "hi").contains("\x1b[2J\x1b[Hhi"));
        painter.repaint(b"");
        assert!(text(&mut painter, "hi").contains("\x1b[2J\x1b[Hhi"));
    }
}
