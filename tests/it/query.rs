//! `mda query`, `mda stats` and `mda export`, held against what was put into the store.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use flate2::read::GzDecoder;
use mda::domain::{Bar, QualityScore, Source, Symbol, Timeframe, Timestamp, resample};
use mda::runtime::SystemClock;
use mda::storage::{BarBatch, Lineage, MarketStore, Priority, SqliteOptions, SqliteStore};
use rstest::rstest;
use serde_json::Value;

use crate::support::served::{Served, mda};

const HEADER: &str = "time,symbol,timeframe,open,high,low,close,volume,source,quality_score";

/// More than two pieces of what is asked for at once.
const MINUTES: usize = 40_000;

/// The first of [`minutes`].
const FIRST_MINUTE: &str = "2024-01-31T00:00:00Z";

/// Puts bars into the store of a data directory.
fn keep(data_dir: &Path, bars: &[Bar]) {
    fs::create_dir_all(data_dir).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteOptions::at(data_dir.join("market.sqlite"));
        let clock = Arc::new(SystemClock::new());
        let store = SqliteStore::open(options, clock).await.unwrap();
        for batch in bars.chunks(BarBatch::ROWS_MAX) {
            let batch = BarBatch::new(batch, Lineage::Feed);
            store.upsert_bars(Priority::Normal, batch).await.unwrap();
        }
        store.close().await.unwrap();
    });
}

/// Returns a home whose store holds `bars`.
fn home_with(bars: &[Bar]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    keep(&home.path().join("data"), bars);
    home
}

fn symbol(name: &str) -> Symbol {
    Symbol::parse(name).unwrap()
}

/// Writes a number of the file without exponent and without zeros at its end.
fn plain(number: &str) -> String {
    if let Some((digits, exponent)) = number.split_once("E+") {
        let (whole, fraction) = digits.split_once('.').unwrap();
        let width = exponent.parse().unwrap();
        return format!("{whole}{fraction:0<width$}");
    }
    match number.split_once('.') {
        Some(_) => number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        None => number.to_owned(),
    }
}

/// Reads the bundled hours of EURUSD as rows of the contract, digits as they stand in the file.
fn eurusd_rows() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/bars/eurusd-1h.csv.gz");
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let (day, hour) = fields[0].split_once(' ').unwrap();
            let date: Vec<&str> = day.split('.').collect();
            let time = format!("{}-{}-{}T{}:00:00Z", date[2], date[1], date[0], &hour[..2]);
            let numbers: Vec<String> = fields[1..].iter().map(|field| plain(field)).collect();
            format!("{time},EURUSD,1h,{},yahoo,100", numbers.join(","))
        })
        .collect()
}

/// Makes a bar of a row of the contract.
fn bar(row: &str) -> Bar {
    let fields: Vec<&str> = row.split(',').collect();
    Bar {
        symbol: symbol(fields[1]),
        timeframe: fields[2].parse().unwrap(),
        time: fields[0].parse().unwrap(),
        open: fields[3].parse().unwrap(),
        high: fields[4].parse().unwrap(),
        low: fields[5].parse().unwrap(),
        close: fields[6].parse().unwrap(),
        volume: fields[7].parse().unwrap(),
        trade_count: None,
        vwap: None,
        source: Source::parse(fields[8]).unwrap(),
        quality_score: QualityScore::new(fields[9].parse().unwrap()).unwrap(),
    }
}

fn eurusd() -> Vec<Bar> {
    eurusd_rows().iter().map(|row| bar(row)).collect()
}

/// Makes invented minutes, each with a price of its own.
fn minutes(name: &str, count: usize) -> Vec<Bar> {
    let first: Timestamp = FIRST_MINUTE.parse().unwrap();
    (0..count)
        .map(|index| {
            let time = first.plus(Timeframe::M1.duration() * u32::try_from(index).unwrap());
            let price = format!("{}.{:08}", 100 + index % 7, index + 1);
            bar(&format!(
                "{time},{name},1m,{price},{price},{price},{price},0.5,coinbase.trades,100"
            ))
        })
        .collect()
}

/// Makes a row of the contract of a bar.
fn row(bar: &Bar) -> String {
    format!(
        "{},{},{},{},{},{},{},{},{},{}",
        bar.time,
        bar.symbol,
        bar.timeframe,
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        bar.volume,
        bar.source,
        bar.quality_score.get()
    )
}

fn run(mut command: Command, line: &str) -> Output {
    command.args(line.split(' ')).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns what was printed, once it is sure that it went well.
fn printed(command: Command, line: &str) -> String {
    let output = run(command, line);
    assert!(output.status.success(), "{line}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the rows of a CSV result.
fn csv(command: Command, line: &str) -> Vec<String> {
    let text = printed(command, &format!("{line} --format csv"));
    let mut lines = text.lines().map(str::to_owned);
    assert_eq!(lines.next().as_deref(), Some(HEADER));
    lines.collect()
}

/// Returns the rows of a JSON result in the form of CSV: every value of it is a text but the score.
fn rows_of(json: &[Value]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{other}"),
    };
    let row = |object: &Value| {
        let object = object.as_object().unwrap();
        assert_eq!(object.len(), HEADER.split(',').count());
        assert!(object["quality_score"].is_number() && object["volume"].is_string());
        let values: Vec<String> = HEADER.split(',').map(|name| text(&object[name])).collect();
        values.join(",")
    };
    json.iter().map(row).collect()
}

/// Compares two long results, and shows where they part.
#[track_caller]
fn expect_same(found: &[String], expected: &[String]) {
    let parting = found.iter().zip(expected).find(|(a, b)| a != b);
    assert_eq!(parting, None);
    assert_eq!(found.len(), expected.len());
}

#[test]
fn every_format_says_digit_by_digit_what_was_stored() {
    let rows = eurusd_rows();
    let home = home_with(&eurusd());
    let ask = |format: &str| {
        let line = format!("query EURUSD --timeframe 1h --format {format}");
        printed(mda(home.path()), &line)
    };
    expect_same(&csv(mda(home.path()), "query eurusd --timeframe 1h"), &rows);
    let array: Vec<Value> = serde_json::from_str(&ask("json")).unwrap();
    expect_same(&rows_of(&array), &rows);
    let lines = ask("ndjson");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines == array);

    let table = ask("table");
    let cells = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(",");
    let shown: Vec<String> = table.lines().map(cells).collect();
    assert_eq!(shown[0], HEADER);
    expect_same(&shown[1..], &rows[rows.len() - 500..]);
}

#[test]
fn a_range_has_its_first_time_and_not_its_last() {
    let home = home_with(&eurusd());
    let rows = eurusd_rows();
    let all = "query EURUSD --timeframe 1h";
    let within = |from: &str, to: &str| -> Vec<String> {
        let is_within = |row: &&String| row.as_str() >= from && &row[..20] < to;
        rows.iter().filter(is_within).cloned().collect()
    };
    let day = within("2017-01-03T00:00:00Z", "2017-01-04T00:00:00Z");
    assert_eq!(day.len(), 24);
    let asked = format!("{all} --from 2017-01-03 --to 2017-01-04");
    assert_eq!(csv(mda(home.path()), &asked), day);
    let asked = format!("{all} --from 2017-01-03T02:00:00+02:00 --to 2017-01-04T00:00:00Z");
    assert_eq!(csv(mda(home.path()), &asked), day);
    let asked = format!("{all} --from 2017-01-03 --limit 5");
    assert_eq!(csv(mda(home.path()), &asked), day[..5]);
    let asked = format!("{all} --to 2017-01-04 --limit 5");
    assert_eq!(csv(mda(home.path()), &asked), day[19..]);
}

#[test]
fn more_than_one_answer_holds_comes_whole_and_in_order() {
    let bars = minutes("BTC-USD", MINUTES);
    let rows: Vec<String> = bars.iter().map(row).collect();
    let home = home_with(&bars);
    let ask = |line: &str| csv(mda(home.path()), &format!("query BTC-USD {line}"));
    expect_same(&ask("--timeframe 1m"), &rows);
    expect_same(&ask("--limit 35000"), &rows[MINUTES - 35_000..]);
    expect_same(
        &ask(&format!("--limit 35000 --from {FIRST_MINUTE}")),
        &rows[..35_000],
    );
    let hours: Vec<String> = resample(&bars, Timeframe::H1)
        .unwrap()
        .iter()
        .map(row)
        .collect();
    assert_eq!(ask("--timeframe 1h"), hours);
    expect_same(&csv(mda(home.path()), "export BTC-USD"), &rows);
}

#[test]
fn coarser_bars_are_put_together_and_explain_tells() {
    let bars = eurusd();
    let home = home_with(&bars);
    let days: Vec<String> = resample(&bars, Timeframe::D1)
        .unwrap()
        .iter()
        .map(row)
        .collect();
    let asked = "query EURUSD --timeframe 1d --explain";
    assert_eq!(csv(mda(home.path()), asked), days);
    let told = errors(&run(mda(home.path()), asked));
    assert!(
        told.contains("source: yahoo, the first by precedence"),
        "{told}"
    );
    assert!(told.contains("base: 1h bars, put together to 1d"), "{told}");
    let asked = "query EURUSD --timeframe 1h --source yahoo --limit 3 --explain";
    let told = errors(&run(mda(home.path()), asked));
    assert!(told.contains("3 1h bars of EURUSD from yahoo"), "{told}");
    assert!(told.contains("source: yahoo, as asked for"), "{told}");
    assert!(told.contains("1h bars, read as they are stored"), "{told}");
}

#[test]
fn what_goes_on_from_finer_bars_is_not_mixed_in() {
    // Hours are stored to the end of a piece; minutes go on.
    let minutes = minutes("BTC-USD", 180);
    let hours = 16_384;
    let first = minutes[0].time.micros() - hours * Timeframe::H1.nominal_micros();
    let stored: Vec<Bar> = (0..hours)
        .map(|index| Bar {
            timeframe: Timeframe::H1,
            time: Timestamp::from_micros(first + index * Timeframe::H1.nominal_micros()),
            ..minutes[0].clone()
        })
        .collect();
    let home = home_with(&[stored.clone(), minutes].concat());
    let rows: Vec<String> = stored.iter().map(row).collect();
    let asked = "query BTC-USD --timeframe 1h";
    expect_same(&csv(mda(home.path()), asked), &rows);
    expect_same(
        &csv(mda(home.path()), "export BTC-USD --timeframe 1h"),
        &rows,
    );
}

#[test]
fn nothing_found_is_an_empty_success_that_says_what_is_stored() {
    let home = home_with(&eurusd());
    for (line, result, told) in [
        ("query EURUSD", "", "1h from yahoo: 6225 bars"),
        (
            "query IBM --format json",
            "[]\n",
            "nothing of IBM is stored",
        ),
        (
            "query EURUSD --timeframe 1h --from 2050-01-01 --format ndjson",
            "",
            "in this range",
        ),
        (
            "query EURUSD --timeframe 1h --source nobody --format ndjson",
            "",
            "from nobody",
        ),
        ("export IBM --format ndjson", "", "nothing of IBM is stored"),
    ] {
        let output = run(mda(home.path()), line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", errors(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout), result, "{line}");
        assert!(
            errors(&output).contains(told),
            "{line}: {}",
            errors(&output)
        );
    }
    let fresh = tempfile::tempdir().unwrap();
    let told = errors(&run(mda(fresh.path()), "query IBM"));
    assert!(told.contains("the store is empty"), "{told}");
}

#[rstest]
#[case("query", "<SYMBOL>")]
#[case("query A\u{e9}", "visible ASCII")]
#[case("query IBM --timeframe 7m", "expected one of")]
#[case("query IBM --from yesterday", "2024-01-31T09:30:00Z")]
#[case("query IBM --limit 0", "1..=1000000")]
#[case("query IBM --from 2024-02-01 --to 2024-01-01", "is after --to")]
#[case("export --format parquet", "csv, ndjson")]
#[case("stats --feed none", "--feed")]
fn a_wrong_question_is_a_usage_error(#[case] line: &str, #[case] told: &str) {
    let home = tempfile::tempdir().unwrap();
    let output = run(mda(home.path()), line);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(errors(&output).contains(told), "{}", errors(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_store_that_cannot_be_read_is_a_failure_with_its_reason() {
    let home = tempfile::tempdir().unwrap();
    let data_dir = home.path().join("data");
    fs::create_dir_all(&data_dir).unwrap();
    fs::write(data_dir.join("market.sqlite"), "no database at all").unwrap();
    for line in ["query IBM", "stats", "export"] {
        let output = run(mda(home.path()), line);
        assert_eq!(output.status.code(), Some(1), "{line}");
        let told = errors(&output);
        assert!(told.contains("is not an SQLite database"), "{told}");
        assert!(output.stdout.is_empty(), "{line}");
    }
}

#[test]
fn the_agent_that_runs_answers_the_same() {
    let bars = minutes("BTC-USD", MINUTES);
    let served = Served::start("none");
    keep(&served.data_dir(), &bars);
    let rows: Vec<String> = bars.iter().map(row).collect();
    expect_same(&csv(served.command(), "query BTC-USD"), &rows);
    expect_same(
        &csv(served.command(), "query BTC-USD --limit 20000"),
        &rows[MINUTES - 20_000..],
    );
    expect_same(&csv(served.command(), "export"), &rows);
    let line = "stats --format json";
    let stats: Value = serde_json::from_str(&printed(served.command(), line)).unwrap();
    assert_eq!(stats["rows"], MINUTES);
}

#[test]
fn statistics_tell_each_series() {
    let bars = [eurusd(), minutes("BTC-USD", 3)].concat();
    let home = home_with(&bars);
    let series = [
        "BTC-USD,1m,coinbase.trades,3,2024-01-31T00:00:00Z,2024-01-31T00:02:00Z".to_owned(),
        format!("EURUSD,1h,yahoo,6225,{},{}", bars[0].time, bars[6_224].time),
    ];
    let text = printed(mda(home.path()), "stats --format csv");
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(lines, series);
    let table = printed(mda(home.path()), "stats");
    assert!(table.contains("6228 in 2 series"), "{table}");
    let text = printed(mda(home.path()), "stats --format json");
    let all: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(all["series"][1]["newest"], bars[6_224].time.to_string());
    let text = printed(mda(home.path()), "stats --format ndjson");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::from(lines), all["series"]);
}

#[test]
fn an_export_holds_every_series_that_was_asked_for() {
    let (hours, minutes) = (eurusd(), minutes("BTC-USD", 130));
    let home = home_with(&[hours.clone(), minutes.clone()].concat());
    let rows = |bars: &[Bar]| bars.iter().map(row).collect::<Vec<String>>();
    let both = rows(&[minutes.clone(), hours.clone()].concat());
    expect_same(&csv(mda(home.path()), "export"), &both);
    expect_same(
        &csv(mda(home.path()), "export EURUSD BTC-USD EURUSD"),
        &both,
    );
    expect_same(
        &csv(mda(home.path()), "export --source yahoo EURUSD"),
        &rows(&hours),
    );
    let of_hour = [resample(&minutes, Timeframe::H1).unwrap(), hours].concat();
    expect_same(
        &csv(mda(home.path()), "export --timeframe 1h"),
        &rows(&of_hour),
    );
}

#[test]
fn an_exported_file_is_the_printed_one() {
    let home = home_with(&minutes("BTC-USD", 100));
    let printed = printed(mda(home.path()), "export --format ndjson");
    let file = home.path().join("bars.ndjson");
    fs::write(&file, "of yesterday").unwrap();
    let line = format!("export --format ndjson --out {}", file.display());
    let output = run(mda(home.path()), &line);
    assert!(output.status.success(), "{}", errors(&output));
    assert!(output.stdout.is_empty());
    assert!(
        errors(&output).contains("100 bars written"),
        "{}",
        errors(&output)
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), printed);
    let output = run(mda(home.path()), "export --out /no/such/folder/bars.csv");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors(&output).contains("/no/such/folder"),
        "{}",
        errors(&output)
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = home_with(&minutes("BTC-USD", MINUTES));
    for line in ["query BTC-USD --format csv", "export"] {
        let mut command = mda(home.path());
        let mut child = command.args(line.split(' ')).spawn().unwrap();
        let mut start = [0; 16];
        let mut reader = child.stdout.take().unwrap();
        reader.read_exact(&mut start).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        assert_eq!(errors(&output), "", "{line}");
    }
}
