//! What is made from the settings table equals what is committed, and can be read back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mda::config::{
    Preset, SETTINGS, Setting, SettingValue, Settings, Value, example_file, json_schema, load,
    print_toml, reference_page,
};

use super::{files, load_file, no_sources};

/// Compares a committed file with its source; `MDA_UPDATE_DOCS=1` writes it instead.
fn assert_committed(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("MDA_UPDATE_DOCS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "`{}` differs from the settings table: run this test with MDA_UPDATE_DOCS=1",
        path.display()
    );
}

fn load_text(text: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    load_file(&path).unwrap()
}

fn written(settings: &Settings) -> Vec<(&'static str, Value)> {
    let values = settings.values().iter();
    values
        .map(|SettingValue { setting, value, .. }| (setting.path, value.clone()))
        .collect()
}

#[test]
fn the_example_file_is_what_the_table_says() {
    assert_committed("config/example.toml", &example_file());
}

#[test]
fn the_reference_page_is_what_the_table_says() {
    assert_committed("docs/CONFIG.md", &reference_page());
}

#[test]
fn the_example_file_sets_nothing_until_a_line_is_uncommented() {
    let defaults = load(&no_sources()).unwrap();
    assert_eq!(written(&load_text(&example_file())), written(&defaults));
}

#[test]
fn the_example_file_uncommented_sets_every_default() {
    let text = example_file();
    let lines = text.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => setting,
        _ => line,
    });
    let uncommented = load_text(&lines.collect::<Vec<_>>().join("\n"));
    let defaults = load(&no_sources()).unwrap();
    for (given, default) in uncommented.values().iter().zip(defaults.values()) {
        let path = given.setting.path;
        assert!(given.origin.to_string().contains("config.toml:"), "{path}");
        match given.setting.default {
            Preset::Text(_) => assert_eq!(given.value, default.value, "{path}"),
            Preset::DataFolder | Preset::Unset { .. } => {}
        }
    }
}

#[test]
fn printed_settings_read_back_as_the_same() {
    for path in files("valid") {
        let settings = load_file(&path).unwrap();
        let again = load_text(&print_toml(&settings));
        assert_eq!(written(&again), written(&settings), "{}", path.display());
    }
}

#[test]
fn every_setting_is_named_once_in_each_form() {
    let paths: BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.path).collect();
    let variables: BTreeSet<String> = SETTINGS.iter().map(Setting::env_name).collect();
    assert_eq!(paths.len(), SETTINGS.len());
    assert_eq!(variables.len(), SETTINGS.len());
}

#[test]
fn the_schema_knows_every_setting_and_no_other() {
    let schema = json_schema();
    let mut found = BTreeSet::new();
    for (name, property) in schema["properties"].as_object().unwrap() {
        match property["properties"].as_object() {
            Some(section) => found.extend(section.keys().map(|key| format!("{name}.{key}"))),
            None => drop(found.insert(name.clone())),
        }
    }
    let paths: BTreeSet<String> = SETTINGS.iter().map(|s| s.path.to_owned()).collect();
    assert_eq!(found, paths);
    super::assert_snapshot(
        "config_schema",
        &serde_json::to_string_pretty(&schema).unwrap(),
    );
}
