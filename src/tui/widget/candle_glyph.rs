//! The character of one cell of a candle, by which of its halves the body and the wick cover.

/// Which halves of a row a span of half rows covers: upper, lower.
pub(super) fn halves((top, bottom): (u16, u16), row: u16) -> (bool, bool) {
    let covered = top..=bottom;
    (
        covered.contains(&(row * 2)),
        covered.contains(&(row * 2 + 1)),
    )
}

/// A half body with a wick beside it in the same cell fills the cell: better half a row more than a
/// torn candle.
pub(super) const fn body_glyph(bodies: (bool, bool), wicks: (bool, bool)) -> char {
    match (bodies, wicks) {
        ((true, false), (_, false)) => '▀',
        ((false, true), (false, _)) => '▄',
        _ => '█',
    }
}

/// A body one column wide: heavy, with its wick light in the same cell.
pub(super) const fn line_glyph(bodies: (bool, bool), wicks: (bool, bool)) -> char {
    match (bodies, wicks) {
        ((true, true), _) => '┃',
        ((true, false), (_, true)) => '╿',
        ((true, false), (_, false)) => '╹',
        ((false, true), (true, _)) => '╽',
        ((false, true), (false, _)) => '╻',
        ((false, false), wicks) => wick_glyph(wicks),
    }
}

/// A row that only the wick covers.
pub(super) const fn wick_glyph(halves: (bool, bool)) -> char {
    match halves {
        (true, false) => '╵',
        (false, true) => '╷',
        (true, true) | (false, false) => '│',
    }
}

/// A body of half a row or less.
pub(super) const fn thin_glyph(is_above: bool, is_below: bool) -> char {
    match (is_above, is_below) {
        (true, true) => '┿',
        (true, false) => '┷',
        (false, true) => '┯',
        (false, false) => '━',
    }
}
