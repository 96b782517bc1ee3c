//! [`KeySet`]: insert, and what was inserted since the last chunk.

use std::collections::HashMap;

use super::delta::{self, DeltaError, SeriesKey};
use super::series::Series;
use crate::domain::Bar;

/// The keys of an import's bars. The source and the timeframe are part of a key.
#[derive(Debug, Default)]
pub struct KeySet {
    places: HashMap<SeriesKey, usize>,
    series: Vec<Series>,
    /// The series of the bar before: rows of one symbol mostly follow one another.
    last: Option<(SeriesKey, usize)>,
    /// What was added since the last delta: place among `series`, times.
    added: Vec<(SeriesKey, Vec<i64>)>,
    /// Where a series stands in `added`.
    added_places: HashMap<usize, usize>,
}

impl KeySet {
    /// Nothing was brought yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the key of a bar; false when it was taken before.
    pub fn insert(&mut self, bar: &Bar) -> bool {
        let place = self.place_of(bar);
        let is_new = self.series[place].insert(bar.time.micros());
        if is_new {
            self.remember(place, bar);
        }
        is_new
    }

    /// Returns what was added since the last call, for the ledger.
    pub fn take_delta(&mut self) -> Vec<u8> {
        let added = self.added.iter_mut().map(|(key, times)| (&*key, times));
        let bytes = delta::encode(added);
        self.added.clear();
        self.added_places.clear();
        bytes
    }

    /// Takes what a chunk had added.
    ///
    /// # Errors
    /// [`DeltaError`] when the bytes are no delta.
    pub fn absorb(&mut self, bytes: &[u8]) -> Result<(), DeltaError> {
        delta::decode(bytes, |key, micros| {
            let place = self.place_of_key(key);
            self.series[place].insert(micros);
        })
    }

    /// Returns about how many bytes it holds.
    pub fn heap_bytes(&self) -> usize {
        let series: usize = self.series.iter().map(Series::heap_bytes).sum();
        let names = self.places.capacity() * (size_of::<(SeriesKey, usize)>() + 1);
        series + names + self.series.capacity() * size_of::<Series>()
    }

    fn place_of(&mut self, bar: &Bar) -> usize {
        if let Some((key, place)) = &self.last {
            let is_same = key.symbol == bar.symbol
                && key.timeframe == bar.timeframe
                && key.source == bar.source;
            if is_same {
                return *place;
            }
        }
        let key = SeriesKey {
            symbol: bar.symbol.clone(),
            timeframe: bar.timeframe,
            source: bar.source.clone(),
        };
        let place = self.place_of_key(&key);
        self.last = Some((key, place));
        place
    }

    fn place_of_key(&mut self, key: &SeriesKey) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.series.len();
        self.series.push(delta::series_of(key));
        self.places.insert(key.clone(), place);
        place
    }

    fn remember(&mut self, place: usize, bar: &Bar) {
        let at = *self.added_places.entry(place).or_insert_with(|| {
            let key = SeriesKey {
                symbol: bar.symbol.clone(),
                timeframe: bar.timeframe,
                source: bar.source.clone(),
            };
            self.added.push((key, Vec::new()));
            self.added.len() - 1
        });
        self.added[at].1.push(bar.time.micros());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume};

    fn bar(symbol: &str, timeframe: Timeframe, micros: i64) -> Bar {
        Bar {
            symbol: Symbol::parse(symbol).unwrap(),
            timeframe,
            time: Timestamp::from_micros(micros),
            open: Price::ZERO,
            high: Price::ZERO,
            low: Price::ZERO,
            close: Price::ZERO,
            volume: Volume::ZERO,
            trade_count: None,
            vwap: None,
            source: Source::parse("test").unwrap(),
            quality_score: QualityScore::MAX,
        }
    }

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn a_delta_brings_back_the_set_it_came_from() {
        let mut keys = KeySet::new();
        let bars = [
            bar("A", Timeframe::M1, 0),
            bar("A", Timeframe::M1, MINUTE),
            bar("A", Timeframe::D1, 0),
            bar("B", Timeframe::M1, MINUTE + 1),
        ];
        assert!(bars.iter().all(|bar| keys.insert(bar)));
        let delta = keys.take_delta();
        let mut again = KeySet::new();
        again.absorb(&delta).unwrap();
        assert!(bars.iter().all(|bar| !again.insert(bar)));
        assert!(again.insert(&bar("B", Timeframe::M1, MINUTE)));
    }

    #[test]
    fn a_damaged_delta_is_refused_or_at_least_does_not_panic() {
        let mut keys = KeySet::new();
        (0..500).for_each(|n| {
            keys.insert(&bar("A", Timeframe::M1, n * n * MINUTE));
        });
        let delta = keys.take_delta();
        assert_eq!(KeySet::new().absorb(&[]), Err(DeltaError));
        assert_eq!(
            KeySet::new().absorb(&delta[..delta.len() - 1]),
            Err(DeltaError)
        );
        let mut refused = 0;
        for at in 0..20 {
            let mut damaged = delta.clone();
            damaged[at] ^= 0x15;
            // Some damage reads as other keys; none may panic.
            refused += usize::from(KeySet::new().absorb(&damaged).is_err());
        }
        assert!(refused > 2, "{refused}");
    }

    /// Inserts `rows` bars of each symbol, in chunks; returns bytes a row, of set and deltas.
    fn cost(symbols: u64, rows: i64, time: impl Fn(i64) -> i64) -> (f64, f64) {
        let mut keys = KeySet::new();
        let mut delta_bytes = 0;
        for symbol in 0..symbols {
            let template = bar(&format!("S{symbol}"), Timeframe::M1, 0);
            for row in 0..rows {
                let time = Timestamp::from_micros(time(row));
                assert!(keys.insert(&Bar {
                    time,
                    ..template.clone()
                }));
                if row % 16_000 == 15_999 {
                    delta_bytes += keys.take_delta().len();
                }
            }
        }
        delta_bytes += keys.take_delta().len();
        let total = symbols as f64 * rows as f64;
        (keys.heap_bytes() as f64 / total, delta_bytes as f64 / total)
    }

    #[test]
    fn a_row_of_a_regular_series_costs_a_fraction_of_a_byte() {
        let (set, delta) = cost(2, 300_000, |row| row * MINUTE);
        assert!(set < 0.3 && delta < 0.1, "{set} {delta}");
        let session = |row: i64| (row / 390 * 1_440 + row % 390) * MINUTE;
        let (set, delta) = cost(1, 400_000, session);
        assert!(set < 1.0 && delta < 0.1, "{set} {delta}");
    }

    #[test]
    fn ten_million_scattered_rows_stay_below_forty_megabytes() {
        // Steps of 1 to 1,000 minutes: no two in a row are alike.
        let scattered = |row: i64| (row * 500 + row * row * 7_919 % 499) * MINUTE;
        let (set, delta) = cost(1, 300_000, scattered);
        assert!(set < 4.0 && delta < 8.0, "{set} {delta}");
        let many = |row: i64| row * 1_440 * MINUTE;
        let (set, _) = cost(1_000, 300, many);
        assert!(set < 24.0, "{set}");
    }

    proptest! {
        #[test]
        fn prop_the_set_knows_what_a_hash_set_knows(
            rows in prop::collection::vec(
                (0_usize..3, 0_usize..3, -4_000_i64..4_000, 0_usize..4),
                0..400,
            ),
            cut in 1_usize..50,
        ) {
            let timeframes = [Timeframe::M1, Timeframe::D1, Timeframe::Mo1];
            let steps = [MINUTE, 1_000_000, 1, 86_400_000_000];
            let (mut keys, mut known) = (KeySet::new(), HashSet::new());
            let mut deltas = Vec::new();
            for (number, (symbol, timeframe, index, step)) in rows.iter().enumerate() {
                let bar = bar(["A", "B", "C"][*symbol], timeframes[*timeframe], index * steps[*step]);
                let is_new = known.insert((bar.symbol.clone(), bar.timeframe, bar.time));
                prop_assert_eq!(keys.insert(&bar), is_new);
                if number % cut == 0 {
                    deltas.push(keys.take_delta());
                }
            }
            deltas.push(keys.take_delta());
            let mut again = KeySet::new();
            for delta in deltas.iter().rev() {
                again.absorb(delta).unwrap();
            }
            for (symbol, timeframe, time) in known {
                prop_assert!(!again.insert(&bar(symbol.as_str(), timeframe, time.micros())));
            }
            prop_assert!(again.insert(&bar("Z", Timeframe::M1, 0)));
        }
    }
}
