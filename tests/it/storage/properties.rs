//! Random batches against a model that is a map: counts, contents, ranges, aggregates, hashes.

use std::collections::BTreeMap;

use mda::domain::{
    Bar, Price, QualityScore, Source, Symbol, Timeframe, Timestamp, Volume, resample,
};
use mda::storage::{
    BarQuery, MarketStore, Precedence, SegmentHash, SegmentKey, SeriesKey, UpsertCounts,
};
use proptest::prelude::*;

use super::support::{Factory, SqliteFile, source, symbol, write};

pub(super) type Key = (Symbol, Timeframe, Timestamp, Source);
type Model = BTreeMap<Key, Bar>;

pub(super) fn key(bar: &Bar) -> Key {
    (
        bar.symbol.clone(),
        bar.timeframe,
        bar.time,
        bar.source.clone(),
    )
}

/// Few keys and few values, so that rows meet.
pub(super) fn any_bar() -> impl Strategy<Value = Bar> {
    let names = (0..3_usize, 0..2_usize, 0..3_usize);
    let values = (0..90_i64, 1..3_i64, prop::option::of(0..2_u64), 0..2_i128);
    (names, values).prop_map(|((symbol_at, timeframe_at, source_at), values)| {
        let (place, level, trade_count, volume) = values;
        let timeframe = [Timeframe::M1, Timeframe::D1][timeframe_at];
        let low = Price::from_scaled(level);
        let high = Price::from_scaled(level * 3);
        Bar {
            symbol: symbol(["A", "B", "C"][symbol_at]),
            timeframe,
            time: Timestamp::from_micros((place - 30) * timeframe.nominal_micros()),
            open: high,
            high,
            low,
            close: low,
            volume: Volume::from_scaled(volume).unwrap(),
            trade_count,
            vwap: trade_count.map(|count| Price::from_scaled(count as i64 + level)),
            source: source(["x", "y", "z"][source_at]),
            quality_score: QualityScore::new(level as u8).unwrap(),
        }
    })
}

/// What the contract says of a batch, row by row.
fn apply(model: &mut Model, batch: &[Bar]) -> UpsertCounts {
    let mut counts = UpsertCounts::default();
    for bar in batch {
        match model.insert(key(bar), bar.clone()) {
            None => counts.inserted += 1,
            Some(old) if old != *bar => counts.updated += 1,
            Some(_) => counts.unchanged += 1,
        }
    }
    counts
}

fn of_series(model: &Model, series: &SeriesKey) -> Vec<Bar> {
    model
        .values()
        .filter(|bar| {
            bar.symbol == series.symbol
                && bar.timeframe == series.timeframe
                && bar.source == series.source
        })
        .cloned()
        .collect()
}

async fn check_series(store: &dyn MarketStore, series: &SeriesKey, expected: &[Bar]) {
    let query = BarQuery {
        source: Some(series.source.clone()),
        ..BarQuery::all(series.symbol.clone(), series.timeframe)
    };
    assert_eq!(store.bars(query.clone()).await.unwrap().bars, expected);
    let weeks = BarQuery {
        timeframe: Timeframe::W1,
        ..query
    };
    let held = store.resampled(weeks).await.unwrap();
    if held.base == series.timeframe {
        assert_eq!(held.bars, resample(expected, Timeframe::W1).unwrap());
    }
    for month in expected.chunk_by(|a, b| month_of(a) == month_of(b)) {
        let segment = SegmentKey {
            series: series.clone(),
            month: month[0].time,
        };
        let hash = store.segment_hash(segment).await.unwrap();
        assert_eq!(hash, SegmentHash::of(month.iter().rev()));
    }
}

fn month_of(bar: &Bar) -> Timestamp {
    Timeframe::Mo1.open_of(bar.time)
}

/// The store equals the model, in every way of asking.
async fn check(store: &dyn MarketStore, model: &Model) {
    let statistics = store.statistics().await.unwrap();
    assert_eq!(statistics.rows, model.len() as u64);
    let mut seen = 0;
    for held in &statistics.series {
        let expected = of_series(model, &held.key);
        assert_eq!(held.rows, expected.len() as u64);
        assert_eq!(Some(held.oldest), expected.first().map(|bar| bar.time));
        assert_eq!(Some(held.newest), expected.last().map(|bar| bar.time));
        check_series(store, &held.key, &expected).await;
        seen += expected.len();
    }
    assert_eq!(seen, model.len());
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn prop_a_store_is_a_map(
        batches in prop::collection::vec(prop::collection::vec(any_bar(), 0..400), 1..5),
    ) {
        runtime().block_on(async {
            let file = SqliteFile::new();
            let store = file.open(Precedence::default()).await;
            let mut model = Model::new();
            for batch in batches {
                let expected = apply(&mut model, &batch);
                assert_eq!(write(&*store, batch).await, expected);
            }
            check(&*store, &model).await;
            store.close().await.unwrap();
            let store = file.open(Precedence::default()).await;
            check(&*store, &model).await;
        });
    }

    #[test]
    fn prop_pieces_of_a_batch_in_any_order_end_alike(
        bars in prop::collection::vec(any_bar(), 1..300),
        cut in 1..50_usize,
    ) {
        let mut model = Model::new();
        apply(&mut model, &bars);
        let unique: Vec<Bar> = model.values().cloned().collect();
        runtime().block_on(async {
            let file = SqliteFile::new();
            let store = file.open(Precedence::default()).await;
            for piece in unique.chunks(cut).rev() {
                write(&*store, piece.iter().rev().cloned().collect()).await;
            }
            check(&*store, &model).await;
        });
    }
}
