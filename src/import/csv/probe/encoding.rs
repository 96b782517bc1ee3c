//! How the characters of a file are written, told by its first bytes.

use memchr::memchr_iter;

use crate::import::TextEncoding;

/// Bytes that are looked at for the pattern of UTF-16.
const PATTERN_BYTES: usize = 4 << 10;

/// How characters are written, and how many bytes of byte order mark come before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) encoding: TextEncoding,
    pub(super) mark: usize,
}

/// Tells the encoding of a file that begins with `head`; `None` when it is no text.
pub(super) fn find(head: &[u8]) -> Option<Found> {
    let found = |encoding, mark| Some(Found { encoding, mark });
    if head.starts_with(b"\xEF\xBB\xBF") {
        return found(TextEncoding::Utf8, 3);
    }
    if head.starts_with(b"\xFF\xFE") {
        return found(TextEncoding::Utf16Le, 2);
    }
    if head.starts_with(b"\xFE\xFF") {
        return found(TextEncoding::Utf16Be, 2);
    }
    if let Some(encoding) = utf16_by_pattern(head) {
        return found(encoding, 0);
    }
    if is_binary(head) {
        return None;
    }
    found(utf8_or_1252(head), 0)
}

/// Text of digits and Latin letters has a NUL in every other byte.
fn utf16_by_pattern(head: &[u8]) -> Option<TextEncoding> {
    let head = &head[..head.len().min(PATTERN_BYTES)];
    let pairs = head.len() / 2;
    let nuls = memchr_iter(0, &head[..pairs * 2]);
    let odd = nuls.clone().filter(|at| at % 2 == 1).count();
    let even = nuls.count() - odd;
    if pairs > 1 && odd * 2 > pairs && even * 20 < pairs {
        return Some(TextEncoding::Utf16Le);
    }
    (pairs > 1 && even * 2 > pairs && odd * 20 < pairs).then_some(TextEncoding::Utf16Be)
}

/// More than one byte in a hundred is a control character that no text has.
fn is_binary(head: &[u8]) -> bool {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 0x0E..=0x19 | 0x1C..=0x1F);
    head.iter().filter(|byte| is_control(byte)).count() * 100 > head.len()
}

/// Text is UTF-8 unless it breaks its rules more often than it follows them.
fn utf8_or_1252(head: &[u8]) -> TextEncoding {
    let mut broken = 0;
    let mut kept = 0;
    for chunk in head.utf8_chunks() {
        kept += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // The head may end within a character.
    let is_cut = std::str::from_utf8(head)
        .is_err_and(|error| error.error_len().is_none() && head.len() - error.valid_up_to() < 4);
    if broken == 0 || kept > broken || (broken == 1 && is_cut) {
        TextEncoding::Utf8
    } else {
        TextEncoding::Windows1252
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ascii(b"a,b\n1,2\n", TextEncoding::Utf8, 0)]
    #[case::marked(b"\xEF\xBB\xBFa,b\n", TextEncoding::Utf8, 3)]
    #[case::utf8("Datum;Er\u{F6}ffn.\n".as_bytes(), TextEncoding::Utf8, 0)]
    #[case::cut_in_a_character(b"Er\xC3\xB6ffn.;H\xC3", TextEncoding::Utf8, 0)]
    #[case::latin(b"Datum;Er\xF6ffn.\n", TextEncoding::Windows1252, 0)]
    #[case::one_broken_byte("h\u{F6}her \u{20AC} \u{FF}\u{E4}".as_bytes(), TextEncoding::Utf8, 0)]
    #[case::little(b"\xFF\xFEa\0,\0", TextEncoding::Utf16Le, 2)]
    #[case::big(b"\xFE\xFF\0a\0,", TextEncoding::Utf16Be, 2)]
    #[case::little_unmarked(b"1\0,\x002\0\n\0", TextEncoding::Utf16Le, 0)]
    #[case::big_unmarked(b"\x001\0,\x002\0\n", TextEncoding::Utf16Be, 0)]
    fn an_encoding_is_found(
        #[case] head: &[u8],
        #[case] encoding: TextEncoding,
        #[case] mark: usize,
    ) {
        assert_eq!(find(head), Some(Found { encoding, mark }));
    }

    #[rstest]
    #[case(b"\0\x01\x02\x03binary")]
    #[case(b"\x7FELF\x02\x01\x01\0\0\0\0")]
    fn bytes_that_are_no_text_are_none(#[case] head: &[u8]) {
        assert_eq!(find(head), None);
    }
}
