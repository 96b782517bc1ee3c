//! [`to_svg`]: a painted buffer as a picture for documents. A monospace grid: one text run for each
//! run of one style, one rectangle for each run of one ground. Blocks and lines are drawn as shapes
//! that fill their cells, since a viewer's font leaves seams between them.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::theme::Theme;

/// Width of a cell in user units: what the fonts below advance at [`FONT_SIZE`].
const CELL_WIDTH: f32 = 8.43;
const CELL_HEIGHT: f32 = 18.0;
const FONT_SIZE: f32 = 14.0;
const MARGIN: f32 = 14.0;
const BASELINE: f32 = 13.5;

/// Returns `buffer` as SVG on the ground of `theme`, named `title` for screen readers.
pub fn to_svg(buffer: &Buffer, theme: &Theme, title: &str) -> String {
    let area = buffer.area;
    let width = f32::from(area.width) * CELL_WIDTH + 2.0 * MARGIN;
    let height = f32::from(area.height) * CELL_HEIGHT + 2.0 * MARGIN;
    let ground = hex(theme.background).unwrap_or_else(|| "#ffffff".to_owned());
    let ink = theme
        .text
        .fg
        .and_then(hex)
        .unwrap_or_else(|| "#000000".to_owned());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"img\" aria-label=\"{label}\">\n<title>{label}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"{ground}\"/>\n\
         <g font-family=\"'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace\" \
         font-size=\"{FONT_SIZE}\" fill=\"{ink}\" xml:space=\"preserve\">\n",
        label = escape(title),
    );
    for y in 0..area.height {
        let start = usize::from(y) * usize::from(area.width);
        let row = &buffer.content[start..start + usize::from(area.width)];
        let top = MARGIN + f32::from(y) * CELL_HEIGHT;
        write_grounds(&mut out, row, top, &ground);
        write_texts(&mut out, row, top);
        write_shapes(&mut out, row, top);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn write_grounds(out: &mut String, row: &[Cell], top: f32, ground: &str) {
    for (x, run) in runs(row, |cell| colors(cell).1) {
        let Some(fill) = hex(colors(&run[0]).1).filter(|fill| fill != ground) else {
            continue;
        };
        let (left, width) = (left_of(x), run.len() as f32 * CELL_WIDTH);
        push(
            out,
            format_args!(
                "<rect x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" \
                 height=\"{CELL_HEIGHT}\" fill=\"{fill}\"/>\n"
            ),
        );
    }
}

fn write_texts(out: &mut String, row: &[Cell], top: f32) {
    for (x, run) in runs(row, |cell| (colors(cell).0, cell.modifier, is_blank(cell))) {
        if is_blank(&run[0]) {
            continue;
        }
        let text: String = run.iter().map(Cell::symbol).collect();
        let fill = hex(colors(&run[0]).0).map(|fill| format!(" fill=\"{fill}\""));
        let weight = if run[0].modifier.contains(Modifier::BOLD) {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let faint = if run[0].modifier.contains(Modifier::DIM) {
            " opacity=\"0.6\""
        } else {
            ""
        };
        push(
            out,
            format_args!(
                "<text x=\"{:.2}\" y=\"{:.2}\" textLength=\"{:.2}\"{}{weight}{faint}>{}</text>\n",
                left_of(x),
                top + BASELINE,
                run.len() as f32 * CELL_WIDTH,
                fill.unwrap_or_default(),
                escape(&text),
            ),
        );
    }
}

/// Writing into a `String` cannot fail.
fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a string takes all text");
}

/// Blank for the text: nothing is there, or a shape.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " || shape_of(cell.symbol()).is_some()
}

/// Draws each run of one shape and one colour.
fn write_shapes(out: &mut String, row: &[Cell], top: f32) {
    for (x, run) in runs(row, |cell| (colors(cell).0, cell.symbol().to_owned())) {
        let Some(shape) = shape_of(run[0].symbol()) else {
            continue;
        };
        let fill = hex(colors(&run[0]).0).unwrap_or_else(|| "currentColor".to_owned());
        let (left, width) = (left_of(x), run.len() as f32 * CELL_WIDTH);
        match shape {
            Shape::Block { from, to } => {
                let (y, height) = (top + from * CELL_HEIGHT, (to - from) * CELL_HEIGHT);
                push(
                    out,
                    format_args!(
                        "<rect x=\"{left:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" \
                         height=\"{height:.2}\" fill=\"{fill}\"/>\n"
                    ),
                );
            }
            Shape::Rule => {
                let y = top + CELL_HEIGHT / 2.0;
                push(
                    out,
                    format_args!("<path d=\"M{left:.1} {y:.1}h{width:.1}\" stroke=\"{fill}\"/>\n"),
                );
            }
            Shape::Line(ends) => {
                let path: String = (x..x + run.len())
                    .map(|x| line_in(left_of(x), top, ends))
                    .collect();
                push(
                    out,
                    format_args!("<path d=\"{path}\" stroke=\"{fill}\"/>\n"),
                );
            }
        }
    }
}

/// Returns the path from the middle of a cell to the edges in `ends`: up, down, left, right.
fn line_in(left: f32, top: f32, ends: [bool; 4]) -> String {
    let (half_width, half_height) = (CELL_WIDTH / 2.0, CELL_HEIGHT / 2.0);
    let (x, y) = (left + half_width, top + half_height);
    let steps = [
        (0.0, -half_height),
        (0.0, half_height),
        (-half_width, 0.0),
        (half_width, 0.0),
    ];
    let mut path = String::new();
    for ((dx, dy), is_drawn) in steps.into_iter().zip(ends) {
        if is_drawn {
            push(&mut path, format_args!("M{x:.1} {y:.1}l{dx:.1} {dy:.1}"));
        }
    }
    path
}

/// A character that is a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    /// Fills its cell between two heights, 0 at the top and 1 at the bottom.
    Block { from: f32, to: f32 },
    /// Goes through its cell from left to right.
    Rule,
    /// Lines from the middle of its cell to some of its edges: up, down, left, right.
    Line([bool; 4]),
}

fn shape_of(symbol: &str) -> Option<Shape> {
    match symbol {
        "▀" => Some(Shape::Block { from: 0.0, to: 0.5 }),
        "─" => Some(Shape::Rule),
        "│" => Some(Shape::Line([true, true, false, false])),
        "╵" => Some(Shape::Line([true, false, false, false])),
        "╷" => Some(Shape::Line([false, true, false, false])),
        "╭" => Some(Shape::Line([false, true, false, true])),
        "╮" => Some(Shape::Line([false, true, true, false])),
        "╰" => Some(Shape::Line([true, false, false, true])),
        "╯" => Some(Shape::Line([true, false, true, false])),
        _ => {
            let eighths = "▁▂▃▄▅▆▇█".chars().position(|c| symbol.chars().eq([c]))?;
            Some(Shape::Block {
                from: 1.0 - (eighths + 1) as f32 / 8.0,
                to: 1.0,
            })
        }
    }
}

fn left_of(x: usize) -> f32 {
    MARGIN + x as f32 * CELL_WIDTH
}

/// Cuts a row into runs of equal keys, each with its first column.
fn runs<K: PartialEq>(row: &[Cell], key: impl Fn(&Cell) -> K) -> Vec<(usize, &[Cell])> {
    let mut start = 0;
    row.chunk_by(|a, b| key(a) == key(b))
        .map(|run| {
            let at = start;
            start += run.len();
            (at, run)
        })
        .collect()
}

/// Returns ink and ground as they are seen: reversed cells the other way round.
fn colors(cell: &Cell) -> (Color, Color) {
    if cell.modifier.contains(Modifier::REVERSED) {
        (cell.bg, cell.fg)
    } else {
        (cell.fg, cell.bg)
    }
}

fn hex(color: Color) -> Option<String> {
    match color {
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        _ => None,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::tui::theme::ThemeName;

    #[test]
    fn runs_of_one_style_become_one_element() {
        let theme = ThemeName::Dark.theme();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_style(buffer.area, theme.ground());
        buffer.set_string(1, 0, "a<b", theme.up);
        buffer.set_string(6, 0, "LIVE", theme.badge_live);
        let svg = to_svg(&buffer, theme, "R&D");
        assert!(svg.contains(">a&lt;b</text>"), "{svg}");
        assert_eq!(svg.matches("<text").count(), 2, "{svg}");
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        assert!(svg.contains("aria-label=\"R&amp;D\""), "{svg}");
    }

    #[test]
    fn blocks_and_lines_are_shapes_that_fill_their_cells() {
        assert_eq!(shape_of("█"), Some(Shape::Block { from: 0.0, to: 1.0 }));
        assert_eq!(
            shape_of("▂"),
            Some(Shape::Block {
                from: 0.75,
                to: 1.0
            })
        );
        assert_eq!(shape_of("x"), None);
        let theme = ThemeName::Dark.theme();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        buffer.set_string(0, 0, "██ ╭─", theme.up);
        let svg = to_svg(&buffer, theme, "shapes");
        assert_eq!(svg.matches("<text").count(), 0, "{svg}");
        assert_eq!(svg.matches("<path").count(), 2, "{svg}");
        assert_eq!(svg.matches("height=\"18.00\"").count(), 1, "{svg}");
    }

    #[test]
    fn reversed_cells_swap_ink_and_ground() {
        let style = Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(4, 5, 6));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        buffer.set_string(0, 0, "x", style.add_modifier(Modifier::REVERSED));
        assert_eq!(
            colors(&buffer[(0, 0)]),
            (Color::Rgb(4, 5, 6), Color::Rgb(1, 2, 3))
        );
    }
}
