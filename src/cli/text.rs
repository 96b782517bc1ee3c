//! Text of files and venues, made fit for a terminal.
//!
//! What comes from a file may hold line ends and control sequences: a terminal would obey them.

/// Returns the text in one line: runs of white space are one blank, other control characters are
/// written as escapes.
pub(super) fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    visible(&joined)
}

/// Returns the text with control characters, and those that turn the direction of writing, written
/// as escapes (`\n`, `\u{1b}`).
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Returns the first `max` characters, the last of them an ellipsis when there are more.
pub(super) fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    kept + "…"
}

const fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_would_obey_is_left() {
        assert_eq!(visible("a\u{1b}[31mb\r\n"), r"a\u{1b}[31mb\r\n");
        assert_eq!(visible("a\u{202e}b"), r"a\u{202e}b");
        assert_eq!(visible("Zürich 日経"), "Zürich 日経");
        assert_eq!(one_line(" a\n\tb  c\u{7}"), r"a b c\u{7}");
    }

    #[test]
    fn a_text_is_cut_by_characters() {
        assert_eq!(cut("日経平均", 4), "日経平均");
        assert_eq!(cut("日経平均", 3), "日経…");
    }
}
