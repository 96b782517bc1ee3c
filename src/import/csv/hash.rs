//! Hashes of parts of files, to prove that committed chunks are still what they were.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

/// Bytes read at once.
const STEP_BYTES: usize = 256 << 10;

/// Returns the hash of the bytes `from..to` of a file: that of a [`super::RawChunk`] there.
///
/// # Errors
///
/// The system's, and `UnexpectedEof` when the file ends before `to`.
pub fn hash_of_range(path: &Path, from: u64, to: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut left = to.saturating_sub(from);
    let mut step = vec![0; STEP_BYTES.min(usize::try_from(left).unwrap_or(STEP_BYTES))];
    let mut hasher = Xxh3::new();
    while left > 0 {
        let wanted = usize::try_from(left).map_or(step.len(), |left| left.min(step.len()));
        file.read_exact(&mut step[..wanted])?;
        hasher.update(&step[..wanted]);
        left -= wanted as u64;
    }
    Ok(hasher.digest())
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn a_range_hashes_as_its_bytes_do() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..600_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        for (from, to) in [(0, 600_000), (7, 599_999), (300_000, 300_000), (5, 6)] {
            let hash = hash_of_range(file.path(), from as u64, to as u64).unwrap();
            assert_eq!(hash, xxh3_64(&bytes[from..to]));
        }
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let error = hash_of_range(file.path(), 0, 4).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
