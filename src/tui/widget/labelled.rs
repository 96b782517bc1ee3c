//! Lines with a name at the left and pieces of a value beside it; what does not fit on a line goes
//! on in the next, so that no value is ever cut.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;

/// Between parts of a piece that belong together.
pub(crate) const DOT: &str = " · ";

/// What stays together on a line.
pub(crate) type Piece = Vec<(String, Style)>;

/// One line: a name, and the pieces of its value.
#[derive(Debug, Default)]
pub(crate) struct Labelled {
    /// Its name; empty where the line before goes on.
    pub(crate) name: &'static str,
    /// What stands beside it.
    pub(crate) pieces: Vec<Piece>,
}

/// Makes a line.
pub(crate) fn line(name: &'static str, pieces: Vec<Piece>) -> Labelled {
    Labelled { name, pieces }
}

/// Makes a piece of one text.
pub(crate) fn one(text: String, style: Style) -> Piece {
    vec![(text, style)]
}

/// Draws lines below each other, names `name_width` wide.
pub(crate) fn draw<'a>(
    buf: &mut Buffer,
    area: Rect,
    lines: impl Iterator<Item = &'a Labelled>,
    names: (u16, Style),
) {
    let (name_width, style) = names;
    for (y, line) in (0..area.height).zip(lines) {
        let row = text::row(area, y);
        text::put(buf, row, line.name, style);
        text::put_whole(buf, text::shifted(row, name_width), &line.pieces);
    }
}

/// Breaks a line where its pieces do not fit beside each other, and a piece where it does not fit
/// at all.
pub(crate) fn flow(line: Labelled, room: u16) -> Vec<Labelled> {
    let mut lines = vec![Labelled {
        name: line.name,
        pieces: Vec::new(),
    }];
    let mut used = 0;
    for piece in line
        .pieces
        .into_iter()
        .flat_map(|piece| broken(piece, room))
    {
        let wanted: u16 = piece.iter().map(|(text, _)| text::width(text)).sum();
        if used > 0 && used + 2 + wanted > room {
            lines.push(Labelled::default());
            used = 0;
        }
        used += wanted + if used > 0 { 2 } else { 0 };
        if let Some(last) = lines.last_mut() {
            last.pieces.push(piece);
        }
    }
    lines
}

/// A path or an error is as long as it is: it goes on in further lines.
fn broken(piece: Piece, room: u16) -> Vec<Piece> {
    let wanted = piece.iter().fold(0_u16, |sum, (text, _)| {
        sum.saturating_add(text::width(text))
    });
    if wanted <= room {
        return vec![piece];
    }
    let mut parts = Vec::new();
    for (text, style) in piece.iter().filter(|(text, _)| text != DOT) {
        let lines = text::wrap(text, room).into_iter();
        parts.extend(lines.map(|line| one(line.trim().to_owned(), *style)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_goes_on_in_the_next_line() {
        let words = |text: &str| one(text.to_owned(), Style::new());
        let wide = vec![
            ("high 65,536".to_owned(), Style::new()),
            (DOT.to_owned(), Style::new()),
            ("dropped 9".to_owned(), Style::new()),
        ];
        let lines = flow(
            line("queue", vec![words("hub 0/9"), wide, words("/a/long/path")]),
            11,
        );
        let texts: Vec<String> = lines
            .iter()
            .map(|line| {
                let pieces = line.pieces.iter().flatten();
                pieces
                    .map(|(text, _)| text.as_str())
                    .collect::<Vec<_>>()
                    .join("")
            })
            .collect();
        assert_eq!(
            texts,
            ["hub 0/9", "high 65,536", "dropped 9", "/a/long/pat", "h"]
        );
        assert_eq!(lines[0].name, "queue");
        assert!(lines[1..].iter().all(|line| line.name.is_empty()));
    }
}
