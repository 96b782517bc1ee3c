//! Putting finer bars together into coarser ones.

use thiserror::Error;

use super::{Bar, Price, Symbol, Timeframe, Timestamp, decimal};

/// Why bars cannot be resampled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResampleError {
    /// Bars of the wanted timeframe are not made of whole bars of the given one.
    #[error("cannot make {to} bars out of {from} bars")]
    NotAMultiple {
        /// Timeframe of the input.
        from: Timeframe,
        /// Timeframe asked for.
        to: Timeframe,
    },
    /// The input mixes symbols, timeframes or sources: an aggregate uses one series only.
    #[error(
        "bars of more than one series: `{symbol}` at {time} differs from the first in symbol, \
         timeframe or source"
    )]
    MixedSeries {
        /// Symbol of the first bar that differs.
        symbol: Symbol,
        /// Its time.
        time: Timestamp,
    },
    /// The input is not in rising order of time.
    #[error("bars of `{symbol}` are out of order at {time}")]
    OutOfOrder {
        /// Whose bars.
        symbol: Symbol,
        /// The first bar that is not later than the one before it.
        time: Timestamp,
    },
}

/// Resamples one series, in rising order of time, to a coarser timeframe.
///
/// Open is the first, close the last, high and low the extremes; volume and trade count are sums (a
/// volume sum stops at [`Volume::MAX`](super::Volume::MAX), a count is told only when every bar
/// tells its own); VWAP is weighted by volume and told only when every bar that traded tells its
/// own; the quality score is the lowest. A bar that holds no input is not made: gaps stay gaps.
///
/// Resampling in two steps (1m to 5m to 1h) gives what one step gives, bit for bit, but for the
/// VWAP: the first step rounds it to 10⁻⁸, so the second may end one step of 10⁻⁸ away. An
/// aggregate that must be exact is made from the finest bars.
///
/// # Errors
/// [`ResampleError`] when `to` is not a multiple of the input's timeframe, or the input is not one
/// rising series.
pub fn resample(bars: &[Bar], to: Timeframe) -> Result<Vec<Bar>, ResampleError> {
    let Some(first) = bars.first() else {
        return Ok(Vec::new());
    };
    if !to.is_multiple_of(first.timeframe) {
        return Err(ResampleError::NotAMultiple {
            from: first.timeframe,
            to,
        });
    }
    check_series(bars, first)?;
    let same_bucket = |a: &Bar, b: &Bar| to.open_of(a.time) == to.open_of(b.time);
    Ok(bars
        .chunk_by(same_bucket)
        .map(|bucket| merge(bucket, to))
        .collect())
}

fn check_series(bars: &[Bar], first: &Bar) -> Result<(), ResampleError> {
    let of_other_series = |bar: &&Bar| {
        bar.symbol != first.symbol || bar.timeframe != first.timeframe || bar.source != first.source
    };
    if let Some(bar) = bars.iter().find(of_other_series) {
        return Err(ResampleError::MixedSeries {
            symbol: bar.symbol.clone(),
            time: bar.time,
        });
    }
    match bars.windows(2).find(|pair| pair[1].time <= pair[0].time) {
        Some(pair) => Err(ResampleError::OutOfOrder {
            symbol: pair[1].symbol.clone(),
            time: pair[1].time,
        }),
        None => Ok(()),
    }
}

/// Merges the bars of one bucket; `bucket` is never empty.
fn merge(bucket: &[Bar], to: Timeframe) -> Bar {
    let mut merged = bucket[0].clone();
    merged.timeframe = to;
    merged.time = to.open_of(bucket[0].time);
    for bar in &bucket[1..] {
        merged.high = merged.high.max(bar.high);
        merged.low = merged.low.min(bar.low);
        merged.close = bar.close;
        merged.volume = merged.volume.saturating_add(bar.volume);
        merged.trade_count = merged
            .trade_count
            .zip(bar.trade_count)
            .map(|(a, b)| a.saturating_add(b));
        merged.quality_score = merged.quality_score.min(bar.quality_score);
    }
    merged.vwap = vwap(bucket);
    merged
}

/// Weights the bars' VWAPs by their volumes, rounded half to even. `None` when nothing traded, when
/// a bar that traded tells no VWAP, or when the sum of price × volume exceeds 1.7 × 10²² units of
/// account (128 bits).
fn vwap(bucket: &[Bar]) -> Option<Price> {
    let mut weighted: i128 = 0;
    let mut total: i128 = 0;
    for bar in bucket.iter().filter(|bar| !bar.volume.is_zero()) {
        let notional = i128::from(bar.vwap?.scaled()).checked_mul(bar.volume.scaled())?;
        weighted = weighted.checked_add(notional)?;
        total = total.checked_add(bar.volume.scaled())?;
    }
    if total == 0 {
        return None;
    }
    Price::try_from_scaled(decimal::div_half_even(weighted, total))
}
