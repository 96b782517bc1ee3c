//! What one chunk added to a [`super::KeySet`], as bytes.
//!
//! ```text
//!   version, then for each series: symbol, timeframe, source, number of runs,
//!   then for each run of times at equal distance: start, counted from the end of the run before,
//!   distance in steps of the grid, how many follow
//! ```
//!
//! A minute of one symbol after the other costs some bytes a day. What does not read back whole is
//! refused.

use super::series::Series;
use super::varint::{Reader, put_signed, put_unsigned};
use crate::domain::{Source, Symbol, Timeframe};

const VERSION: u64 = 1;

/// More times than any chunk has rows: a damaged count must not fill the memory.
const RUN_LEN_MAX: u64 = 1 << 24;

/// Why a delta cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record of the keys of a chunk is damaged; restart the import")]
pub struct DeltaError;

/// Which series a time belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SeriesKey {
    pub(super) symbol: Symbol,
    pub(super) timeframe: Timeframe,
    pub(super) source: Source,
}

/// Writes what was added. Sorts the times of each series: their order does not matter, runs do.
pub(super) fn encode<'a>(
    added: impl Iterator<Item = (&'a SeriesKey, &'a mut Vec<i64>)>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_unsigned(&mut bytes, VERSION);
    for (key, times) in added {
        put_text(&mut bytes, key.symbol.as_str());
        put_text(&mut bytes, key.timeframe.as_str());
        put_text(&mut bytes, key.source.as_str());
        times.sort_unstable();
        put_runs(&mut bytes, times);
    }
    bytes
}

/// Reads what [`encode`] wrote, and hands out each time with its series.
pub(super) fn decode(
    bytes: &[u8],
    mut take: impl FnMut(&SeriesKey, i64),
) -> Result<(), DeltaError> {
    let mut reader = Reader::new(bytes);
    if reader.unsigned() != Some(VERSION) {
        return Err(DeltaError);
    }
    while !reader.is_empty() {
        let key = read_key(&mut reader).ok_or(DeltaError)?;
        read_runs(&mut reader, |micros| take(&key, micros)).ok_or(DeltaError)?;
    }
    Ok(())
}

/// Makes the empty series of a key.
pub(super) fn series_of(key: &SeriesKey) -> Series {
    Series::new(key.timeframe)
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_unsigned(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn put_runs(bytes: &mut Vec<u8>, times: &[i64]) {
    let runs = runs(times);
    put_unsigned(bytes, runs.len() as u64);
    let mut end = 0i64;
    for run in runs {
        put_signed(bytes, run.first.wrapping_sub(end));
        put_signed(bytes, run.distance);
        put_unsigned(bytes, run.more);
        end = run.end();
    }
}

/// Times at equal distance: `first`, and `more` after it.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: i64,
    distance: i64,
    more: u64,
}

impl Run {
    fn end(self) -> i64 {
        self.first
            .wrapping_add(self.distance.wrapping_mul(self.more as i64))
    }
}

fn runs(times: &[i64]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for time in times {
        match runs.last_mut() {
            Some(run) if run.more == 0 => {
                run.distance = time.wrapping_sub(run.first);
                run.more = 1;
            }
            Some(run) if time.wrapping_sub(run.end()) == run.distance => run.more += 1,
            Some(_) | None => runs.push(Run {
                first: *time,
                distance: 0,
                more: 0,
            }),
        }
    }
    runs
}

fn read_key(reader: &mut Reader<'_>) -> Option<SeriesKey> {
    Some(SeriesKey {
        symbol: reader.text()?.parse().ok()?,
        timeframe: reader.text()?.parse().ok()?,
        source: reader.text()?.parse().ok()?,
    })
}

fn read_runs(reader: &mut Reader<'_>, mut take: impl FnMut(i64)) -> Option<()> {
    let mut end = 0i64;
    for _ in 0..reader.unsigned()? {
        let first = end.wrapping_add(reader.signed()?);
        let distance = reader.signed()?;
        let more = reader.unsigned().filter(|more| *more <= RUN_LEN_MAX)?;
        let run = Run {
            first,
            distance,
            more,
        };
        for step in 0..=more {
            take(first.wrapping_add(distance.wrapping_mul(step as i64)));
        }
        end = run.end();
    }
    Some(())
}
