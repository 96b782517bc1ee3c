//! Real vendor files: as many records as the data's own list counts.

use std::collections::BTreeMap;
use std::fs;

use mda::import::csv::{CutLimits, Position, probe};

use super::support::{assert_tiled, chunks, met};
use crate::support::skip::shared_data;

/// Reads "rows" of each file out of the list: a heading names the folder, a bold line the file.
fn listed(readme: &str) -> BTreeMap<String, usize> {
    let (mut folder, mut name) = (String::new(), String::new());
    let mut rows = BTreeMap::new();
    for line in readme.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            folder = heading.trim_end_matches('/').to_owned();
        } else if let Some(file) = line
            .strip_prefix("**")
            .and_then(|rest| rest.split("**").next())
        {
            file.clone_into(&mut name);
        } else if let Some(content) = line.strip_prefix("- content: ")
            && let Some((count, _)) = content.split_once(" rows")
            && let Ok(count) = count.replace(',', "").parse()
        {
            rows.insert(format!("{folder}/{name}"), count);
        }
    }
    rows
}

fn is_text(path: &str) -> bool {
    let endings = [".csv", ".tsv", ".txt"];
    path.starts_with("ohlcv/") && endings.iter().any(|ending| path.ends_with(ending))
}

#[test]
fn every_vendor_file_has_the_records_its_list_counts() {
    let Some(readme) = shared_data("README.md") else {
        return;
    };
    let listed = listed(&fs::read_to_string(readme).unwrap());
    let mut wrong = Vec::new();
    let mut files = 0;
    for (path, rows) in listed.iter().filter(|(path, _)| is_text(path)) {
        let Some(file) = shared_data(path) else {
            return;
        };
        let dialect = probe(&file).unwrap().dialect;
        let start = Position::start_of(&dialect);
        let copy = super::support::file(&fs::read(&file).unwrap());
        let chunks = chunks(&copy, &dialect, (start, CutLimits::default()));
        let end = dialect
            .body_to
            .unwrap_or(fs::metadata(&file).unwrap().len());
        assert_tiled(&chunks, start, end);
        let met = met(&chunks, &dialect);
        let full = met.iter().filter(|met| met.fields != Ok(None)).count();
        if full != *rows {
            wrong.push(format!("{path}: {full} records, listed {rows}"));
        }
        files += 1;
    }
    assert!(files > 40, "only {files} files");
    assert_eq!(wrong, Vec::<String>::new());
}
