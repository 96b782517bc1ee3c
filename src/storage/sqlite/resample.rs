//! Coarser bars out of stored ones: one source, one base timeframe, in pieces of bounded size.

use sqlx::SqliteConnection;

use super::fault::Failure;
use super::read::{End, Limit, Range, StoredSeries, limited, nothing, read, series_of};
use crate::domain::{Bar, Timeframe, Timestamp, resample};
use crate::storage::base::{self, Held};
use crate::storage::{BarQuery, BarSeries, Precedence};

/// Base bars that are read at once, about; a bucket is never cut.
const PIECE_BARS: i64 = 50_000;

/// Answers [`crate::storage::MarketStore::resampled`].
pub(super) async fn resampled(
    connection: &mut SqliteConnection,
    query: &BarQuery,
    precedence: &Precedence,
) -> Result<BarSeries, Failure> {
    let range = whole_buckets(query);
    let mut stored = series_of(connection, &query.symbol, precedence).await?;
    stored.retain(|series| {
        query.timeframe.is_multiple_of(series.key.timeframe)
            && query.base.is_none_or(|base| base == series.key.timeframe)
            && query
                .source
                .as_ref()
                .is_none_or(|source| *source == series.key.source)
    });
    for of_source in stored.chunk_by(|a, b| a.key.source == b.key.source) {
        let mut held = Vec::with_capacity(of_source.len());
        for series in of_source {
            held.extend(held_in(connection, series, range).await?);
        }
        let Some(base) = base::choose(&held, query.timeframe) else {
            continue;
        };
        let Some(series) = of_source
            .iter()
            .find(|one| one.key.timeframe == base.timeframe)
        else {
            continue;
        };
        let bars = Pieces {
            series,
            query,
            base,
        }
        .read(connection)
        .await?;
        let source = Some(series.key.source.clone());
        let base = base.timeframe;
        return limited(query, BarSeries { source, base, bars });
    }
    Ok(nothing(query))
}

/// Returns the times of base bars whose buckets open within the range that is asked for.
fn whole_buckets(query: &BarQuery) -> Range {
    let asked = Range::of(query);
    let bucket = query.timeframe;
    let before = |time: Timestamp| Timestamp::from_micros(time.micros().saturating_sub(1));
    let end_of_last = |time: Option<Timestamp>, unbounded| {
        time.map_or(unbounded, |time| bucket.close_of(before(time)))
    };
    Range {
        from: end_of_last(query.from, asked.from),
        to: end_of_last(query.to, asked.to),
    }
}

/// Returns the first and last bar of a series within a range.
async fn held_in(
    connection: &mut SqliteConnection,
    series: &StoredSeries,
    range: Range,
) -> Result<Option<Held>, Failure> {
    let first = edge(connection, series, range, End::Oldest).await?;
    let last = edge(connection, series, range, End::Newest).await?;
    Ok(first.zip(last).map(|(oldest, newest)| Held {
        timeframe: series.key.timeframe,
        oldest,
        newest,
    }))
}

/// Returns the open of the first or the last bar of a series within a range.
async fn edge(
    connection: &mut SqliteConnection,
    series: &StoredSeries,
    range: Range,
    end: End,
) -> Result<Option<Timestamp>, Failure> {
    let bars = read(connection, series, range, Limit { rows: 1, end }).await?;
    Ok(bars.first().map(|bar| bar.time))
}

/// Reads base bars piece by piece, from the wanted end, and jumps over what is empty.
struct Pieces<'a> {
    series: &'a StoredSeries,
    query: &'a BarQuery,
    base: Held,
}

impl Pieces<'_> {
    async fn read(&self, connection: &mut SqliteConnection) -> Result<Vec<Bar>, Failure> {
        let wanted = self
            .query
            .limit
            .unwrap_or(u32::MAX)
            .min(BarQuery::BARS_MAX + 1) as usize;
        let end = End::of(self.query);
        let bucket = self.query.timeframe;
        let mut left = Range {
            from: bucket.open_of(self.base.oldest),
            to: bucket.close_of(self.base.newest),
        };
        let mut pieces: Vec<Vec<Bar>> = Vec::new();
        let mut count = 0;
        while count < wanted {
            let Some(at) = edge(connection, self.series, left, end).await? else {
                break;
            };
            let piece = self.piece(left, (at, end), wanted - count);
            let all = Limit {
                rows: u32::MAX,
                end: End::Oldest,
            };
            let bars = read(connection, self.series, piece, all).await?;
            let bars = resample(&bars, bucket)?;
            count += bars.len();
            pieces.push(bars);
            match end {
                End::Oldest => left.from = piece.to,
                End::Newest => left.to = piece.from,
            }
        }
        Ok(joined(pieces, end, wanted))
    }

    /// Returns whole buckets within `left`, from the one that holds `at` on towards the other end.
    fn piece(&self, left: Range, (at, end): (Timestamp, End), buckets: usize) -> Range {
        let bucket: Timeframe = self.query.timeframe;
        let most = self
            .base
            .timeframe
            .nominal_micros()
            .saturating_mul(PIECE_BARS);
        let needed = bucket.nominal_micros().saturating_mul(buckets as i64 - 1);
        let width = most.min(needed);
        let micros = at.micros();
        match end {
            End::Oldest => {
                let last = Timestamp::from_micros(micros.saturating_add(width));
                Range {
                    from: bucket.open_of(at),
                    to: bucket.close_of(last).min(left.to),
                }
            }
            End::Newest => {
                let first = Timestamp::from_micros(micros.saturating_sub(width));
                Range {
                    from: bucket.open_of(first).max(left.from),
                    to: bucket.close_of(at),
                }
            }
        }
    }
}

/// Puts pieces together in rising order of time and keeps the wanted end.
fn joined(mut pieces: Vec<Vec<Bar>>, end: End, wanted: usize) -> Vec<Bar> {
    if end == End::Newest {
        pieces.reverse();
    }
    let mut bars = pieces.concat();
    match end {
        End::Oldest => bars.truncate(wanted),
        End::Newest => drop(bars.drain(..bars.len().saturating_sub(wanted))),
    }
    bars
}
