//! Computations written a second time, in the most obvious way, to hold the product's against.

use std::collections::BTreeMap;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use mda::domain::{Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};

pub(super) const DAY: i64 = 86_400_000_000;

/// Returns year, month and day of a count of days since 1970-01-01, by counting.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let cycles = days.div_euclid(146_097);
    let mut rest = days.rem_euclid(146_097);
    let mut year = 1970 + 400 * cycles;
    while rest >= 365 + i64::from(is_leap(year)) {
        rest -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while rest >= lengths[month] {
        rest -= lengths[month];
        month += 1;
    }
    (year, month as i64 + 1, rest + 1)
}

/// Returns the open of the bar that holds `time`, by the wording of the specification.
pub(super) fn open_of(timeframe: Timeframe, time: Timestamp) -> Timestamp {
    let micros = time.micros();
    let days = micros.div_euclid(DAY);
    let open = match timeframe {
        Timeframe::Mo1 => (days - (civil(days).2 - 1)) * DAY,
        Timeframe::W1 => {
            // Walk back to a Monday: 1970-01-05, day 4, was one.
            let mut monday = days;
            while (monday - 4) % 7 != 0 {
                monday -= 1;
            }
            monday * DAY
        }
        _ => {
            let text = timeframe.as_str();
            let at = text.find(|c: char| !c.is_ascii_digit()).unwrap();
            let count: i64 = text[..at].parse().unwrap();
            let unit = match &text[at..] {
                "s" => 1_000_000,
                "m" => 60_000_000,
                "h" => 3_600_000_000,
                "d" => DAY,
                other => panic!("unit `{other}`"),
            };
            micros.div_euclid(count * unit) * count * unit
        }
    };
    Timestamp::from_micros(open)
}

/// Resamples by collecting each bucket's bars and reckoning with unlimited decimals.
pub(super) fn resample(bars: &[Bar], to: Timeframe) -> Vec<Bar> {
    let mut buckets: BTreeMap<Timestamp, Vec<&Bar>> = BTreeMap::new();
    for bar in bars {
        buckets.entry(open_of(to, bar.time)).or_default().push(bar);
    }
    buckets
        .into_iter()
        .map(|(time, bucket)| merge(time, &bucket, to))
        .collect()
}

fn merge(time: Timestamp, bucket: &[&Bar], to: Timeframe) -> Bar {
    let exact = |price: Price| BigDecimal::from_str(&price.to_string()).unwrap();
    let highest = bucket.iter().map(|bar| exact(bar.high)).max().unwrap();
    let lowest = bucket.iter().map(|bar| exact(bar.low)).min().unwrap();
    let volume: BigDecimal = bucket
        .iter()
        .map(|bar| BigDecimal::from_str(&bar.volume.to_string()).unwrap())
        .sum();
    let counts: Option<Vec<u64>> = bucket.iter().map(|bar| bar.trade_count).collect();
    let score = bucket
        .iter()
        .map(|bar| bar.quality_score.get())
        .min()
        .unwrap();
    Bar {
        symbol: bucket[0].symbol.clone(),
        timeframe: to,
        time,
        open: bucket[0].open,
        high: highest.to_plain_string().parse().unwrap(),
        low: lowest.to_plain_string().parse().unwrap(),
        close: bucket[bucket.len() - 1].close,
        volume: volume.to_plain_string().parse().unwrap(),
        trade_count: counts.map(|counts| counts.iter().sum()),
        vwap: vwap(bucket),
        source: bucket[0].source.clone(),
        quality_score: QualityScore::new(score).unwrap(),
    }
}

fn vwap(bucket: &[&Bar]) -> Option<Price> {
    let mut weighted = BigDecimal::from(0);
    let mut total = BigDecimal::from(0);
    for bar in bucket.iter().filter(|bar| bar.volume != Volume::ZERO) {
        let volume = BigDecimal::from_str(&bar.volume.to_string()).unwrap();
        weighted += BigDecimal::from_str(&bar.vwap?.to_string()).unwrap() * &volume;
        total += volume;
    }
    if total == 0 {
        return None;
    }
    let average = (weighted / total).with_scale_round(8, RoundingMode::HalfEven);
    Some(average.to_plain_string().parse().unwrap())
}

/// Makes the exact value of `digits` with the point moved `scale` places to the left.
pub(super) fn decimal(is_negative: bool, digits: &str, scale: i64) -> BigDecimal {
    let magnitude = BigInt::from_str(digits).unwrap();
    BigDecimal::new(if is_negative { -magnitude } else { magnitude }, scale)
}

/// Rounds to steps of 10⁻⁸, half to even; `None` beyond an `i128`.
pub(super) fn to_scaled(exact: &BigDecimal) -> Option<i128> {
    let rounded = exact.with_scale_round(8, RoundingMode::HalfEven);
    (rounded * BigDecimal::from(100_000_000)).to_i128()
}

/// Makes a bar whose prices all lie within one another.
pub(super) fn bar(timeframe: Timeframe, time: Timestamp, prices: [i64; 4], volume: i128) -> Bar {
    let [open, close, above, below] = prices;
    let (above, below) = (above.saturating_abs(), below.saturating_abs());
    Bar {
        symbol: Symbol::parse("EURUSD").unwrap(),
        timeframe,
        time,
        open: Price::from_scaled(open),
        high: Price::from_scaled(open.max(close).saturating_add(above)),
        low: Price::from_scaled(open.min(close).saturating_sub(below)),
        close: Price::from_scaled(close),
        volume: Volume::from_scaled(volume).unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse("test").unwrap(),
        quality_score: QualityScore::MAX,
    }
}
