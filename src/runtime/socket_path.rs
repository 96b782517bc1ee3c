//! [`socket_path`]: where the local socket of a data directory is.
//!
//! It only makes a name, the same in every process; nothing is opened, and nothing can fail.

use std::path::{Path, PathBuf};

/// Longest socket path that every Unix takes (`sun_path` is 104 bytes on macOS, 108 on Linux, the
/// final zero included).
pub const SOCKET_PATH_LEN_MAX: usize = 103;

/// Returns the socket of `data_dir`: `<data_dir>/mda.sock`, or, where that is too long for a
/// socket, a name made from it in the system's folder for temporary files. Both ends compute the
/// same path from the same directory.
pub fn socket_path(data_dir: &Path) -> PathBuf {
    let inside = data_dir.join("mda.sock");
    if inside.as_os_str().len() <= SOCKET_PATH_LEN_MAX {
        return inside;
    }
    let hash = fnv1a(data_dir.as_os_str().as_encoded_bytes());
    std::env::temp_dir().join(format!("mda-{hash:016x}.sock"))
}

/// FNV-1a, 64 bit (draft-eastlake-fnv): stable between builds, which the standard library's hasher
/// is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_directories_hold_their_socket() {
        assert_eq!(
            socket_path(Path::new("/var/lib/mda")),
            Path::new("/var/lib/mda/mda.sock")
        );
    }

    #[test]
    fn long_directories_get_a_short_socket_of_their_own() {
        let long = PathBuf::from(format!("/{}", "d".repeat(200)));
        let other = PathBuf::from(format!("/{}", "e".repeat(200)));
        assert!(socket_path(&long).as_os_str().len() <= SOCKET_PATH_LEN_MAX);
        assert_ne!(socket_path(&long), socket_path(&other));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
