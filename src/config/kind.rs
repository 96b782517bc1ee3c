//! [`Kind`]: what values a setting takes, and which field of [`Settings`] it fills.
//!
//! A kind checks a raw value, fills the field, and returns the value in the one form in which it is
//! written. Whether two settings go together is not judged here but in `load`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::choice::{Choice, words};
use super::duration::{format_duration, parse_duration};
use super::settings::Settings;
use super::value::{RawValue, Value};
use crate::domain::Symbol;
use crate::feed::FeedSpec;
use crate::runtime::error_chain;

/// The Coinbase feed without symbols: it gets those of `feed.coinbase_symbols`, once all is read.
pub(super) const BARE_COINBASE: &str = "coinbase";

/// Sets one field of [`Settings`] to the choice of a word; false when the word is not one of them.
type SetChoice = fn(&mut Settings, &str) -> bool;

/// What values a setting takes, and which field it fills.
#[derive(Debug)]
pub enum Kind {
    /// An absolute folder; `~/` stands for the home folder.
    Folder(fn(&mut Settings) -> &mut PathBuf),
    /// Feed specs; in a variable they are separated by `;`.
    Feeds(fn(&mut Settings) -> &mut Option<Vec<FeedSpec>>),
    /// Symbols; in a variable they are separated by `,`.
    Symbols(fn(&mut Settings) -> &mut Vec<Symbol>),
    /// A WebSocket address.
    WebSocketUrl(fn(&mut Settings) -> &mut String),
    /// A duration, both bounds included.
    Duration {
        /// The shortest, as text.
        min: &'static str,
        /// The longest, as text.
        max: &'static str,
        /// The field.
        field: fn(&mut Settings) -> &mut Duration,
    },
    /// A whole number, both bounds included.
    Count {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
        /// The field.
        field: fn(&mut Settings) -> &mut u32,
    },
    /// On or off.
    Switch(fn(&mut Settings) -> &mut bool),
    /// One word out of a few.
    Word {
        /// The words.
        words: fn() -> Vec<&'static str>,
        /// Sets the field.
        set: SetChoice,
    },
}

/// Why a raw value does not fit its kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// Why, or what would be right.
    pub(super) reason: String,
}

impl Kind {
    /// Returns the kind of a setting that is a [`Choice`].
    pub(super) const fn choice<T: Choice>(set: SetChoice) -> Self {
        Self::Word {
            words: words::<T>,
            set,
        }
    }

    /// Says which values are right, for messages and documents.
    pub fn expected(&self) -> String {
        match self {
            Self::Folder(_) => "an absolute folder, such as `/var/lib/mda` or `~/mda`".to_owned(),
            Self::Feeds(_) => {
                r#"a list of feeds, such as `["coinbase:BTC-USD", "replay:bundled"]`"#.to_owned()
            }
            Self::Symbols(_) => r#"a list of symbols, such as `["BTC-USD", "ETH-USD"]`"#.to_owned(),
            Self::WebSocketUrl(_) => "an address that begins with ws:// or wss://".to_owned(),
            Self::Duration { min, max, .. } => {
                format!("a duration from {min} to {max}, such as `\"10s\"`")
            }
            Self::Count { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Switch(_) => "true or false".to_owned(),
            Self::Word { words, .. } => format!("one of {}", words().join(", ")),
        }
    }

    /// Checks `raw`, fills the field, and returns the value in its written form.
    pub(super) fn apply(&self, raw: &RawValue, settings: &mut Settings) -> Result<Value, Mismatch> {
        let value = match self {
            Self::Folder(field) => raw.text().and_then(|t| folder(t, field(settings))),
            Self::Feeds(field) => return feeds(self, raw, field(settings)),
            Self::Symbols(field) => return symbols(self, raw, field(settings)),
            Self::WebSocketUrl(field) => raw.text().and_then(|t| url(t, field(settings))),
            Self::Duration { min, max, field } => {
                let within = raw.text().and_then(|text| duration(text, min, max));
                within.map(|duration| {
                    *field(settings) = duration;
                    Value::Text(format_duration(duration))
                })
            }
            Self::Count { min, max, field } => {
                let count = raw.integer().and_then(|number| u32::try_from(number).ok());
                let within = count.filter(|count| (min..=max).contains(&count));
                within.map(|count| {
                    *field(settings) = count;
                    Value::Integer(count)
                })
            }
            Self::Switch(field) => raw.boolean().map(|flag| {
                *field(settings) = flag;
                Value::Boolean(flag)
            }),
            Self::Word { set, .. } => {
                let word = raw.text().filter(|word| set(settings, word));
                word.map(|word| Value::Text(word.to_owned()))
            }
        };
        value.ok_or_else(|| self.mismatch())
    }

    fn mismatch(&self) -> Mismatch {
        Mismatch {
            reason: format!("expected {}", self.expected()),
        }
    }
}

/// Sets a field to the choice of `word`; false, and nothing is set, when there is none.
pub(super) fn choose<T: Choice>(field: &mut T, word: &str) -> bool {
    let Some(choice) = T::from_word(word) else {
        return false;
    };
    *field = choice;
    true
}

fn folder(text: &str, field: &mut PathBuf) -> Option<Value> {
    let path = match text.strip_prefix("~/") {
        Some(rest) => directories::BaseDirs::new()?.home_dir().join(rest),
        None => Path::new(text).to_owned(),
    };
    let shown = path.to_str().filter(|_| path.is_absolute())?.to_owned();
    *field = path;
    Some(Value::Text(shown))
}

fn feeds(
    kind: &Kind,
    raw: &RawValue,
    field: &mut Option<Vec<FeedSpec>>,
) -> Result<Value, Mismatch> {
    let parts = raw.parts(';').ok_or_else(|| kind.mismatch())?;
    let parsed: Result<Vec<FeedSpec>, _> = parts.iter().map(|part| part.parse()).collect();
    let specs = parsed.map_err(|error| Mismatch {
        reason: error_chain(&error),
    })?;
    if let Some(reason) = fault_of_list(&specs) {
        return Err(Mismatch { reason });
    }
    let written = specs.iter().zip(&parts).map(|(spec, part)| {
        if part.trim().eq_ignore_ascii_case(BARE_COINBASE) {
            BARE_COINBASE.to_owned()
        } else {
            spec.to_string()
        }
    });
    let value = Value::List(written.collect());
    *field = Some(specs);
    Ok(value)
}

/// Says why feeds that are right each by itself cannot be opened together.
fn fault_of_list(specs: &[FeedSpec]) -> Option<String> {
    let has_none = specs.contains(&FeedSpec::None);
    if specs.is_empty() || (has_none && specs.len() > 1) {
        let reason = "name feeds, or `none` alone; or leave it out for the automatic choice";
        return Some(reason.to_owned());
    }
    // A feed goes by its name wherever it is shown, asked for or logged.
    let names: Vec<&str> = specs.iter().map(FeedSpec::name).collect();
    let is_repeated = |at: &usize| names[..*at].contains(&names[*at]);
    let name = names[(0..names.len()).find(is_repeated)?];
    Some(format!(
        "feed `{name}` is listed twice, and opens once; a venue takes all its symbols in one, as \
         in `coinbase:BTC-USD,ETH-USD`"
    ))
}

fn symbols(kind: &Kind, raw: &RawValue, field: &mut Vec<Symbol>) -> Result<Value, Mismatch> {
    let parts = raw.parts(',').filter(|parts| !parts.is_empty());
    let parts = parts.ok_or_else(|| kind.mismatch())?;
    let symbols: Result<Vec<Symbol>, _> = parts.iter().map(|part| Symbol::parse(part)).collect();
    *field = symbols.map_err(|error| Mismatch {
        reason: error_chain(&error),
    })?;
    Ok(Value::List(field.iter().map(ToString::to_string).collect()))
}

fn url(text: &str, field: &mut String) -> Option<Value> {
    let rest = text
        .strip_prefix("wss://")
        .or_else(|| text.strip_prefix("ws://"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if host.is_empty() || !is_plain {
        return None;
    }
    text.clone_into(field);
    Some(Value::Text(text.to_owned()))
}

fn duration(text: &str, min: &str, max: &str) -> Option<Duration> {
    let duration = parse_duration(text)?;
    let is_within = parse_duration(min)? <= duration && duration <= parse_duration(max)?;
    is_within.then_some(duration)
}
