//! Paths: patterns into files, and beginnings into paths.

use std::env;
use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::import::ImportError;

/// Paths that are offered at once.
const OFFERED_MAX: usize = 200;

/// Endings of what can be imported.
const ENDINGS: [&str; 4] = ["csv", "tsv", "txt", "prn"];

/// Returns the files that patterns match: patterns in their order, files of each by name, each
/// file once.
///
/// # Errors
/// [`ImportError::NoFile`] names the first pattern that matches none.
pub(super) fn expand(patterns: &[String]) -> Result<Vec<String>, ImportError> {
    if patterns.is_empty() {
        return Err(ImportError::NoPath);
    }
    let mut files: Vec<String> = Vec::new();
    for pattern in patterns {
        for file in matching(pattern)? {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn matching(pattern: &str) -> Result<Vec<String>, ImportError> {
    let path = with_home(pattern);
    // A name may hold what would be a pattern.
    if path.exists() {
        return Ok(vec![absolute(&path)?]);
    }
    let wrong = |source| ImportError::Pattern {
        pattern: pattern.to_owned(),
        source,
    };
    let found = glob::glob(&path.to_string_lossy()).map_err(wrong)?;
    let files: Vec<PathBuf> = found
        .filter_map(Result::ok)
        .filter(|path| path.is_file())
        .collect();
    if files.is_empty() {
        return Err(ImportError::NoFile {
            pattern: pattern.to_owned(),
        });
    }
    files.iter().map(|file| absolute(file)).collect()
}

fn absolute(path: &Path) -> Result<String, ImportError> {
    let absolute = std::path::absolute(path).map_err(|source| ImportError::File {
        path: path.display().to_string(),
        source,
    })?;
    Ok(absolute.to_string_lossy().into_owned())
}

/// Returns paths that begin with `typed`: folders end in a separator, files that can be imported
/// come first, hidden ones only where their dot was typed.
pub(super) fn complete(typed: &str) -> Vec<String> {
    let (folder, beginning) = match typed.rfind(MAIN_SEPARATOR) {
        Some(at) => typed.split_at(at + MAIN_SEPARATOR.len_utf8()),
        None if typed == "~" => return vec![format!("~{MAIN_SEPARATOR}")],
        None => ("", typed),
    };
    let place = if folder.is_empty() {
        PathBuf::from(".")
    } else {
        with_home(folder)
    };
    let Ok(entries) = fs::read_dir(place) else {
        return Vec::new();
    };
    let mut offers: Vec<(bool, String)> = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') && !beginning.starts_with('.');
        if is_hidden || !name.starts_with(beginning) {
            continue;
        }
        let is_folder = entry.path().is_dir();
        let end = if is_folder {
            MAIN_SEPARATOR.to_string()
        } else {
            String::new()
        };
        offers.push((
            !is_importable(&name) || is_folder,
            format!("{folder}{name}{end}"),
        ));
    }
    offers.sort();
    offers.truncate(OFFERED_MAX);
    offers.into_iter().map(|(_, path)| path).collect()
}

fn is_importable(name: &str) -> bool {
    let ending = Path::new(name).extension().unwrap_or_default();
    ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Reads `~` as the home of whoever runs the agent.
fn with_home(path: &str) -> PathBuf {
    let home = || env::home_dir().filter(|home| !home.as_os_str().is_empty());
    match path.strip_prefix("~/").or((path == "~").then_some("")) {
        Some(rest) => home().map_or_else(|| PathBuf::from(path), |home| home.join(rest)),
        None => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "notes.md", ".hidden.csv", "x[1].csv"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("deeper.csv")).unwrap();
        let path = format!("{}/", folder.path().display());
        (folder, path)
    }

    #[test]
    fn patterns_match_files_by_name_and_each_once() {
        let (_folder, path) = folder();
        let patterns = [
            format!("{path}b.csv"),
            format!("{path}[ab].csv"),
            format!("{path}x[1].csv"),
        ];
        let names = ["b.csv", "a.csv", "x[1].csv"].map(|name| format!("{path}{name}"));
        assert_eq!(expand(&patterns).unwrap(), names);
    }

    #[test]
    fn a_pattern_without_a_file_is_named() {
        let (_folder, path) = folder();
        let error = expand(&[format!("{path}*.parquet")]).unwrap_err();
        assert!(matches!(error, ImportError::NoFile { .. }), "{error}");
        assert!(matches!(expand(&[]).unwrap_err(), ImportError::NoPath));
        let error = expand(&[format!("{path}[")]).unwrap_err();
        assert!(matches!(error, ImportError::Pattern { .. }), "{error}");
    }

    #[test]
    fn offers_begin_with_what_can_be_imported_and_hide_what_is_hidden() {
        let (_folder, path) = folder();
        let names = ["a.csv", "b.csv", "x[1].csv", "deeper.csv/", "notes.md"];
        assert_eq!(complete(&path), names.map(|name| format!("{path}{name}")));
        assert_eq!(
            complete(&format!("{path}.h")),
            [format!("{path}.hidden.csv")]
        );
        assert_eq!(complete(&format!("{path}nothing")), Vec::<String>::new());
        assert_eq!(complete("/no/such/folder/"), Vec::<String>::new());
    }

    #[test]
    fn a_tilde_is_the_home() {
        assert_eq!(complete("~"), ["~/"]);
        let home = env::home_dir().unwrap();
        assert_eq!(with_home("~/x"), home.join("x"));
        assert_eq!(with_home("a~"), PathBuf::from("a~"));
    }
}
