//! The config file as a layer of settings.
//!
//! The TOML reader goes on after a fault, and every key is looked up in the settings table, so that
//! one run reports everything that is wrong with a file, each with its line. Values are not checked
//! here: that is the same for every source, in `load`.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggest::nearest_path;
use super::table::{SETTINGS, Setting, setting};
use super::value::RawValue;
use super::{ConfigError, Origin, Problem, RawSettings};

/// What a file gives.
#[derive(Debug, Default)]
pub(super) struct FileLayer {
    pub(super) settings: RawSettings,
    pub(super) problems: Vec<Problem>,
}

impl FileLayer {
    /// Forgets what is read from `line` on, save faults of TOML: after such a fault the reader only
    /// guesses which table a key is in, and what its value is.
    fn forget_from(&mut self, line: usize) {
        self.problems.retain(|problem| {
            let is_fault = matches!(problem, Problem::Syntax { .. });
            is_fault || problem.line().is_none_or(|l| l < line)
        });
        self.settings.retain(|origin| match origin {
            Origin::File { line: l, .. } => *l < line,
            Origin::Default | Origin::Profile { .. } | Origin::Env { .. } | Origin::Flag { .. } => {
                true
            }
        });
    }
}

/// Reads the file. A missing one is empty, unless it `is_required`.
pub(super) fn read_file(path: &Path, is_required: bool) -> Result<FileLayer, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(read_text(path, &text)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            if is_required {
                let path = path.to_owned();
                return Err(ConfigError::Missing { path });
            }
            Ok(FileLayer::default())
        }
        Err(source) => Err(ConfigError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn read_text(path: &Path, text: &str) -> FileLayer {
    let (table, faults) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        path: path.to_owned(),
        text,
        layer: FileLayer::default(),
    };
    for fault in faults {
        let origin = reader.origin(&fault.span().unwrap_or_default());
        let message = fault.message().replace('\n', ", ");
        let problem = Problem::Syntax { origin, message };
        reader.layer.problems.push(problem);
    }
    let first_fault = reader.layer.problems.iter().filter_map(Problem::line).min();
    reader.table("", table.get_ref());
    if let Some(line) = first_fault {
        reader.layer.forget_from(line);
    }
    reader.layer
}

struct Reader<'a> {
    path: PathBuf,
    text: &'a str,
    layer: FileLayer,
}

impl Reader<'_> {
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = match section {
                "" => key.get_ref().to_string(),
                section => format!("{section}.{}", key.get_ref()),
            };
            self.entry(&path, &key.span(), value);
        }
    }

    fn entry(&mut self, path: &str, key_span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let section = SETTINGS.iter().map(Setting::section).find(|s| *s == path);
        match (setting(path), section, value.get_ref()) {
            (Some(setting), _, _) => {
                let origin = self.origin(key_span);
                let raw = self.raw_value(value);
                self.layer.settings.push(setting.path, raw, origin);
            }
            (None, Some(section), DeValue::Table(table)) => self.table(section, table),
            (None, Some(section), _) => self.layer.problems.push(Problem::Value {
                origin: self.origin(key_span),
                path: section,
                found: self.written(value),
                reason: format!("expected a table, `[{section}]`"),
            }),
            (None, None, _) => self.unknown(path, key_span),
        }
    }

    fn unknown(&mut self, path: &str, key_span: &Range<usize>) {
        let sections = SETTINGS.iter().map(Setting::section);
        let paths = SETTINGS.iter().map(|setting| setting.path);
        let suggestion = nearest_path(path, paths.chain(sections.filter(|s| !s.is_empty())));
        self.layer.problems.push(Problem::UnknownKey {
            origin: self.origin(key_span),
            path: path.to_owned(),
            suggestion: suggestion.map(str::to_owned),
        });
    }

    fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.as_bytes().iter().take(span.start);
        Origin::File {
            path: self.path.clone(),
            line: before.filter(|byte| **byte == b'\n').count() + 1,
        }
    }

    fn raw_value(&self, value: &Spanned<DeValue<'_>>) -> RawValue {
        let converted = match value.get_ref() {
            DeValue::String(text) => Some(RawValue::Text(text.to_string())),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(RawValue::Integer),
            DeValue::Boolean(flag) => Some(RawValue::Boolean(*flag)),
            DeValue::Array(parts) => {
                let texts = parts.iter().map(|part| part.get_ref().as_str());
                let texts: Option<Vec<&str>> = texts.collect();
                texts.map(|texts| RawValue::List(texts.into_iter().map(str::to_owned).collect()))
            }
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
        };
        converted.unwrap_or_else(|| RawValue::Other(self.written(value)))
    }

    /// Returns the value as the file has it, its first line only.
    fn written(&self, value: &Spanned<DeValue<'_>>) -> String {
        let written = self.text.get(value.span()).unwrap_or_default();
        match written.split_once('\n') {
            Some((first, _)) => format!("{} …", first.trim_end()),
            None => written.to_owned(),
        }
    }
}
