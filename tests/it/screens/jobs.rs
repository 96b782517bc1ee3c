//! Imports, previews and rejected records, made by hand for tests.

use std::sync::Arc;
use std::time::Duration;

use mda::api::{
    AgentState, CacheClassState, CacheState, ColumnMapping, DimensionScores, FilePreview,
    ImportCounts, ImportFile, ImportJob, ImportPreview, ImportProgress, ImportQuality,
    ImportQuestion, ImportSpec, ImportState, OperationLatency, PreviewFact, PreviewLine, Quantiles,
    QuestionAbout, Reject, RejectOutcome, StageTime, StoreState,
};
use mda::domain::{
    Bar, Grade, GradeCap, ImportId, Level, QualityScore, Severity, Source, Symbol, Timeframe,
};

use super::market::{self, ago, price};

const DIR: &str = "/srv/market/ohlcv";

/// An import that was ordered and no more.
pub(crate) fn job(id: i64, state: ImportState, file: &str) -> ImportJob {
    let path = format!("{DIR}/{file}");
    ImportJob {
        id: ImportId(id),
        state,
        spec: ImportSpec {
            paths: vec![path],
            ..ImportSpec::default()
        },
        files: Vec::new(),
        created: ago(1_200_000 - id as u64 * 60_000),
        started: None,
        finished: None,
        counts: ImportCounts::default(),
        progress: ImportProgress::default(),
        questions: Vec::new(),
        problem: None,
        notes: Vec::new(),
        quality: None,
        is_undoing: false,
        undone: None,
    }
}

fn stages(read: u64, parse: u64, write: u64) -> Vec<StageTime> {
    let stage = |name: &str, millis| StageTime {
        name: name.to_owned(),
        busy: Duration::from_millis(millis),
    };
    vec![
        stage("read", read),
        stage("parse", parse),
        stage("write", write),
    ]
}

fn with_file(mut job: ImportJob, bytes: u64, layout: &str) -> ImportJob {
    job.files = vec![ImportFile {
        path: job.spec.paths[0].clone(),
        bytes,
        layout: Some(layout.to_owned()),
    }];
    job
}

/// One at work.
pub(crate) fn running() -> ImportJob {
    let job = with_file(
        job(7, ImportState::Running, "btc_usd_1m.csv"),
        124_200_000,
        "binance",
    );
    ImportJob {
        started: Some(ago(14_200)),
        counts: ImportCounts {
            read: 1_234_567,
            inserted: 1_200_000,
            updated: 12,
            unchanged: 34_000,
            rejected: 5,
            duplicate: 2,
            skipped: 548,
        },
        progress: ImportProgress {
            bytes_done: 52_164_000,
            bytes_total: 124_200_000,
            rows_per_sec: 118_345.0,
            rows_per_sec_average: 97_210.0,
            elapsed: Duration::from_millis(14_200),
            remaining: Some((Duration::from_secs(38), Duration::from_secs(55))),
            stages: stages(1_240, 8_120, 12_400),
            bottleneck: Some("write".to_owned()),
            workers: 2,
            peak_memory_bytes: 41_300_000,
        },
        quality: Some(quality(97.34, Grade::B, Some(GradeCap::AnyCritical))),
        ..job
    }
}

fn quality(score: f64, grade: Grade, cap: Option<GradeCap>) -> ImportQuality {
    ImportQuality {
        score,
        grade,
        level: Level::of_score(score),
        cap,
        dimensions: DimensionScores {
            completeness: Some(99.1),
            accuracy: Some(100.0),
            consistency: Some(98.5),
            validity: Some(99.98),
            timeliness: None,
            uniqueness: Some(100.0),
        },
    }
}

/// One that asks for a zone and a symbol.
pub(crate) fn asking() -> ImportJob {
    ImportJob {
        questions: preview_asking().files[0].questions.clone(),
        ..job(8, ImportState::NeedsInput, "ticks_export.csv")
    }
}

fn paused() -> ImportJob {
    let job = with_file(
        job(6, ImportState::Paused, "eth_usd_1m.csv"),
        118_000_000,
        "binance",
    );
    ImportJob {
        started: Some(ago(300_000)),
        counts: ImportCounts {
            read: 840_112,
            inserted: 840_112,
            ..ImportCounts::default()
        },
        progress: ImportProgress {
            bytes_done: 35_400_000,
            bytes_total: 118_000_000,
            rows_per_sec_average: 104_000.0,
            elapsed: Duration::from_millis(8_070),
            stages: stages(800, 4_100, 7_200),
            workers: 2,
            peak_memory_bytes: 39_800_000,
            ..ImportProgress::default()
        },
        ..job
    }
}

/// One that could not go on.
pub(crate) fn failed() -> ImportJob {
    let job = with_file(
        job(5, ImportState::Failed, "sol_usd_5m.csv"),
        9_300_000,
        "ohlcv",
    );
    ImportJob {
        started: Some(ago(600_000)),
        finished: Some(ago(597_000)),
        counts: ImportCounts {
            read: 20_000,
            inserted: 20_000,
            ..ImportCounts::default()
        },
        progress: ImportProgress {
            bytes_done: 1_200_000,
            bytes_total: 9_300_000,
            rows_per_sec_average: 21_000.0,
            elapsed: Duration::from_millis(950),
            ..ImportProgress::default()
        },
        problem: Some("disk is full: free some space, then press p to go on".to_owned()),
        ..job
    }
}

/// One with rejected rows and several files.
pub(crate) fn partial() -> ImportJob {
    let mut job = job(3, ImportState::Partial, "*.csv");
    job.files = ["AAPL.csv", "MSFT.csv", "AMZN.csv"]
        .map(|name| ImportFile {
            path: format!("{DIR}/{name}"),
            bytes: 612_345,
            layout: Some("yahoo".to_owned()),
        })
        .to_vec();
    ImportJob {
        started: Some(ago(760_000)),
        finished: Some(ago(757_000)),
        counts: ImportCounts {
            read: 6_260,
            inserted: 6_225,
            updated: 12,
            unchanged: 0,
            rejected: 14,
            duplicate: 1,
            skipped: 8,
        },
        progress: ImportProgress {
            bytes_done: 1_837_035,
            bytes_total: 1_837_035,
            rows_per_sec_average: 9_310.0,
            elapsed: Duration::from_millis(672),
            stages: stages(12, 240, 380),
            bottleneck: Some("write".to_owned()),
            workers: 2,
            peak_memory_bytes: 22_100_000,
            ..ImportProgress::default()
        },
        problem: Some("14 rows were rejected".to_owned()),
        notes: vec![
            "MSFT.csv: 2 lines after the last record were left out".to_owned(),
            "AMZN.csv: same content as import 1".to_owned(),
        ],
        quality: Some(quality(
            81.2,
            Grade::D,
            Some(GradeCap::CriticalAbove1000PerMillion),
        )),
        ..job
    }
}

fn completed() -> ImportJob {
    let job = with_file(job(2, ImportState::Completed, "GOOG.csv"), 402_118, "yahoo");
    ImportJob {
        started: Some(ago(800_000)),
        finished: Some(ago(799_000)),
        counts: ImportCounts {
            read: 5_120,
            inserted: 5_120,
            ..ImportCounts::default()
        },
        progress: ImportProgress {
            bytes_done: 402_118,
            bytes_total: 402_118,
            rows_per_sec_average: 41_200.0,
            elapsed: Duration::from_millis(124),
            ..ImportProgress::default()
        },
        quality: Some(quality(99.6, Grade::A, None)),
        ..job
    }
}

fn undone() -> ImportJob {
    ImportJob {
        id: ImportId(1),
        undone: Some(ago(500_000)),
        ..completed()
    }
}

/// One in every situation, newest first.
pub(crate) fn all() -> Vec<ImportJob> {
    vec![
        asking(),
        running(),
        paused(),
        failed(),
        job(4, ImportState::Queued, "xrp_usd_1m.csv"),
        partial(),
        completed(),
        undone(),
    ]
}

/// The market at work, and these imports.
pub(crate) fn state(jobs: Vec<ImportJob>) -> AgentState {
    AgentState {
        imports: jobs.into_iter().map(Arc::new).collect(),
        ..market::live()
    }
}

/// The market at work, an import at work, questions and cache measured.
pub(crate) fn busy() -> AgentState {
    let latency = |operation: &str, count, p50_micros, p99_micros| OperationLatency {
        operation: operation.to_owned(),
        latency: Quantiles {
            count,
            p50_micros,
            p90_micros: p99_micros / 2,
            p99_micros,
            max_micros: p99_micros * 3,
        },
    };
    let class = |name: &str, hits, misses, stale| CacheClassState {
        name: name.to_owned(),
        hits,
        misses,
        stale,
        evictions: 0,
    };
    AgentState {
        store: Arc::new(StoreState {
            path: "~/.local/share/mda/market.db".to_owned(),
            inserted: 12_345,
            pending: 3,
            latencies: vec![
                latency("range", 842, 1_120, 6_400),
                latency("latest", 9_310, 85, 640),
                latency("point", 0, 0, 0),
                latency("resample", 12, 4_200, 18_000),
                latency("write", 240, 2_100, 11_000),
            ],
            ..StoreState::default()
        }),
        cache: Arc::new(CacheState {
            entries: 1_234,
            bytes: 12_400_000,
            bytes_max: 64_000_000,
            classes: vec![
                class("latest", 120_345, 240, 3),
                class("intraday", 8_112, 1_020, 88),
                class("daily", 412, 12, 0),
                class("history", 96, 44, 0),
                class("statistics", 0, 0, 0),
            ],
            hit_p50_nanos: 820,
            hit_p99_nanos: 4_120,
            ..CacheState::default()
        }),
        ..state(vec![running(), partial()])
    }
}

fn column(name: &str, role: &str, evidence: &str, confidence: u8) -> ColumnMapping {
    ColumnMapping {
        name: name.to_owned(),
        role: role.to_owned(),
        evidence: evidence.to_owned(),
        confidence,
    }
}

fn fact(what: &str, value: &str, evidence: &str) -> PreviewFact {
    PreviewFact {
        what: what.to_owned(),
        value: value.to_owned(),
        evidence: evidence.to_owned(),
    }
}

fn bar(time: &str, open: &str, close: &str) -> Bar {
    Bar {
        symbol: Symbol::parse("AAPL").unwrap(),
        timeframe: Timeframe::D1,
        time: time.parse().unwrap(),
        open: price(open),
        high: price("0.5156"),
        low: price("0.5089"),
        close: price(close),
        volume: "469033600".parse().unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse("yahoo").unwrap(),
        quality_score: QualityScore::MAX,
    }
}

/// A file that says everything itself.
pub(crate) fn preview() -> ImportPreview {
    let before = |date: &str, open: &str, close: &str| {
        [date, open, "0.5156", "0.5089", close, "0.4069", "469033600"]
            .map(str::to_owned)
            .to_vec()
    };
    let rejected = PreviewLine {
        line: 4,
        before: before("1980-12-16", "0.4531", "0.4531"),
        after: Some(Err(reject(4))),
    };
    ImportPreview {
        files: vec![FilePreview {
            path: format!("{DIR}/AAPL.csv"),
            bytes: 612_345,
            layout: "yahoo".to_owned(),
            format: "CSV, comma, UTF-8, 1 header line".to_owned(),
            columns: vec![
                column("Date", "date", "named so; every value is a date", 100),
                column("Open", "open", "named so", 100),
                column("High", "high", "named so; never below the others", 100),
                column("Low", "low", "named so; never above the others", 100),
                column("Close", "close", "named so", 100),
                column("Adj Close", "-", "adjusted closes are not stored", 0),
                column("Volume", "volume", "named so; whole numbers", 98),
            ],
            facts: vec![
                fact("symbol", "AAPL", "the name of the file"),
                fact(
                    "timeframe",
                    "1d",
                    "4,412 of 4,415 steps are a day, weekends left out",
                ),
                fact("zone", "none needed", "dates without a time of day"),
                fact(
                    "date format",
                    "%Y-%m-%d",
                    "the year comes first in every value",
                ),
                fact("numbers", "point, no thousands", "as in every value"),
            ],
            left_out: vec![(1, "# exported 2024-01-02".to_owned())],
            lines: vec![
                PreviewLine {
                    line: 3,
                    before: before("1980-12-12", "0.5134", "0.5134"),
                    after: Some(Ok(bar("1980-12-12T00:00:00Z", "0.5134", "0.5134"))),
                },
                rejected,
            ],
            questions: Vec::new(),
        }],
    }
}

/// A file that does not say its zone nor its symbol.
pub(crate) fn preview_asking() -> ImportPreview {
    let mut preview = preview();
    let file = &mut preview.files[0];
    file.path = format!("{DIR}/ticks_export.csv");
    "ohlcv".clone_into(&mut file.layout);
    for line in &mut file.lines {
        line.after = None;
    }
    file.facts.drain(..3);
    let question = |about, text: &str, choices: &[&str]| ImportQuestion {
        about,
        file: format!("{DIR}/ticks_export.csv"),
        text: text.to_owned(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    file.questions = vec![
        question(
            QuestionAbout::Timezone,
            "In which zone are the times? They carry none, and the bars are shorter than a day.",
            &["America/New_York", "UTC", "Europe/London"],
        ),
        question(
            QuestionAbout::Symbol,
            "Which symbol is it? Neither the file nor its name says one.",
            &[],
        ),
    ];
    preview
}

/// A rejected record.
pub(crate) fn reject(line: u64) -> Reject {
    let is_even = line.is_multiple_of(2);
    Reject {
        file: format!("{DIR}/AAPL.csv"),
        line,
        byte: line * 61,
        outcome: if line.is_multiple_of(7) {
            RejectOutcome::Duplicate
        } else {
            RejectOutcome::Rejected
        },
        rule: if is_even { "V2" } else { "fields" }.to_owned(),
        severity: if is_even {
            Severity::Critical
        } else {
            Severity::High
        },
        column: is_even.then(|| "High".to_owned()),
        value: is_even.then(|| "0.4496".to_owned()),
        reason: if is_even {
            "high 0.4496 is below low 0.5089"
        } else {
            "5 fields where the header has 7"
        }
        .to_owned(),
        suggestion: is_even.then(|| "look whether high and low are swapped".to_owned()),
        raw: format!("1980-12-{line:02},0.4531,0.4496,0.5089,0.4531,0.3591,175884800"),
    }
}

/// Rejected records from a line on.
pub(crate) fn rejects(first: u64, count: u64) -> Vec<Reject> {
    (first..first + count).map(reject).collect()
}
