//! [`Block`]: which of 65,536 neighbouring places are taken.

/// Places of one block.
pub(super) const BLOCK_LEN: i64 = 1 << 16;

/// A list is never longer: from here on bits need less (8 KiB).
const LIST_LEN_MAX: usize = 4_096;

/// Which places are taken.
#[derive(Debug)]
pub(super) enum Block {
    /// Few of them: in rising order.
    List(Vec<u16>),
    /// Many of them: one bit each.
    Bits(Box<[u64]>),
}

impl Block {
    /// None is taken.
    pub(super) const fn new() -> Self {
        Self::List(Vec::new())
    }

    /// Takes a place; false when it was taken before.
    pub(super) fn insert(&mut self, place: u16) -> bool {
        let list = match self {
            Self::Bits(bits) => return set(bits, place),
            Self::List(list) => list,
        };
        let Some(at) = position(list, place) else {
            return false;
        };
        if list.len() < LIST_LEN_MAX {
            grow(list);
            list.insert(at, place);
            return true;
        }
        let mut bits = vec![0u64; BLOCK_LEN as usize / 64].into_boxed_slice();
        for taken in list {
            set(&mut bits, *taken);
        }
        set(&mut bits, place);
        *self = Self::Bits(bits);
        true
    }

    /// Returns the bytes behind it.
    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Self::List(list) => list.capacity() * size_of::<u16>(),
            Self::Bits(bits) => size_of_val::<[u64]>(bits),
        }
    }
}

/// Returns where a place belongs; `None` when it is there. Rows mostly come in order.
fn position(list: &[u16], place: u16) -> Option<usize> {
    if list.last().is_none_or(|last| *last < place) {
        return Some(list.len());
    }
    list.binary_search(&place).err()
}

/// Makes room by a quarter, not by doubling: millions of lists share the memory.
fn grow(list: &mut Vec<u16>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 8);
    }
}

fn set(bits: &mut [u64], place: u16) -> bool {
    let word = &mut bits[usize::from(place) / 64];
    let bit = 1 << (place % 64);
    let is_new = *word & bit == 0;
    *word |= bit;
    is_new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_once_as_list_and_as_bits() {
        let mut block = Block::new();
        for place in (0..u16::MAX).step_by(7).chain((1..u16::MAX).step_by(7)) {
            assert!(block.insert(place), "{place}");
        }
        assert!(matches!(block, Block::Bits(_)));
        assert_eq!(block.heap_bytes(), 8_192);
        assert!(!block.insert(7) && !block.insert(8) && block.insert(9));
    }
}
