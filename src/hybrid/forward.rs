//! The contract of a store on top of [`CachedStore`]: which method reads, writes or only passes by.

use std::path::PathBuf;
use std::sync::Arc;

use super::CachedStore;
use super::latencies::Operation;
use crate::api::{ImportState, Reject};
use crate::cache::{Class, Key, Slot, Touched};
use crate::domain::{Bar, ImportId, Source, Symbol, Timeframe, Timestamp};
use crate::storage::{
    BackupReport, BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, ImportChunk,
    ImportRecord, LedgerLine, MarketStore, Priority, SegmentHash, SegmentKey, StoreFuture,
    StoreHealth, StoreStatistics, UndoCounts, UpsertCounts, VerifyReport,
};

/// What a write of records changes that is ever cached.
const NOTHING: Touched = Touched::Slots(Vec::new());

fn touched_by(bars: &[Bar]) -> Touched {
    Touched::series(bars.iter().map(|bar| (&bar.symbol, bar.timeframe)))
}

impl MarketStore for CachedStore {
    fn upsert_bars(&self, class: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts> {
        Box::pin(async move {
            let followed = self.followed(&batch);
            let written = self.write(touched_by(&batch.bars), || {
                self.inner.upsert_bars(class, batch.clone())
            });
            let counts = self.latencies.timed(Operation::Write, written).await?;
            self.follow(followed);
            Ok(counts)
        })
    }

    fn bars(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        Box::pin(async move { Ok(Arc::unwrap_or_clone(self.shared_bars(query).await?)) })
    }

    fn latest_bars(&self, symbols: Vec<Symbol>, timeframe: Timeframe) -> StoreFuture<'_, Vec<Bar>> {
        Box::pin(self.latest(symbols, timeframe))
    }

    fn last_bar_at_or_before(&self, point: BarPoint) -> StoreFuture<'_, Option<Bar>> {
        Box::pin(async move { Ok(self.point(point).await?.map(Arc::unwrap_or_clone)) })
    }

    fn resampled(&self, query: BarQuery) -> StoreFuture<'_, BarSeries> {
        Box::pin(async move { Ok(Arc::unwrap_or_clone(self.shared_resampled(query).await?)) })
    }

    fn sources(&self, symbol: Symbol) -> StoreFuture<'_, Vec<Source>> {
        Box::pin(async move {
            let key = Key::Sources {
                symbol: symbol.clone(),
            };
            let asked = (key, Class::Statistics, Operation::Statistics);
            let sources = self.read(asked, || {
                let sources = self.inner.sources(symbol.clone());
                async { Ok(Arc::new(sources.await?)) }
            });
            Ok(Arc::unwrap_or_clone(sources.await?))
        })
    }

    fn symbols(&self) -> StoreFuture<'_, Vec<Symbol>> {
        Box::pin(async move {
            let asked = (Key::Symbols, Class::Statistics, Operation::Statistics);
            let symbols = self.read(asked, || async {
                Ok(Arc::new(self.inner.symbols().await?))
            });
            Ok(Arc::unwrap_or_clone(symbols.await?))
        })
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(async move {
            let asked = (Key::Statistics, Class::Statistics, Operation::Statistics);
            let statistics = self.read(asked, || async {
                Ok(Arc::new(self.inner.statistics().await?))
            });
            Ok(Arc::unwrap_or_clone(statistics.await?))
        })
    }

    fn segment_hash(&self, segment: SegmentKey) -> StoreFuture<'_, SegmentHash> {
        self.inner.segment_hash(segment)
    }

    fn delete_before(&self, timeframe: Timeframe, time: Timestamp) -> StoreFuture<'_, u64> {
        // Of every symbol, and nobody says which.
        Box::pin(self.write(Touched::All, move || {
            self.inner.delete_before(timeframe, time)
        }))
    }

    fn dirty_ranges(&self, limit: u32) -> StoreFuture<'_, Vec<DirtyRange>> {
        self.inner.dirty_ranges(limit)
    }

    fn clear_dirty(&self, ranges: Vec<DirtyRange>) -> StoreFuture<'_, ()> {
        Box::pin(self.write(NOTHING, || self.inner.clear_dirty(ranges)))
    }

    fn health(&self) -> StoreFuture<'_, StoreHealth> {
        self.inner.health()
    }

    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint> {
        Box::pin(async move {
            // It changes the bytes that the statistics tell, and waits for no write.
            let mark = self.generations.begin(Touched::Slots(vec![Slot::WHOLE]));
            let checkpoint = self.inner.checkpoint().await;
            mark.ended();
            checkpoint
        })
    }

    fn create_import(&self, state: ImportState, body: String) -> StoreFuture<'_, ImportRecord> {
        Box::pin(self.write(NOTHING, move || self.inner.create_import(state, body)))
    }

    fn claim_import(&self, id: ImportId) -> StoreFuture<'_, ImportRecord> {
        Box::pin(self.write(NOTHING, move || self.inner.claim_import(id)))
    }

    fn save_import(
        &self,
        id: ImportId,
        epoch: u64,
        state: ImportState,
        body: String,
    ) -> StoreFuture<'_, ()> {
        Box::pin(self.write(NOTHING, move || {
            self.inner.save_import(id, epoch, state, body)
        }))
    }

    fn import(&self, id: ImportId) -> StoreFuture<'_, Option<ImportRecord>> {
        self.inner.import(id)
    }

    fn imports(&self, limit: u32) -> StoreFuture<'_, Vec<ImportRecord>> {
        self.inner.imports(limit)
    }

    fn write_chunk(&self, class: Priority, chunk: ImportChunk) -> StoreFuture<'_, LedgerLine> {
        let touched = touched_by(&chunk.bars);
        Box::pin(self.write(touched, move || self.inner.write_chunk(class, chunk)))
    }

    fn ledger(&self, id: ImportId) -> StoreFuture<'_, Vec<LedgerLine>> {
        self.inner.ledger(id)
    }

    fn rejects(&self, id: ImportId, offset: u64, limit: u32) -> StoreFuture<'_, Vec<Reject>> {
        self.inner.rejects(id, offset, limit)
    }

    fn compare_bars(&self, bars: Arc<[Bar]>) -> StoreFuture<'_, UpsertCounts> {
        self.inner.compare_bars(bars)
    }

    fn undo_import(&self, id: ImportId) -> StoreFuture<'_, UndoCounts> {
        // Of any series, and nobody says which.
        Box::pin(self.write(Touched::All, move || self.inner.undo_import(id)))
    }

    fn backup(&self, path: PathBuf) -> StoreFuture<'_, BackupReport> {
        self.inner.backup(path)
    }

    fn verify(&self) -> StoreFuture<'_, VerifyReport> {
        self.inner.verify()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mark = self.generations.begin(Touched::All);
            if let Err(error) = self.inner.close().await {
                mark.ended();
                return Err(error);
            }
            // From now on only the store answers, which says that it is closed.
            mark.stay();
            self.cache.clear();
            Ok(())
        })
    }
}
