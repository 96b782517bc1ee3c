//! [`Pen`]: the colours and attributes the terminal writes with, and the shortest way from one to
//! another.
//!
//! Does not reduce colours: it writes what it is given. Cannot fail.

use ratatui::style::{Color, Modifier};

/// Attributes whose "off" code is their own and nobody else's.
const PLAIN: [(Modifier, u8, u8); 5] = [
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Attributes that share an "off" code: switching one off takes its twin with it.
const TWINS: [([(Modifier, u8); 2], u8); 2] = [
    ([(Modifier::BOLD, 1), (Modifier::DIM, 2)], 22),
    ([(Modifier::SLOW_BLINK, 5), (Modifier::RAPID_BLINK, 6)], 25),
];

/// What the terminal writes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Pen {
    /// The pen after a reset.
    pub(super) const DEFAULT: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };

    /// Appends the shorter of "only what differs" and "reset, then everything"; nothing when
    /// nothing differs.
    pub(super) fn write_change(self, next: Self, out: &mut Vec<u8>) {
        if self == next {
            return;
        }
        let start = out.len();
        let mut differences = Sgr::begin(out);
        differences.push_change(self, next);
        differences.end();
        let middle = out.len();
        let mut anew = Sgr::begin(out);
        if next != Self::DEFAULT {
            anew.push(0);
        }
        anew.push_change(Self::DEFAULT, next);
        anew.end();
        if out.len() - middle < middle - start {
            out.drain(start..middle);
        } else {
            out.truncate(middle);
        }
    }
}

/// One `CSI … m` under construction.
struct Sgr<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'a> Sgr<'a> {
    fn begin(out: &'a mut Vec<u8>) -> Self {
        out.extend_from_slice(b"\x1b[");
        Self {
            out,
            is_first: true,
        }
    }

    fn end(self) {
        self.out.push(b'm');
    }

    fn push(&mut self, code: u8) {
        if !self.is_first {
            self.out.push(b';');
        }
        self.is_first = false;
        push_number(self.out, u16::from(code));
    }

    fn push_change(&mut self, from: Pen, to: Pen) {
        self.push_modifiers(from.modifier, to.modifier);
        if from.fg != to.fg {
            self.push_color(to.fg, 30);
        }
        if from.bg != to.bg {
            self.push_color(to.bg, 40);
        }
    }

    fn push_modifiers(&mut self, from: Modifier, to: Modifier) {
        for (twins, off) in TWINS {
            let [(first, _), (second, _)] = twins;
            let both = first | second;
            let is_one_lost = !((from & both) - to).is_empty();
            if is_one_lost {
                self.push(off);
            }
            for (modifier, on) in twins {
                let had = from.contains(modifier) && !is_one_lost;
                if to.contains(modifier) && !had {
                    self.push(on);
                }
            }
        }
        for (modifier, on, off) in PLAIN {
            match (from.contains(modifier), to.contains(modifier)) {
                (false, true) => self.push(on),
                (true, false) => self.push(off),
                (true, true) | (false, false) => {}
            }
        }
    }

    /// `base` is 30 for the foreground, 40 for the background; the bright ones lie 60 above.
    fn push_color(&mut self, color: Color, base: u8) {
        match color {
            Color::Reset => self.push(base + 9),
            Color::Black => self.push(base),
            Color::Red => self.push(base + 1),
            Color::Green => self.push(base + 2),
            Color::Yellow => self.push(base + 3),
            Color::Blue => self.push(base + 4),
            Color::Magenta => self.push(base + 5),
            Color::Cyan => self.push(base + 6),
            Color::Gray => self.push(base + 7),
            Color::DarkGray => self.push(base + 60),
            Color::LightRed => self.push(base + 61),
            Color::LightGreen => self.push(base + 62),
            Color::LightYellow => self.push(base + 63),
            Color::LightBlue => self.push(base + 64),
            Color::LightMagenta => self.push(base + 65),
            Color::LightCyan => self.push(base + 66),
            Color::White => self.push(base + 67),
            Color::Indexed(index @ 0..=7) => self.push(base + index),
            Color::Indexed(index @ 8..=15) => self.push(base + 60 + index - 8),
            Color::Indexed(index) => {
                for code in [base + 8, 5, index] {
                    self.push(code);
                }
            }
            Color::Rgb(red, green, blue) => {
                for code in [base + 8, 2, red, green, blue] {
                    self.push(code);
                }
            }
        }
    }
}

/// Appends a number in decimal, without allocating.
pub(super) fn push_number(out: &mut Vec<u8>, number: u16) {
    let mut divisor = 10_000;
    while divisor > 1 && number < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        out.push(b'0' + (number / divisor % 10) as u8);
        divisor /= 10;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const RED_BOLD: Pen = Pen {
        fg: Color::Red,
        bg: Color::Reset,
        modifier: Modifier::BOLD,
    };

    fn change(from: Pen, to: Pen) -> String {
        let mut out = Vec::new();
        from.write_change(to, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[rstest]
    #[case(RED_BOLD, RED_BOLD, "")]
    #[case(Pen::DEFAULT, RED_BOLD, "\x1b[1;31m")]
    #[case(RED_BOLD, Pen::DEFAULT, "\x1b[m")]
    #[case(RED_BOLD, Pen { fg: Color::Green, ..RED_BOLD }, "\x1b[32m")]
    #[case(RED_BOLD, Pen { modifier: Modifier::DIM, ..RED_BOLD }, "\x1b[22;2m")]
    #[case(
        Pen { modifier: Modifier::BOLD | Modifier::DIM, fg: Color::Indexed(200), ..RED_BOLD },
        Pen { modifier: Modifier::BOLD, fg: Color::Indexed(200), ..RED_BOLD },
        "\x1b[22;1m"
    )]
    #[case(Pen::DEFAULT, Pen { fg: Color::Rgb(1, 20, 255), ..Pen::DEFAULT }, "\x1b[38;2;1;20;255m")]
    #[case(Pen::DEFAULT, Pen { bg: Color::Indexed(9), ..Pen::DEFAULT }, "\x1b[101m")]
    #[case(Pen::DEFAULT, Pen { bg: Color::White, ..Pen::DEFAULT }, "\x1b[107m")]
    fn writes_the_shortest_change(#[case] from: Pen, #[case] to: Pen, #[case] expected: &str) {
        assert_eq!(change(from, to), expected);
    }

    #[test]
    fn resets_when_a_reset_is_shorter_than_the_differences() {
        let from = Pen {
            fg: Color::Red,
            bg: Color::Blue,
            modifier: Modifier::BOLD | Modifier::UNDERLINED,
        };
        let to = Pen {
            modifier: Modifier::ITALIC,
            ..Pen::DEFAULT
        };

        assert_eq!(change(from, to), "\x1b[0;3m");
    }

    #[rstest]
    #[case(0, "0")]
    #[case(9, "9")]
    #[case(10, "10")]
    #[case(907, "907")]
    #[case(65_535, "65535")]
    fn numbers_are_written_in_decimal(#[case] number: u16, #[case] expected: &str) {
        let mut out = Vec::new();
        push_number(&mut out, number);

        assert_eq!(out, expected.as_bytes());
    }
}
