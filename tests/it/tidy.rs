//! What the style promises of every file, and neither rustfmt nor clippy holds.
//!
//! Sizes, headers, no placeholders, no paths of one machine, lean `mod.rs`, snapshots that some
//! test still makes. Each rule lists every fault it finds, as `file:line: what`.

use std::fs;
use std::path::Path;

use crate::support::source::{self, SourceFile, item_end, line_of};

/// Production lines of a file: beyond it a header line `//! Long file: <reason>` must say why.
const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const COMMENT_COLUMNS_MAX: usize = 100;

/// Every Rust file that is ours.
fn all_rust() -> Vec<SourceFile> {
    ["src", "tests", "benches"]
        .into_iter()
        .flat_map(source::rust_files)
        .collect()
}

fn expect_none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}:\n{}", faults.join("\n"));
}

/// Lists where `needle` occurs in the text that `part` picks out of each file.
fn occurrences(files: &[SourceFile], needle: &str, part: fn(&SourceFile) -> &str) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (offset, _) in part(file).match_indices(needle) {
            let line = line_of(part(file), offset);
            faults.push(format!("{}:{line}: {needle}", file.path));
        }
    }
    faults
}

/// Returns name, first line and number of lines of every function with a body.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices("fn ")
        .filter(|(offset, _)| !code[..*offset].ends_with(is_word))
        .filter_map(|(offset, _)| {
            let name: String = code[offset + 3..]
                .chars()
                .take_while(|c| is_word(*c))
                .collect();
            let end = item_end(code, offset);
            let is_function = !name.is_empty() && code[..end].ends_with('}');
            let first = line_of(code, offset);
            is_function.then(|| (name, first, line_of(code, end) - first + 1))
        })
        .collect()
}

#[test]
fn files_are_short_or_say_why_not() {
    let faults: Vec<String> = source::rust_files("src")
        .iter()
        .filter(|file| {
            !file
                .text
                .lines()
                .any(|line| line.starts_with("//! Long file: "))
        })
        .filter_map(|file| {
            let lines = production_lines(file);
            (lines > FILE_LINES_MAX).then(|| format!("{}: {lines} lines", file.path))
        })
        .collect();
    expect_none("files over 500 production lines", &faults);
}

/// Counts the lines of a file that are not of its tests, comments included.
fn production_lines(file: &SourceFile) -> usize {
    let pairs = file.code.lines().zip(file.production.lines());
    let of_tests = pairs
        .filter(|(code, kept)| code.trim() != kept.trim())
        .count();
    file.code.lines().count() - of_tests
}

#[test]
fn functions_are_short() {
    let mut faults = Vec::new();
    for file in all_rust() {
        for (name, line, lines) in functions(&file.code) {
            if lines > FUNCTION_LINES_MAX {
                faults.push(format!("{}:{line}: `{name}` has {lines} lines", file.path));
            }
        }
    }
    expect_none("functions over 70 lines", &faults);
}

#[test]
fn every_file_says_what_it_is_for() {
    let faults: Vec<String> = all_rust()
        .iter()
        .filter(|file| {
            let head = file.text.lines().next().unwrap_or_default();
            head.strip_prefix("//! ")
                .is_none_or(|words| words.len() < 15)
        })
        .map(|file| format!("{}:1: no `//!` that says what it is for", file.path))
        .collect();
    expect_none("files without a header", &faults);
}

#[test]
fn nothing_is_left_for_later() {
    let files = all_rust();
    let mut faults = Vec::new();
    for needle in ["todo!(", "unimplemented!(", "#[ignore"] {
        faults.extend(occurrences(&files, needle, |file| &file.code));
    }
    for needle in ["TODO", "FIXME"] {
        faults.extend(occurrences(&files, needle, |file| &file.text));
    }
    faults.retain(|fault| !fault.starts_with("tests/it/tidy.rs:"));
    expect_none("placeholders and tests that do not run", &faults);
}

#[test]
fn production_code_does_not_unwrap() {
    let files = source::rust_files("src");
    let faults = occurrences(&files, ".unwrap()", |file| &file.production);
    expect_none("`unwrap()` outside tests", &faults);
}

#[test]
fn comments_fit_the_page() {
    let mut faults = Vec::new();
    for file in all_rust() {
        for (number, line) in file.text.lines().enumerate() {
            let columns = line.chars().count();
            if line.trim_start().starts_with("//") && columns > COMMENT_COLUMNS_MAX {
                faults.push(format!("{}:{}: {columns} columns", file.path, number + 1));
            }
        }
    }
    expect_none("comments over 100 columns", &faults);
}

fn is_rust(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "rs")
}

/// Every text file of ours. Snapshots and what tests read are as they must be.
fn texts() -> Vec<(String, String)> {
    let endings = [
        ".rs", ".toml", ".md", ".sh", ".json", ".yaml", ".yml", "run",
    ];
    source::files(".", &endings)
        .into_iter()
        .filter(|path| is_rust(path) || !path.starts_with("tests/it/"))
        .filter_map(|path| {
            let text = fs::read_to_string(source::root().join(&path)).ok()?;
            Some((path, text))
        })
        .collect()
}

#[test]
fn lines_end_where_their_words_end() {
    let mut faults = Vec::new();
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            if line.ends_with([' ', '\t', '\r']) {
                faults.push(format!("{path}:{}: blank at the end", number + 1));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            faults.push(format!("{path}: no line end at the end"));
        }
    }
    expect_none("blanks at line ends", &faults);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // Put together here, so that this file does not hold what it looks for.
    let homes = ["root", "work", "farm", "tmp/bash_jobs"].map(|home| format!("/{home}/"));
    let mut faults = Vec::new();
    for (path, text) in texts() {
        for home in &homes {
            for (offset, _) in text.match_indices(home.as_str()) {
                let before = text[..offset].chars().next_back();
                let is_inside_a_path =
                    before.is_some_and(|c| c.is_alphanumeric() || "._-~*})".contains(c));
                if !is_inside_a_path {
                    faults.push(format!("{path}:{}: {home}", line_of(&text, offset)));
                }
            }
        }
    }
    expect_none("absolute paths", &faults);
}

/// A folder of several modules begins with their list. A `mod.rs` that stands alone, or beside its
/// tests only, is an ordinary file.
#[test]
fn mod_files_only_list_and_export() {
    let files = source::rust_files("src");
    let is_production = |file: &SourceFile| !file.production.trim().is_empty();
    let mut faults = Vec::new();
    for list in files.iter().filter(|file| file.path.ends_with("/mod.rs")) {
        let folder = list.path.trim_end_matches("mod.rs");
        let is_list = files.iter().any(|file| {
            file.path.starts_with(folder) && file.path != list.path && is_production(file)
        });
        faults.extend(is_list.then(|| fault_of_list(list)).flatten());
    }
    faults.extend(
        files
            .iter()
            .filter(|file| file.path == "src/lib.rs")
            .filter_map(fault_of_list),
    );
    expect_none(
        "`mod.rs` holds docs, the list of modules and re-exports only",
        &faults,
    );
}

fn fault_of_list(file: &SourceFile) -> Option<String> {
    let others = other_items(&file.production);
    let first = others.first()?;
    Some(format!(
        "{}: {} other items, first `{first}`",
        file.path,
        others.len()
    ))
}

/// Returns the items that are neither `mod x;` nor a re-export.
fn other_items(code: &str) -> Vec<String> {
    let mut others = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let mut item = code[at..].trim_start();
        while let Some(attribute) = item.strip_prefix('#') {
            let end = attribute.find(']').map_or(attribute.len(), |end| end + 1);
            item = attribute[end..].trim_start();
        }
        let start = code.len() - item.len();
        let end = item_end(code, start);
        let words: Vec<&str> = item[..end - start].split_whitespace().collect();
        let (is_visible, kind) = visibility(&item[..end - start]);
        let is_listed = kind.starts_with("mod ") && kind.ends_with(';');
        if !(words.is_empty() || is_listed || is_visible && kind.starts_with("use ")) {
            others.push(words.join(" ").chars().take(60).collect());
        }
        at = end;
    }
    others
}

/// Splits `pub`, `pub(crate)` or `pub(in a::b)` from the item behind it.
fn visibility(item: &str) -> (bool, &str) {
    let Some(rest) = item
        .strip_prefix("pub")
        .filter(|rest| rest.starts_with([' ', '(']))
    else {
        return (false, item);
    };
    let within = rest.find(')').filter(|_| rest.starts_with('('));
    (true, rest[within.map_or(0, |end| end + 1)..].trim_start())
}

/// Tells whether the text of some test names the snapshot: as a function, or as a literal.
///
/// A name may be put together (`overview` + `-80x24`), so its beginning up to any `-`, `_` or `@`
/// counts. `tests/run.sh` knows exactly which files the tests used, and holds that.
fn is_named(name: &str, text: &str) -> bool {
    let ends = name.match_indices(['-', '_', '@']).map(|(end, _)| end);
    ends.chain([name.len()])
        .filter(|end| *end >= 3)
        .map(|end| &name[..end])
        .any(|start| text.contains(&format!("\"{start}")) || text.contains(&format!("fn {start}")))
}

#[test]
fn every_snapshot_has_a_test() {
    let tests = all_rust();
    let mut faults = Vec::new();
    for path in source::files(".", &[".snap", ".snap.new", ".pending-snap"]) {
        if Path::new(&path)
            .extension()
            .is_none_or(|ending| ending != "snap")
        {
            faults.push(format!("{path}: not yet accepted or refused"));
            continue;
        }
        let stem = path.rsplit('/').next().unwrap_or_default();
        let stem = stem.trim_end_matches(".snap");
        let name = stem.rsplit("__").next().unwrap_or(stem);
        if !tests.iter().any(|file| is_named(name, &file.text)) {
            faults.push(format!("{path}: no test makes it"));
        }
    }
    expect_none("snapshots without a test", &faults);
}

#[test]
fn the_rules_find_what_they_look_for() {
    let long = format!(
        "fn long() {{\n{}}}\nfn short() {{}}\ntrait T {{ fn none(&self); }}",
        "\n".repeat(70)
    );
    let found = functions(&long);
    assert_eq!(found[0], ("long".to_owned(), 1, 72));
    assert_eq!(found.len(), 2, "{found:?}");
    let list =
        "#[rustfmt::skip]\npub mod a;\nmod b;\npub use a::{B, C};\npub(in crate::x) use b::d;\n";
    assert!(other_items(list).is_empty());
    assert_eq!(
        other_items("mod a;\npub struct B(i64);\nuse c::D;\nmod e { }").len(),
        3
    );
    assert!(is_named(
        "overview_live-80x24",
        "snapshot(\"overview\", size)"
    ));
    assert!(is_named("help_text", "fn help_text() {}"));
    assert!(!is_named(
        "markets_live-80x24",
        "snapshot(\"overview\", size)"
    ));
}
