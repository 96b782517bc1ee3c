//! The grammar of a capture file, line by line, and its reader.
//!
//! ```text
//! wss://HOST <-> TIME            a connection was opened
//! wss://HOST <- TIME: {json}     we sent this
//! TIME: {json}                   we received this
//! https://HOST -> TIME: {json}   an HTTP answer; not played
//!                                blank; passed over
//! ```
//! TIME is Unix seconds with a fraction, read exactly. A line above [`LINE_BYTES_MAX`] or outside
//! the grammar is reported as [`Line::Unreadable`], and the file goes on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::domain::Timestamp;

/// The longest line read; a full order book is a few tens of kilobytes.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// One line of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A connection to this host was opened.
    Opened { host: String, at: Timestamp },
    /// A message was received.
    Received { at: Timestamp, text: String },
    /// An HTTP answer of this host, which is not played.
    HttpAnswer { host: String },
    /// Something else that is not played: a message we sent, a blank.
    PassedOver,
    /// Nothing of the grammar; the beginning of it.
    Unreadable { start: String },
}

impl Line {
    /// Reads one line, without its end.
    pub(super) fn parse(line: &str) -> Self {
        Self::try_parse(line.trim_end()).unwrap_or_else(|| Self::Unreadable {
            start: line.chars().take(80).collect(),
        })
    }

    fn try_parse(line: &str) -> Option<Self> {
        if line.is_empty() {
            return Some(Self::PassedOver);
        }
        if let Some((url, at)) = line.split_once(" <-> ") {
            let host = host_of(url, &["wss://", "ws://"])?;
            let at = parse_time(at)?;
            return Some(Self::Opened { host, at });
        }
        let (head, text) = line.split_once(": ")?;
        if let Some((url, _)) = head.split_once(" -> ") {
            let host = host_of(url, &["https://", "http://"])?;
            return Some(Self::HttpAnswer { host });
        }
        if head.contains(" <- ") {
            return Some(Self::PassedOver);
        }
        let at = parse_time(head)?;
        let text = text.to_owned();
        Some(Self::Received { at, text })
    }
}

/// Returns the host of an address with one of these schemes.
fn host_of(url: &str, schemes: &[&str]) -> Option<String> {
    let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme))?;
    rest.split(['/', ':', '?']).next().map(str::to_owned)
}

/// Reads `1618677817.020616`; digits finer than a microsecond are cut.
fn parse_time(text: &str) -> Option<Timestamp> {
    let (secs, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6.6}").parse().ok()?;
    let secs: u32 = secs.parse().ok()?;
    Some(Timestamp::from_micros(i64::from(secs) * 1_000_000 + micros))
}

/// Reads a capture a batch of lines at a time, so that files of any size fit.
#[derive(Debug)]
pub(super) struct CaptureReader {
    file: BufReader<File>,
    bytes: Vec<u8>,
}

impl CaptureReader {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(Self {
            file: BufReader::with_capacity(64 << 10, file),
            bytes: Vec::new(),
        })
    }

    /// Reads up to `limit` lines, or as many as make up the longest line's size; empty at the end
    /// of the file.
    pub(super) fn batch(&mut self, limit: usize) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut bytes = 0;
        while lines.len() < limit && bytes < LINE_BYTES_MAX {
            let Some(line) = self.line()? else {
                break;
            };
            bytes += self.bytes.len() as u64;
            lines.push(line);
        }
        Ok(lines)
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        self.bytes.clear();
        let mut limited = self.file.by_ref().take(LINE_BYTES_MAX);
        if limited.read_until(b'\n', &mut self.bytes)? == 0 {
            return Ok(None);
        }
        let is_cut = self.bytes.len() as u64 == LINE_BYTES_MAX && !self.bytes.ends_with(b"\n");
        if is_cut {
            self.skip_line()?;
            return Ok(Some(Line::Unreadable {
                start: String::from_utf8_lossy(&self.bytes[..80]).into_owned(),
            }));
        }
        Ok(Some(match std::str::from_utf8(&self.bytes) {
            Ok(line) => Line::parse(line),
            Err(_) => Line::Unreadable {
                start: String::from_utf8_lossy(&self.bytes)
                    .chars()
                    .take(80)
                    .collect(),
            },
        }))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        self.file.skip_until(b'\n').map(|_bytes| ())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn received(micros: i64, text: &str) -> Line {
        Line::Received {
            at: Timestamp::from_micros(micros),
            text: text.to_owned(),
        }
    }

    #[test]
    fn each_kind_of_line_is_told_apart() {
        let opened = Line::Opened {
            host: "ws-feed.pro.coinbase.com".to_owned(),
            at: Timestamp::from_micros(1_618_677_816_843_429),
        };
        let line = "wss://ws-feed.pro.coinbase.com <-> 1618677816.8434298";
        assert_eq!(Line::parse(line), opened);
        let line = "1618677817.02: {\"a\": 1}\r";
        assert_eq!(
            Line::parse(line),
            received(1_618_677_817_020_000, "{\"a\": 1}")
        );
        let answer = Line::HttpAnswer {
            host: "x".to_owned(),
        };
        assert_eq!(Line::parse("https://x/a?b=1 -> 1.0: {}"), answer);
        for line in ["", "  ", "wss://x <- 1.0: {}"] {
            assert_eq!(Line::parse(line), Line::PassedOver, "{line}");
        }
        for line in [
            "hello",
            "x: {}",
            "1.2.3: {}",
            "-1: {}",
            "http://x <-> 1",
            "1.: {}",
        ] {
            assert!(
                matches!(Line::parse(line), Line::Unreadable { .. }),
                "{line}"
            );
        }
    }

    #[test]
    fn a_line_too_long_or_not_text_is_passed_over_and_reading_goes_on() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"1.0: first\n1.1: ").unwrap();
        file.write_all(&vec![b'x'; 2 << 20]).unwrap();
        file.write_all(b"\n1.2: \xff\xfe\n1.3: last").unwrap();
        let mut reader = CaptureReader::open(file.path()).unwrap();
        let mut lines = Vec::new();
        loop {
            let batch = reader.batch(2).unwrap();
            if batch.is_empty() {
                break;
            }
            lines.extend(batch);
        }
        assert_eq!(lines[0], received(1_000_000, "first"));
        assert!(matches!(lines[1], Line::Unreadable { .. }));
        assert!(matches!(lines[2], Line::Unreadable { .. }));
        assert_eq!(lines[3], received(1_300_000, "last"));
        assert_eq!(lines.len(), 4);
    }
}
