//! [`CachedStore`]: reads from memory where that is as good as the store, and marks of writes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::answer::{Answer, Value};
use super::flight::{Crash, Flights};
use super::latencies::{Latencies, Operation};
use crate::api::{CacheState, OperationLatency};
use crate::cache::{Class, Fill, Generations, Key, MemoryCache, RangeKey, Slot, Stamp, Touched};
use crate::domain::{Bar, Symbol, Timeframe, Timestamp};
use crate::runtime::Clock;
use crate::storage::{BarPoint, BarQuery, BarSeries, MarketStore, StoreError, StoreFuture};

/// A store with a cache in front. All who read or write the store must go through it.
#[derive(Debug)]
pub struct CachedStore {
    pub(super) inner: Arc<dyn MarketStore>,
    pub(super) cache: MemoryCache<Value>,
    pub(super) generations: Generations,
    flights: Flights<Question, Value>,
    raced: AtomicU64,
    pub(super) latencies: Latencies,
    clock: Arc<dyn Clock>,
}

/// What several may ask at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Question {
    One(Key),
    Latest(Timeframe, Vec<Symbol>),
}

impl CachedStore {
    /// The usual size of the cache.
    pub const BYTES_MAX: u64 = MemoryCache::<Value>::BYTES_MAX;

    /// Puts a cache of up to `bytes_max` in front of a store.
    pub fn new(inner: Arc<dyn MarketStore>, bytes_max: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            cache: MemoryCache::new(bytes_max, Arc::clone(&clock)),
            generations: Generations::default(),
            flights: Flights::default(),
            raced: AtomicU64::new(0),
            latencies: Latencies::new(Arc::clone(&clock)),
            clock,
        }
    }

    /// Returns what the cache holds and how often it helped.
    pub fn state(&self) -> CacheState {
        CacheState {
            shared_loads: self.flights.shared(),
            raced_loads: self.raced.load(Ordering::Relaxed),
            ..self.cache.state()
        }
    }

    /// Returns how long the store took over the last minute, by kind of question.
    pub fn latencies(&self) -> Vec<OperationLatency> {
        self.latencies.all()
    }

    /// Answers [`MarketStore::bars`] without copying what is in memory.
    pub async fn shared_bars(&self, query: BarQuery) -> Result<Arc<BarSeries>, StoreError> {
        let class = self.class_of(query.timeframe, query.to);
        let asked = (Key::Bars(range_of(&query)), class, Operation::Range);
        self.read(asked, || shared(self.inner.bars(query.clone())))
            .await
    }

    /// Answers [`MarketStore::resampled`] without copying what is in memory.
    pub async fn shared_resampled(&self, query: BarQuery) -> Result<Arc<BarSeries>, StoreError> {
        let class = self.class_of(query.timeframe, query.to);
        let key = Key::Resampled {
            range: range_of(&query),
            base: query.base,
        };
        let asked = (key, class, Operation::Resample);
        self.read(asked, || shared(self.inner.resampled(query.clone())))
            .await
    }

    pub(super) async fn point(&self, point: BarPoint) -> Result<Option<Arc<Bar>>, StoreError> {
        let class = self.class_of(point.timeframe, Some(point.time));
        let key = Key::Point {
            symbol: point.symbol.clone(),
            timeframe: point.timeframe,
            source: point.source.clone(),
            time: point.time,
        };
        self.read((key, class, Operation::Point), || {
            let bar = self.inner.last_bar_at_or_before(point.clone());
            async { Ok(bar.await?.map(Arc::new)) }
        })
        .await
    }

    /// Answers a question that has one key: from memory, with the load of another, or with one.
    pub(super) async fn read<T, F>(
        &self,
        (key, class, operation): (Key, Class, Operation),
        load: impl Fn() -> F + Send + Sync,
    ) -> Result<T, StoreError>
    where
        T: Answer + Clone + Send,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let slot = [key.slot()];
        let stamp = self.generations.stamp(&slot);
        if let Some(answer) = self.cache.get(&key, class, stamp).and_then(T::from_value) {
            return Ok(answer);
        }
        let question = Question::One(key.clone());
        self.together(question, &slot, || async {
            // Of now: whoever takes over a load may have waited long.
            let stamp = self.generations.stamp(&slot);
            let again = self.cache.look_again(&key, stamp);
            if let Some(answer) = again.and_then(T::from_value) {
                return Ok(answer);
            }
            let answer = self.latencies.timed(operation, load()).await?;
            if self.is_unchanged(&slot, stamp) {
                let value = answer.clone().into_value();
                self.keep(key.clone(), class, value, stamp);
            }
            Ok(answer)
        })
        .await
    }

    /// Loads once for all who ask the same, unless a write is on its way.
    async fn together<T, F>(
        &self,
        question: Question,
        slots: &[Slot],
        load: impl Fn() -> F + Send + Sync,
    ) -> Result<T, StoreError>
    where
        T: Answer + Send,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let stamp = || self.generations.stamp(slots);
        let Some(seat) = self.flights.board(&question, stamp) else {
            return load().await;
        };
        let loading = seat.value(|| async { Ok(load().await?.into_value()) });
        match loading.await {
            Ok(value) => match T::from_value(value) {
                Some(answer) => Ok(answer),
                None => load().await,
            },
            Err(Crash::Own(error)) => Err(error),
            Err(Crash::Other) => load().await,
        }
    }

    /// Answers [`MarketStore::latest_bars`]: what is missing in memory is loaded at once.
    pub(super) async fn latest(
        &self,
        symbols: Vec<Symbol>,
        timeframe: Timeframe,
    ) -> Result<Vec<Bar>, StoreError> {
        let slots: Vec<Slot> = symbols
            .iter()
            .map(|symbol| Slot::of_series(symbol, timeframe))
            .collect();
        let stamp = self.generations.stamp(&slots);
        let (held, missing) = self.held(&symbols, timeframe);
        if missing.len() == symbols.len() {
            let loaded = self.load_latest(missing, timeframe).await?;
            return Ok(Arc::unwrap_or_clone(loaded));
        }
        let mut newest: HashMap<&Symbol, &Bar> =
            held.iter().map(|bar| (&bar.symbol, &**bar)).collect();
        let loaded = if missing.is_empty() {
            Arc::default()
        } else {
            self.load_latest(missing, timeframe).await?
        };
        newest.extend(loaded.iter().map(|bar| (&bar.symbol, bar)));
        // An answer is of one moment: what was held must still be true now that the rest is here.
        if !stamp.is_settled() || self.generations.stamp(&slots) != stamp {
            return self.ask_latest(symbols, timeframe).await;
        }
        let in_order = symbols.iter().filter_map(|symbol| newest.get(symbol));
        Ok(in_order.map(|bar| (*bar).clone()).collect())
    }

    /// Returns the newest bars that are in memory, and the symbols of which nothing is known.
    fn held(&self, symbols: &[Symbol], timeframe: Timeframe) -> (Vec<Arc<Bar>>, Vec<Symbol>) {
        let (mut held, mut missing) = (Vec::with_capacity(symbols.len()), Vec::new());
        for symbol in symbols {
            let key = latest_key(symbol, timeframe);
            let stamp = self.generations.stamp(&[key.slot()]);
            let found = self.cache.get(&key, Class::Latest, stamp);
            match found.and_then(Option::<Arc<Bar>>::from_value) {
                Some(bar) => held.extend(bar),
                None => missing.push(symbol.clone()),
            }
        }
        (held, missing)
    }

    async fn load_latest(
        &self,
        symbols: Vec<Symbol>,
        timeframe: Timeframe,
    ) -> Result<Arc<Vec<Bar>>, StoreError> {
        let slots: Vec<Slot> = symbols
            .iter()
            .map(|symbol| Slot::of_series(symbol, timeframe))
            .collect();
        let question = Question::Latest(timeframe, symbols.clone());
        self.together(question, &slots, || async {
            let all = self.generations.stamp(&slots);
            let each = slots.iter().map(|slot| self.generations.stamp(&[*slot]));
            let each: Vec<Stamp> = each.collect();
            let bars = self.ask_latest(symbols.clone(), timeframe).await?;
            if self.is_unchanged(&slots, all) {
                self.keep_latest((&symbols, timeframe), &each, &bars);
            }
            Ok(Arc::new(bars))
        })
        .await
    }

    async fn ask_latest(
        &self,
        symbols: Vec<Symbol>,
        timeframe: Timeframe,
    ) -> Result<Vec<Bar>, StoreError> {
        let asked = self.inner.latest_bars(symbols, timeframe);
        self.latencies.timed(Operation::Latest, asked).await
    }

    /// Keeps the newest bar of each symbol, and of those without any that there is none.
    fn keep_latest(
        &self,
        (symbols, timeframe): (&[Symbol], Timeframe),
        stamps: &[Stamp],
        bars: &[Bar],
    ) {
        let newest: HashMap<&Symbol, &Bar> = bars.iter().map(|bar| (&bar.symbol, bar)).collect();
        for (symbol, stamp) in symbols.iter().zip(stamps) {
            let bar = newest.get(symbol).map(|bar| Arc::new((*bar).clone()));
            let key = latest_key(symbol, timeframe);
            self.keep(key, Class::Latest, bar.into_value(), *stamp);
        }
    }

    pub(super) fn keep(&self, key: Key, class: Class, value: Value, stamp: Stamp) {
        let bytes = value.bytes();
        let fill = Fill {
            class,
            value,
            bytes,
            stamp,
        };
        self.cache.insert(key, fill);
    }

    /// Returns true when nothing was written since `before` and nothing is; else counts a race.
    fn is_unchanged(&self, slots: &[Slot], before: Stamp) -> bool {
        let is_unchanged = before.is_settled() && self.generations.stamp(slots) == before;
        if !is_unchanged {
            self.raced.fetch_add(1, Ordering::Relaxed);
        }
        is_unchanged
    }

    fn class_of(&self, timeframe: Timeframe, to: Option<Timestamp>) -> Class {
        let now = Timestamp::from_micros(self.clock.unix_micros());
        Class::of_bars(timeframe, to, now)
    }

    /// Carries out a write between its marks.
    pub(super) async fn write<'a, T>(
        &'a self,
        touched: Touched,
        work: impl FnOnce() -> StoreFuture<'a, T> + Send,
    ) -> Result<T, StoreError> {
        let mark = self.generations.begin(touched);
        let answer = work().await;
        match &answer {
            Ok(_) => mark.acknowledged(),
            Err(_) => mark.ended(),
        }
        answer
    }
}

async fn shared(answer: StoreFuture<'_, BarSeries>) -> Result<Arc<BarSeries>, StoreError> {
    let mut series = answer.await?;
    series.bars.shrink_to_fit();
    Ok(Arc::new(series))
}

fn range_of(query: &BarQuery) -> RangeKey {
    RangeKey {
        symbol: query.symbol.clone(),
        timeframe: query.timeframe,
        source: query.source.clone(),
        from: query.from,
        to: query.to,
        limit: query.limit,
    }
}

pub(super) fn latest_key(symbol: &Symbol, timeframe: Timeframe) -> Key {
    Key::Latest {
        symbol: symbol.clone(),
        timeframe,
    }
}
