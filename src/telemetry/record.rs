//! [`Record`]: one event, and the two ways a line of it looks.
//!
//! A line is always one line: control characters, which could break it or steer a terminal, are
//! written escaped.

use std::error::Error;
use std::fmt;

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Event;
use tracing::field::{Field, Visit};

use crate::api::LogLevel;
use crate::domain::Timestamp;
use crate::runtime::error_chain;

/// One event.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) time: Timestamp,
    pub(super) level: LogLevel,
    pub(super) target: &'a str,
    said: Said,
}

impl<'a> Record<'a> {
    pub(super) fn new(time: Timestamp, level: LogLevel, event: &Event<'a>) -> Self {
        let mut said = Said::default();
        event.record(&mut said);
        Self {
            time,
            level,
            target: event.metadata().target(),
            said,
        }
    }

    /// Returns the message, then each field as `name=value`.
    pub(super) fn message_with_fields(&self) -> String {
        let mut text = String::with_capacity(self.said.message.len() + 16 * self.said.fields.len());
        push_escaped(&mut text, &self.said.message);
        for (name, value) in &self.said.fields {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(name);
            text.push('=');
            push_value(&mut text, value);
        }
        text
    }

    /// Returns the line for people; `message` is [`Record::message_with_fields`].
    pub(super) fn text_line(&self, message: &str) -> String {
        let (time, level) = (self.time_text(), self.level.as_str());
        format!("{time} {level:>5} {}: {message}", self.target)
    }

    /// Returns the line for machines.
    pub(super) fn json_line(&self) -> String {
        let line = JsonLine {
            time: self.time_text(),
            level: self.level.as_str(),
            target: self.target,
            message: &self.said.message,
            fields: self.said.fields.iter().cloned().collect(),
        };
        // Strings, numbers and maps with text keys: there is nothing JSON cannot hold.
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// Always six digits after the second, so that lines stand in columns and sort as text.
    fn time_text(&self) -> String {
        match self.time.to_utc() {
            Some(time) => time.to_rfc3339_opts(SecondsFormat::Micros, true),
            None => self.time.to_string(),
        }
    }
}

#[derive(Serialize)]
struct JsonLine<'a> {
    time: String,
    level: &'static str,
    target: &'a str,
    message: &'a str,
    fields: Map<String, Value>,
}

/// What an event says: its message, and its fields in their order.
#[derive(Debug, Default)]
struct Said {
    message: String,
    fields: Vec<(String, Value)>,
}

impl Said {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        // `r#type` is how Rust writes a name that is a word of its own.
        let name = field.name().trim_start_matches("r#");
        match (name, value.into()) {
            ("message", Value::String(message)) => self.message = message,
            (name, value) => self.fields.push((name.to_owned(), value)),
        }
    }
}

impl Visit for Said {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinity and no NaN; their names are better than nothing.
        match serde_json::Number::from_f64(value) {
            Some(number) => self.add(field, number),
            None => self.add(field, value.to_string()),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, error_chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
}

fn push_value(text: &mut String, value: &Value) {
    match value {
        Value::String(words) if needs_quotes(words) => {
            text.push('"');
            push_escaped(text, words);
            text.push('"');
        }
        Value::String(word) => push_escaped(text, word),
        other => text.push_str(&other.to_string()),
    }
}

/// A text of several words, unless it brings its own brackets as `Debug` of a list does.
fn needs_quotes(words: &str) -> bool {
    words.is_empty()
        || (words.contains(char::is_whitespace) && !words.starts_with(['[', '{', '(', '"']))
}

fn push_escaped(text: &mut String, words: &str) {
    for letter in words.chars() {
        if letter.is_control() {
            text.extend(letter.escape_debug());
        } else {
            text.push(letter);
        }
    }
}
