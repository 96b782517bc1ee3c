//! One key, one sequence: the first event in some bytes. Pure; what it does not know it swallows.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

const ESC: u8 = 0x1b;
/// Longest control sequence that is waited for; no terminal sends one near it.
const CSI_BYTES_MAX: usize = 64;
/// Longest string reply (colours, names) that is waited for.
const STRING_BYTES_MAX: usize = 4096;

/// What the first bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// Nothing yet: more must come, or nothing is there.
    Incomplete,
    /// So many bytes are done with, and perhaps make an event.
    Taken { length: usize, event: Option<Event> },
}

impl Parsed {
    const fn swallowed(length: usize) -> Self {
        Self::Taken {
            length,
            event: None,
        }
    }

    fn key(length: usize, code: KeyCode, modifiers: KeyModifiers) -> Self {
        Self::Taken {
            length,
            event: Some(key(code, modifiers)),
        }
    }
}

/// Makes a key event.
pub(super) fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

/// Reads the first event in `bytes`.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    match bytes {
        [] | [ESC] => Parsed::Incomplete,
        [ESC, b'[', ..] => parse_csi(bytes),
        [ESC, b'O', ..] => parse_ss3(bytes),
        [ESC, b']' | b'P' | b'X' | b'^' | b'_', ..] => parse_string(bytes),
        [ESC, ESC, ..] => Parsed::key(1, KeyCode::Esc, KeyModifiers::NONE),
        [ESC, rest @ ..] => match parse_character(rest) {
            Parsed::Taken { length, event } => Parsed::Taken {
                length: length + 1,
                event: event.map(with_alt),
            },
            Parsed::Incomplete => Parsed::Incomplete,
        },
        _ => parse_character(bytes),
    }
}

fn with_alt(event: Event) -> Event {
    match event {
        Event::Key(key) => Event::Key(KeyEvent::new(key.code, key.modifiers | KeyModifiers::ALT)),
        other => other,
    }
}

fn parse_character(bytes: &[u8]) -> Parsed {
    let Some(&first) = bytes.first() else {
        return Parsed::Incomplete;
    };
    match first {
        b'\r' => Parsed::key(1, KeyCode::Enter, KeyModifiers::NONE),
        b'\t' => Parsed::key(1, KeyCode::Tab, KeyModifiers::NONE),
        0x7f => Parsed::key(1, KeyCode::Backspace, KeyModifiers::NONE),
        0 => Parsed::key(1, KeyCode::Char(' '), KeyModifiers::CONTROL),
        0x01..=0x1a => control_key(b'a' + first - 1),
        // The old names of the last four control keys, as every terminal library has them.
        0x1c..=0x1f => control_key(b'4' + first - 0x1c),
        _ => parse_utf8(bytes),
    }
}

fn control_key(character: u8) -> Parsed {
    let code = KeyCode::Char(char::from(character));
    Parsed::key(1, code, KeyModifiers::CONTROL)
}

fn parse_utf8(bytes: &[u8]) -> Parsed {
    let length = match bytes[0] {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Parsed::swallowed(1),
    };
    let is_broken = |byte: &u8| byte & 0xc0 != 0x80;
    if bytes.iter().take(length).skip(1).any(is_broken) {
        return Parsed::swallowed(1);
    }
    let Some(encoded) = bytes.get(..length) else {
        return Parsed::Incomplete;
    };
    let Some(character) = std::str::from_utf8(encoded)
        .ok()
        .and_then(|text| text.chars().next())
    else {
        return Parsed::swallowed(1);
    };
    let modifiers = if character.is_uppercase() {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    Parsed::key(length, KeyCode::Char(character), modifiers)
}

/// `ESC O letter`: arrows and F1–F4 of a terminal in application mode.
fn parse_ss3(bytes: &[u8]) -> Parsed {
    let Some(&letter) = bytes.get(2) else {
        return Parsed::Incomplete;
    };
    match letter_key(letter) {
        Some(code) => Parsed::key(3, code, KeyModifiers::NONE),
        None => Parsed::key(2, KeyCode::Char('O'), KeyModifiers::ALT),
    }
}

/// A reply that ends with BEL or `ESC \`.
fn parse_string(bytes: &[u8]) -> Parsed {
    for (index, window) in bytes.windows(2).enumerate().skip(2) {
        match window {
            [ESC, b'\\'] => return Parsed::swallowed(index + 2),
            [0x07, _] => return Parsed::swallowed(index + 1),
            _ => {}
        }
    }
    if bytes.len() > 2 && bytes.ends_with(b"\x07") || bytes.len() > STRING_BYTES_MAX {
        return Parsed::swallowed(bytes.len());
    }
    Parsed::Incomplete
}

/// `ESC [ parameters final`.
fn parse_csi(bytes: &[u8]) -> Parsed {
    if bytes.get(2) == Some(&b'[') {
        return parse_linux_function_key(bytes);
    }
    let body = &bytes[2..];
    let Some(end) = body.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if bytes.len() > CSI_BYTES_MAX {
            Parsed::swallowed(bytes.len())
        } else {
            Parsed::Incomplete
        };
    };
    let length = end + 3;
    let last = body[end];
    if !(0x40..=0x7e).contains(&last) {
        // Another key cut it short; that key is not ours to swallow.
        return Parsed::swallowed(end + 2);
    }
    Parsed::Taken {
        length,
        event: csi_event(&body[..end], last),
    }
}

/// `ESC [ [ A`–`E`: F1–F5 of the Linux console.
fn parse_linux_function_key(bytes: &[u8]) -> Parsed {
    match bytes.get(3) {
        None => Parsed::Incomplete,
        Some(letter @ b'A'..=b'E') => {
            Parsed::key(4, KeyCode::F(letter - b'A' + 1), KeyModifiers::NONE)
        }
        Some(_) => Parsed::swallowed(3),
    }
}

fn csi_event(parameters: &[u8], last: u8) -> Option<Event> {
    if parameters
        .iter()
        .any(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))
    {
        return None;
    }
    let (number, modifiers) = numbers(parameters);
    match last {
        b'I' => Some(Event::FocusGained),
        b'O' => Some(Event::FocusLost),
        b'Z' => Some(key(KeyCode::BackTab, modifiers | KeyModifiers::SHIFT)),
        b'~' => tilde_key(number).map(|code| key(code, modifiers)),
        b'u' => char::from_u32(u32::from(number))
            .filter(|character| !character.is_control())
            .map(|character| key(KeyCode::Char(character), modifiers)),
        // `CSI row ; column R` is a cursor report; F3 says 1.
        b'R' if number > 1 => None,
        _ => letter_key(last).map(|code| key(code, modifiers)),
    }
}

/// Returns the first parameter (1 when absent) and the modifiers the second one means.
fn numbers(parameters: &[u8]) -> (u16, KeyModifiers) {
    let mut fields = parameters.split(|byte| *byte == b';').map(|field| {
        let digits = field.split(|byte| *byte == b':').next().unwrap_or_default();
        digits.iter().fold(0_u16, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u16::from(digit - b'0'))
        })
    });
    let number = fields.next().filter(|number| *number > 0).unwrap_or(1);
    let mask = fields.next().unwrap_or(1).saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
    ] {
        if mask & bit != 0 {
            modifiers |= modifier;
        }
    }
    (number, modifiers)
}

const fn letter_key(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

const fn tilde_key(number: u16) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23 | 24 => KeyCode::F(number as u8 - 12),
        _ => return None,
    })
}
