//! Write-through of live bars: the newest bar in memory follows a write without a question to the
//! store, so that the writer of live bars never waits for a read.
//!
//! It follows only when that is certain: the newest bar was in memory and true before the write,
//! nothing else was written until it was acknowledged, and all of the batch is of the same source,
//! which therefore is still the one that goes first. Otherwise the next who asks loads it.

use std::collections::HashMap;
use std::sync::Arc;

use super::CachedStore;
use super::answer::Answer;
use super::store::latest_key;
use crate::cache::{Class, Key, Stamp};
use crate::domain::{Bar, Symbol, Timeframe};
use crate::storage::{BarBatch, Lineage};

/// What is in memory before a write, and what the write brings.
#[derive(Debug)]
pub(super) struct Followed {
    key: Key,
    stamp: Stamp,
    held: Option<Arc<Bar>>,
    written: Bar,
}

impl CachedStore {
    /// Returns the newest bars that can follow a live batch; call it before the write begins.
    pub(super) fn followed(&self, batch: &BarBatch) -> Vec<Followed> {
        if batch.lineage != Lineage::Feed {
            return Vec::new();
        }
        let newest = newest_of(&batch.bars).into_iter();
        let newest = newest.filter_map(|((symbol, timeframe), bar)| {
            let key = latest_key(symbol, timeframe);
            let stamp = self.generations.stamp(&[key.slot()]);
            let held = self.cache.look_again(&key, stamp)?;
            Some(Followed {
                key,
                stamp,
                held: Option::<Arc<Bar>>::from_value(held)?,
                written: bar?.clone(),
            })
        });
        newest.collect()
    }

    /// Brings them up to date; call it after the write was acknowledged.
    pub(super) fn follow(&self, followed: Vec<Followed>) {
        for one in followed {
            let now = self.generations.stamp(&[one.key.slot()]);
            if now != one.stamp.after_one_write() {
                continue;
            }
            let newest = match one.held {
                Some(held) if held.source != one.written.source => continue,
                Some(held) if held.time > one.written.time => held,
                Some(_) | None => Arc::new(one.written),
            };
            self.keep(one.key, Class::Latest, Some(newest).into_value(), now);
        }
    }
}

/// Returns the newest bar of each series, the last written of those; `None` when a batch has bars
/// of several sources: only the store knows which goes first.
fn newest_of(bars: &[Bar]) -> HashMap<(&Symbol, Timeframe), Option<&Bar>> {
    let mut newest = HashMap::new();
    for bar in bars {
        newest
            .entry((&bar.symbol, bar.timeframe))
            .and_modify(|newest: &mut Option<&Bar>| match newest {
                Some(held) if held.source != bar.source => *newest = None,
                Some(held) if held.time <= bar.time => *held = bar,
                Some(_) | None => {}
            })
            .or_insert(Some(bar));
    }
    newest
}
