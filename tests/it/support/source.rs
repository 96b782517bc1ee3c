//! Reading the repository's own Rust files: which there are, and what in them is production code.
//!
//! A small lexer blanks comments, the insides of literals, and items under `#[cfg(test)]`, keeping
//! every line where it is. It is no parser: macros that write items are not looked into.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file of the repository.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Path from the repository's root, with `/`.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
    /// The same, with comments and the insides of literals blanked.
    pub(crate) code: String,
    /// The same, with what only tests see blanked too; all blank for a file of tests.
    pub(crate) production: String,
}

/// Returns the repository's root: as the runner says, else where this was compiled.
pub(crate) fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// Returns every file below `folder` with one of the `endings`, sorted, as path from the root.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let root = root();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder of ours can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && name != "target" && name != ".git" {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let relative = path.strip_prefix(&root).expect("found below the root");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Reads every Rust file below `folder`.
pub(crate) fn rust_files(folder: &str) -> Vec<SourceFile> {
    let mut test_files = BTreeSet::new();
    let mut read: Vec<SourceFile> = files(folder, &[".rs"])
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).expect("a source file is readable");
            let code = blank_literals(&text);
            let production = cut_tests(&text, &code, &path, &mut test_files);
            SourceFile {
                path,
                text,
                code,
                production,
            }
        })
        .collect();
    for file in &mut read {
        if test_files.iter().any(|test| is_below(&file.path, test)) {
            file.production = blank(&file.production);
        }
    }
    read
}

/// Tells whether `path` is the file of module `module` (without `.rs`) or one of its children's.
fn is_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn blank(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' { '\n' } else { ' ' })
        .collect()
}

/// Replaces comments and the insides of string and character literals by blanks.
///
/// Works on bytes: what is blanked becomes one blank a byte, so offsets stay those of the text.
pub(crate) fn blank_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(text, at);
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = if end > at { end } else { next_token(bytes, at) };
    }
    String::from_utf8(out).expect("blanking whole literals leaves whole characters")
}

/// Steps over a word or a single byte, so that the `r` of `for"` starts no raw string.
fn next_token(bytes: &[u8], at: usize) -> usize {
    let word = bytes[at..].iter().take_while(|b| is_word(**b)).count();
    at + word.max(1)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Returns where the comment or literal that begins at `at` ends; `at` when none begins there.
fn literal_end(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    let prefix = rest
        .iter()
        .take_while(|b| matches!(b, b'b' | b'r' | b'c'))
        .count();
    let after = &rest[prefix..];
    let hashes = after.iter().take_while(|b| **b == b'#').count();
    let is_raw = rest[..prefix].contains(&b'r') && after.get(hashes) == Some(&b'"');
    let length = if rest.starts_with(b"//") {
        rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
    } else if rest.starts_with(b"/*") {
        block_comment(rest)
    } else if is_raw {
        let close = format!("\"{}", "#".repeat(hashes));
        let body = prefix + hashes + 1;
        let found = text.get(at + body..).and_then(|inside| inside.find(&close));
        found.map_or(rest.len(), |end| body + end + close.len())
    } else if prefix <= 1 && after.first() == Some(&b'"') {
        prefix + quoted(after, b'"')
    } else if prefix <= 1 && after.first() == Some(&b'\'') && is_character(&text[at + prefix..]) {
        prefix + quoted(after, b'\'')
    } else {
        0
    };
    at + length
}

/// Tells a character literal from a lifetime: `'a'` from `'a`.
fn is_character(text: &str) -> bool {
    let mut inside = text.chars().skip(1);
    match inside.next() {
        Some('\\') => true,
        Some(_) => inside.next() == Some('\''),
        None => false,
    }
}

fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn block_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Blanks the items under `#[cfg(test)]`, and notes the module files they name.
fn cut_tests(text: &str, code: &str, path: &str, test_files: &mut BTreeSet<String>) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut production = code.to_owned();
    let mut from = 0;
    while let Some(found) = production[from..].find(MARK) {
        let start = from + found;
        let end = item_end(&production, start + MARK.len());
        let item = &production[start + MARK.len()..end];
        if let Some(name) = declared_module(item) {
            let attributes = &text[start + MARK.len()..end];
            test_files.insert(module_file(path, attributes, name));
        }
        let blanked = blank(&production[start..end]);
        production.replace_range(start..end, &blanked);
        from = end;
    }
    production
}

/// Returns the name of `mod name;`, if that is what the item is.
fn declared_module(item: &str) -> Option<&str> {
    let name = item.trim_end().strip_suffix(';')?;
    let (_, name) = name.rsplit_once("mod ")?;
    name.bytes().all(is_word).then_some(name)
}

/// Returns the path, without `.rs`, of module `name` declared in the file `path`.
fn module_file(path: &str, attributes: &str, name: &str) -> String {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let stem = Path::new(path).file_stem().unwrap_or_default();
    let named = attributes
        .split_once("#[path")
        .and_then(|(_, rest)| rest.split('"').nth(1))
        .map(|file| folder.join(file.trim_end_matches(".rs")));
    let by_name = || -> PathBuf {
        let is_root = ["mod", "lib", "main"].iter().any(|root| stem == *root);
        if is_root {
            folder.join(name)
        } else {
            folder.join(stem).join(name)
        }
    };
    named
        .unwrap_or_else(by_name)
        .to_string_lossy()
        .replace('\\', "/")
}

/// Returns the end of the item that follows `from`: behind its `;`, or its closing
/// brace.
pub(crate) fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0usize;
    for (offset, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let after = code[offset + 1..].trim_start();
                    let is_group = after.starts_with(';');
                    return if is_group {
                        code.len() - after.len() + 1
                    } else {
                        offset + 1
                    };
                }
            }
            b';' if depth == 0 => return offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// Returns the number of the line that `offset` lies in, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].bytes().filter(|b| *b == b'\n').count() + 1
}

#[test]
fn literals_and_comments_are_blanked_and_lifetimes_kept() {
    let text = "let a = \"x\\\"y\"; // é todo!\nfn f<'a>(c: &'a str) -> char { '\"' } /* a /* b */ c */ r#\"q\"q\"#;";
    let code = blank_literals(text);
    assert_eq!(code.len(), text.len());
    let words: Vec<&str> = code.split_whitespace().collect();
    let kept = "let a = ; fn f<'a>(c: &'a str) -> char { } ;";
    assert_eq!(words.join(" "), kept);
}

#[test]
fn what_only_tests_see_is_cut() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { {} }\n}\nfn c() {}\n#[cfg(test)]\nmod d;\n";
    let mut test_files = BTreeSet::new();
    let cut = cut_tests(text, &blank_literals(text), "src/x/y.rs", &mut test_files);
    assert_eq!(cut.split_whitespace().collect::<String>(), "fna(){}fnc(){}");
    assert_eq!(line_of(&cut, cut.find("c()").unwrap()), 6);
    assert_eq!(test_files, BTreeSet::from(["src/x/y/d".to_owned()]));
    let named = module_file(
        "src/x/y.rs",
        "\n#[path = \"y_tests.rs\"]\nmod tests;",
        "tests",
    );
    assert!(is_below("src/x/y_tests.rs", &named));
    assert!(!is_below("src/x/y_tests_more.rs", &named));
}
