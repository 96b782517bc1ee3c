//! The JSON schema of the config file, made from the settings table, for editors that check while
//! one types.
//!
//! It says kinds, words, ranges of numbers and defaults. Ranges of durations and rules between two
//! settings are beyond it: `mda config check` has the last word.

use serde_json::{Map, Value as Json, json};

use super::kind::Kind;
use super::table::{Preset, SETTINGS, Setting};

/// Returns the schema (draft 2020-12).
pub fn json_schema() -> Json {
    let mut top = Map::new();
    for setting in &SETTINGS {
        let properties = match setting.section() {
            "" => &mut top,
            section => section_properties(&mut top, section),
        };
        properties.insert(setting.key().to_owned(), property(setting));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of Market Data Agent",
        "type": "object",
        "additionalProperties": false,
        "properties": top,
    })
}

fn section_properties<'a>(
    top: &'a mut Map<String, Json>,
    section: &str,
) -> &'a mut Map<String, Json> {
    let table = top.entry(section).or_insert_with(
        || json!({ "type": "object", "additionalProperties": false, "properties": {} }),
    );
    table["properties"]
        .as_object_mut()
        .expect("the table above has properties")
}

fn property(setting: &Setting) -> Json {
    let mut property = match &setting.kind {
        Kind::Folder(_) => json!({ "type": "string", "pattern": "^(/|~/)" }),
        Kind::Feeds(_) | Kind::Symbols(_) => {
            json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 })
        }
        Kind::WebSocketUrl(_) => json!({ "type": "string", "pattern": "^wss?://" }),
        Kind::Duration { .. } => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" }),
        Kind::Count { min, max, .. } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        Kind::Switch(_) => json!({ "type": "boolean" }),
        Kind::Word { words, .. } => json!({ "type": "string", "enum": words() }),
    };
    let expected = setting.kind.expected();
    property["description"] = json!(format!("{} Takes {expected}.", setting.about));
    if let Preset::Text(text) = setting.default {
        property["default"] = default(&setting.kind, text);
    }
    property
}

fn default(kind: &Kind, text: &str) -> Json {
    match kind {
        Kind::Feeds(_) | Kind::Symbols(_) => json!(text.split(',').collect::<Vec<_>>()),
        Kind::Count { .. } | Kind::Switch(_) => text.parse().unwrap_or_default(),
        Kind::Folder(_) | Kind::WebSocketUrl(_) | Kind::Duration { .. } | Kind::Word { .. } => {
            json!(text)
        }
    }
}
