//! [`Series`]: the times at which one series has a bar.

use std::collections::BTreeSet;

use super::block::{BLOCK_LEN, Block};
use crate::domain::Timeframe;

/// The grid of bars that do not stand on their own: whole seconds.
const SECOND: i64 = 1_000_000;

/// Times of one series. Most bars stand on the grid of their timeframe; the others on whole
/// seconds; what is left is remembered one by one.
#[derive(Debug)]
pub(super) struct Series {
    /// Steps of the grid, in microseconds.
    step: i64,
    on_grid: Blocks,
    on_seconds: Blocks,
    between: BTreeSet<i64>,
}

impl Series {
    /// No time is taken.
    pub(super) fn new(timeframe: Timeframe) -> Self {
        // Weeks and months begin on days, not on multiples of their own length.
        let step = timeframe.min(Timeframe::D1).nominal_micros();
        Self {
            step,
            on_grid: Blocks::default(),
            on_seconds: Blocks::default(),
            between: BTreeSet::new(),
        }
    }

    /// Takes a time, in microseconds; false when it was taken before.
    pub(super) fn insert(&mut self, micros: i64) -> bool {
        if micros % self.step == 0 {
            return self.on_grid.insert(micros / self.step);
        }
        if micros % SECOND == 0 {
            return self.on_seconds.insert(micros / SECOND);
        }
        self.between.insert(micros)
    }

    /// Returns about how many bytes it holds.
    pub(super) fn heap_bytes(&self) -> usize {
        // A tree's node holds 11 times and is at least half full.
        let between = self.between.len() * 2 * size_of::<i64>();
        self.on_grid.heap_bytes() + self.on_seconds.heap_bytes() + between
    }
}

/// Places on one grid: blocks in rising order, and the one used last.
#[derive(Debug, Default)]
struct Blocks {
    blocks: Vec<(i64, Block)>,
    last: usize,
}

impl Blocks {
    fn insert(&mut self, index: i64) -> bool {
        let number = index.div_euclid(BLOCK_LEN);
        let place = index.rem_euclid(BLOCK_LEN) as u16;
        if self
            .blocks
            .get(self.last)
            .is_none_or(|(last, _)| *last != number)
        {
            self.last = self.find_or_add(number);
        }
        self.blocks[self.last].1.insert(place)
    }

    fn find_or_add(&mut self, number: i64) -> usize {
        let found = self
            .blocks
            .binary_search_by_key(&number, |(number, _)| *number);
        found.unwrap_or_else(|at| {
            if self.blocks.len() == self.blocks.capacity() {
                self.blocks.reserve_exact(self.blocks.len() / 2 + 1);
            }
            self.blocks.insert(at, (number, Block::new()));
            at
        })
    }

    fn heap_bytes(&self) -> usize {
        let blocks = self.blocks.iter().map(|(_, block)| block.heap_bytes());
        blocks.sum::<usize>() + self.blocks.capacity() * size_of::<(i64, Block)>()
    }
}
