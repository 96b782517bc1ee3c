//! [`Parser`]: bytes of the terminal into events, as far as a dashboard needs them.
//!
//! Understands UTF-8, control keys, the CSI and SS3 sequences of xterm and the Linux console with
//! modifiers, focus and bracketed paste. Replies and sequences it does not know are swallowed
//! whole, never typed. It keeps no time: who reads says with [`Parser::flush`] that nothing
//! followed for [`Parser::patience`], which tells the Escape key from a sequence.
//!
//! It is ours because crossterm's cannot be used safely: on a hung-up terminal its reader spins
//! (crossterm#793), on half a sequence it blocks, and it waits on edges, so of 2500 keys typed
//! ahead it delivers 1024 (measured, 0.29) and leaves the rest unread until the next key.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::sequence::{self, Parsed};

/// How long a sequence may pause inside; above that an Escape was the Escape key. Short enough not
/// to be felt.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(30);
/// How long a paste may pause; above that its end mark was lost, and keys are keys again.
const PASTE_PATIENCE: Duration = Duration::from_secs(1);
/// Most bytes of one paste that are kept: far above any symbol or filter, far below what hurts.
const PASTE_BYTES_MAX: usize = 256 * 1024;

pub(super) const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// Reads the terminal's bytes.
#[derive(Debug, Default)]
pub(super) struct Parser {
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
}

impl Parser {
    /// Takes bytes in and appends the events they complete.
    pub(super) fn feed(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.pending.extend_from_slice(bytes);
        loop {
            let is_more = if self.paste.is_some() {
                self.take_paste(events)
            } else {
                self.take_key(events)
            };
            if !is_more {
                return;
            }
        }
    }

    /// Returns how long to wait for the rest of what has begun; `None` when nothing has.
    pub(super) fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            Some(PASTE_PATIENCE)
        } else if self.pending.is_empty() {
            None
        } else {
            Some(SEQUENCE_PATIENCE)
        }
    }

    /// Takes what has begun as it stands, since nothing followed.
    pub(super) fn flush(&mut self, events: &mut Vec<Event>) {
        if let Some(mut paste) = self.paste.take() {
            keep_paste(&mut paste, &self.pending);
            self.pending.clear();
            events.push(paste_event(&paste));
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        match pending.as_slice() {
            [0x1b] => events.push(sequence::key(KeyCode::Esc, KeyModifiers::NONE)),
            [
                0x1b,
                byte @ (b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_'),
            ] => {
                let key = KeyEvent::new(KeyCode::Char(char::from(*byte)), KeyModifiers::ALT);
                events.push(Event::Key(key));
            }
            // Half a sequence, or half a character: nobody can say what it was going to be.
            _ => {}
        }
    }

    fn take_key(&mut self, events: &mut Vec<Event>) -> bool {
        if self.pending.starts_with(PASTE_BEGIN) {
            self.pending.drain(..PASTE_BEGIN.len());
            self.paste = Some(Vec::new());
            return true;
        }
        match sequence::parse(&self.pending) {
            Parsed::Incomplete => false,
            Parsed::Taken { length, event } => {
                self.pending.drain(..length);
                events.extend(event);
                true
            }
        }
    }

    fn take_paste(&mut self, events: &mut Vec<Event>) -> bool {
        let Some(paste) = self.paste.as_mut() else {
            return true;
        };
        let end = self
            .pending
            .windows(PASTE_END.len())
            .position(|window| window == PASTE_END);
        if let Some(end) = end {
            keep_paste(paste, &self.pending[..end]);
            events.push(paste_event(paste));
            self.pending.drain(..end + PASTE_END.len());
            self.paste = None;
            return true;
        }
        // The end mark may be cut in two: its length less one stays behind.
        let safe = self.pending.len().saturating_sub(PASTE_END.len() - 1);
        keep_paste(paste, &self.pending[..safe]);
        self.pending.drain(..safe);
        false
    }
}

fn keep_paste(paste: &mut Vec<u8>, bytes: &[u8]) {
    let room = PASTE_BYTES_MAX.saturating_sub(paste.len());
    paste.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

fn paste_event(bytes: &[u8]) -> Event {
    Event::Paste(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn events_of(bytes: &[u8]) -> Vec<Event> {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        parser.feed(bytes, &mut events);
        parser.flush(&mut events);
        events
    }

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Vec<Event> {
        vec![Event::Key(KeyEvent::new(code, modifiers))]
    }

    #[rstest]
    #[case(b"q", KeyCode::Char('q'), KeyModifiers::NONE)]
    #[case(b"G", KeyCode::Char('G'), KeyModifiers::SHIFT)]
    #[case("é".as_bytes(), KeyCode::Char('é'), KeyModifiers::NONE)]
    #[case("紅".as_bytes(), KeyCode::Char('紅'), KeyModifiers::NONE)]
    #[case(b"\r", KeyCode::Enter, KeyModifiers::NONE)]
    #[case(b"\t", KeyCode::Tab, KeyModifiers::NONE)]
    #[case(b"\x7f", KeyCode::Backspace, KeyModifiers::NONE)]
    #[case(b"\x03", KeyCode::Char('c'), KeyModifiers::CONTROL)]
    #[case(b"\x1a", KeyCode::Char('z'), KeyModifiers::CONTROL)]
    #[case(b"\x00", KeyCode::Char(' '), KeyModifiers::CONTROL)]
    #[case(b"\x1c", KeyCode::Char('4'), KeyModifiers::CONTROL)]
    #[case(b"\x1b", KeyCode::Esc, KeyModifiers::NONE)]
    #[case(b"\x1b[", KeyCode::Char('['), KeyModifiers::ALT)]
    #[case(b"\x1bx", KeyCode::Char('x'), KeyModifiers::ALT)]
    #[case(b"\x1b\r", KeyCode::Enter, KeyModifiers::ALT)]
    #[case(b"\x1b[A", KeyCode::Up, KeyModifiers::NONE)]
    #[case(b"\x1bOB", KeyCode::Down, KeyModifiers::NONE)]
    #[case(b"\x1b[1;5C", KeyCode::Right, KeyModifiers::CONTROL)]
    #[case(b"\x1b[1;4D", KeyCode::Left, KeyModifiers::SHIFT.union(KeyModifiers::ALT))]
    #[case(b"\x1b[H", KeyCode::Home, KeyModifiers::NONE)]
    #[case(b"\x1b[4~", KeyCode::End, KeyModifiers::NONE)]
    #[case(b"\x1b[3~", KeyCode::Delete, KeyModifiers::NONE)]
    #[case(b"\x1b[5~", KeyCode::PageUp, KeyModifiers::NONE)]
    #[case(b"\x1b[6;5~", KeyCode::PageDown, KeyModifiers::CONTROL)]
    #[case(b"\x1b[Z", KeyCode::BackTab, KeyModifiers::SHIFT)]
    #[case(b"\x1bOP", KeyCode::F(1), KeyModifiers::NONE)]
    #[case(b"\x1b[1;2S", KeyCode::F(4), KeyModifiers::SHIFT)]
    #[case(b"\x1b[15~", KeyCode::F(5), KeyModifiers::NONE)]
    #[case(b"\x1b[24~", KeyCode::F(12), KeyModifiers::NONE)]
    #[case(b"\x1b[[B", KeyCode::F(2), KeyModifiers::NONE)]
    fn a_key_is_read_as(
        #[case] bytes: &[u8],
        #[case] code: KeyCode,
        #[case] modifiers: KeyModifiers,
    ) {
        assert_eq!(events_of(bytes), key(code, modifiers));
    }

    #[rstest]
    #[case::device_attributes(b"\x1b[?62;22c")]
    #[case::mouse_report(b"\x1b[<35;12;7M")]
    #[case::cursor_report(b"\x1b[12;40R")]
    #[case::colour_reply(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\")]
    #[case::colour_reply_bell(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07")]
    #[case::device_string(b"\x1bP>|xterm(390)\x1b\\")]
    #[case::stray_paste_end(b"\x1b[201~")]
    #[case::invalid_utf8(b"\xff\xfe")]
    #[case::half_a_character(b"\xe2\x82")]
    fn what_is_no_key_is_swallowed_whole(#[case] bytes: &[u8]) {
        assert_eq!(events_of(bytes), vec![]);
    }

    #[test]
    fn a_sequence_cut_short_by_another_key_does_not_eat_it() {
        let up = Event::Key(KeyEvent::new(KeyCode::Up, KeyModifiers::NONE));

        assert_eq!(events_of(b"\x1b[1;\x1b[A"), vec![up]);
    }

    #[test]
    fn a_paste_is_one_event_whatever_is_in_it() {
        let events = events_of(b"\x1b[200~BTC-USD\nq\x1b[A\x1b[201~");

        assert_eq!(events, vec![Event::Paste("BTC-USD\nq\x1b[A".to_owned())]);
    }

    #[test]
    fn a_paste_without_end_ends_when_nothing_follows() {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        parser.feed(b"\x1b[200~abc", &mut events);
        assert_eq!(parser.patience(), Some(PASTE_PATIENCE));

        parser.flush(&mut events);
        parser.feed(b"q", &mut events);

        let q = Event::Key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE));
        assert_eq!(events, vec![Event::Paste("abc".to_owned()), q]);
        assert_eq!(parser.patience(), None);
    }

    #[test]
    fn an_endless_paste_is_cut() {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        parser.feed(PASTE_BEGIN, &mut events);
        for _ in 0..8 {
            parser.feed(&vec![b'x'; 64 * 1024], &mut events);
        }
        parser.feed(PASTE_END, &mut events);

        let [Event::Paste(text)] = events.as_slice() else {
            panic!("expected one paste, got {} events", events.len());
        };
        assert_eq!(text.len(), PASTE_BYTES_MAX);
    }

    /// Bytes that look like what terminals send, and bytes that do not.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..6),
            Just(b"\x1b[".to_vec()),
            Just(b"\x1b[1;5A".to_vec()),
            Just(PASTE_BEGIN.to_vec()),
            Just(PASTE_END.to_vec()),
            Just(b"\x1b]0;x\x1b\\".to_vec()),
            Just("é紅q".as_bytes().to_vec()),
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn prop_how_bytes_are_cut_does_not_matter(bytes in bytes(), cut in any::<prop::sample::Index>()) {
            let mut whole = Vec::new();
            Parser::default().feed(&bytes, &mut whole);
            let mut pieces = Vec::new();
            let mut parser = Parser::default();
            let (head, tail) = bytes.split_at(cut.index(bytes.len() + 1));
            parser.feed(head, &mut pieces);
            parser.feed(tail, &mut pieces);

            prop_assert_eq!(whole, pieces);
        }

        #[test]
        fn prop_after_a_flush_a_key_is_a_key(bytes in bytes()) {
            let mut parser = Parser::default();
            let mut events = Vec::new();
            parser.feed(&bytes, &mut events);
            parser.flush(&mut events);
            prop_assert_eq!(parser.patience(), None);
            events.clear();
            parser.feed(b"q", &mut events);

            prop_assert_eq!(events, key(KeyCode::Char('q'), KeyModifiers::NONE));
        }
    }
}
