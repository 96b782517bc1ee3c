//! What a file is that is no table of text, told by its first bytes.

/// What a file is, and what to do with it.
pub(super) type Format = (&'static str, &'static str);

const UNPACK: &str = "unpack it first";
const SAVE_AS_CSV: &str = "save it as CSV first";
const FIRST_BYTES: [(&[u8], &str, &str); 15] = [
    (b"\x1F\x8B", "compressed (gzip)", UNPACK),
    (b"\x28\xB5\x2F\xFD", "compressed (zstd)", UNPACK),
    (b"BZh", "compressed (bzip2)", UNPACK),
    (b"\xFD7zXZ\0", "compressed (xz)", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "an archive (7z)", UNPACK),
    (b"Rar!", "an archive (rar)", UNPACK),
    (b"PAR1", "a Parquet file", SAVE_AS_CSV),
    (b"ARROW1", "an Arrow (feather) file", SAVE_AS_CSV),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook", SAVE_AS_CSV),
    (b"SQLite format 3\0", "an SQLite database", SAVE_AS_CSV),
    (b"DBN", "a Databento (DBN) file", SAVE_AS_CSV),
    (b"\x89HDF", "an HDF5 file", SAVE_AS_CSV),
    (b"%PDF", "a PDF document", SAVE_AS_CSV),
    (b"\xFF\xFE\0\0", "UTF-32 text", "save it as UTF-8 first"),
    (b"\0\0\xFE\xFF", "UTF-32 text", "save it as UTF-8 first"),
];
const PAGE: &str = "look into it: the download was probably refused";

/// Returns what the file is by its first bytes; `None` when it may be a table of text.
pub(super) fn by_first_bytes(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        let is_workbook = holds(b"[Content_Types].xml") || holds(b"xl/");
        return Some(if is_workbook {
            ("an Excel workbook", SAVE_AS_CSV)
        } else {
            ("an archive (zip)", UNPACK)
        });
    }
    let found = FIRST_BYTES
        .iter()
        .find(|(bytes, ..)| head.starts_with(bytes) && (*bytes != b"DBN" || is_dbn(head)));
    found.map(|(_, format, advice)| (*format, *advice))
}

/// A version follows `DBN`, and no text goes on with a control character.
fn is_dbn(head: &[u8]) -> bool {
    head.get(3).is_some_and(|version| *version < 9)
}

/// Returns what the text is, when it is no table.
pub(super) fn by_first_text(text: &str) -> Option<Format> {
    let text = text.trim_start();
    let starts = |word: &str| {
        let head = text.as_bytes().get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    if text.starts_with('{') || text.starts_with('[') {
        return Some(("JSON", SAVE_AS_CSV));
    }
    if starts("<?xml") {
        return Some(("an XML document", SAVE_AS_CSV));
    }
    (starts("<!doctype") || starts("<html")).then_some(("a web page", PAGE))
}
