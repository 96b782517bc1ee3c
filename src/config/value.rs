//! Values on their way in ([`RawValue`]) and checked values on their way out ([`Value`]).

use std::fmt;

use serde::Serialize;

/// A value as a source gave it, before it is checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawValue {
    /// Text without a type, from the environment or a flag: it is read as the setting's kind.
    Word(String),
    /// Several such texts, from a flag that was repeated.
    Words(Vec<String>),
    /// Text in quotes, from a file.
    Text(String),
    /// A whole number, from a file.
    Integer(i64),
    /// True or false, from a file.
    Boolean(bool),
    /// A list of texts, from a file.
    List(Vec<String>),
    /// Anything else that a file can hold, as it is written there.
    Other(String),
}

impl RawValue {
    /// Returns the text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Word(text) | Self::Text(text) => Some(text),
            Self::Words(_)
            | Self::Integer(_)
            | Self::Boolean(_)
            | Self::List(_)
            | Self::Other(_) => None,
        }
    }

    /// Returns the whole number, if it is one.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Word(word) => word.parse().ok(),
            Self::Integer(number) => Some(*number),
            Self::Words(_) | Self::Text(_) | Self::Boolean(_) | Self::List(_) | Self::Other(_) => {
                None
            }
        }
    }

    /// Returns true or false, if it is one of them; a word may also be `on`, `off`, `1` or `0`.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Word(word) => match word.as_str() {
                "true" | "on" | "1" => Some(true),
                "false" | "off" | "0" => Some(false),
                _ => None,
            },
            Self::Boolean(flag) => Some(*flag),
            Self::Words(_) | Self::Text(_) | Self::Integer(_) | Self::List(_) | Self::Other(_) => {
                None
            }
        }
    }

    /// Returns the parts of a list, if it is one; a word is cut at `separator`.
    pub(super) fn parts(&self, separator: char) -> Option<Vec<String>> {
        match self {
            Self::Word(word) => {
                let parts = word.split(separator).map(|part| part.trim().to_owned());
                Some(parts.filter(|part| !part.is_empty()).collect())
            }
            Self::Words(parts) | Self::List(parts) => Some(parts.clone()),
            Self::Text(_) | Self::Integer(_) | Self::Boolean(_) | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for RawValue {
    /// Writes the value as its source has it, for an error message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) | Self::Other(text) => f.write_str(text),
            Self::Words(parts) => f.write_str(&parts.join(" ")),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(flag) => flag.fmt(f),
            Self::List(parts) => f.write_str(&list(parts)),
        }
    }
}

/// A checked value, in the one form in which it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Not set, and the program chooses.
    Unset,
    /// Text: a word, a path, a URL, a duration.
    Text(String),
    /// A whole number.
    Integer(u32),
    /// On or off.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
}

impl Value {
    /// Writes the value as TOML; `None` for [`Value::Unset`], which TOML cannot say.
    pub fn to_toml(&self) -> Option<String> {
        match self {
            Self::Unset => None,
            Self::Text(text) => Some(quoted(text)),
            Self::Integer(number) => Some(number.to_string()),
            Self::Boolean(flag) => Some(flag.to_string()),
            Self::List(parts) => Some(list(parts)),
        }
    }
}

impl fmt::Display for Value {
    /// Writes the value for people: text without quotes, `unset` for [`Value::Unset`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("unset"),
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(flag) => flag.fmt(f),
            Self::List(parts) => f.write_str(&parts.join(" ")),
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(parts: &[String]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
    format!("[{}]", parts.join(", "))
}
