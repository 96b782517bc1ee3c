//! The shortest way of the cursor from one cell to another.
//!
//! Relative ways count on raw mode: a line feed moves down and nothing else. A line feed is only
//! written towards a row of the screen, so it never scrolls. Cannot fail.

use super::pen::push_number;

/// Where the cursor stands, from 0. A column equal to the width means "just wrote the last cell":
/// the terminal waits to wrap, and terminals differ in what a relative move does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: u16,
    pub(super) y: u16,
}

/// Appends the shortest move; `from` is `None` when nobody knows where the cursor is.
pub(super) fn write_move(from: Option<Place>, to: Place, width: u16, out: &mut Vec<u8>) {
    if from == Some(to) {
        return;
    }
    let start = out.len();
    push_absolute(to, out);
    let Some(from) = from else {
        return;
    };
    let is_waiting_to_wrap = from.x >= width;
    if !is_waiting_to_wrap {
        keep_shorter(out, start, |out| {
            push_vertical(from.y, to.y, out);
            push_horizontal(from.x, to.x, out);
        });
    }
    keep_shorter(out, start, |out| {
        out.push(b'\r');
        push_vertical(from.y, to.y, out);
        push_horizontal(0, to.x, out);
    });
}

/// Appends a second way and drops the longer of the two.
fn keep_shorter(out: &mut Vec<u8>, start: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let middle = out.len();
    write(out);
    if out.len() - middle < middle - start {
        out.drain(start..middle);
    } else {
        out.truncate(middle);
    }
}

fn push_absolute(to: Place, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    if to.x > 0 || to.y > 0 {
        push_number(out, to.y.saturating_add(1));
    }
    if to.x > 0 {
        out.push(b';');
        push_number(out, to.x.saturating_add(1));
    }
    out.push(b'H');
}

fn push_vertical(from: u16, to: u16, out: &mut Vec<u8>) {
    match to.checked_sub(from) {
        Some(0) => {}
        Some(down @ 1..=4) => out.extend(std::iter::repeat_n(b'\n', usize::from(down))),
        Some(_) | None => push_counted(to.saturating_add(1), b'd', out),
    }
}

fn push_horizontal(from: u16, to: u16, out: &mut Vec<u8>) {
    match (to.checked_sub(from), from.checked_sub(to)) {
        (Some(0), _) => {}
        (Some(right), _) => push_counted(right, b'C', out),
        (None, Some(left @ 1..=3)) => {
            out.extend(std::iter::repeat_n(b'\x08', usize::from(left)));
        }
        (None, left) => push_counted(left.unwrap_or(0), b'D', out),
    }
}

/// Appends `CSI count letter`, leaving out a count of 1.
fn push_counted(count: u16, letter: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    if count != 1 {
        push_number(out, count);
    }
    out.push(letter);
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(x: u16, y: u16) -> Place {
        Place { x, y }
    }

    fn way(from: Option<Place>, to: Place, width: u16) -> String {
        let mut out = Vec::new();
        write_move(from, to, width, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[rstest]
    #[case(None, at(0, 0), "\x1b[H")]
    #[case(None, at(0, 4), "\x1b[5H")]
    #[case(None, at(19, 9), "\x1b[10;20H")]
    #[case(Some(at(3, 3)), at(3, 3), "")]
    #[case(Some(at(3, 3)), at(4, 3), "\x1b[C")]
    #[case(Some(at(3, 3)), at(23, 3), "\x1b[20C")]
    #[case(Some(at(3, 3)), at(0, 3), "\r")]
    #[case(Some(at(3, 3)), at(2, 3), "\x08")]
    #[case(Some(at(30, 3)), at(28, 4), "\n\x08\x08")]
    #[case(Some(at(30, 3)), at(0, 4), "\r\n")]
    #[case(Some(at(80, 3)), at(0, 4), "\r\n")]
    #[case(Some(at(80, 3)), at(79, 4), "\x1b[5;80H")]
    fn takes_the_shortest_way(
        #[case] from: Option<Place>,
        #[case] to: Place,
        #[case] expected: &str,
    ) {
        assert_eq!(way(from, to, 80), expected);
    }

    proptest! {
        #[test]
        fn prop_every_way_ends_at_its_cell(
            from_x in 0_u16..120, from_y in 0_u16..40, to_x in 0_u16..120, to_y in 0_u16..40,
        ) {
            let (rows, columns) = (NonZeroU16::new(40).unwrap(), NonZeroU16::new(120).unwrap());
            let mut parser = vt100::Parser::new(rows, columns, 0);
            parser.process(way(None, at(from_x, from_y), 120).as_bytes());
            parser.process(way(Some(at(from_x, from_y)), at(to_x, to_y), 120).as_bytes());

            prop_assert_eq!(parser.screen().cursor_position(), (to_y, to_x));
        }
    }
}
