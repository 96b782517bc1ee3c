//! Whole numbers in as few bytes as they need: seven bits a byte, the lowest first.

/// Appends a number.
pub(in crate::import) fn put_unsigned(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Appends a number that may be negative; small ones of either sign stay short.
pub(super) fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put_unsigned(bytes, ((value << 1) ^ (value >> 63)) as u64);
}

/// Reads what was appended, in the same order. `None` where the bytes end too early or never.
#[derive(Debug)]
pub(in crate::import) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub(in crate::import) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads a number.
    pub(in crate::import) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// Reads a number that may be negative.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Reads as many bytes as the number before them says.
    pub(in crate::import) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Reads text of which the length comes first.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// Returns true when everything was read.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn prop_numbers_come_back(unsigned: u64, signed: i64) {
            let mut bytes = Vec::new();
            put_unsigned(&mut bytes, unsigned);
            put_signed(&mut bytes, signed);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.unsigned(), Some(unsigned));
            prop_assert_eq!(reader.signed(), Some(signed));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn prop_no_bytes_panic(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            while reader.unsigned().is_some() {}
            let _ = Reader::new(&bytes).text().map(str::len);
        }
    }

    #[test]
    fn what_is_too_long_is_no_number() {
        assert_eq!(Reader::new(&[0xff; 10]).unsigned(), None);
        assert_eq!(Reader::new(&[0x80]).unsigned(), None);
    }
}
