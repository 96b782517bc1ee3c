//! The most memory this process ever held, as the kernel counts it.

use std::fs;

/// Returns the peak of resident memory in bytes; 0 where the system does not tell.
pub fn peak_memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    peak_of(&status)
}

fn peak_of(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: u64 = kibibytes.and_then(|text| text.parse().ok()).unwrap_or(0);
    kibibytes * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_kernels_words() {
        assert_eq!(peak_of("VmPeak:\t 9 kB\nVmHWM:\t   12 kB\n"), 12_288);
        assert_eq!(peak_of("VmPeak:\t 9 kB\n"), 0);
    }
}
