//! The arrows of `docs/ARCHITECTURE.md` hold: who may name whom among the modules of `src/`.
//!
//! The table there is the rule; this reads it and every `crate::…` path of production code. A path
//! that climbs to the crate's root by `super::` is refused, since it hides an arrow.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;

use crate::support::source::{self, SourceFile, line_of};

/// What one module may use.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    /// Modules it may use wholly.
    modules: BTreeSet<String>,
    /// Modules of which it may use names with this ending only (`feed::*Config`, or a whole name).
    endings: BTreeSet<(String, String)>,
    /// Modules that one file of it may use (`run.rs: runtime`).
    by_file: BTreeSet<(String, String)>,
}

/// Reads the table whose head is `| module | … | may use |`.
fn table(markdown: &str) -> BTreeMap<String, Row> {
    let rows: Vec<Vec<&str>> = markdown
        .lines()
        .skip_while(|line| !(line.starts_with("| module |") && line.ends_with("| may use |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let all: BTreeSet<String> = rows.iter().map(|row| name(row[0])).collect();
    rows.iter()
        .map(|row| (name(row[0]), permitted(row[row.len() - 1], &all)))
        .collect()
}

fn name(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

fn permitted(cell: &str, all: &BTreeSet<String>) -> Row {
    let spans = cell.split('`').skip(1).step_by(2);
    let mut row = Row::default();
    if cell.starts_with("everything") {
        let excluded: BTreeSet<String> = spans.map(str::to_owned).collect();
        row.modules = all.difference(&excluded).cloned().collect();
        return row;
    }
    for span in spans {
        if let Some((file, module)) = span.split_once(": ") {
            row.by_file.insert((file.to_owned(), module.to_owned()));
        } else if let Some((module, name)) = span.split_once("::") {
            let ending = name.trim_start_matches('*');
            row.endings.insert((module.to_owned(), ending.to_owned()));
        } else {
            row.modules.insert(span.to_owned());
        }
    }
    row
}

/// Returns the top-level module of a file of `src/`.
fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let first = inside.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs")
}

/// Returns how many modules deep a file's code lies: 1 for `src/x.rs` and `src/x/mod.rs`.
fn depth_of(path: &str) -> usize {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let parts = inside.split('/').count();
    if inside.ends_with("/mod.rs") {
        parts - 1
    } else {
        parts
    }
}

/// Returns every path that begins with `keyword::`, groups written out, with its offset.
fn paths(code: &str, keyword: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (offset, _) in code.match_indices(keyword) {
        let before = code[..offset].trim_end().bytes().next_back();
        let is_start = !code[..offset].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && before != Some(b':');
        let rest = code[offset + keyword.len()..].trim_start();
        if let Some(tail) = rest.strip_prefix("::").filter(|_| is_start) {
            let mut leaves = Vec::new();
            tree(tail, &mut vec![keyword.to_owned()], &mut leaves);
            found.extend(leaves.into_iter().map(|leaf| (offset, leaf)));
        }
    }
    found
}

/// Reads one path or use tree behind a `::`, adds its leaves, and returns what follows it.
fn tree<'a>(text: &'a str, prefix: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut group) = text.strip_prefix('{') {
        loop {
            group = group.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            match group.strip_prefix('}') {
                Some(rest) => return rest,
                None if group.is_empty() => return group,
                None => group = tree(group, &mut prefix.clone(), leaves),
            }
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '*';
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    // A character that begins neither a word nor a group is stepped over, so that reading ends.
    let end = if end == 0 {
        text.chars().next().map_or(0, char::len_utf8)
    } else {
        end
    };
    prefix.push(text[..end].to_owned());
    let rest = text[end..].trim_start();
    if let Some(tail) = rest.strip_prefix("::") {
        return tree(tail, prefix, leaves);
    }
    leaves.push(prefix.clone());
    match rest.strip_prefix("as ") {
        Some(alias) => alias.trim_start_matches(is_word),
        None => rest,
    }
}

/// Says what is wrong with one path out of `file`; `None` when the table allows it.
fn fault(file: &SourceFile, path: &[String], rules: &BTreeMap<String, Row>) -> Option<String> {
    let own = module_of(&file.path);
    let target = path[1].as_str();
    if target == own {
        return None;
    }
    let Some(row) = rules.get(own) else {
        return Some(format!("`{own}` has no row in the table"));
    };
    let leaf = path.last().map_or("", String::as_str);
    let in_file = file.path.rsplit('/').next().unwrap_or_default();
    let is_allowed = row.modules.contains(target)
        || row
            .endings
            .iter()
            .any(|(module, ending)| module == target && leaf.ends_with(ending))
        || row
            .by_file
            .iter()
            .any(|(name, module)| name == in_file && module == target);
    (!is_allowed).then(|| format!("`{own}` may not use `{}`", path.join("::")))
}

fn faults_of(file: &SourceFile, rules: &BTreeMap<String, Row>) -> Vec<String> {
    let place = |offset| format!("{}:{}", file.path, line_of(&file.production, offset));
    let mut faults: Vec<String> = paths(&file.production, "crate")
        .into_iter()
        .filter_map(|(offset, path)| {
            fault(file, &path, rules).map(|fault| format!("{}: {fault}", place(offset)))
        })
        .collect();
    for (offset, path) in paths(&file.production, "super") {
        let climbs = path.iter().take_while(|part| *part == "super").count();
        if climbs >= depth_of(&file.path) {
            let path = path.join("::");
            faults.push(format!(
                "{}: `{path}` leaves its module: write `crate::`",
                place(offset)
            ));
        }
    }
    faults
}

fn rules() -> BTreeMap<String, Row> {
    let path = source::root().join("docs/ARCHITECTURE.md");
    table(&std::fs::read_to_string(path).expect("docs/ARCHITECTURE.md is there"))
}

/// The crate's two roots: they name modules, and belong to none.
const ROOTS: [&str; 2] = ["lib", "main"];

#[test]
fn modules_use_only_what_the_table_allows() {
    let rules = rules();
    let files = source::rust_files("src");
    let faults: Vec<String> = files
        .iter()
        .filter(|file| !ROOTS.contains(&module_of(&file.path)))
        .flat_map(|file| faults_of(file, &rules))
        .collect();
    assert!(
        faults.is_empty(),
        "docs/ARCHITECTURE.md says otherwise:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_table_names_every_module_and_no_other() {
    let named: BTreeSet<String> = rules().into_keys().collect();
    let there: BTreeSet<String> = source::files("src", &[".rs"])
        .iter()
        .map(|path| module_of(path).to_owned())
        .filter(|module| !ROOTS.contains(&module.as_str()))
        .collect();
    assert_eq!(
        named, there,
        "left: the table of docs/ARCHITECTURE.md, right: src/"
    );
}

#[test]
fn arrows_form_no_circle() {
    let mut left: BTreeMap<String, BTreeSet<String>> = rules()
        .into_iter()
        .map(|(module, row)| {
            let partly = row.endings.into_iter().chain(
                row.by_file
                    .into_iter()
                    .map(|(_, module)| (module, String::new())),
            );
            let mut used: BTreeSet<String> = partly.map(|(module, _)| module).collect();
            used.extend(row.modules);
            used.remove(&module);
            (module, used)
        })
        .collect();
    while !left.is_empty() {
        let leaves: Vec<String> = left
            .iter()
            .filter(|(_, used)| used.iter().all(|module| !left.contains_key(module)))
            .map(|(module, _)| module.clone())
            .collect();
        assert!(!leaves.is_empty(), "a circle among {:?}", left.keys());
        left.retain(|module, _| !leaves.contains(module));
    }
}

/// The reader of the rule is held too: what it says of one file, under a table of four modules.
fn faults_in_example(path: &str, code: &str) -> String {
    let rules = table(
        "| module | what | may use |\n|---|---|---|\n\
         | `low` | x | nothing |\n\
         | `mid` | x | `low` `run.rs: high` `side::*Config` |\n\
         | `side` | x | everything but `high` |\n\
         | `high` | x | everything |\n\nend",
    );
    let file = SourceFile {
        path: path.to_owned(),
        text: code.to_owned(),
        code: code.to_owned(),
        production: code.to_owned(),
    };
    faults_of(&file, &rules).join("\n")
}

#[rstest]
#[case("src/mid/a.rs", "use crate::low::{A, b::C}; crate::mid::f();")]
#[case("src/mid/run.rs", "crate::high::f()")]
#[case("src/mid/a.rs", "use crate::side::{AConfig, b::BConfig};")]
#[case("src/side/a.rs", "use crate::{low, mid::{self, A as B}, side};")]
#[case("src/mid/b/c.rs", "use super::super::X; pub(crate) fn f() {}")]
fn an_arrow_of_the_table_is_allowed(#[case] path: &str, #[case] code: &str) {
    assert_eq!(faults_in_example(path, code), "");
}

#[rstest]
#[case(
    "src/low/a.rs",
    "use crate::mid::A;",
    "src/low/a.rs:1: `low` may not use"
)]
#[case("src/low/a.rs", "\nfn f() { crate::mid::g() }", "src/low/a.rs:2: ")]
#[case("src/low.rs", "use crate::{low::A, mid::{B, C}};", "`crate::mid::C`")]
#[case("src/mid/a.rs", "crate::high::f()", "`crate::high::f`")]
#[case(
    "src/mid/a.rs",
    "use crate::side::{AConfig, Other};",
    "`crate::side::Other`"
)]
#[case("src/side/mod.rs", "pub use crate :: high :: A;", "`crate::high::A`")]
#[case("src/other/a.rs", "use crate::low::A;", "`other` has no row")]
#[case("src/low/a.rs", "use super::super::mid::A;", "leaves its module")]
#[case("src/low/mod.rs", "use super::mid::A;", "leaves its module")]
#[case("src/low.rs", "use super::{mid::A, high};", "leaves its module")]
#[case("src/low/a.rs", "use super::{super::mid::A};", "leaves its module")]
fn every_kind_of_forbidden_arrow_is_found(
    #[case] path: &str,
    #[case] code: &str,
    #[case] expected: &str,
) {
    let found = faults_in_example(path, code);
    assert!(found.contains(expected), "{found:?}");
}
