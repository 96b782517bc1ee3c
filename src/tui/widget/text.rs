//! Text in cells: put, align, cut. Nothing here panics outside the buffer.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns how many cells `text` takes.
pub(crate) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Puts `text` at the left of `area`'s first row, cut with `…` where it is too long; returns the
/// column after it.
pub(crate) fn put(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return area.x;
    }
    let is_blank = text.bytes().all(|byte| byte == b' ');
    let text = if is_blank {
        Cow::Borrowed(text)
    } else {
        fit(text, area.width)
    };
    buf.set_stringn(area.x, area.y, text, usize::from(area.width), style)
        .0
}

/// Puts `text` at the right of `area`'s first row, cut like [`put`].
pub(crate) fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    let shift = area.width.saturating_sub(width(text));
    put(buf, shifted(area, shift), text, style);
}

/// Puts a number at the right of `area`'s first row; one that has no room is shown as `#`, never
/// cut.
pub(crate) fn put_number(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    if width(text) > area.width {
        put(buf, area, &"#".repeat(usize::from(area.width)), style);
    } else {
        put_right(buf, area, text, style);
    }
}

/// Puts several pieces one after another; returns the column after them.
pub(crate) fn put_spans(buf: &mut Buffer, area: Rect, spans: &[(&str, Style)]) -> u16 {
    let mut x = area.x;
    for (text, style) in spans {
        x = put(buf, shifted(area, x - area.x), text, *style);
    }
    x
}

/// Puts pieces two cells apart, and leaves out those that do not fit whole; the first is cut rather
/// than left out.
pub(crate) fn put_whole(buf: &mut Buffer, area: Rect, pieces: &[Vec<(String, Style)>]) {
    let mut x = area.x;
    for piece in pieces {
        let wanted: u16 = piece.iter().map(|(text, _)| width(text)).sum();
        if wanted > area.right().saturating_sub(x) && x > area.x {
            continue;
        }
        for (text, style) in piece {
            x = put(buf, shifted(area, x - area.x), text, *style);
        }
        x += if wanted > 0 { 2 } else { 0 };
    }
}

/// Returns `area` without its first `columns`.
pub(crate) fn shifted(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x.saturating_add(columns),
        width: area.width - columns,
        ..area
    }
}

/// Returns the row of `area` with this number; empty below its end.
pub(crate) fn row(area: Rect, number: u16) -> Rect {
    if number >= area.height {
        return Rect::new(area.x, area.bottom(), 0, 0);
    }
    Rect::new(area.x, area.y + number, area.width, 1)
}

/// Cuts `text` to `width_max` cells, with `…` for what is missing.
pub(crate) fn fit(text: &str, width_max: u16) -> Cow<'_, str> {
    if width(text) <= width_max {
        return Cow::Borrowed(text);
    }
    let mut left = usize::from(width_max.saturating_sub(1));
    let mut out = String::new();
    for letter in text.chars() {
        let Some(rest) = left.checked_sub(letter.width().unwrap_or(0)) else {
            break;
        };
        left = rest;
        out.push(letter);
    }
    out.push('…');
    Cow::Owned(out)
}

/// Breaks `text` into lines of at most `width_max` cells, at spaces where it can.
pub(crate) fn wrap(text: &str, width_max: u16) -> Vec<String> {
    let width_max = usize::from(width_max.max(1));
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if line.width() + word.trim_end().width() > width_max && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            if line.width() + letter.width().unwrap_or(0) > width_max {
                lines.push(std::mem::take(&mut line));
            }
            if letter == ' ' && line.is_empty() && !lines.is_empty() {
                continue;
            }
            line.push(letter);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(paint: impl Fn(&mut Buffer)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        paint(&mut buffer);
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn long_text_says_that_it_is_cut() {
        let area = Rect::new(1, 0, 5, 1);
        let row = painted(|buf| {
            put(buf, area, "overview", Style::new());
        });
        assert_eq!(row, " over…  ");
    }

    #[test]
    fn a_number_is_never_cut() {
        let area = Rect::new(0, 0, 6, 1);
        let row = painted(|buf| put_number(buf, area, "67123.45", Style::new()));
        assert_eq!(row, "######  ");
        let row = painted(|buf| put_number(buf, area, "123.4", Style::new()));
        assert_eq!(row, " 123.4  ");
    }

    #[test]
    fn outside_the_buffer_nothing_is_drawn() {
        let row = painted(|buf| {
            put(buf, Rect::new(3, 7, 5, 1), "x", Style::new());
        });
        assert_eq!(row.trim(), "");
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_within_long_words() {
        assert_eq!(wrap("connection was lost", 10), ["connection", "was lost"]);
        assert_eq!(wrap("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }
}
