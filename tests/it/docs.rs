//! The documents are true: their links lead somewhere, and the commands they show exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use mda::api::{ImportSpec, ImportState, ImportVerb, ValidationLevel};
use mda::domain::Severity;
use mda::import::csv::probe;
use mda::import::job::{Event, next};
use mda::import::mapping::{MappingRequest, map};
use mda::quality::{Outcome, Rule};

use crate::support::source;

/// A document: path from the root, and text without code, where links are not links.
struct Document {
    path: String,
    text: String,
}

fn documents() -> Vec<Document> {
    let mut paths = source::files("docs", &[".md"]);
    paths.extend(["README.md", "CHANGELOG.md"].map(str::to_owned));
    paths
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(source::root().join(&path)).ok()?;
            Some(Document { path, text })
        })
        .collect()
}

/// Returns the lines outside (`is_code` false) or inside the fenced blocks.
fn lines(text: &str, is_code: bool) -> impl Iterator<Item = &str> {
    let mut is_inside = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_inside ^= is_fence;
        !is_fence && is_inside == is_code
    })
}

/// Returns the targets of `[text](target)` and `![text](target)`.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines(text, false) {
        let prose: String = line.split('`').step_by(2).collect();
        for (at, _) in prose.match_indices("](") {
            let target = prose[at + 2..].split([')', ' ']).next().unwrap_or_default();
            found.push(target.to_owned());
        }
    }
    found
}

/// Returns the anchors of a document's headings, as a forge makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    lines(text, false)
        .filter_map(|line| line.strip_prefix('#'))
        .map(|heading| {
            let words = heading.trim_start_matches('#').trim().to_lowercase();
            words
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// Says why a link leads nowhere; `None` when it leads somewhere, or out of the repository.
fn broken(document: &Document, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
    let path = source::root().join(folder).join(file);
    if !file.is_empty() && !path.exists() {
        return Some(format!("{}: no file `{file}`", document.path));
    }
    let target = if file.is_empty() {
        document.text.clone()
    } else {
        fs::read_to_string(&path).unwrap_or_default()
    };
    let is_found = anchor.is_empty() || anchors(&target).contains(anchor);
    (!is_found).then(|| format!("{}: no heading `{link}`", document.path))
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    assert!(documents.len() > 5, "the documents are found");
    let faults: Vec<String> = documents
        .iter()
        .flat_map(|document| {
            let links = links(&document.text);
            links.into_iter().filter_map(|link| broken(document, &link))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_decision_is_listed() {
    let root = source::root();
    let map = fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("it is there");
    for path in source::files("docs/adr", &[".md"]) {
        let link = path.trim_start_matches("docs/");
        assert!(
            map.contains(&format!("]({link})")),
            "`{link}` is not in ARCHITECTURE.md"
        );
        let text = fs::read_to_string(root.join(&path)).expect("it was just listed");
        for heading in ["## Context", "## Decision", "## Consequences"] {
            assert!(text.contains(heading), "{path}: no `{heading}`");
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let root = source::root();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("it is there");
    let manifest: toml::Table = manifest.parse().expect("cargo reads it too");
    let reasons = fs::read_to_string(root.join("docs/adr/0007-crates.md")).expect("it is there");
    for section in ["dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().expect("a table").keys() {
            assert!(
                reasons.contains(&format!("`{name}`")),
                "`{name}` has no row in 0007"
            );
        }
    }
}

/// A call of `mda` that a document shows.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    subcommands: Vec<String>,
    flags: Vec<String>,
}

/// Reads `mda serve --feed none | head` as subcommands and flags; `None` for other commands.
fn call(line: &str) -> Option<Call> {
    let mut words = line
        .trim_start_matches("$ ")
        .split_whitespace()
        .take_while(|word| !["|", "||", "&&", "&", ";", ">", "2>", "<", "#"].contains(word))
        .skip_while(|word| word.contains('=') && !word.starts_with('-'))
        .peekable();
    let program = words.next()?;
    if program != "mda" && !program.ends_with("/mda") {
        return None;
    }
    let is_word = |word: &str| {
        !word.starts_with('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let mut subcommands = Vec::new();
    while let Some(word) = words.next_if(|word| is_word(word)) {
        subcommands.push(word.to_owned());
    }
    let flags = words
        .map(|word| word.trim_matches(['[', ']', '…', '.']))
        .filter(|word| word.starts_with('-') && word.len() > 1)
        .map(|word| word.split('=').next().unwrap_or(word).to_owned())
        .collect();
    Some(Call { subcommands, flags })
}

/// Returns the calls in fenced blocks and in code spans; decisions tell of what is to come.
fn calls(documents: &[Document]) -> BTreeSet<Call> {
    documents
        .iter()
        .filter(|document| !document.path.starts_with("docs/adr/"))
        .flat_map(|document| {
            let blocks = lines(&document.text, true).filter_map(call);
            let prose: Vec<&str> = lines(&document.text, false).collect();
            let spans: Vec<Call> = prose
                .join("\n")
                .split('`')
                .skip(1)
                .step_by(2)
                .filter_map(call)
                .collect();
            blocks.chain(spans).collect::<Vec<Call>>()
        })
        .collect()
}

#[test]
fn every_command_shown_exists() {
    for Call { subcommands, flags } in calls(&documents()) {
        let shown = format!("mda {}", subcommands.join(" "));
        let output = Command::new(env!("CARGO_BIN_EXE_mda"))
            .args(&subcommands)
            .arg("--help")
            .output()
            .expect("the binary under test starts");
        assert!(
            output.status.success(),
            "`{shown}` is shown and does not exist"
        );
        let help = String::from_utf8_lossy(&output.stdout);
        let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        let known: BTreeSet<&str> = help.split(is_end).collect();
        for flag in flags {
            assert!(
                known.contains(flag.as_str()),
                "`{shown}` has no flag `{flag}`"
            );
        }
    }
}

/// Checks that a document has each of these rows.
fn assert_rows(path: &str, rows: &[String]) {
    let text = fs::read_to_string(source::root().join(path)).expect("it is there");
    let missing: Vec<&str> = rows
        .iter()
        .filter(|row| !text.lines().any(|line| line.starts_with(row.as_str())))
        .map(String::as_str)
        .collect();
    assert!(missing.is_empty(), "{path} lacks\n{}", missing.join("\n"));
}

/// The row of a rule. Duplicates are counted apart: no level stores them.
fn rule_row(rule: Rule) -> String {
    let levels = [
        ValidationLevel::None,
        ValidationLevel::Basic,
        ValidationLevel::Standard,
        ValidationLevel::Strict,
    ];
    let outcome = |level| match rule.outcome(level) {
        _ if matches!(rule, Rule::U1 | Rule::U2) => "left out",
        Outcome::Reject => "reject",
        Outcome::Flag => "flag",
        Outcome::Ignore => "–",
    };
    let severity = match rule.severity() {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    };
    let (id, message) = (rule.id(), rule.message());
    let outcomes = levels.map(outcome).join(" | ");
    format!("| {id} | {message} | {severity} | {outcomes} |")
}

#[test]
fn the_rules_of_imports_are_those_of_the_code() {
    assert_rows("docs/import.md", &Rule::ALL.map(rule_row));
}

/// What a verb makes of a state, as the table of states says it.
fn cell(state: ImportState, verb: ImportVerb) -> &'static str {
    match (next(state, Event::Asked(verb)), verb) {
        (None, _) => "–",
        (Some(_), ImportVerb::Restart) => "new",
        (Some(ImportState::Completed | ImportState::Partial), ImportVerb::Undo) => "taken back",
        (Some(state), _) => state.as_str(),
    }
}

#[test]
fn the_states_of_imports_are_those_of_the_code() {
    let text = fs::read_to_string(source::root().join("docs/import.md")).expect("it is there");
    for state in ImportState::ALL {
        let cells = ImportVerb::ALL.map(|verb| cell(state, verb)).join(" | ");
        let start = format!("| `{}` |", state.as_str());
        let row = text.lines().find(|line| line.starts_with(&start));
        let is_told = row.is_some_and(|row| row.ends_with(&format!(" | {cells} |")));
        assert!(is_told, "docs/import.md lacks `{start} … | {cells} |`");
    }
}

#[test]
fn the_layouts_of_imports_are_those_of_the_code() {
    let folder = tempfile::tempdir().expect("a folder for a file");
    let path = folder.path().join("bars.csv");
    fs::write(&path, "date,open,high,low,close\n2024-01-02,1,2,1,2\n").expect("it is written");
    let spec = ImportSpec {
        layout: Some("none of them".to_owned()),
        ..ImportSpec::default()
    };
    let sample = probe(&path).expect("it is a table");
    let mapping = map(
        &sample,
        &MappingRequest {
            path: &path,
            spec: &spec,
        },
    );
    let asked = &mapping.questions[0].choices;
    assert!(asked.len() > 20, "the layouts are offered: {asked:?}");
    let rows: Vec<String> = asked.iter().map(|id| format!("| `{id}` | ")).collect();
    assert_rows("docs/import.md", &rows);
}

#[test]
fn links_and_calls_are_found_where_they_are() {
    let text =
        "# A b: c\n[x](docs/y.md#z) `[no](no)` ![p](p.png \"t\")\n```\n[no](no)\nmda a\n```\n";
    assert_eq!(links(text), ["docs/y.md#z", "p.png"]);
    assert_eq!(anchors(text), BTreeSet::from(["a-b-c".to_owned()]));
    let expected = |subcommands: &[&str], flags: &[&str]| {
        Some(Call {
            subcommands: subcommands.iter().map(ToString::to_string).collect(),
            flags: flags.iter().map(ToString::to_string).collect(),
        })
    };
    assert_eq!(
        call("$ mda config print | head -3"),
        expected(&["config", "print"], &[])
    );
    let line = "NO_COLOR=1 ./target/release/mda serve --feed=none --data-dir x";
    assert_eq!(call(line), expected(&["serve"], &["--feed", "--data-dir"]));
    assert_eq!(call("mda --feed none # opens"), expected(&[], &["--feed"]));
    assert_eq!(call("cargo build --release"), None);
    let document = Document {
        path: "README.md".to_owned(),
        text: "[a](#nowhere)".to_owned(),
    };
    assert!(broken(&document, "#nowhere").is_some());
    assert!(broken(&document, "docs/nowhere.md").is_some());
    assert!(broken(&document, "docs/ARCHITECTURE.md#map").is_none());
    assert!(broken(&document, "https://example.com").is_none());
}
