//! [`reduce`]: brings a painted buffer down to the characters a terminal has.
//!
//! Screens draw with the full set and this one pass, after drawing, replaces what the terminal
//! lacks, cell by cell and width for width, so no layout depends on it. Text of others (venue
//! reasons, log lines) goes through the same pass.

use ratatui::buffer::Buffer;

use super::caps::GlyphLevel;

/// Replaces every character of `buffer` that `level` lacks.
pub(super) fn reduce(buffer: &mut Buffer, level: GlyphLevel) {
    let map: fn(char) -> char = match level {
        GlyphLevel::Unicode | GlyphLevel::Braille => return,
        GlyphLevel::Block => to_block,
        GlyphLevel::Ascii => to_ascii,
    };
    for cell in &mut buffer.content {
        let mut symbol = cell.symbol().chars();
        let (Some(first), rest) = (symbol.next(), symbol.next()) else {
            continue;
        };
        let mapped = map(first);
        if mapped != first || rest.is_some() {
            cell.set_char(mapped);
        }
    }
}

/// The set of code page 437, which every console font has, as far as we draw.
fn to_block(glyph: char) -> char {
    match glyph {
        '╭' => '┌',
        '╮' => '┐',
        '╰' => '└',
        '╯' => '┘',
        '╌' | '┄' | '━' => '─',
        '┿' => '┼',
        '┷' => '┴',
        '┯' => '┬',
        '┃' => '█',
        '╹' | '╿' => '▀',
        '┊' | '╎' | '╵' | '╷' | '▕' | '▏' => '│',
        '▁' | '▂' | '▃' => '_',
        '▅' | '▆' | '▇' | '╻' | '╽' => '▄',
        '●' => '*',
        '◐' => '~',
        '○' => 'o',
        '×' => 'x',
        '◇' => 'S',
        '✓' => '√',
        '↻' => '@',
        '–' | '—' | '−' => '-',
        '…' | '\u{2800}'..='\u{28ff}' => '.',
        '‖' => '|',
        '▸' | '≥' => '>',
        _ => glyph,
    }
}

fn to_ascii(glyph: char) -> char {
    if glyph.is_ascii() {
        return glyph;
    }
    match to_block(glyph) {
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '√' => '+',
        '─' => '-',
        '│' => '|',
        '█' | '▀' => '#',
        '▄' => '=',
        '▒' | '░' | '▓' => ':',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '←' => '<',
        '→' => '>',
        '·' => '.',
        'µ' => 'u',
        '±' => '~',
        other if other.is_ascii() => other,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const STATES: &str = "●◐○×·▲▼↻◇✓‖←!";

    fn reduced(text: &str, level: GlyphLevel) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 1));
        buffer.set_string(0, 0, text, Style::new());
        reduce(&mut buffer, level);
        let cells: String = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        cells.trim_end().to_owned()
    }

    #[test]
    fn state_glyphs_stay_distinct_at_every_level() {
        for level in GlyphLevel::ALL {
            let text = reduced(STATES, level);
            let mut seen: Vec<char> = text.chars().collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), STATES.chars().count(), "{level}: {text}");
        }
    }

    #[test]
    fn ascii_leaves_nothing_else() {
        let text = reduced("╭─┐│▁▄█–…é漢", GlyphLevel::Ascii);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(text.len(), 11, "{text}");
    }

    #[test]
    fn unicode_is_left_alone() {
        assert_eq!(reduced(STATES, GlyphLevel::Unicode), STATES);
    }
}
