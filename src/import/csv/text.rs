//! Characters: bytes of a file into UTF-8, and lengths of that text back into bytes of the file.
//!
//! What is no text is kept apart, never replaced: an unpaired surrogate becomes the three bytes
//! UTF-8 forbids, a byte left over at the end of UTF-16 becomes `0xFF`. So broken text is still
//! seen as broken, and every length can be told in bytes of the file.

use encoding_rs::WINDOWS_1252;

use crate::import::TextEncoding;

/// Stands for the last byte of a UTF-16 file of odd length.
const HALF_UNIT: u8 = 0xFF;

/// Returns how many bytes of the file `text` stands for; it must hold whole characters.
pub(super) fn source_len(encoding: TextEncoding, text: &[u8]) -> u64 {
    match encoding {
        TextEncoding::Utf8 => text.len() as u64,
        TextEncoding::Windows1252 => {
            text.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u64
        }
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => {
            text.iter().map(|byte| utf16_bytes(*byte)).sum()
        }
    }
}

/// Returns the bytes in UTF-16 of the character that begins with `lead`; 0 inside a character.
const fn utf16_bytes(lead: u8) -> u64 {
    match lead {
        0x80..=0xBF => 0,
        HALF_UNIT => 1,
        0xF0..=0xFE => 4,
        _ => 2,
    }
}

/// Appends `raw` as UTF-8 and returns how many of its bytes were used; all of them at the end of
/// the file, else all but the beginning of a character.
pub(super) fn decode(
    encoding: TextEncoding,
    raw: &[u8],
    is_end: bool,
    into: &mut Vec<u8>,
) -> usize {
    match encoding {
        TextEncoding::Utf8 => {
            into.extend_from_slice(raw);
            raw.len()
        }
        TextEncoding::Windows1252 => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(raw);
            into.extend_from_slice(text.as_bytes());
            raw.len()
        }
        TextEncoding::Utf16Le => decode_utf16(raw, u16::from_le_bytes, is_end, into),
        TextEncoding::Utf16Be => decode_utf16(raw, u16::from_be_bytes, is_end, into),
    }
}

fn decode_utf16(
    raw: &[u8],
    unit_of: fn([u8; 2]) -> u16,
    is_end: bool,
    into: &mut Vec<u8>,
) -> usize {
    let unit_at = |at: usize| Some(unit_of([*raw.get(at)?, *raw.get(at + 1)?]));
    let mut at = 0;
    while let Some(unit) = unit_at(at) {
        let next = unit_at(at + 2);
        if is_high_surrogate(unit) && next.is_none() && !is_end {
            return at;
        }
        at += push_utf16(unit, next, into);
    }
    if is_end && at < raw.len() {
        into.push(HALF_UNIT);
        return raw.len();
    }
    at
}

/// Appends one character and returns how many bytes of UTF-16 it took.
fn push_utf16(unit: u16, next: Option<u16>, into: &mut Vec<u8>) -> usize {
    let pair = next.filter(|low| is_high_surrogate(unit) && (0xDC00..=0xDFFF).contains(low));
    let code = pair.map_or(u32::from(unit), |low| {
        0x1_0000 + ((u32::from(unit) - 0xD800) << 10) + (u32::from(low) - 0xDC00)
    });
    if let Some(character) = char::from_u32(code) {
        into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let six_bits = |shift: u32| 0x80 | ((code >> shift) & 0x3F) as u8;
        into.extend_from_slice(&[0xED, six_bits(6), six_bits(0)]);
    }
    if pair.is_some() { 4 } else { 2 }
}

const fn is_high_surrogate(unit: u16) -> bool {
    matches!(unit, 0xD800..=0xDBFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [TextEncoding; 4] = [
        TextEncoding::Utf8,
        TextEncoding::Utf16Le,
        TextEncoding::Utf16Be,
        TextEncoding::Windows1252,
    ];

    proptest! {
        #[test]
        fn prop_every_byte_of_a_file_is_accounted_for(raw: Vec<u8>) {
            for encoding in ALL {
                let mut text = Vec::new();
                prop_assert_eq!(decode(encoding, &raw, true, &mut text), raw.len());
                prop_assert_eq!(source_len(encoding, &text), raw.len() as u64);
            }
        }

        #[test]
        fn prop_pieces_decode_as_the_whole_does(raw: Vec<u8>, cut in 0_usize..40) {
            let cut = cut.min(raw.len());
            for encoding in ALL {
                let mut whole = Vec::new();
                decode(encoding, &raw, true, &mut whole);
                let mut pieces = Vec::new();
                let used = decode(encoding, &raw[..cut], false, &mut pieces);
                decode(encoding, &raw[used..], true, &mut pieces);
                prop_assert_eq!(&pieces, &whole);
            }
        }

        #[test]
        fn prop_utf16_text_comes_back(text: String) {
            let raw: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let mut decoded = Vec::new();
            decode(TextEncoding::Utf16Be, &raw, true, &mut decoded);
            prop_assert_eq!(decoded, text.into_bytes());
        }
    }

    #[test]
    fn a_lone_surrogate_is_no_text() {
        let mut text = Vec::new();
        decode(
            TextEncoding::Utf16Le,
            &[0x31, 0, 0x00, 0xD8, 0x32, 0],
            true,
            &mut text,
        );
        assert!(std::str::from_utf8(&text).is_err());
        assert_eq!((text[0], text[text.len() - 1]), (b'1', b'2'));
    }
}
