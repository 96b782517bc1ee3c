//! [`resolve`]: the files of a command line as the agent takes them: absolute, and there.
//!
//! Patterns are handed on, since the agent reads what they match at its time; a name with pattern
//! characters that is a file's own is written so that it matches that file alone.

use std::path::{Path, absolute};

use glob::Pattern;

use crate::cli::exit::UsageError;

/// Words that a verb is typed with: as a file's name most likely a verb in the wrong place.
const VERBS: [&str; 8] = [
    "resume", "pause", "cancel", "restart", "list", "show", "rejects", "undo",
];

/// Returns what was named on the command line, seen from `folder`.
///
/// # Errors
/// [`UsageError`] for the first name that is no file, and the first pattern that matches none.
pub(super) fn resolve(files: &[String], folder: &Path) -> Result<Vec<String>, UsageError> {
    let one = |file: &String| resolve_one(file, folder);
    files.iter().map(one).collect()
}

fn resolve_one(file: &str, folder: &Path) -> Result<String, UsageError> {
    if file == "-" {
        let why = "standard input cannot be imported: an import that was interrupted reads its \
                   file again; write it to a file first";
        return Err(UsageError(why.to_owned()));
    }
    if file.is_empty() {
        return Err(UsageError("an empty name is no file".to_owned()));
    }
    let path = folder.join(file);
    if path.is_dir() {
        let inside = Path::new(file).join("*.csv");
        return Err(UsageError(format!(
            "`{file}` is a folder; name its files, for example `{}`",
            inside.display()
        )));
    }
    let absolute = absolute(&path)
        .map_err(|error| UsageError(format!("`{file}` cannot be made absolute: {error}")))?;
    if absolute.exists() {
        return text(&absolute).map(|text| Pattern::escape(&text));
    }
    if is_pattern(file) {
        return resolve_pattern(file, folder);
    }
    let hint = if VERBS.contains(&file) {
        format!("; the verb comes first: `mda import {file} …`")
    } else {
        String::new()
    };
    Err(UsageError(format!("no file `{file}`{hint}")))
}

/// Makes a pattern absolute; the folder it is seen from stands for itself.
fn resolve_pattern(pattern: &str, folder: &Path) -> Result<String, UsageError> {
    let absolute = if Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        let folder = Pattern::escape(text(folder)?.trim_end_matches('/'));
        let inside = pattern.strip_prefix("./").unwrap_or(pattern);
        format!("{folder}/{inside}")
    };
    let mut found = glob::glob(&absolute)
        .map_err(|error| UsageError(format!("`{pattern}` is no pattern: {error}")))?;
    // What cannot be looked into is the agent's to tell.
    if found.any(|path| path.map_or(true, |path| !path.is_dir())) {
        return Ok(absolute);
    }
    Err(UsageError(format!("no file matches `{pattern}`")))
}

fn is_pattern(file: &str) -> bool {
    file.contains(['*', '?', '['])
}

fn text(path: &Path) -> Result<String, UsageError> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| UsageError(format!("the name of `{}` is not UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        folder
    }

    fn resolved(file: &str, folder: &Path) -> Result<String, String> {
        resolve_one(file, folder).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_named_from_the_root() {
        let folder = folder_with(&["a.csv"]);
        let expected = folder.path().join("a.csv").display().to_string();
        for file in ["a.csv", "./a.csv", &expected] {
            assert_eq!(
                resolved(file, folder.path()),
                Ok(expected.clone()),
                "{file}"
            );
        }
    }

    #[test]
    fn a_pattern_is_handed_on_when_it_matches() {
        let folder = folder_with(&["a.csv", "b.csv"]);
        let root = folder.path().display();
        for pattern in ["*.csv", "./*.csv", "[ab].csv", "?.csv"] {
            let expected = format!("{root}/{}", pattern.trim_start_matches("./"));
            assert_eq!(resolved(pattern, folder.path()), Ok(expected), "{pattern}");
        }
        let error = resolved("*.tsv", folder.path()).unwrap_err();
        assert_eq!(error, "no file matches `*.tsv`");
        let error = resolved("[a.csv", folder.path()).unwrap_err();
        assert!(error.contains("is no pattern"), "{error}");
    }

    #[test]
    fn a_name_that_looks_like_a_pattern_means_its_file_alone() {
        let folder = folder_with(&["a[1].csv", "a1.csv"]);
        let inside = folder.path().join("x[y]");
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("b.csv"), "").unwrap();
        for (file, from, found) in [
            ("a[1].csv", folder.path(), folder.path().join("a[1].csv")),
            ("*.csv", &*inside, inside.join("b.csv")),
        ] {
            let pattern = resolved(file, from).unwrap();
            let matched: Vec<_> = glob::glob(&pattern).unwrap().flatten().collect();
            assert_eq!(matched, [found]);
        }
    }

    #[test]
    fn what_is_no_file_is_refused_by_name() {
        let folder = folder_with(&[]);
        fs::create_dir(folder.path().join("bars")).unwrap();
        for (file, told) in [
            ("missing.csv", "no file `missing.csv`"),
            ("-", "standard input cannot be imported"),
            ("", "an empty name is no file"),
            (
                "bars",
                "`bars` is a folder; name its files, for example `bars/*.csv`",
            ),
            ("list", "the verb comes first: `mda import list …`"),
        ] {
            let error = resolved(file, folder.path()).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn the_verbs_are_those_of_the_command_line() {
        use clap::CommandFactory;
        let mut command = crate::cli::Cli::command();
        command.build();
        let import = command.find_subcommand("import").unwrap();
        let verbs: Vec<&str> = import
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(verbs, VERBS);
    }
}
