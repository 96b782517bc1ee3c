//! [`Value`]: what the cache holds of a store's answers, and what each weighs.

use std::sync::Arc;

use crate::domain::{Bar, Source, Symbol};
use crate::storage::{BarSeries, SeriesStatistics, StoreStatistics};

/// What stands before a shared value: its two counts.
const COUNTS_BYTES: usize = 16;

/// An answer, shared.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Series(Arc<BarSeries>),
    Bar(Option<Arc<Bar>>),
    /// On its way to several who asked; kept bar by bar.
    Bars(Arc<Vec<Bar>>),
    Sources(Arc<Vec<Source>>),
    Symbols(Arc<Vec<Symbol>>),
    Statistics(Arc<StoreStatistics>),
}

impl Value {
    /// Returns the bytes it holds on the heap. Names are shared by all bars of a series.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Series(series) => {
                let first = series.bars.first().map_or(0, name_bytes);
                COUNTS_BYTES + size_of::<BarSeries>() + first + held(&series.bars)
            }
            Self::Bar(None) => 0,
            Self::Bar(Some(bar)) => COUNTS_BYTES + size_of::<Bar>() + name_bytes(bar),
            Self::Bars(bars) => held(bars) + bars.iter().map(name_bytes).sum::<usize>(),
            Self::Sources(sources) => {
                let names = sources.iter().map(|source| text(source.as_str()));
                held(sources) + names.sum::<usize>()
            }
            Self::Symbols(symbols) => {
                let names = symbols.iter().map(|symbol| text(symbol.as_str()));
                held(symbols) + names.sum::<usize>()
            }
            Self::Statistics(statistics) => {
                let names = statistics.series.iter().map(|series: &SeriesStatistics| {
                    text(series.key.symbol.as_str()) + text(series.key.source.as_str())
                });
                size_of::<StoreStatistics>() + held(&statistics.series) + names.sum::<usize>()
            }
        }
    }
}

/// A type of answer, and the value it is kept as.
pub(super) trait Answer: Sized {
    /// Shares it.
    fn into_value(self) -> Value;

    /// Reads it back; `None` when it is of another type, which no key ever gives.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! answer {
    ($type:ty, $kind:ident) => {
        impl Answer for $type {
            fn into_value(self) -> Value {
                Value::$kind(self)
            }

            fn from_value(value: Value) -> Option<Self> {
                if let Value::$kind(answer) = value {
                    Some(answer)
                } else {
                    None
                }
            }
        }
    };
}

answer!(Arc<BarSeries>, Series);
answer!(Option<Arc<Bar>>, Bar);
answer!(Arc<Vec<Bar>>, Bars);
answer!(Arc<Vec<Source>>, Sources);
answer!(Arc<Vec<Symbol>>, Symbols);
answer!(Arc<StoreStatistics>, Statistics);

fn held<T>(values: &Vec<T>) -> usize {
    values.capacity() * size_of::<T>()
}

fn name_bytes(bar: &Bar) -> usize {
    text(bar.symbol.as_str()) + text(bar.source.as_str())
}

fn text(name: &str) -> usize {
    COUNTS_BYTES + name.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Price, QualityScore, Timeframe, Timestamp, Volume};

    fn series(bars: usize) -> Value {
        let (symbol, source) = (
            Symbol::parse("BTC-USD").unwrap(),
            Source::parse("x").unwrap(),
        );
        let bar = |at: usize| Bar {
            symbol: symbol.clone(),
            timeframe: Timeframe::M1,
            time: Timestamp::from_secs(at as i64 * 60),
            open: Price::ZERO,
            high: Price::ZERO,
            low: Price::ZERO,
            close: Price::ZERO,
            volume: Volume::ZERO,
            trade_count: None,
            vwap: None,
            source: source.clone(),
            quality_score: QualityScore::MAX,
        };
        let series = BarSeries {
            source: Some(source.clone()),
            base: Timeframe::M1,
            bars: (0..bars).map(bar).collect(),
        };
        Arc::new(series).into_value()
    }

    #[test]
    fn a_cached_bar_takes_less_than_500_bytes() {
        let bars = 390;
        let each = series(bars).bytes() / bars;
        assert!((size_of::<Bar>()..500).contains(&each), "{each}");
        let Value::Series(of_one) = series(1) else {
            panic!("a series stays one");
        };
        let alone = Some(Arc::new(of_one.bars[0].clone())).into_value().bytes();
        assert!((size_of::<Bar>()..500).contains(&alone), "{alone}");
    }

    #[test]
    fn room_that_is_not_used_is_weighed_too() {
        let mut names = Vec::with_capacity(100);
        names.push(Symbol::parse("A").unwrap());
        assert!(Arc::new(names).into_value().bytes() >= 100 * size_of::<Symbol>());
    }

    #[test]
    fn an_answer_is_read_back_as_its_own_type_only() {
        assert!(Arc::<BarSeries>::from_value(series(2)).is_some());
        assert!(Option::<Arc<Bar>>::from_value(series(2)).is_none());
    }
}
