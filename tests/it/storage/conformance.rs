//! What every store does alike. A store joins with one line: `conformance!(Factory::new());`.

use mda::domain::{Bar, QualityScore, Timeframe, Timestamp};
use mda::storage::{
    BarBatch, BarPoint, BarQuery, Lineage, MarketStore, Precedence, Priority, SegmentHash,
    SegmentKey, SeriesKey, StoreError,
};

use super::support::{
    Factory, at_minute, bar, bar_of, counts, extreme_bars, from_source, minutes, price,
    read_minutes, source, symbol, write,
};

/// Runs the whole suite against the stores of one factory.
macro_rules! conformance {
    ($factory:expr) => {
        crate::storage::conformance::conformance!($factory => conformance:
            a_row_is_inserted_updated_or_unchanged
            a_key_that_comes_twice_counts_twice_and_the_last_stays
            any_field_makes_a_row_different
            every_value_survives_exactly
            large_batches_keep_their_counts
            a_batch_above_the_most_is_refused_whole
            an_empty_batch_and_an_empty_store_answer
            a_range_holds_its_first_and_not_its_last_moment
            a_limit_keeps_the_newest_or_with_a_beginning_the_oldest
            a_read_is_of_one_source_by_precedence
            latest_bars_come_in_the_order_asked
            the_last_bar_before_a_moment_is_found
            an_aggregate_uses_the_finest_complete_timeframe
            an_aggregate_keeps_to_whole_buckets_and_its_limit
            statistics_tell_what_is_held
            a_segment_hash_is_of_its_month_only
            retention_deletes_what_is_old_of_one_timeframe
            changed_buckets_are_logged_until_cleared
            a_closed_store_says_so
        );
        crate::storage::conformance::conformance!($factory => importing:
            an_import_is_created_claimed_and_saved
            an_import_that_is_not_there_is_named
            a_chunk_is_rows_rejects_and_its_line
            a_chunk_given_again_is_written_once
            an_older_claim_writes_nothing
            a_chunk_above_the_most_is_refused_whole
            the_ledger_is_in_the_order_of_chunks
            rejects_come_in_pages_in_the_order_of_lines
            duplicates_are_counted_and_told_where_they_differ
            comparing_counts_as_writing_does_and_writes_nothing
            undoing_two_imports_in_any_order_leaves_the_store_as_it_was
            an_undone_import_is_marked_and_writes_no_more
            what_somebody_replaced_since_is_kept
            an_undo_keeps_series_and_changed_buckets_right
            an_aggregate_uses_the_base_that_is_named
            a_backup_holds_what_the_store_holds
            rows_of_a_batch_with_lineage_are_undone_too
        );
    };
    ($factory:expr => $module:ident: $($name:ident)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                crate::storage::$module::$name(&$factory).await;
            }
        )+
    };
}
pub(super) use conformance;

pub(super) async fn a_row_is_inserted_updated_or_unchanged(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    assert_eq!(write(&*store, vec![bar(1), bar(2)]).await, counts(2, 0, 0));
    assert_eq!(write(&*store, vec![bar(1), bar(2)]).await, counts(0, 0, 2));
    let other = Bar {
        close: price("100.5"),
        ..bar(2)
    };
    let mixed = vec![bar(3), other.clone(), bar(1)];
    assert_eq!(write(&*store, mixed).await, counts(1, 1, 1));
    let held = store.bars(minutes("BTC-USD")).await.unwrap();
    assert_eq!(held.bars, [bar(1), other, bar(3)]);
}

pub(super) async fn a_key_that_comes_twice_counts_twice_and_the_last_stays(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let other = Bar {
        close: price("100.5"),
        ..bar(1)
    };
    let rows = vec![bar(1), other.clone(), other.clone(), bar(1), other.clone()];
    assert_eq!(write(&*store, rows).await, counts(1, 3, 1));
    assert_eq!(store.bars(minutes("BTC-USD")).await.unwrap().bars, [other]);
}

/// One bar, and others of the same key that differ in one field each.
fn variants() -> Vec<Bar> {
    let base = bar(1);
    vec![
        Bar {
            open: price("100.00000001"),
            ..base.clone()
        },
        Bar {
            high: price("103"),
            ..base.clone()
        },
        Bar {
            low: price("1"),
            ..base.clone()
        },
        Bar {
            close: price("99.5"),
            ..base.clone()
        },
        Bar {
            volume: "12.00000035".parse().unwrap(),
            ..base.clone()
        },
        Bar {
            volume: "13.00000034".parse().unwrap(),
            ..base.clone()
        },
        Bar {
            trade_count: Some(0),
            ..base.clone()
        },
        Bar {
            vwap: Some(price("0")),
            ..base.clone()
        },
        Bar {
            quality_score: QualityScore::new(99).unwrap(),
            ..base
        },
    ]
}

pub(super) async fn any_field_makes_a_row_different(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, vec![bar(1)]).await;
    let mut hashes = vec![segment(&*store, &bar(1)).await];
    for variant in variants() {
        assert_eq!(
            write(&*store, vec![variant.clone()]).await,
            counts(0, 1, 0),
            "{variant:?}"
        );
        let held = store.bars(minutes("BTC-USD")).await.unwrap().bars;
        assert_eq!(held, std::slice::from_ref(&variant));
        let hash = segment(&*store, &variant).await;
        assert!(!hashes.contains(&hash), "{variant:?}");
        hashes.push(hash);
        assert_eq!(write(&*store, vec![bar(1)]).await, counts(0, 1, 0));
    }
    assert_eq!(segment(&*store, &bar(1)).await, hashes[0]);
}

async fn segment(store: &dyn MarketStore, of: &Bar) -> SegmentHash {
    let series = SeriesKey {
        symbol: of.symbol.clone(),
        timeframe: of.timeframe,
        source: of.source.clone(),
    };
    let month = of.time;
    store
        .segment_hash(SegmentKey { series, month })
        .await
        .unwrap()
}

pub(super) async fn every_value_survives_exactly(factory: &dyn Factory) {
    let bars: Vec<Bar> = Timeframe::ALL
        .into_iter()
        .map(|timeframe| bar_of("EVERY", timeframe, 3))
        .chain(extreme_bars())
        .collect();
    let store = factory.open(Precedence::default()).await;
    assert_eq!(
        write(&*store, bars.clone()).await,
        counts(bars.len() as u64, 0, 0)
    );
    store.close().await.unwrap();
    let store = factory.open(Precedence::default()).await;
    for expected in &bars {
        let query = BarQuery::all(expected.symbol.clone(), expected.timeframe);
        let held = store.bars(query).await.unwrap();
        assert_eq!(held.bars, std::slice::from_ref(expected));
        assert_eq!(held.source.as_ref(), Some(&expected.source));
        let hash = segment(&*store, expected).await;
        assert_eq!(hash, SegmentHash::of([expected]));
    }
    assert_eq!(
        write(&*store, bars.clone()).await,
        counts(0, 0, bars.len() as u64)
    );
}

pub(super) async fn large_batches_keep_their_counts(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let first: Vec<Bar> = (0..3_000).map(bar).collect();
    assert_eq!(write(&*store, first.clone()).await, counts(3_000, 0, 0));
    // Every third is new, every third another, every third as it was; two symbols, upside down.
    let second: Vec<Bar> = (0..3_000)
        .rev()
        .flat_map(|minute| {
            let of_first = match minute % 3 {
                0 => bar(minute),
                1 => Bar {
                    vwap: Some(price("100")),
                    ..bar(minute)
                },
                _ => bar(minute + 10_000),
            };
            [of_first, bar_of("ETH-USD", Timeframe::M1, minute)]
        })
        .collect();
    assert_eq!(write(&*store, second).await, counts(4_000, 1_000, 1_000));
    let held = store.statistics().await.unwrap();
    let rows: Vec<_> = held.series.iter().map(|series| series.rows).collect();
    assert_eq!(rows, [4_000, 3_000]);
}

pub(super) async fn a_batch_above_the_most_is_refused_whole(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let bars: Vec<Bar> = (0..=BarBatch::ROWS_MAX as i64).map(bar).collect();
    let batch = BarBatch::new(bars, Lineage::Feed);
    let error = store.upsert_bars(Priority::Low, batch).await.unwrap_err();
    assert!(matches!(error, StoreError::BatchTooLarge { .. }), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(store.statistics().await.unwrap().rows, 0);
}

pub(super) async fn an_empty_batch_and_an_empty_store_answer(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    assert_eq!(write(&*store, Vec::new()).await, counts(0, 0, 0));
    let held = store.bars(minutes("BTC-USD")).await.unwrap();
    assert_eq!((held.source, held.bars), (None, Vec::new()));
    let hours = BarQuery {
        timeframe: Timeframe::H1,
        source: Some(source("kraken")),
        ..minutes("BTC-USD")
    };
    let held = store.resampled(hours).await.unwrap();
    assert_eq!(
        (held.source, held.bars),
        (Some(source("kraken")), Vec::new())
    );
    assert!(store.symbols().await.unwrap().is_empty());
    assert!(store.sources(symbol("BTC-USD")).await.unwrap().is_empty());
    assert_eq!(
        store
            .delete_before(Timeframe::M1, Timestamp::EPOCH)
            .await
            .unwrap(),
        0
    );
    assert_eq!(segment(&*store, &bar(1)).await, SegmentHash::default());
}

pub(super) async fn a_range_holds_its_first_and_not_its_last_moment(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, (0..10).map(bar).collect()).await;
    let range = |from, to| BarQuery {
        from,
        to,
        ..minutes("BTC-USD")
    };
    assert_eq!(
        read_minutes(&*store, range(at_minute(3), at_minute(5))).await,
        [3, 4]
    );
    assert_eq!(
        read_minutes(&*store, range(at_minute(8), None)).await,
        [8, 9]
    );
    assert_eq!(
        read_minutes(&*store, range(None, at_minute(2))).await,
        [0, 1]
    );
    assert_eq!(
        read_minutes(&*store, range(at_minute(5), at_minute(5))).await,
        [0; 0]
    );
    assert_eq!(
        read_minutes(&*store, range(at_minute(7), at_minute(3))).await,
        [0; 0]
    );
}

pub(super) async fn a_limit_keeps_the_newest_or_with_a_beginning_the_oldest(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, (0..10).map(bar).collect()).await;
    let first = |from, to| BarQuery {
        from,
        to,
        limit: Some(2),
        ..minutes("BTC-USD")
    };
    assert_eq!(read_minutes(&*store, first(None, None)).await, [8, 9]);
    assert_eq!(
        read_minutes(&*store, first(None, at_minute(5))).await,
        [3, 4]
    );
    assert_eq!(
        read_minutes(&*store, first(at_minute(5), None)).await,
        [5, 6]
    );
    assert_eq!(
        read_minutes(&*store, first(at_minute(5), at_minute(6))).await,
        [5]
    );
}

async fn source_of(store: &dyn MarketStore, query: BarQuery) -> String {
    store.bars(query).await.unwrap().source.unwrap().to_string()
}

pub(super) async fn a_read_is_of_one_source_by_precedence(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let yahoo: Vec<Bar> = (0..10)
        .map(|minute| from_source("yahoo", bar(minute)))
        .collect();
    write(&*store, yahoo).await;
    write(&*store, vec![bar(8), bar(9)]).await;
    write(&*store, vec![from_source("binance", bar(100))]).await;
    let range = |from, to| BarQuery {
        from,
        to,
        ..minutes("BTC-USD")
    };
    let early = range(at_minute(0), at_minute(5));
    let late = range(at_minute(0), at_minute(10));
    assert_eq!(source_of(&*store, early.clone()).await, "yahoo");
    assert_eq!(source_of(&*store, late.clone()).await, "kraken");
    let asked = BarQuery {
        source: Some(source("yahoo")),
        ..late.clone()
    };
    assert_eq!(read_minutes(&*store, asked).await.len(), 10);
    let names = store.sources(symbol("BTC-USD")).await.unwrap();
    assert_eq!(names, ["binance", "kraken", "yahoo"].map(source));
    store.close().await.unwrap();

    let precedence = Precedence {
        global: vec![source("yahoo")],
        by_symbol: [].into(),
    };
    let store = factory.open(precedence).await;
    assert_eq!(source_of(&*store, late).await, "yahoo");
    let names = store.sources(symbol("BTC-USD")).await.unwrap();
    assert_eq!(names, ["yahoo", "binance", "kraken"].map(source));
}

pub(super) async fn latest_bars_come_in_the_order_asked(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let eth = |minute| bar_of("ETH-USD", Timeframe::M1, minute);
    write(
        &*store,
        vec![bar(1), bar(5), from_source("yahoo", bar(9)), eth(2), eth(1)],
    )
    .await;
    write(&*store, vec![bar_of("ETH-USD", Timeframe::H1, 40)]).await;
    let asked = ["ETH-USD", "NONE", "BTC-USD"].map(symbol).to_vec();
    let latest = store.latest_bars(asked, Timeframe::M1).await.unwrap();
    assert_eq!(latest, [eth(2), bar(5)]);
}

pub(super) async fn the_last_bar_before_a_moment_is_found(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, vec![bar(1), bar(5), from_source("yahoo", bar(3))]).await;
    let last = async |secs, name: Option<&str>| {
        let point = BarPoint {
            symbol: symbol("BTC-USD"),
            timeframe: Timeframe::M1,
            time: Timestamp::from_secs(secs),
            source: name.map(source),
        };
        store.last_bar_at_or_before(point).await.unwrap()
    };
    assert_eq!(last(59, None).await, None);
    assert_eq!(last(60, None).await, Some(bar(1)));
    assert_eq!(last(299, None).await, Some(bar(1)));
    assert_eq!(last(i64::MAX, None).await, Some(bar(5)));
    assert_eq!(
        last(299, Some("yahoo")).await,
        Some(from_source("yahoo", bar(3)))
    );
    assert_eq!(last(299, Some("nobody")).await, None);
}

pub(super) async fn an_aggregate_uses_the_finest_complete_timeframe(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let hours: Vec<Bar> = (0..48)
        .map(|place| bar_of("BTC-USD", Timeframe::H1, place))
        .collect();
    // Minutes of the second day only.
    let minutes: Vec<Bar> = (1_440..2_880).map(bar).collect();
    write(&*store, [hours, minutes].concat()).await;
    let days = |from, to| BarQuery {
        symbol: symbol("BTC-USD"),
        timeframe: Timeframe::D1,
        from,
        to,
        limit: None,
        source: None,
        base: None,
    };
    let both = store.resampled(days(None, None)).await.unwrap();
    assert_eq!((both.base, both.bars.len()), (Timeframe::H1, 2));
    let second = store.resampled(days(at_minute(1_440), None)).await.unwrap();
    assert_eq!((second.base, second.bars.len()), (Timeframe::M1, 1));
    assert_eq!(second.bars[0].volume, "17280.0004896".parse().unwrap());
    let first = store.resampled(days(None, at_minute(1_440))).await.unwrap();
    assert_eq!((first.base, first.bars.len()), (Timeframe::H1, 1));
}

pub(super) async fn an_aggregate_keeps_to_whole_buckets_and_its_limit(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    // A day of minutes, and after years of nothing another hour.
    let far = 10_000_000 / 60 * 60;
    let minutes_held = (0..1_440).chain(far..far + 60).map(bar).collect();
    write(&*store, minutes_held).await;
    let hours = async |from, to, limit| {
        let query = BarQuery {
            timeframe: Timeframe::H1,
            from,
            to,
            limit,
            ..minutes("BTC-USD")
        };
        let answer = store.resampled(query).await.unwrap();
        let hour = |bar: &Bar| bar.time.micros() / 3_600_000_000;
        answer.bars.iter().map(hour).collect::<Vec<_>>()
    };
    // A bucket belongs to a range when it opens in it, and then it is whole.
    assert_eq!(hours(at_minute(59), at_minute(181), None).await, [1, 2, 3]);
    assert_eq!(hours(at_minute(60), at_minute(180), None).await, [1, 2]);
    assert_eq!(hours(None, None, Some(3)).await, [22, 23, far / 60]);
    assert_eq!(hours(at_minute(61), None, Some(2)).await, [2, 3]);
    assert_eq!(hours(None, None, None).await.len(), 25);
    assert_eq!(hours(None, None, Some(0)).await, [0; 0]);
}

pub(super) async fn statistics_tell_what_is_held(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(
        &*store,
        vec![bar(5), bar(1), bar(5), from_source("yahoo", bar(7))],
    )
    .await;
    write(&*store, vec![bar_of("AAPL", Timeframe::D1, 9)]).await;
    write(&*store, vec![bar(9), bar(1)]).await;
    let held = store.statistics().await.unwrap();
    let series: Vec<_> = held
        .series
        .iter()
        .map(|one| {
            let key = &one.key;
            let name = format!("{} {} {}", key.symbol, key.timeframe, key.source);
            let ends = [one.oldest, one.newest].map(|time| time.micros() / 60_000_000);
            (name, one.rows, ends)
        })
        .collect();
    assert_eq!(
        series,
        [
            ("AAPL 1d kraken".to_owned(), 1, [12_960, 12_960]),
            ("BTC-USD 1m kraken".to_owned(), 3, [1, 9]),
            ("BTC-USD 1m yahoo".to_owned(), 1, [7, 7]),
        ]
    );
    assert_eq!(held.rows, 5);
    assert!(held.bytes > 0);
    assert_eq!(
        store.symbols().await.unwrap(),
        ["AAPL", "BTC-USD"].map(symbol)
    );
    let health = store.health().await.unwrap();
    assert!(health.schema_version > 0 && health.size > 0, "{health:?}");
}

pub(super) async fn a_segment_hash_is_of_its_month_only(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let at = |text: &str| Bar {
        time: text.parse().unwrap(),
        ..bar(0)
    };
    let january = [at("2024-01-01T00:00:00Z"), at("2024-01-31T23:59:00Z")];
    let others = [at("2023-12-31T23:59:00Z"), at("2024-02-01T00:00:00Z")];
    let yahoo = from_source("yahoo", at("2024-01-05T00:00:00Z"));
    write(&*store, [&january[..], &others[..], &[yahoo]].concat()).await;
    let upside_down = [january[1].clone(), january[0].clone()];
    let expected = SegmentHash::of(&upside_down);
    assert_eq!(segment(&*store, &january[1]).await, expected);
    assert_eq!(expected.rows, 2);
    let mut sum = SegmentHash::of([&january[0]]);
    sum.merge(SegmentHash::of([&january[1]]));
    assert_eq!(sum, expected);
}

pub(super) async fn retention_deletes_what_is_old_of_one_timeframe(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    let held: Vec<Bar> = (0..12_000)
        .flat_map(|minute| [bar(minute), from_source("yahoo", bar(minute))])
        .collect();
    for piece in held.chunks(BarBatch::ROWS_MAX) {
        write(&*store, piece.to_vec()).await;
    }
    write(
        &*store,
        vec![
            bar_of("BTC-USD", Timeframe::H1, 1),
            bar_of("OLD", Timeframe::M1, 3),
        ],
    )
    .await;
    let dirty = store.dirty_ranges(u32::MAX).await.unwrap();
    let deleted = store
        .delete_before(Timeframe::M1, Timestamp::from_secs(11_000 * 60))
        .await;
    assert_eq!(deleted.unwrap(), 22_001);
    let left = store.statistics().await.unwrap();
    let ends: Vec<_> = left
        .series
        .iter()
        .map(|one| (one.rows, one.oldest.micros()))
        .collect();
    let oldest = 11_000 * 60_000_000;
    assert_eq!(ends, [(1_000, oldest), (1_000, oldest), (1, 3_600_000_000)]);
    assert_eq!(store.symbols().await.unwrap(), [symbol("BTC-USD")]);
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await.len(), 1_000);
    // What is deleted makes no rollup be made anew out of nothing.
    assert_eq!(store.dirty_ranges(u32::MAX).await.unwrap(), dirty);
    assert_eq!(write(&*store, vec![bar(1)]).await, counts(1, 0, 0));
}

pub(super) async fn changed_buckets_are_logged_until_cleared(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(
        &*store,
        vec![
            bar(1),
            bar(2),
            bar(1_441),
            bar_of("AAPL", Timeframe::D1, 40),
        ],
    )
    .await;
    let named = |ranges: &[mda::storage::DirtyRange]| -> Vec<String> {
        ranges
            .iter()
            .map(|range| format!("{} {} {}", range.series.symbol, range.from, range.to))
            .collect()
    };
    let first = store.dirty_ranges(10).await.unwrap();
    assert_eq!(
        named(&first),
        [
            "AAPL 1970-02-01T00:00:00Z 1970-03-01T00:00:00Z",
            "BTC-USD 1970-01-01T00:00:00Z 1970-01-02T00:00:00Z",
            "BTC-USD 1970-01-02T00:00:00Z 1970-01-03T00:00:00Z",
        ]
    );
    assert_eq!(store.dirty_ranges(1).await.unwrap(), first[..1]);
    write(&*store, vec![bar(1)]).await;
    assert_eq!(
        store.dirty_ranges(10).await.unwrap(),
        first,
        "an unchanged row changes nothing"
    );
    // The second day changes again between reading and clearing: it stays.
    write(&*store, vec![bar(1_442)]).await;
    store.clear_dirty(first.clone()).await.unwrap();
    let left = store.dirty_ranges(10).await.unwrap();
    assert_eq!(named(&left), [named(&first)[2].clone()]);
    assert!(left[0].generation > first[2].generation);
}

pub(super) async fn a_closed_store_says_so(factory: &dyn Factory) {
    let store = factory.open(Precedence::default()).await;
    write(&*store, vec![bar(1)]).await;
    store.close().await.unwrap();
    let batch = BarBatch::new(vec![bar(2)], Lineage::Feed);
    let refusals = [
        store.upsert_bars(Priority::High, batch).await.unwrap_err(),
        store.bars(minutes("BTC-USD")).await.unwrap_err(),
        store.close().await.unwrap_err(),
    ];
    for error in refusals {
        assert!(matches!(error, StoreError::Closed { .. }), "{error}");
        assert!(!error.is_retryable());
    }
    let store = factory.open(Precedence::default()).await;
    assert_eq!(read_minutes(&*store, minutes("BTC-USD")).await, [1]);
}
