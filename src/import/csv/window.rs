//! [`Window`]: the part of a file that is looked at, as text, moving forward only.
//!
//! It reads what it is asked for and keeps nothing that was taken, so memory is what the cutter
//! asks for. It ends at the size the file had when it was opened, whoever appends meanwhile; a
//! file that became shorter is an error.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::text::{decode, source_len};
use crate::import::TextEncoding;

/// The part of a file that is looked at.
#[derive(Debug)]
pub(super) struct Window {
    file: File,
    encoding: TextEncoding,
    /// Bytes of the file not read yet.
    left: u64,
    /// Bytes read and not taken.
    raw: Vec<u8>,
    /// How many of them `text` stands for.
    decoded: usize,
    /// Their text; empty for UTF-8, where the bytes are the text.
    text: Vec<u8>,
}

impl Window {
    /// Looks at the bytes `from..to` of a file.
    pub(super) fn new(
        mut file: File,
        encoding: TextEncoding,
        from: u64,
        to: u64,
    ) -> io::Result<Self> {
        file.seek(SeekFrom::Start(from))?;
        Ok(Self {
            file,
            encoding,
            left: to.saturating_sub(from),
            raw: Vec::new(),
            decoded: 0,
            text: Vec::new(),
        })
    }

    /// Reads until there are `wanted` bytes of text, or no more in the file.
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.text().len() < wanted && self.left > 0 {
            let missing = (wanted - self.text().len()).max(4) as u64;
            self.read(missing.min(self.left))?;
            if self.encoding != TextEncoding::Utf8 {
                let fresh = &self.raw[self.decoded..];
                self.decoded += decode(self.encoding, fresh, self.left == 0, &mut self.text);
            }
        }
        Ok(())
    }

    fn read(&mut self, bytes: u64) -> io::Result<()> {
        self.raw.reserve(bytes as usize);
        let read = self.file.by_ref().take(bytes).read_to_end(&mut self.raw)? as u64;
        if read < bytes {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        self.left -= read;
        Ok(())
    }

    /// Returns what is looked at.
    pub(super) fn text(&self) -> &[u8] {
        match self.encoding {
            TextEncoding::Utf8 => &self.raw,
            TextEncoding::Utf16Le | TextEncoding::Utf16Be | TextEncoding::Windows1252 => &self.text,
        }
    }

    /// Returns true when no text follows what is looked at.
    pub(super) const fn is_end(&self) -> bool {
        self.left == 0
    }

    /// Takes the first bytes of the text away, after `look` saw the bytes of the file they are.
    /// Returns how many those were.
    pub(super) fn take(&mut self, text_len: usize, look: impl FnOnce(&[u8])) -> u64 {
        let bytes = source_len(self.encoding, &self.text()[..text_len]);
        let raw_len = bytes as usize;
        look(&self.raw[..raw_len]);
        self.raw.drain(..raw_len);
        if self.encoding != TextEncoding::Utf8 {
            self.text.drain(..text_len);
            self.decoded -= raw_len;
        }
        bytes
    }
}
