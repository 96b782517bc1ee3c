//! [`SegmentHash`]: a fingerprint of bars that does not depend on their order.
//!
//! It tells whether two stores hold the same bars; it is no defence against somebody who looks for
//! two contents with the same hash. `docs/storage.md` defines it byte by byte.

use std::fmt;

use crate::domain::Bar;

/// Version of the bytes of a bar, and their first byte.
const BYTES_VERSION: u8 = 1;

/// The keys of the two lanes, as two words of eight ASCII bytes each.
const KEYS: [[u64; 2]; 2] = [
    [
        u64::from_le_bytes(*b"mda.bars"),
        u64::from_le_bytes(*b"lane.one"),
    ],
    [
        u64::from_le_bytes(*b"mda.bars"),
        u64::from_le_bytes(*b"lane.two"),
    ],
];

/// Number of bars, and two sums of their hashes modulo 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SegmentHash {
    /// Bars that were added.
    pub rows: u64,
    /// Sum of SipHash-2-4 of each bar's bytes, under one key for each lane.
    pub lanes: [u64; 2],
}

impl SegmentHash {
    /// Adds one bar.
    pub fn add(&mut self, bar: &Bar) {
        let bytes = bar_bytes(bar);
        self.rows += 1;
        for (lane, key) in self.lanes.iter_mut().zip(KEYS) {
            *lane = lane.wrapping_add(sip_hash(key, &bytes));
        }
    }

    /// Adds all bars of another segment: the hash of a table is the sum over its segments.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        for (lane, more) in self.lanes.iter_mut().zip(other.lanes) {
            *lane = lane.wrapping_add(more);
        }
    }

    /// Hashes bars in any order.
    pub fn of<'a>(bars: impl IntoIterator<Item = &'a Bar>) -> Self {
        let mut hash = Self::default();
        for bar in bars {
            hash.add(bar);
        }
        hash
    }
}

impl fmt::Display for SegmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.lanes;
        write!(f, "{first:016x}{second:016x}/{}", self.rows)
    }
}

/// Returns the canonical bytes of a bar: all that a store keeps of it but its lineage.
pub fn bar_bytes(bar: &Bar) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    bytes.push(BYTES_VERSION);
    for name in [
        bar.symbol.as_str(),
        bar.timeframe.as_str(),
        bar.source.as_str(),
    ] {
        // Names are at most 50 bytes long, by their types.
        bytes.push(name.len() as u8);
        bytes.extend_from_slice(name.as_bytes());
    }
    bytes.extend_from_slice(&bar.time.micros().to_le_bytes());
    for price in [bar.open, bar.high, bar.low, bar.close] {
        bytes.extend_from_slice(&price.scaled().to_le_bytes());
    }
    bytes.extend_from_slice(&bar.volume.scaled().to_le_bytes());
    let vwap = bar.vwap.map(|price| price.scaled().to_le_bytes());
    for optional in [bar.trade_count.map(u64::to_le_bytes), vwap] {
        bytes.push(u8::from(optional.is_some()));
        bytes.extend_from_slice(&optional.unwrap_or_default());
    }
    bytes.push(bar.quality_score.get());
    bytes
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits.
fn sip_hash([k0, k1]: [u64; 2], bytes: &[u8]) -> u64 {
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let words = bytes.chunks_exact(8);
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    last[7] = bytes.len() as u8;
    for word in words.chain(std::iter::once(&last[..])) {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        state[3] ^= word;
        rounds(&mut state, 2);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    rounds(&mut state, 4);
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn rounds([v0, v1, v2, v3]: &mut [u64; 4], count: usize) {
    for _ in 0..count {
        *v0 = v0.wrapping_add(*v1);
        *v1 = v1.rotate_left(13) ^ *v0;
        *v0 = v0.rotate_left(32);
        *v2 = v2.wrapping_add(*v3);
        *v3 = v3.rotate_left(16) ^ *v2;
        *v0 = v0.wrapping_add(*v3);
        *v3 = v3.rotate_left(21) ^ *v0;
        *v2 = v2.wrapping_add(*v1);
        *v1 = v1.rotate_left(17) ^ *v2;
        *v2 = v2.rotate_left(32);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_hash_gives_the_values_of_its_paper() {
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(sip_hash(key, &bytes), 0xa129_ca61_49be_45e5);
        assert_eq!(sip_hash(key, &[]), 0x726f_db47_dd0e_0e31);
    }

    proptest! {
        #[test]
        #[expect(deprecated, reason = "the standard library's is a second opinion, frozen")]
        fn prop_the_hash_equals_the_standard_librarys(
            k0: u64,
            k1: u64,
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut other = std::hash::SipHasher::new_with_keys(k0, k1);
            other.write(&bytes);
            prop_assert_eq!(sip_hash([k0, k1], &bytes), other.finish());
        }
    }
}
