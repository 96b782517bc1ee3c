//! A store double: a map whose reads and writes pause at the points where races happen.
//!
//! Its writes go to a worker, as those of a database do: what was sent is carried out in order,
//! at any later moment, even when nobody waits for it any more.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use mda::api::{ImportState, Reject};
use mda::domain::{
    Bar, ImportId, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume, resample,
};
use mda::storage::{
    BackupReport, BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, ImportChunk,
    ImportRecord, LedgerLine, Lineage, MarketStore, Priority, SegmentHash, SegmentKey, StoreError,
    StoreFuture, StoreHealth, StoreStatistics, UndoCounts, UpsertCounts, VerifyReport,
};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

type Key = (Symbol, Timeframe, Timestamp);

/// Keeps one source of bars.
#[derive(Debug)]
pub(super) struct Double {
    state: Mutex<State>,
    pauses_max: u32,
    /// Reads that reached the store.
    pub(super) loads: AtomicU64,
    /// The next reads fail.
    pub(super) is_failing: AtomicBool,
    /// Each read needs a permit.
    pub(super) permits: Semaphore,
}

#[derive(Debug)]
struct State {
    bars: BTreeMap<Key, Bar>,
    sent: VecDeque<Arc<[Bar]>>,
    carried_out: u64,
    taken: u64,
    chance: fastrand::Rng,
}

impl State {
    /// The worker carries out what was sent first.
    fn step(&mut self) {
        let Some(bars) = self.sent.pop_front() else {
            return;
        };
        for bar in &*bars {
            let key = (bar.symbol.clone(), bar.timeframe, bar.time);
            self.bars.insert(key, bar.clone());
        }
        self.carried_out += 1;
    }

    fn of(&self, symbol: &Symbol, timeframe: Timeframe) -> Vec<Bar> {
        let is_asked = |bar: &&Bar| bar.symbol == *symbol && bar.timeframe == timeframe;
        self.bars.values().filter(is_asked).cloned().collect()
    }
}

impl Double {
    /// Pauses up to `pauses_max` times at each point; the seed says where how often.
    pub(super) fn new(seed: u64, pauses_max: u32) -> Self {
        Self {
            state: Mutex::new(State {
                bars: BTreeMap::new(),
                sent: VecDeque::new(),
                carried_out: 0,
                taken: 0,
                chance: fastrand::Rng::with_seed(seed),
            }),
            pauses_max,
            loads: AtomicU64::new(0),
            is_failing: AtomicBool::new(false),
            permits: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }

    /// Carries out everything that was sent.
    pub(super) fn drain(&self) {
        let mut state = self.state();
        while !state.sent.is_empty() {
            state.step();
        }
    }

    pub(super) fn loads(&self) -> u64 {
        self.loads.load(Ordering::SeqCst)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    async fn pause(&self) {
        let pauses = self.state().chance.u32(..=self.pauses_max);
        for _ in 0..pauses {
            yield_now().await;
            let mut state = self.state();
            if state.chance.u32(..4) == 0 {
                state.step();
            }
        }
    }

    async fn write(&self, bars: Arc<[Bar]>) {
        self.pause().await;
        let place = {
            let mut state = self.state();
            state.taken += 1;
            state.sent.push_back(bars);
            state.taken
        };
        while self.state().carried_out < place {
            yield_now().await;
            let mut state = self.state();
            if self.pauses_max == 0 || state.chance.bool() {
                state.step();
            }
        }
        self.pause().await;
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        look: impl Fn(&State) -> T + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.loads.fetch_add(1, Ordering::SeqCst);
            self.permits.acquire().await.unwrap().forget();
            self.pause().await;
            if self.is_failing.load(Ordering::SeqCst) {
                return refused();
            }
            let seen = look(&self.state());
            self.pause().await;
            Ok(seen)
        })
    }
}

fn refused<T>() -> Result<T, StoreError> {
    Err(StoreError::QueueFull {
        class: Priority::Normal,
        waiting: 0,
    })
}

/// What the races do not use.
fn unused<T>() -> StoreFuture<'static, T> {
    Box::pin(async { refused() })
}

fn series(query: &BarQuery, bars: &[Bar]) -> BarSeries {
    let skipped = bars.len()
        - bars
            .len()
            .min(query.limit.map_or(usize::MAX, |n| n as usize));
    BarSeries {
        source: bars.first().map(|bar| bar.source.clone()),
        base: Timeframe::M1,
        bars: bars[skipped..].to_vec(),
    }
}

impl MarketStore for Double {
    fn upsert_bars(&self, _: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts> {
        Box::pin(async move {
            self.write(batch.bars).await;
            Ok(UpsertCounts::default())
        })
    }

    fn bars(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        self.read(move |state| series(&query, &state.of(&query.symbol, query.timeframe)))
    }

    fn latest_bars(&self, symbols: Vec<Symbol>, timeframe: Timeframe) -> StoreFuture<'_, Vec<Bar>> {
        self.read(move |state| {
            let newest = symbols.iter().map(|symbol| state.of(symbol, timeframe));
            newest.filter_map(|mut bars| bars.pop()).collect()
        })
    }

    fn last_bar_at_or_before(&self, _: BarPoint) -> StoreFuture<'_, Option<Bar>> {
        unused()
    }

    fn resampled(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        self.read(move |state| {
            let minutes = state.of(&query.symbol, Timeframe::M1);
            series(&query, &resample(&minutes, query.timeframe).unwrap())
        })
    }

    fn sources(&self, _: Symbol) -> StoreFuture<'_, Vec<Source>> {
        unused()
    }

    fn symbols(&self) -> StoreFuture<'_, Vec<Symbol>> {
        unused()
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        self.read(|state| StoreStatistics {
            rows: state.bars.len() as u64,
            bytes: 0,
            series: Vec::new(),
        })
    }

    fn segment_hash(&self, _: SegmentKey) -> StoreFuture<'_, SegmentHash> {
        unused()
    }

    fn delete_before(&self, _: Timeframe, _: Timestamp) -> StoreFuture<'_, u64> {
        unused()
    }

    fn dirty_ranges(&self, _: u32) -> StoreFuture<'_, Vec<DirtyRange>> {
        unused()
    }

    fn clear_dirty(&self, _: Vec<DirtyRange>) -> StoreFuture<'_, ()> {
        unused()
    }

    fn health(&self) -> StoreFuture<'_, StoreHealth> {
        unused()
    }

    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint> {
        unused()
    }

    fn create_import(&self, _: ImportState, _: String) -> StoreFuture<'_, ImportRecord> {
        unused()
    }

    fn claim_import(&self, _: ImportId) -> StoreFuture<'_, ImportRecord> {
        unused()
    }

    fn save_import(&self, _: ImportId, _: u64, _: ImportState, _: String) -> StoreFuture<'_, ()> {
        unused()
    }

    fn import(&self, _: ImportId) -> StoreFuture<'_, Option<ImportRecord>> {
        unused()
    }

    fn imports(&self, _: u32) -> StoreFuture<'_, Vec<ImportRecord>> {
        unused()
    }

    fn write_chunk(&self, _: Priority, _: ImportChunk) -> StoreFuture<'_, LedgerLine> {
        unused()
    }

    fn ledger(&self, _: ImportId) -> StoreFuture<'_, Vec<LedgerLine>> {
        unused()
    }

    fn rejects(&self, _: ImportId, _: u64, _: u32) -> StoreFuture<'_, Vec<Reject>> {
        unused()
    }

    fn compare_bars(&self, _: Arc<[Bar]>) -> StoreFuture<'_, UpsertCounts> {
        unused()
    }

    fn undo_import(&self, _: ImportId) -> StoreFuture<'_, UndoCounts> {
        unused()
    }

    fn backup(&self, _: PathBuf) -> StoreFuture<'_, BackupReport> {
        unused()
    }

    fn verify(&self) -> StoreFuture<'_, VerifyReport> {
        unused()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        unused()
    }
}

pub(super) fn symbol(name: &str) -> Symbol {
    Symbol::parse(name).unwrap()
}

/// A minute bar that says which version it is, by its close and its volume.
pub(super) fn bar(name: &str, minute: i64, version: u32) -> Bar {
    let price = Price::from_scaled(i64::from(version));
    Bar {
        symbol: symbol(name),
        timeframe: Timeframe::M1,
        time: Timestamp::from_secs(minute * 60),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: Volume::from_scaled(i128::from(version)).unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse("x").unwrap(),
        quality_score: QualityScore::MAX,
    }
}

pub(super) fn batch(bars: Vec<Bar>, lineage: Lineage) -> BarBatch {
    BarBatch::new(bars, lineage)
}

pub(super) fn minutes(name: &str) -> BarQuery {
    BarQuery::all(symbol(name), Timeframe::M1)
}
