//! `mda config check|print|path|schema`: the settings, for people and for scripts.

use std::fmt::Write;

use anyhow::Context;
use serde_json::{Map, Value as Json, json};

use super::paths::Paths;
use super::print;
use super::{Cli, ConfigCommand, Exit, PrintFormat};
use crate::config::{Origin, SettingValue, Settings, json_schema, print_toml};

/// Runs one of them.
pub(super) fn run(cli: &Cli, command: ConfigCommand) -> anyhow::Result<Exit> {
    let text = match command {
        ConfigCommand::Check => check(&cli.load_settings()?),
        ConfigCommand::Print { format } => {
            let settings = cli.load_settings()?;
            match format {
                PrintFormat::Toml => print_toml(&settings),
                PrintFormat::Json => print::pretty(&print_json(&settings))?,
            }
        }
        ConfigCommand::Path => paths(&Paths::new(&cli.load_settings()?)),
        ConfigCommand::Schema => print::pretty(&json_schema())?,
    };
    print::result(&text).context("failed to write the result")?;
    Ok(Exit::Success)
}

fn check(settings: &Settings) -> String {
    for warning in settings.warnings() {
        print::note(&format!("warning: {warning}"));
    }
    match settings.config_file() {
        Some(path) if path.exists() => format!("ok: {}\n", path.display()),
        Some(path) => format!("ok: defaults, since `{}` does not exist\n", path.display()),
        None => "ok: defaults, since no home folder is known\n".to_owned(),
    }
}

fn paths(paths: &Paths) -> String {
    let mut text = String::new();
    for (name, path) in paths.named() {
        let state = if path.exists() { "exists" } else { "missing" };
        writeln!(text, "{name:<6}  {}  {state}", path.display())
            .expect("writing into a String cannot fail");
    }
    text
}

/// Returns an object with a value and an origin for each path.
fn print_json(settings: &Settings) -> Json {
    let mut values = Map::new();
    for SettingValue {
        setting,
        value,
        origin,
    } in settings.values()
    {
        let value = json!({ "value": value, "origin": origin_json(origin) });
        values.insert(setting.path.to_owned(), value);
    }
    Json::Object(values)
}

fn origin_json(origin: &Origin) -> Json {
    match origin {
        Origin::Default => json!({ "from": "default" }),
        Origin::Profile { name } => json!({ "from": "profile", "name": name }),
        Origin::File { path, line } => json!({ "from": "file", "path": path, "line": line }),
        Origin::Env { name } => json!({ "from": "environment", "name": name }),
        Origin::Flag { name } => json!({ "from": "flag", "name": name }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::config::{Platform, Sources, load};

    fn settings_in(folder: &Path) -> Settings {
        load(&Sources {
            environment: vec![("MDA_LOG_LEVEL".into(), "warn".into())],
            platform: Platform {
                config_dir: Some(folder.to_owned()),
                data_dir: Some(folder.to_owned()),
            },
            ..Sources::default()
        })
        .unwrap()
    }

    #[test]
    fn check_names_the_file_or_says_that_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let without = check(&settings_in(folder.path()));
        assert!(without.starts_with("ok: defaults, since"), "{without}");

        fs::write(&file, "profile = \"ssh\"\n").unwrap();
        let with = check(&settings_in(folder.path()));
        assert_eq!(with, format!("ok: {}\n", file.display()));
    }

    #[test]
    fn paths_are_one_a_line_with_whether_they_exist() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        let text = paths(&Paths::within(folder.path(), None));
        assert_eq!(
            text,
            format!(
                "data    {root}  exists\nlogs    {root}/logs  missing\n\
                 lock    {root}/mda.lock  missing\nsocket  {root}/mda.sock  missing\n"
            )
        );
    }

    #[test]
    fn json_gives_a_value_and_an_origin_for_each_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "\nprofile = \"ssh\"\n").unwrap();
        let printed = print_json(&settings_in(folder.path()));
        let expected = [
            (
                "feeds",
                json!({ "value": null, "origin": { "from": "default" } }),
            ),
            (
                "profile",
                json!({ "value": "ssh", "origin": { "from": "file", "path": file, "line": 2 } }),
            ),
            (
                "log.level",
                json!({
                    "value": "warn",
                    "origin": { "from": "environment", "name": "MDA_LOG_LEVEL" },
                }),
            ),
            (
                "dashboard.fps_max",
                json!({ "value": 4, "origin": { "from": "profile", "name": "ssh" } }),
            ),
        ];
        for (path, value) in expected {
            assert_eq!(printed[path], value, "{path}");
        }
    }
}
