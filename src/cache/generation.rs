//! [`Generations`]: which parts of a store were written since a value was loaded.
//!
//! ```text
//!   a slot: │ writes that ended (40 bits) │ writes on their way (24 bits) │
//! ```
//!
//! A part (a series, a symbol, the whole) falls into one of 4,096 slots by its hash, so memory is
//! fixed; two parts that share a slot only make each other's values old more often than needed. A
//! [`Stamp`] is what slots hold at a moment. A value is true as long as the stamp of before its
//! load is the stamp of now, and no write is on its way: between the commit of a write and its
//! acknowledgement old and new may both be seen, and only the store knows in which order.
//!
//! A write that is dropped may still be carried out. Its slots stay *in doubt*, as if it were on
//! its way, until a write that began later was acknowledged: a store carries out writes in the
//! order in which it takes them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::{Symbol, Timeframe};

const SLOTS: usize = 4_096;
const ENDED: u64 = 1 << 24;
const ON_ITS_WAY: u64 = ENDED - 1;

/// The place of a part of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u16);

impl Slot {
    /// The store as a whole: every write touches it.
    pub const WHOLE: Self = Self(0);

    /// Returns the place of a symbol's bars of one timeframe.
    pub fn of_series(symbol: &Symbol, timeframe: Timeframe) -> Self {
        Self::at(symbol, 1 + timeframe as u64)
    }

    /// Returns the place of all bars of a symbol.
    pub fn of_symbol(symbol: &Symbol) -> Self {
        Self::at(symbol, 0)
    }

    fn at(symbol: &Symbol, seed: u64) -> Self {
        let hash = xxh3_64_with_seed(symbol.as_str().as_bytes(), seed);
        Self(1 + (hash % (SLOTS as u64 - 1)) as u16)
    }
}

/// What one or more slots held at a moment. Equal stamps of the same slots: nothing began and
/// nothing ended in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(u64);

impl Stamp {
    /// Returns true when no write was on its way and none in doubt.
    pub const fn is_settled(self) -> bool {
        self.0 & ON_ITS_WAY == 0
    }

    /// Returns the stamp of a single slot once one write of it began and ended, and nothing else.
    #[must_use]
    pub const fn after_one_write(self) -> Self {
        Self(self.0.wrapping_add(ENDED))
    }
}

/// What a write may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These parts.
    Slots(Vec<Slot>),
    /// Anything.
    All,
}

impl Touched {
    /// Returns what a write of bars of these series changes.
    pub fn series<'a>(series: impl IntoIterator<Item = (&'a Symbol, Timeframe)>) -> Self {
        let mut slots = vec![Slot::WHOLE];
        let mut last = None;
        for of in series {
            if last != Some(of) {
                slots.extend([Slot::of_series(of.0, of.1), Slot::of_symbol(of.0)]);
                last = Some(of);
            }
        }
        slots.sort_unstable();
        slots.dedup();
        Self::Slots(slots)
    }
}

/// Counts the writes of each part of a store.
#[derive(Debug)]
pub struct Generations {
    slots: Box<[AtomicU64]>,
    doubts: Mutex<Doubts>,
}

/// Writes that were dropped. Numbers order the beginnings of writes and the ends of dropped ones.
#[derive(Debug, Default)]
struct Doubts {
    next: u64,
    dropped: Vec<(u64, Touched)>,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            doubts: Mutex::default(),
        }
    }
}

impl Generations {
    /// Returns the stamp of some slots now.
    ///
    /// Slots only grow, so their sum is unchanged only when each of them is.
    pub fn stamp(&self, slots: &[Slot]) -> Stamp {
        let held = slots.iter().map(|slot| self.slot(*slot));
        Stamp(held.fold(0, |sum, slot| sum.wrapping_add(slot.load(Ordering::SeqCst))))
    }

    /// Says that a write begins; call it before the store is asked.
    pub fn begin(&self, touched: Touched) -> WriteMark<'_> {
        self.add(&touched, 1);
        WriteMark {
            number: self.doubts().number(),
            generations: self,
            touched: Some(touched),
        }
    }

    fn slot(&self, slot: Slot) -> &AtomicU64 {
        &self.slots[usize::from(slot.0)]
    }

    fn add(&self, touched: &Touched, amount: u64) {
        let add = |slot: &AtomicU64| {
            slot.fetch_add(amount, Ordering::SeqCst);
        };
        match touched {
            Touched::Slots(slots) => slots.iter().for_each(|slot| add(self.slot(*slot))),
            Touched::All => self.slots.iter().for_each(add),
        }
    }

    fn end(&self, touched: &Touched) {
        self.add(touched, ENDED - 1);
    }

    /// Ends the dropped writes that are older than a write that was acknowledged.
    fn settle_before(&self, number: u64) {
        let settled: Vec<_> = {
            let mut doubts = self.doubts();
            let is_older = |doubt: &mut (u64, Touched)| doubt.0 < number;
            doubts.dropped.extract_if(.., is_older).collect()
        };
        for (_, touched) in settled {
            self.end(&touched);
        }
    }

    /// No code of others runs under this lock, so a poisoned one still holds a sound state.
    fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doubts {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// A write on its way. Dropped without a word on how it ended, it leaves its slots in doubt.
#[derive(Debug)]
#[must_use = "a write that is dropped leaves its parts uncached"]
pub struct WriteMark<'a> {
    generations: &'a Generations,
    number: u64,
    touched: Option<Touched>,
}

impl WriteMark<'_> {
    /// Says that the store acknowledged the write, and so has done with those that were dropped
    /// before it began; call it before passing that on.
    pub fn acknowledged(mut self) {
        self.finish();
        self.generations.settle_before(self.number);
    }

    /// Says that the store refused the write, or that it tells nothing of the writes before it.
    pub fn ended(mut self) {
        self.finish();
    }

    /// Says that nothing is to be kept of these parts any more.
    pub fn stay(mut self) {
        self.touched = None;
    }

    fn finish(&mut self) {
        if let Some(touched) = self.touched.take() {
            self.generations.end(&touched);
        }
    }
}

impl Drop for WriteMark<'_> {
    fn drop(&mut self) {
        if let Some(touched) = self.touched.take() {
            let mut doubts = self.generations.doubts();
            let number = doubts.number();
            doubts.dropped.push((number, touched));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> Symbol {
        Symbol::parse(name).unwrap()
    }

    fn of(name: &str) -> Touched {
        Touched::series([(&symbol(name), Timeframe::M1)])
    }

    fn slot(name: &str) -> [Slot; 1] {
        [Slot::of_series(&symbol(name), Timeframe::M1)]
    }

    #[test]
    fn a_write_changes_the_stamps_of_what_it_touches_and_no_other() {
        let generations = Generations::default();
        let parts = [
            [Slot::of_series(&symbol("A"), Timeframe::M1)],
            [Slot::of_symbol(&symbol("A"))],
            [Slot::WHOLE],
            [Slot::of_series(&symbol("A"), Timeframe::M5)],
            [Slot::of_symbol(&symbol("B"))],
        ];
        let before = parts.map(|part| generations.stamp(&part));
        let write = generations.begin(of("A"));
        let during = parts.map(|part| generations.stamp(&part));
        assert_eq!(
            during.map(Stamp::is_settled),
            [false, false, false, true, true]
        );
        write.acknowledged();
        let after = parts.map(|part| generations.stamp(&part));
        assert!(after.into_iter().all(Stamp::is_settled));
        assert_eq!(after[0], before[0].after_one_write());
        let changed: Vec<_> = (0..5).map(|part| before[part] != after[part]).collect();
        assert_eq!(changed, [true, true, true, false, false]);
    }

    #[test]
    fn a_failed_write_counts_as_one() {
        let generations = Generations::default();
        let before = generations.stamp(&slot("A"));
        generations.begin(Touched::All).ended();
        let after = generations.stamp(&slot("A"));
        assert!(after != before && after.is_settled());
    }

    #[test]
    fn a_dropped_write_stays_in_doubt_until_a_later_one_is_acknowledged() {
        let generations = Generations::default();
        let older = generations.begin(of("B"));
        drop(generations.begin(of("A")));
        older.acknowledged();
        assert!(!generations.stamp(&slot("A")).is_settled());
        generations.begin(of("B")).ended();
        assert!(!generations.stamp(&slot("A")).is_settled());
        let before = generations.stamp(&slot("A"));
        generations.begin(of("B")).acknowledged();
        let after = generations.stamp(&slot("A"));
        assert!(after.is_settled() && after != before);
    }

    #[test]
    fn a_stamp_of_many_changes_with_each() {
        let generations = Generations::default();
        let all = [slot("A")[0], slot("B")[0], slot("C")[0]];
        let mut seen = vec![generations.stamp(&all)];
        for name in ["A", "B", "C", "A"] {
            let write = generations.begin(of(name));
            seen.push(generations.stamp(&all));
            write.acknowledged();
            seen.push(generations.stamp(&all));
        }
        let is_new = |at: usize| !seen[..at].contains(&seen[at]);
        assert!((1..seen.len()).all(is_new), "{seen:?}");
    }

    #[test]
    fn many_series_touch_each_part_once() {
        let (a, b) = (symbol("A"), symbol("B"));
        let Touched::Slots(slots) = Touched::series([
            (&a, Timeframe::M1),
            (&a, Timeframe::M1),
            (&b, Timeframe::M1),
            (&a, Timeframe::M5),
            (&a, Timeframe::M1),
        ]) else {
            panic!("named series are slots");
        };
        assert_eq!(slots.len(), 1 + 3 + 2);
    }
}
