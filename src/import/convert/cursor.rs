//! [`Cursor`]: a place in a field, for readers of dates and times. Never allocates.

/// The most digits of one run that are read; more do not occur in a time.
const DIGITS_MAX: usize = 17;

/// What is left of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

/// A run of digits: its value and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) value: u64,
    pub(super) count: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte that is no white space, and ends after the last.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            rest: text.trim_ascii(),
        }
    }

    /// Returns true when nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns the next byte and stays before it.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Passes the next byte when it is `byte`.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    /// Passes the next byte when it is one of `bytes`, and returns it.
    pub(super) fn eat_any(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| bytes.contains(byte))?;
        self.rest = &self.rest[1..];
        Some(byte)
    }

    /// Passes spaces; returns true when there was one.
    pub(super) fn eat_spaces(&mut self) -> bool {
        let mut has_space = false;
        while self.eat(b' ') {
            has_space = true;
        }
        has_space
    }

    /// Passes `word`, whatever its case.
    pub(super) fn eat_word(&mut self, word: &[u8]) -> bool {
        let is_next = self
            .rest
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word));
        if is_next {
            self.rest = &self.rest[word.len()..];
        }
        is_next
    }

    /// Passes the letters that come next and returns them.
    pub(super) fn letters(&mut self) -> &'a [u8] {
        let count = self.count_while(u8::is_ascii_alphabetic);
        let (letters, rest) = self.rest.split_at(count);
        self.rest = rest;
        letters
    }

    /// Returns how many digits come next.
    pub(super) fn digits_ahead(&self) -> usize {
        self.count_while(u8::is_ascii_digit)
    }

    /// Passes all digits that come next; `None` when there is none, or more than a time has.
    pub(super) fn digits(&mut self) -> Option<Digits> {
        let count = self.digits_ahead();
        let value = self.take_digits(count)?;
        Some(Digits { value, count })
    }

    /// Passes exactly `count` digits; `None` when there are fewer.
    pub(super) fn take_digits(&mut self, count: usize) -> Option<u64> {
        if count == 0 || count > DIGITS_MAX {
            return None;
        }
        let digits = self.rest.get(..count)?;
        let mut value = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u64::from(digit - b'0');
        }
        self.rest = &self.rest[count..];
        Some(value)
    }

    /// Passes a decimal fraction and returns it in microseconds; finer digits are cut.
    pub(super) fn fraction_micros(&mut self) -> Option<i64> {
        let count = self.digits_ahead();
        if count == 0 {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        let kept = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
        Some(kept.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0')))
    }

    fn count_while(&self, is_wanted: impl Fn(&u8) -> bool) -> usize {
        self.rest.iter().take_while(|byte| is_wanted(byte)).count()
    }
}
