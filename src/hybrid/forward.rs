//! The contract of a store on top of [`CachedStore`]: which method reads, writes or only passes by.

use std::sync::Arc;

use super::CachedStore;
use super::latencies::Operation;
use crate::cache::{Class, Key, Slot, Touched};
use crate::domain::{Bar, Source, Symbol, Timeframe, Timestamp};
use crate::storage::{
    BarBatch, BarPoint, BarQuery, BarSeries, Checkpoint, DirtyRange, MarketStore, Priority,
    SegmentHash, SegmentKey, StoreFuture, StoreHealth, StoreStatistics, UpsertCounts,
};

fn touched_by(bars: &[Bar]) -> Touched {
    Touched::series(bars.iter().map(|bar| (&bar.symbol, bar.timeframe)))
}

impl MarketStore for CachedStore {
    fn upsert_bars(&self, class: Priority, batch: BarBatch) -> StoreFuture<'_, UpsertCounts> {
        Box::pin(async move {
            let written = self.write(touched_by(&batch.bars), || {
                self.inner.upsert_bars(class, batch.clone())
            });
            let counts = self.latencies.timed(Operation::Write, written).await?;
            self.warm(&batch).await;
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
        self.inner.clear_dirty(ranges)
    }

    fn health(&self) -> StoreFuture<'_, StoreHealth> {
        self.inner.health()
    }

    fn checkpoint(&self) -> StoreFuture<'_, Checkpoint> {
        // It changes the bytes that the statistics tell.
        let touched = Touched::Slots(vec![Slot::WHOLE]);
        Box::pin(self.write(touched, || self.inner.checkpoint()))
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mark = self.generations.begin(Touched::All);
            if let Err(error) = self.inner.close().await {
                mark.failed();
                return Err(error);
            }
            // From now on only the store answers, which says that it is closed.
            mark.stay();
            self.cache.clear();
            Ok(())
        })
    }
}
